from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.crash_scene import until
from tests.e2e.run_scene import Running, running
from tests.house.programs import run, tool
from tests.servers.slack import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer().running() as server:
        yield server


def settings(slack: SlackServer, mode: str) -> dict[str, str]:
    way = {"SLACK_APP_TOKEN": slack.app_token} if mode == "socket" else {"SLACK_SIGNING_SECRET": slack.signing_secret}
    return {"SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.api_url, "TPM_HTTP_PORT": str(free_port()), **way}


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_the_installed_program_serves_slack(tmp_path: Path, slack: SlackServer, mode: str) -> None:
    """With Slack's tokens alone `tpm-bot run` connects, counts what comes in, and ends with 0 when it is told to."""
    asha = slack.user("U1", name="asha", admin=True)
    channel = slack.channel("C1", asha)
    async with running(tmp_path, env=settings(slack, mode), small=False) as bot:
        way = ["--socket"]
        if mode == "http":
            slack.courier.events_url = f"{bot.address}/slack/events"
            way = ["--http", "https://bot.example.org"]
        slack.install(json.loads(run(tool("tpm-bot"), "manifest", "slack", *way, cwd=tmp_path).stdout))
        await bot.turns(200)
        assert (await bot.checks())[1] == {"redis": True, "slack": True}
        delivery = await asha.command("/tpm-help", "", channel)
        assert delivery.accepted
        assert (await bot.measured())["tpm_events_total", "command", "taken", "slack"] == 1
        bot.process.terminate()
        assert (await bot.ended())[0] == 0
        assert_quiet(bot, slack)


async def test_a_slack_that_is_away_is_waited_for(tmp_path: Path, slack: SlackServer) -> None:
    """Slack's being down at the start is no end: the program says so, and is ready by itself once Slack is back."""
    async with running(tmp_path, env=settings(slack, "socket"), small=False, serves=False) as bot:
        async with slack.outage():
            await bot.serving()
            await until(lambda: "slack cannot be reached" in bot.errors)
            assert (await bot.checks())[1] == {"redis": True, "slack": False}
        await bot.turns(200)


async def test_a_token_that_slack_does_not_take_ends_the_program(tmp_path: Path, slack: SlackServer) -> None:
    """A revoked token ends the program at once with 1 and a sentence that names its variable and not its value."""
    await slack.revoke()
    async with running(tmp_path, env=settings(slack, "socket"), small=False, serves=False) as bot:
        assert (await bot.ended())[0] == 1
        assert "Slack does not take SLACK_BOT_TOKEN" in bot.errors.splitlines()[-1]
        assert slack.token not in bot.errors


def assert_quiet(bot: Running, slack: SlackServer) -> None:
    """Nothing went wrong, and no secret is in the log."""
    assert [line for line in bot.logged() if line["level"] not in ("info", "debug")] == []
    assert [each for each in (slack.token, slack.app_token, slack.signing_secret) if each in bot.errors] == []
