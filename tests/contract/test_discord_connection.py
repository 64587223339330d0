"""The connection to Discord: lost, resumed, refused, shared; and what was missed meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.group import MemberId
from bot.errors import Refusal, Trouble
from handlers.discord.app import DiscordPlatform
from handlers.discord.gateway import Patience
from tests.contract.discord_case import ANSWER, Case, eventually, running, settings_for, started
from tests.servers.discord_faults import Fault, broken, cut, rate_limited
from tests.servers.discord_gateway import MESSAGE_CONTENT

LONGER = f"{ANSWER} I would also ask the pharmacists, who see each wrong dose first."


@pytest.fixture
async def case(valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url) as opened:
        yield opened


async def until_up(case: Case) -> None:
    await eventually(lambda: case.platform.ready() and case.discord.gateway.is_connected)


# Lost and found


async def test_a_resumed_connection_brings_events_twice(case: Case) -> None:
    """What a resume brings again has no second effect: one answer, one card of feedback, one reply to a command."""
    post = await case.posted()
    case.discord.gateway.replays_again = 50
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.ben.slash("tpm-streak", case.study)
    await case.settle()
    await case.discord.gateway.reconnect()
    await eventually(lambda: case.discord.gateway.resumed == 1)
    await case.settle()
    assert len(case.replies(post)) == 1
    assert len(case.ben.whispers(case.study)) == 1
    assert case.directs(case.ben) == []


async def test_what_was_said_during_a_lost_session_is_read(case: Case) -> None:
    """After a new session, threads of the newest posts are read: new words, edited ones, and what was removed."""
    post = await case.posted()
    kept = await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    gone = await case.asha.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.settle()
    carl = case.discord.user("3", name="carl")
    case.discord.gateway.is_down = True
    await case.discord.gateway.drop(forget=True)
    await case.ben.edit(kept, f"@tpm {LONGER}")
    await case.asha.delete(gone)
    await carl.say(case.study, f"@tpm {ANSWER}", thread=post)
    case.discord.gateway.is_down = False
    await until_up(case)
    await case.settle()
    assert [await case.answer_of(each) for each in ("1", "2", "3")] == [None, LONGER, ANSWER]


@pytest.mark.parametrize("fault", [broken(503), rate_limited(0.2), cut()])
async def test_a_thread_that_cannot_be_read_at_once_is_read_later(case: Case, fault: Fault) -> None:
    """What was said during a lost session counts, also when Discord fails as its thread is read."""
    post = await case.posted()
    case.discord.gateway.is_down = True
    await case.discord.gateway.drop(forget=True)
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    case.discord.fail("GET /channels/{channel}/messages", fault)
    case.discord.gateway.is_down = False
    await until_up(case)
    await case.settle()
    case.pass_time(timedelta(seconds=1))
    async with asyncio.timeout(10.0):
        while await case.answer_of("2") is None:  # noqa: ASYNC110  nobody tells when
            await asyncio.sleep(0.05)
    assert await case.answer_of("2") == ANSWER


async def test_a_new_connection_is_tried_while_discords_library_would_wait(valkey_url: str) -> None:
    """discord.py waits up to 17 minutes between its tries: a connection that stays away is begun anew before."""
    patience = Patience(ready_s=5.0, pause_s=0.05, refused_s=0.2, away_s=0.1)
    async with running(valkey_url, patience=patience) as case:
        case.discord.gateway.is_down = True
        await case.discord.gateway.drop()
        await case.discord.until(lambda: case.discord.gateway.turned_away >= 6, within_s=4.0)
        case.discord.gateway.is_down = False
        await until_up(case)


async def test_talk_is_not_read_as_an_answer_later(valkey_url: str) -> None:
    """Talk before an answer stays talk when the thread is read again."""
    async with running(valkey_url, discord_message_content=True) as case:
        post = await case.posted()
        await case.ben.say(case.study, "Good morning, all of you!", thread=post)
        await case.settle()
        await case.ben.say(case.study, ANSWER, thread=post)
        await case.settle()
        told = len(case.directs(case.ben))
        await case.discord.gateway.invalidate()
        await eventually(lambda: len(case.discord.gateway.identifies) == 2)
        await until_up(case)
        await case.settle()
        assert await case.answer_of("2") == ANSWER
        assert len(case.directs(case.ben)) == told


async def test_readiness_follows_the_connection(case: Case) -> None:
    """The platform is not ready while the gateway is away, and is again when it is back."""
    assert case.platform.ready()
    case.discord.gateway.is_down = True
    await case.discord.gateway.drop()
    await eventually(lambda: not case.platform.ready())
    case.discord.gateway.is_down = False
    await until_up(case)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("MESSAGE_CREATE", {"guild_id": "1000", "author": {"id": "2"}}),
        ("MESSAGE_UPDATE", {"guild_id": "1000", "edited_timestamp": "x", "author": 7}),
        ("MESSAGE_DELETE", {"guild_id": "1000"}),
        ("INTERACTION_CREATE", {"id": "5", "type": 99}),
        ("INTERACTION_CREATE", []),
        ("GUILD_CREATE", {"id": "no number"}),
        ("CHANNEL_CREATE", {"guild_id": "1000", "type": "x"}),
        ("SOMETHING_NEW", {"what": "ever"}),
    ],
)
async def test_an_event_that_nobody_understands(case: Case, event: str, data: object) -> None:
    """An event that cannot be read is let go; the connection stands, and the next one is taken."""
    post = await case.posted()
    for session in case.discord.gateway.sessions.values():
        session.dispatch(event, data)
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.settle()
    assert await case.answer_of("2") == ANSWER
    assert len(case.discord.gateway.identifies) == 1


async def test_frames_that_are_no_json(case: Case) -> None:
    """Something that breaks the connection itself is answered by another one."""
    for connection in case.discord.gateway.connections:
        await connection.socket.send_str("this is no JSON")
    await eventually(lambda: len(case.discord.gateway.identifies) == 2)
    await until_up(case)


# Refused


async def test_a_wrong_token_names_the_setting(valkey_url: str) -> None:
    """A token that Discord does not take ends the start with what to do; the token itself is not in it."""
    async with running(valkey_url) as case:
        settings = settings_for(case.discord, discord_token="a.wrong.token")
        other = DiscordPlatform(settings)
        with pytest.raises(Refusal, match="DISCORD_TOKEN") as refusal:
            await other.start(case.core.ports)
        await other.close()
        assert "a.wrong.token" not in str(refusal.value)


async def test_an_intent_that_is_not_allowed(valkey_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """4014: the bot goes on without plain messages, and the log names the setting and the portal's switch."""
    with caplog.at_level(logging.ERROR):
        async with running(
            valkey_url, before=lambda discord: discord.portal(message_content=False), discord_message_content=True
        ) as case:
            post = await case.posted()
            await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
            await case.settle()
            assert await case.answer_of("2") == ANSWER
            asked = [bool(each["intents"] & MESSAGE_CONTENT) for each in case.discord.gateway.identifies]
            assert asked == [True, False]
    assert "DISCORD_MESSAGE_CONTENT" in caplog.text
    assert "Message Content Intent" in caplog.text


