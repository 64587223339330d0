from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from handlers import http
from tests.house.dockerfile import Stage, arguments, copied, stages, variables
from tests.house.programs import run, tool
from tests.house.rules import ROOT

BUILD, FINAL = stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))


@pytest.mark.timeout(300)  # a slow network may have to bring every package
def test_the_install_steps_make_a_program_that_starts(tmp_path: Path) -> None:
    """The first stage's own steps, run in a clean folder, give a program that starts as the image would start it."""
    python = tmp_path / "python"
    run(sys.executable, "-m", "venv", str(python), cwd=tmp_path)
    path = f"{python / 'bin'}:/usr/bin:/bin"
    stage = Stage(tmp_path, ROOT, own=("app", "src"), env={"PATH": path, "VIRTUAL_ENV": ""})
    stage.play(BUILD)
    assert len(stage.ran) == 3
    program, *rest = arguments(last("ENTRYPOINT")) + arguments(last("CMD"))
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "src").rename(tmp_path / "not-in-the-second-stage")
    unset = {"PATH": path, "SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": ""}
    answer = run(str(tmp_path / "app" / "bin" / program), *rest, cwd=empty, env=unset, check=False)
    assert (answer.returncode, "set SLACK_BOT_TOKEN" in answer.stderr) == (2, True)
    packages = run(str(tmp_path / "app" / "bin" / "python"), "-c", "import pytest", cwd=empty, check=False)
    assert "ModuleNotFoundError" in packages.stderr


def last(word: str) -> str:
    return [step.rest for step in FINAL if step.word == word][-1]


@pytest.mark.parametrize(("status", "delay_s", "code"), [(200, 0.0, 0), (503, 0.0, 1), (200, 10.0, 1), (None, 0.0, 1)])
async def test_the_health_check_can_fail(tmp_path: Path, status: int | None, delay_s: float, code: int) -> None:
    """The image's health check passes when `/healthz` answers 200, and fails when it errs, hangs or is not served."""

    async def healthz(_request: web.Request) -> web.Response:
        await asyncio.sleep(delay_s)
        return web.Response(status=status or 200)

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz)])
    async with http.served(app, "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2])
        if status is not None:
            assert await checked_health(tmp_path, port) == code
    if status is None:
        assert await checked_health(tmp_path, port) == code


async def checked_health(folder: Path, port: int) -> int:
    """The exit code of the image's HEALTHCHECK on this port, within the time that it is given."""
    options, _, command = last("HEALTHCHECK").partition("CMD ")
    python, *rest = arguments(command)
    assert python == "python"
    given_s = float(re.findall(r"--timeout=(\d+)s", options)[0])
    env = {"TPM_HTTP_PORT": str(port)}
    async with asyncio.timeout(given_s + 1.0):  # the interpreter starts more slowly beside other tests
        return (await asyncio.to_thread(run, sys.executable, *rest, cwd=folder, env=env, check=False)).returncode


def test_the_health_check_finds_its_port() -> None:
    """The image sets the port that its health check asks."""
    environment = {name: value for step in FINAL if step.word == "ENV" for name, value in variables(step.rest).items()}
    assert int(environment["TPM_HTTP_PORT"]) > 0


def test_the_builder_sees_what_it_copies_and_no_more() -> None:
    """.dockerignore lets through exactly what the Dockerfile copies, so that no secret can get in."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied(BUILD))


def test_the_image_runs_as_nobody_special() -> None:
    """The image runs as a numbered user that is not root, from an empty folder, with its data on a volume."""
    assert int(last("USER").split(":")[0]) > 0
    assert last("WORKDIR") == "/empty"
    environment = {name: value for step in FINAL if step.word == "ENV" for name, value in variables(step.rest).items()}
    assert environment["TPM_DATA_DIR"] == last("VOLUME") == "/data"


def test_both_stages_stand_on_one_image() -> None:
    """The environment is built on the very image that it runs on, since it links to that image's Python."""
    assert BUILD[0].rest.split()[0] == FINAL[0].rest


@pytest.mark.parametrize("service", ["bot", "valkey"])
def test_a_service_can_do_little(service: str) -> None:
    """A container writes only to its volume, has no capability, gains none, and opens no port to the outside."""
    settings = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"][service]
    assert settings["read_only"] is True
    assert settings["cap_drop"] == ["ALL"]
    assert settings["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in settings
    assert settings["volumes"] == [f"{service}-data:/data"]


def test_valkey_loses_nothing() -> None:
    """The Valkey of the compose file appends to disk and throws nothing away when memory is full."""
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    command = services["valkey"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--maxmemory-policy"] == "noeviction"


def test_the_dockerfile_passes_its_linter(tmp_path: Path) -> None:
    """The linter finds nothing in the Dockerfile, and would find an unpinned package in it."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    worse = tmp_path / "Dockerfile"
    worse.write_text(re.sub(r"uv==[\d.]+", "uv", text))
    run(tool("hadolint"), str(ROOT / "Dockerfile"), cwd=ROOT)
    assert "DL3013" in run(tool("hadolint"), str(worse), cwd=ROOT, check=False).stdout


def test_the_compose_file_passes_its_schema(tmp_path: Path) -> None:
    """The compose file is what the compose specification allows, and a misspelt key would be found."""
    schema = ("--builtin-schema", "vendor.compose-spec")
    good = ROOT / "deploy" / "compose.yaml"
    worse = tmp_path / "compose.yaml"
    worse.write_text(good.read_text(encoding="utf-8").replace("cap_drop", "cap_dropped"))
    run(tool("check-jsonschema"), *schema, str(good), cwd=ROOT)
    assert "cap_dropped" in run(tool("check-jsonschema"), *schema, str(worse), cwd=ROOT, check=False).stdout
