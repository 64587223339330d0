# One command for each thing to do. All but `help` first make .venv from uv.lock, and again whenever the lock changes.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
ARGS ?=

.PHONY: help setup try test check bench pages format lint format-check types imports dockerfile compose questions
.DEFAULT_GOAL := help

help:
	@echo 'make setup             make .venv from uv.lock, with .venv/bin/tpm-bot in it'
	@echo 'make try  ARGS="..."   the whole bot in this terminal: no accounts, nothing to install'
	@echo 'make test ARGS="..."   every test'
	@echo 'make check             formatting, lint, types, imports, Dockerfile, compose file, questions'
	@echo 'make bench             speed and memory, as a table'
	@echo 'make format            format the code'
	@echo 'make pages             print the pages that come from code (docs/commands.md, docs/redis.md, prompts.lock)'

setup: $(STAMP)

try: $(STAMP)
	@$(BIN)/tpm-bot try $(ARGS)

# Many tests wait for sockets, so four processes keep two cores busy; whoever is done takes over from the slowest.
test: $(STAMP)
	$(BIN)/pytest -n 4 --dist worksteal $(ARGS)

bench: $(STAMP)
	@$(BIN)/python -m benchmarks $(ARGS)

pages: $(STAMP)
	@$(BIN)/python -m tests.house.pages

format: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

check: lint format-check types imports dockerfile compose questions

lint: $(STAMP)
	$(BIN)/ruff check
format-check: $(STAMP)
	$(BIN)/ruff format --check
types: $(STAMP)
	$(BIN)/mypy
imports: $(STAMP)
	$(BIN)/lint-imports --no-logo
dockerfile: $(STAMP)
	$(BIN)/hadolint Dockerfile
compose: $(STAMP)
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
questions: $(STAMP)
	$(BIN)/tpm-bot questions check

$(STAMP): pyproject.toml uv.lock deploy/set-up.sh
	@sh deploy/set-up.sh $(VENV)
	@touch $@
