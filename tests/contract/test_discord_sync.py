from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from bot.commands import COMMANDS
from bot.errors import ChatBusy, ChatRefused, Refusal
from handlers.cli import program
from handlers.discord.endpoint import Endpoint
from handlers.discord.invitation import invitation
from handlers.discord.rooms import NEEDED
from handlers.discord.sync import Synced, sync
from handlers.discord.tree import CONTEXT_MENUS, fingerprint, guild_payload, payload
from tests.house.programs import tool
from tests.house.rules import ROOT
from tests.servers.discord import GUILD_ID, DiscordServer
from tests.servers.discord_faults import cut, refused
from tests.servers.discord_world import Right

PUT = "PUT /applications/{application}/commands"
PUT_IN_ONE = "PUT /applications/{application}/guilds/{guild}/commands"
LEAST = (
    Right.VIEW_CHANNEL | Right.SEND_MESSAGES | Right.CREATE_PUBLIC_THREADS | Right.SEND_MESSAGES_IN_THREADS
    | Right.READ_MESSAGE_HISTORY | Right.ATTACH_FILES
)  # fmt: skip
NAMES = {spec.name for spec in COMMANDS} | set(CONTEXT_MENUS)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().running() as running:
        yield running


async def synced(
    server: DiscordServer, *, token: str = DiscordServer.token, guild_id: int | None = None, remove: bool = False
) -> Synced:
    endpoint = Endpoint(api_base_url=server.api_url, gateway_url=server.gateway_url)
    return await sync(token, endpoint, COMMANDS, guild_id=guild_id, remove=remove)


async def test_commands_are_registered_once(server: DiscordServer) -> None:
    """The first sync registers every command; a second one finds them as they should be and writes nothing."""
    first, again = await synced(server), await synced(server)
    assert (first.written, set(first.added), first.changed, first.removed) == (True, NAMES, (), ())
    assert (again.written, again.added, again.changed, again.removed) == (False, (), (), ())
    assert first.fingerprint == again.fingerprint == fingerprint(server.hub.commands[None])
    assert len(server.calls_of(PUT)) == 1
    assert not server.odd


async def test_what_somebody_changed_is_put_right(server: DiscordServer) -> None:
    """What was changed on Discord's side is seen, said and put right: Discord is asked, not a memory of ours."""
    rows = payload(COMMANDS)
    server.register([{**rows[0], "description": "Mine now"}, *rows[2:], {**rows[1], "name": "older"}])
    done = await synced(server)
    assert (done.changed, done.added, done.removed) == ((rows[0]["name"],), (rows[1]["name"],), ("older",))
    assert fingerprint(server.hub.commands[None]) == done.fingerprint


async def test_the_entry_point_of_an_activity_stays(server: DiscordServer) -> None:
    """A command that Discord made for an app's Activity is none of ours: it is kept, and is no difference."""
    entry = {"type": 4, "name": "launch", "description": "Open it", "handler": 2, "contexts": [0, 1, 2]}
    server.register([entry])
    first, again = await synced(server), await synced(server)
    assert (set(first.added), first.removed, again.written) == (NAMES, (), False)
    kept = [each for each in server.hub.commands[None] if each["type"] == 4]
    assert [(each["name"], each["handler"]) for each in kept] == [("launch", 2)]


async def test_one_server_alone(server: DiscordServer) -> None:
    """With a server's id its commands alone are set, once, and can be taken away again."""
    one = int(GUILD_ID)
    first, again = await synced(server, guild_id=one), await synced(server, guild_id=one)
    assert (first.scope, first.written, again.written) == (GUILD_ID, True, False)
    assert fingerprint(guild_payload(server.hub.commands[GUILD_ID])) == first.fingerprint
    gone = await synced(server, guild_id=one, remove=True)
    assert (set(gone.removed), gone.commands, server.hub.commands[GUILD_ID]) == (NAMES, (), [])
    assert server.hub.commands.get(None, []) == []
    assert len(server.calls_of(PUT_IN_ONE)) == 2


async def test_a_server_that_is_not_ours_is_refused(server: DiscordServer) -> None:
    """A server that the app is not in is named, with what to do."""
    with pytest.raises(Refusal, match=r"commands in server 77\. Check the id"):
        await synced(server, guild_id=77)


async def test_a_bad_token_is_refused(server: DiscordServer) -> None:
    """A token that Discord does not take is refused with the variable to set, and is not repeated."""
    with pytest.raises(Refusal, match="DISCORD_TOKEN") as refusal:
        await synced(server, token="wrong")
    assert "wrong" not in str(refusal.value)


async def test_a_definite_no_and_an_outage_are_told_apart(server: DiscordServer) -> None:
    """A no to the commands is told with Discord's code; when Discord is down, trying again is the advice."""
    server.fail(PUT, refused(30034))
    with pytest.raises(ChatRefused, match=r"code 30034\. Nothing was changed"):
        await synced(server)
    async with server.outage(cut()):
        with pytest.raises(ChatBusy, match="Try again"):
            await synced(server)
    assert (await synced(server)).written


async def ran(server: DiscordServer, folder: Path, *arguments: str) -> tuple[str, str]:
    """What the installed program prints on stdout and on stderr."""
    env = {
        **os.environ, "DISCORD_TOKEN": server.token,
        "DISCORD_API_BASE_URL": server.api_url, "DISCORD_GATEWAY_URL": server.gateway_url,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        tool("tpm-bot"), "sync", *arguments, cwd=folder, env=env, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode(), err.decode()


async def test_the_program_prints_what_changed(server: DiscordServer, tmp_path: Path) -> None:
    """`tpm-bot sync` prints a line a change, then that there is none; --json prints what was done as data."""
    out, told = await ran(server, tmp_path)
    assert out.splitlines() == [f"added {name}" for name in sorted(NAMES)]
    link = f"Add the bot to a server: {invitation(int(server.application_id))}\n"
    assert told == f"{len(NAMES)} commands stand on every server\n{link}"
    again = f"{len(NAMES)} commands stand on every server; nothing to change\n{link}"
    assert await ran(server, tmp_path) == ("", again)
    data, _ = await ran(server, tmp_path, "--json")
    assert (json.loads(data)["written"], set(json.loads(data)["commands"])) == (False, NAMES)
    assert server.token not in out + told + data


def test_the_invitation_asks_for_no_more_than_is_used() -> None:
    """The link that adds the bot asks for what a channel needs, for files and commands; the page says so."""
    query = parse_qs(urlsplit(invitation(123)).query)
    asked = int(query["permissions"][0])
    assert Right(asked) == LEAST
    assert (query["client_id"], query["scope"]) == (["123"], ["bot applications.commands"])
    page = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")
    assert f"permissions={asked}" in page
    assert [name for name in (*NEEDED.values(), "Attach Files") if name not in page] == []


def test_sync_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token, and with --remove for all servers, nothing is called and the fix is said."""
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    with pytest.raises(Refusal, match="DISCORD_TOKEN is not set"):
        CliRunner().invoke(program, ["sync"], catch_exceptions=False, standalone_mode=False)
    wrong = CliRunner().invoke(program, ["sync", "--remove"])
    assert (wrong.exit_code, "--remove goes with --guild ID" in wrong.output) == (2, True)
