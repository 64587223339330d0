from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from bot.domain.group import Group, GroupId, MemberId, Place
from bot.ports import Check
from bot.usecases.facilitating.wishes import DEFAULT_SCHEDULE
from handlers.discord.check import checks
from handlers.discord.endpoint import Endpoint
from handlers.discord.tree import guild_payload, payload
from tests.contract.discord_case import PLACE, START, STUDY
from tests.house.programs import tool
from tests.servers.discord import GUILD_ID, DiscordServer
from tests.servers.discord_world import Right


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().running() as running:
        running.channel(STUDY, name="study")
        running.register(payload(COMMANDS))
        yield running


def group(place: Place = PLACE) -> Group:
    return Group(
        id=GroupId("g"), place=place, name="study", schedule=DEFAULT_SCHEDULE, admin_ids=frozenset({MemberId("1")}),
        created_at=START, seed="g",
    )  # fmt: skip


async def checked(server: DiscordServer, *groups: Group, token: str = "", message_content: bool = False) -> list[Check]:
    endpoint = Endpoint(api_base_url=server.api_url, gateway_url=server.gateway_url)
    found = await checks(token or server.token, endpoint, COMMANDS, groups, message_content=message_content)
    return list(found)


async def failing(server: DiscordServer, *groups: Group, message_content: bool = False) -> Check:
    """The one check that is not well."""
    [found] = [each for each in await checked(server, *groups, message_content=message_content) if not each.ok]
    assert found.fix
    return found


async def test_all_is_well(server: DiscordServer) -> None:
    """With a good token, the commands of today and every permission, nothing is red; no gateway is needed for it."""
    found = await checked(server, group(), message_content=True)
    assert [(each.name, each.ok) for each in found] == [
        ("Discord", True), ("Discord's messages", True), ("Discord's commands", True), ("Discord channel study", True),
    ]  # fmt: skip
    assert server.gateway.identifies == []
    assert server.odd == []


async def test_a_token_that_is_refused(server: DiscordServer) -> None:
    """A wrong token is the one thing said, with the page on which there is a new one, and without the token."""
    [found] = await checked(server, group(), token="wrong.to.ken")
    assert (found.ok, found.detail) == (False, "Discord does not take DISCORD_TOKEN")
    assert "Reset Token" in found.fix
    assert "wrong.to.ken" not in str(found)


async def test_discord_that_is_away(server: DiscordServer) -> None:
    """An outage is told apart from a wrong token."""
    async with server.outage():
        [found] = await checked(server)
    assert (found.ok, found.fix) == (False, "try again in a minute")


async def test_commands_that_are_out_of_date(server: DiscordServer) -> None:
    """Commands that are missing, changed or left over are named, with the verb that puts them right."""
    rows = payload(COMMANDS)
    server.register([{**rows[0], "description": "Old"}, *rows[2:], {**rows[1], "name": "older"}])
    found = await failing(server)
    assert found.detail == f"missing: {rows[1]['name']}; old: {rows[0]['name']}; extra: older"
    assert found.fix == "tpm-bot sync"


async def test_commands_that_stand_twice(server: DiscordServer) -> None:
    """Commands that a server has beside those for all are shown twice there, and it says how to take them away."""
    server.register(guild_payload(payload(COMMANDS)), server.guild)
    assert (await failing(server, group())).fix == f"tpm-bot sync --guild {GUILD_ID} --remove"


async def test_commands_of_one_server_alone(server: DiscordServer) -> None:
    """Commands that stand in each server with a group are enough, as long as they are those of today."""
    server.register([])
    server.register(guild_payload(payload(COMMANDS)), server.guild)
    assert all(each.ok for each in await checked(server, group()))
    server.register(guild_payload(payload(COMMANDS)[1:]), server.guild)
    assert (await failing(server, group())).fix == f"tpm-bot sync --guild {GUILD_ID}"


async def test_permissions_that_are_missing(server: DiscordServer) -> None:
    """What the bot may not do in a group's channel is named as an admin knows it."""
    denied = Right.SEND_MESSAGES_IN_THREADS | Right.READ_MESSAGE_HISTORY
    server.overwrite(server.hub.world.channels[STUDY], server.application_id, deny=denied)
    found = await failing(server, group())
    assert found.detail == "the bot lacks Send Messages in Threads, Read Message History"


@pytest.mark.parametrize("place", [Place("discord", GUILD_ID, "404"), Place("discord", "405", STUDY)])
async def test_a_channel_that_is_gone(server: DiscordServer, place: Place) -> None:
    """A channel, or a server, that the bot does not see any more is said, and the others are still looked at."""
    server.add_guild("405", bot=False)
    found = await checked(server, group(place), group())
    assert [each.ok for each in found] == [True, True, False, True]
    assert found[2].detail == "the bot cannot see it"


async def test_the_switch_for_message_content(server: DiscordServer) -> None:
    """Asking for message content without the portal's switch is said, with the page that it is on."""
    server.portal(message_content=False)
    found = await failing(server, message_content=True)
    assert (found.name, "developer portal" in found.fix) == ("Discord's messages", True)
    assert all(each.ok for each in await checked(server))


async def test_the_program_says_what_is_wrong(server: DiscordServer, tmp_path: Path) -> None:
    """`tpm-bot doctor --json` holds Discord's checks, and exits 1 when one is red."""
    server.register([])
    env = {
        "DISCORD_TOKEN": server.token, "DISCORD_API_BASE_URL": server.api_url,
        "DISCORD_GATEWAY_URL": server.gateway_url, "TPM_DATA_DIR": str(tmp_path / "data"),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        tool("tpm-bot"), "doctor", "--json", cwd=tmp_path, env={**os.environ, **env}, stdout=PIPE, stderr=PIPE
    )
    printed, errors = await process.communicate()
    found = {each["name"]: each for each in json.loads(printed)}
    assert (process.returncode, found["Discord"]["ok"]) == (1, True)
    assert found["Discord's commands"]["fix"] == "tpm-bot sync"
    assert server.token not in (printed + errors).decode()