async def test_a_token_that_was_reset_while_the_bot_runs(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """4004: the process lives on, says what to do, and is back when the token is taken again."""
    token, case.discord.gateway.token = case.discord.gateway.token, "another.one.now"
    await case.discord.gateway.drop(forget=True)
    await eventually(lambda: "DISCORD_TOKEN" in caplog.text)
    assert not case.platform.ready()
    case.discord.gateway.token = token
    await until_up(case)


async def test_discord_is_away_at_the_start(valkey_url: str) -> None:
    """A start that does not reach Discord raises Trouble, and can be made again."""
    async with running(valkey_url) as case:
        await case.platform.close()
        platform = DiscordPlatform(settings_for(case.discord))
        case.discord.fail("GET /users/@me", broken(503))
        with pytest.raises(Trouble):
            await platform.start(case.core.ports)
        await platform.start(case.core.ports)
        assert platform.ready()
        await platform.close()


async def test_only_what_is_needed_is_asked_for(case: Case) -> None:
    """The bot asks for guilds and guild messages and no privileged intent."""
    [identify] = case.discord.gateway.identifies
    assert identify["intents"] == (1 << 0) | (1 << 9)


# Two at once


async def test_two_processes_with_one_token(valkey_url: str) -> None:
    """During a deploy two processes get each event: one answer, one feedback, one toggle, and nobody sees a failure."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await case.ben.press(post, "Answer")
        assert case.ben.modal is not None
        key = case.ben.modal.fields[0][1]["custom_id"]
        async with started(valkey_url, case.discord, case.clock) as (other, platform):
            await case.ben.submit({key: ANSWER})
            await case.asha.slash("tpm-admin members", case.study, name="Ben")
            await eventually(lambda: not platform.busy)
            await case.settle()
            await other.worker.drain()
            assert len([each for each in case.replies(post) if "night shift" in each and "Answer by" in each]) == 1
            assert len(case.replies(post)) == 2
            assert (await case.standing_group()).facilitator_ids == {MemberId("2")}
            assert case.asha.failures == case.ben.failures == []
            assert case.directs(case.ben) == case.directs(case.asha) == []


async def test_a_stop_leaves_without_a_trace(case: Case) -> None:
    """After a stop no connection stands and nothing more is taken in."""
    post = await case.posted()
    await case.platform.stop_intake()
    assert not case.platform.ready()
    await eventually(lambda: not case.discord.gateway.is_connected)
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    assert await case.answer_of("2") is None
