from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from pydantic import ValidationError

from bot.commands import COMMANDS
from bot.errors import Refusal
from handlers.cli import program
from handlers.slack.manifest import BOT_EVENTS, manifest, scopes
from tests.unit.slack_manifest_rules import Manifest

ADDRESS = "https://bot.example.org/slack/events"
SOCKET = manifest(COMMANDS, socket=True)
HTTP = manifest(COMMANDS, socket=False, url="https://bot.example.org")
SCOPES = """
app_mentions:read channels:history channels:read chat:write commands files:write groups:history groups:read im:history
im:write users:read
"""
"""Agreed with each team that adds the app: a new one makes every workspace install it again."""


def urls(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ([inner] if key in {"url", "request_url"} else urls(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from urls(inner)


@pytest.mark.parametrize("made", [SOCKET, HTTP], ids=["socket", "http"])
def test_slack_takes_the_manifest(made: dict[str, Any]) -> None:
    """The manifest keeps every rule of Slack's schema."""
    Manifest.model_validate(made)


@pytest.mark.parametrize("value", [None, "", "ftp://bot.example.org"])
def test_the_rules_refuse_an_address_that_is_none(value: str | None) -> None:
    """An address in a manifest is one of the web, or is left out."""
    broken = {**HTTP, "settings": {**HTTP["settings"], "interactivity": {"is_enabled": True, "request_url": value}}}
    with pytest.raises(ValidationError, match="request_url"):
        Manifest.model_validate(broken)


def test_the_rules_refuse_an_event_twice() -> None:
    """An event is asked for once."""
    subscriptions = {"bot_events": ["app_mention", "app_mention"]}
    broken = {**SOCKET, "settings": {**SOCKET["settings"], "event_subscriptions": subscriptions}}
    with pytest.raises(ValidationError, match="twice"):
        Manifest.model_validate(broken)


@pytest.mark.parametrize(
    ("place", "value"),
    [("name", "n" * 36), ("long_description", "short"), ("colour", "#fff"), ("description", "")],
)
def test_the_rules_refuse_what_slack_refuses(place: str, value: str) -> None:
    """A manifest with a text that is too long or too short, or with an unknown property, is refused."""
    broken = {**SOCKET, "display_information": {**SOCKET["display_information"], place: value}}
    with pytest.raises(ValidationError, match=place):
        Manifest.model_validate(broken)


def test_every_command_of_the_table_is_declared() -> None:
    """Each root of the table is a slash command with its summary and a hint of its arguments."""
    declared = {row["command"]: row for row in SOCKET["features"]["slash_commands"]}
    assert list(declared) == [f"/{spec.name}" for spec in COMMANDS]
    for spec in COMMANDS:
        row = declared[f"/{spec.name}"]
        assert row["description"].casefold() == spec.summary.casefold()
        for word in (*(verb.name for verb in spec.verbs), *(arg.name for arg in spec.arguments if not arg.choices)):
            assert word in row["usage_hint"]
        for argument in spec.arguments:
            assert all(choice in row["usage_hint"] for choice in argument.choices)


def test_socket_mode_needs_no_address() -> None:
    """For Socket Mode no address stands in the manifest; for HTTP one and the same stands at every place."""
    commands = SOCKET["features"]["slash_commands"]
    assert (SOCKET["settings"]["socket_mode_enabled"], list(urls(SOCKET))) == (True, [])
    assert HTTP["settings"]["socket_mode_enabled"] is False
    assert list(urls(HTTP)) == [ADDRESS] * (len(commands) + 2)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://bot.example.org/", ADDRESS),
        ("https://example.org/tpm/slack/events", "https://example.org/tpm/slack/events"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/slack/events"),
    ],
)
def test_an_address_may_come_with_its_path(url: str, address: str) -> None:
    """An address without a path gets the usual one, and another is kept; plain http is for this machine only."""
    assert set(urls(manifest(COMMANDS, socket=False, url=url))) == {address}


@pytest.mark.parametrize(
    "url", [None, "", "bot.example.org", "http://bot.example.org", "ftp://bot.example.org", "https://"]
)
def test_an_address_that_slack_cannot_use_is_refused(url: str | None) -> None:
    """HTTP without an https address is refused."""
    with pytest.raises(ValueError, match="https address"):
        manifest(COMMANDS, socket=False, url=url)


def test_roots_can_be_renamed() -> None:
    """A root that another app has taken gets another name; the others keep theirs."""
    made = manifest(COMMANDS, socket=True, names={"tpm-help": "group-help"})
    names = {row["command"] for row in made["features"]["slash_commands"]}
    assert "/group-help" in names
    assert "/tpm-help" not in names
    assert len(names) == len(COMMANDS)


@pytest.mark.parametrize(
    "names",
    [
        {"tpm-help": "tpm-me"},
        {"no-such": "x"},
        {"tpm-help": "h" * 32},
        {"tpm-help": "two words"},
        {"tpm-help": "Help"},
        {"tpm-help": ""},
    ],
)
def test_a_name_that_cannot_be_is_refused(names: dict[str, str]) -> None:
    """A rename to a name that is taken, too long, or no command name for Slack is refused, as is one of no command."""
    with pytest.raises(ValueError, match="command"):
        manifest(COMMANDS, socket=True, names=names)


def test_every_event_has_its_scope() -> None:
    """An event that needs a scope has it, and no scope is asked for beyond those agreed."""
    asked = SOCKET["oauth_config"]["scopes"]["bot"]
    assert asked == SCOPES.split()
    events = SOCKET["settings"]["event_subscriptions"]["bot_events"]
    assert {BOT_EVENTS[event] for event in events} - {None} <= set(asked)


def test_private_channels_work_as_public_ones_do() -> None:
    """What the bot hears and may read in a public channel it hears and may read in a private one."""
    public = {scope.partition(":")[2] for scope in scopes() if scope.startswith("channels:")}
    private = {scope.partition(":")[2] for scope in scopes() if scope.startswith("groups:")}
    assert public == private


@pytest.mark.parametrize("arguments", [[], ["--socket"]])
def test_the_command_line_prints_json(arguments: list[str]) -> None:
    """`tpm-bot manifest slack` prints the manifest for Socket Mode as JSON."""
    done = CliRunner().invoke(program, ["manifest", "slack", *arguments])
    assert (done.exit_code, json.loads(done.stdout)) == (0, SOCKET)


def test_the_command_line_prints_yaml() -> None:
    """With --yaml the same is printed as YAML, here for HTTP."""
    done = CliRunner().invoke(program, ["manifest", "slack", "--http", "https://bot.example.org", "--yaml"])
    assert (done.exit_code, yaml.safe_load(done.stdout)) == (0, HTTP)


def test_the_command_line_goes_by_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tpm-bot manifest slack` prints the names that TPM_SLACK_COMMANDS gives, and refuses those that cannot be."""
    monkeypatch.setenv("TPM_SLACK_COMMANDS", "/tpm-help = /group-help")
    done = CliRunner().invoke(program, ["manifest", "slack"])
    assert json.loads(done.stdout) == manifest(COMMANDS, socket=True, names={"tpm-help": "group-help"})
    monkeypatch.setenv("TPM_SLACK_COMMANDS", "tpm-help=tpm-me")
    with pytest.raises(Refusal, match="TPM_SLACK_COMMANDS: two commands would be called /tpm-me; give one"):
        CliRunner().invoke(program, ["manifest", "slack"], catch_exceptions=False)


@pytest.mark.parametrize("arguments", [["--http", "http://bot.example.org"], ["--socket", "--http", ADDRESS]])
def test_a_wrong_address_is_a_usage_error(arguments: list[str]) -> None:
    """An address that cannot be used, or one for Socket Mode, ends with 2 and says why on stderr alone."""
    done = CliRunner().invoke(program, ["manifest", "slack", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--http" in done.stderr
