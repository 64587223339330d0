"""Who leaves a Discord server: nobody tells the bot, so it asks when a direct message does not arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.group import Member, MemberId
from tests.contract.discord_case import Case, running
from tests.servers.discord_faults import refused

LOOK = "GET /guilds/{guild}/members/{user}"
SEND = "POST /channels/{channel}/messages"


@pytest.fixture
async def case(valkey_url: str) -> AsyncIterator[Case]:
    """Ben wants to be reminded at noon of the question that is open."""
    async with running(valkey_url) as opened:
        await opened.posted()
        await opened.ben.slash("tpm-me", opened.study, action="reminders", value="12:00")
        await opened.answered()
        yield opened


async def noon(case: Case) -> None:
    case.pass_time(timedelta(hours=4))
    await case.settle()


async def ben(case: Case) -> Member:
    member = await case.core.ports.groups.member((await case.standing_group()).id, MemberId("2"))
    assert member is not None
    return member


@pytest.mark.parametrize("code", [50278, 50007])
async def test_whom_no_message_reaches_is_looked_for(case: Case, code: int) -> None:
    """When a direct message is refused, by either code, and the server does not know its member, they have left."""
    case.discord.leave(case.ben)
    case.discord.fail(SEND, refused(code))
    await noon(case)
    assert (len(case.discord.calls_of(LOOK)), (await ben(case)).has_left) == (1, True)


async def test_who_takes_no_messages_has_not_left(case: Case) -> None:
    """Somebody who is in the server and wants no direct messages stays a member like any other."""
    case.ben.person.takes_direct = False
    await noon(case)
    assert len(case.discord.calls_of(LOOK)) == 1
    assert not (await ben(case)).has_left


async def test_a_look_that_fails_says_nothing(case: Case) -> None:
    """If Discord does not say whether somebody is there, they are taken to be."""
    case.discord.leave(case.ben)
    case.discord.fail(LOOK, refused(50001))
    await noon(case)
    assert len(case.discord.calls_of(LOOK)) == 1
    assert not (await ben(case)).has_left


async def test_whoever_comes_back_is_seen_by_what_they_do(case: Case) -> None:
    """Back in the server, a member is here again with the first thing that they do."""
    case.discord.leave(case.ben)
    await noon(case)
    assert (await ben(case)).has_left
    case.discord.user("2")
    await case.ben.slash("tpm-streak", case.study)
    await case.answered()
    assert not (await ben(case)).has_left
