"""When Redis, Discord or the bot itself fails while somebody is waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.group import MemberId
from bot.infra.redis.client import Client
from bot.ports import Check
from handlers.discord.desk import Limits
from tests.contract.discord_case import ANSWER, PLACE, STUDY, Case, eventually, running, started
from tests.servers.discord_faults import broken, cut, refused
from tests.servers.discord_people import User
from tests.servers.discord_world import Message, Right

CALLBACK = "POST /interactions/{interaction}/{token}/callback"
SEND = "POST /channels/{channel}/messages"
PAUSE_MS = 1_200
NOT_LONG_S = 0.3
"""How long somebody waits for an answer that will not come."""
HURRIED = Limits(save_s=0.3)
"""Words go back long before Redis is there again."""


@pytest.fixture
async def case(valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url) as opened:
        yield opened


@pytest.fixture
async def admin(valkey_url: str) -> AsyncIterator[Client]:
    """Somebody at the Redis console."""
    client = Client(valkey_url, timeout_s=5.0)
    yield client
    await client.close()


async def opened_form(user: User, post: Message) -> str:
    """The answer form is in front of somebody; the key of its first field."""
    await user.press(post, "Answer")
    assert user.modal is not None
    return str(user.modal.fields[0][1]["custom_id"])


# Interactions that come too late


async def test_an_answer_that_comes_too_late_comes_directly(case: Case) -> None:
    """10062 for the first response: what it would have said is brought to the member, once, and not asked for again."""
    await case.posted()
    case.discord.hub.callback_within_s = NOT_LONG_S
    case.discord.fail(CALLBACK, refused(10062))
    await case.ben.slash("tpm-streak", case.study)
    await case.answered()
    [told] = case.directs(case.ben)
    assert "streak" in told.shown
    assert len(case.discord.calls_of(CALLBACK)) == 1


async def test_a_form_that_comes_too_late_says_so(case: Case) -> None:
    """A form whose interaction is gone cannot be opened: the member is told directly, and can try again."""
    post = await case.posted()
    case.discord.hub.callback_within_s = NOT_LONG_S
    case.discord.fail(CALLBACK, refused(10062))
    await case.ben.press(post, "Answer")
    await case.answered()
    [told] = case.directs(case.ben)
    assert "could not be opened in time" in told.shown


async def test_words_that_come_too_late_are_kept(case: Case) -> None:
    """A form whose acknowledgement is too late is saved all the same, and its member hears of it."""
    post = await case.posted()
    key = await opened_form(case.ben, post)
    case.discord.hub.callback_within_s = NOT_LONG_S
    case.discord.fail(CALLBACK, refused(10062))
    await case.ben.submit({key: ANSWER})
    await case.settle()
    assert await case.answer_of("2") == ANSWER
    assert "Saved" in case.directs(case.ben)[0].shown


async def test_a_change_that_comes_too_late_is_not_made(case: Case) -> None:
    """What changes the group is acknowledged before it is done: too late for that, nothing is changed."""
    await case.group()
    case.discord.hub.callback_within_s = NOT_LONG_S
    case.discord.fail(CALLBACK, refused(10062))
    await case.asha.slash("tpm-admin pause", case.study)
    await case.answered()
    assert not (await case.standing_group()).paused
    assert "I did nothing" in case.directs(case.asha)[0].shown


async def test_what_is_private_is_never_said_openly(case: Case) -> None:
    """Somebody who takes no direct messages is told where they are that there is no way, and nothing else."""
    post = await case.posted()
    case.ben.person.takes_direct = False
    await case.ben.say(case.study, "@tpm probe", thread=post)
    await case.settle()
    [said] = case.replies(post)
    assert "your settings do not let me" in said


async def test_a_slow_answer_is_finished_in_one_message(valkey_url: str) -> None:
    """An answer that takes longer than a second is deferred, for the member alone, and then stands in that message."""
    async with running(valkey_url, limits=Limits(answer_s=0.0)) as case:
        await case.posted()
        one = await case.ben.slash("tpm-streak", case.study)
        await case.answered()
        assert (one.acknowledged, one.ephemeral, one.failure) == (5, True, None)
        assert one.original is not None
        assert "streak" in one.original.shown
        assert one.followups == []


async def test_an_answer_after_fifteen_minutes_comes_directly(valkey_url: str) -> None:
    """When an interaction's token has expired, its answer is a direct message."""
    go_on = asyncio.Event()

    async def slow() -> Sequence[Check]:
        await go_on.wait()
        return ()

    async with running(valkey_url, ports_of=lambda ports: replace(ports, checks=slow)) as case:
        await case.group()
        await case.asha.slash("tpm-admin doctor", case.study)
        case.discord.pass_time(timedelta(minutes=16))
        go_on.set()
        await case.answered()
        assert len(case.directs(case.asha)) == 1


@pytest.mark.parametrize("commits", [True, False])
async def test_an_acknowledgement_that_broke_off(case: Case, *, commits: bool) -> None:
    """When Discord fails at a first response, its member has the answer exactly once, in one way or the other."""
    await case.posted()
    case.discord.hub.callback_within_s = NOT_LONG_S
    case.discord.fail(CALLBACK, broken(502, commits=commits))
    one = await case.ben.slash("tpm-streak", case.study)
    await case.answered()
    shown = [one.original] if one.original else []
    assert len([*shown, *case.directs(case.ben)]) == 1


async def test_a_fault_of_ours_is_told(valkey_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A command whose work fails is answered with words, and the log has the traceback."""

    async def failing() -> Sequence[Check]:
        raise RuntimeError("a fault of ours")

    async with running(valkey_url, ports_of=lambda ports: replace(ports, checks=failing)) as case:
        await case.group()
        one = await case.asha.slash("tpm-admin doctor", case.study)
        await case.answered()
        assert one.original is not None
        assert "Something went wrong" in one.original.shown
        assert "a fault of ours" in caplog.text


# Redis


async def test_a_form_that_cannot_be_saved_goes_back_as_a_file(valkey_url: str, admin: Client) -> None:
    """When Redis is away, what was typed into a form comes back to its author alone, in a file, word for word."""
    async with running(valkey_url, limits=HURRIED) as case:
        post = await case.posted()
        key = await opened_form(case.ben, post)
        await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
        one = await case.ben.submit({key: ANSWER})
        await case.answered()
        assert one.ephemeral
        assert one.original is not None
        assert "Not saved" in one.original.shown
        [file] = one.original.files
        assert ANSWER in file.content.decode()
        await asyncio.sleep(PAUSE_MS / 1000)


async def test_a_message_that_cannot_be_saved_is_told_so(valkey_url: str, admin: Client) -> None:
    """When Redis is away, a message in the thread gets "not saved" as a reply."""
    async with running(valkey_url, limits=HURRIED) as case:
        post = await case.posted()
        await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
        message = await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.answered()
        [said] = [each for each in case.thread(post) if each.author.is_bot]
        assert "Not saved" in said.shown
        assert said.reference == (post.id, message.id)
        await asyncio.sleep(PAUSE_MS / 1000)


async def test_redis_is_away_for_a_moment(case: Case, admin: Client) -> None:
    """A message that comes while Redis is away is saved when it is there again: Discord brings it once only."""
    post = await case.posted()
    await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.settle()
    assert await case.answer_of("2") == ANSWER
    assert len(case.replies(post)) == 1


async def test_redis_is_gone_at_a_command(case: Case, admin: Client) -> None:
    """A command that could not be done is answered, and says that nothing was changed."""
    await case.posted()
    await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
    one = await case.ben.slash("tpm-streak", case.study)
    await case.answered()
    assert one.original is not None
    assert "Nothing was changed" in one.original.shown
    await asyncio.sleep(PAUSE_MS / 1000)


# Places


async def test_missing_permissions_pause_that_group_alone(case: Case) -> None:
    """A group whose channel lacks permissions is paused and its admin told once, with their names; others go on."""
    other = case.discord.add_guild("5000")
    case.discord.channel("6000", name="other", guild=other)
    there = replace(PLACE, workspace="5000", channel="6000")
    await case.group(at="10:00")
    await case.group(there, at="10:00")
    case.discord.overwrite(case.study, case.discord.application_id, deny=Right.CREATE_PUBLIC_THREADS)
    await case.answered()
    for _ in range(2):
        case.pass_time(timedelta(hours=1))
        await case.settle()
    assert (await case.standing_group()).paused
    assert not (await case.standing_group(there)).paused
    told = [each.shown for each in case.directs(case.asha)]
    assert len(told) == 1
    assert "Create Public Threads" in told[0]
    assert len(case.discord.hub.world.channels["6000"].messages) == 1


async def test_setting_up_names_what_is_missing(case: Case) -> None:
    """A group is not started where the bot could not post: what it needs is named before anything is stored."""
    case.discord.overwrite(case.study, case.discord.application_id, deny=Right.SEND_MESSAGES_IN_THREADS)
    one = await case.asha.slash("tpm-admin setup", case.study)
    await case.answered()
    assert one.original is not None
    assert "Send Messages in Threads" in one.original.shown
    assert await case.core.ports.groups.at(PLACE) is None


async def test_the_bot_is_removed_from_the_server(case: Case) -> None:
    """A group whose server has removed the bot is paused when its next question is due."""
    await case.group(at="10:00")
    case.discord.kick(case.discord.guild)
    case.pass_time(timedelta(hours=1))
    await case.settle()
    assert (await case.standing_group()).paused


async def test_the_channel_is_deleted(case: Case) -> None:
    """A group whose channel is gone is paused, and its admin told once."""
    await case.group(at="10:00")
    case.discord.delete_channel(case.study)
    case.pass_time(timedelta(hours=1))
    await case.settle()
    assert (await case.standing_group()).paused
    assert len(case.directs(case.asha)) == 1


async def test_automatic_moderation_refuses_a_message(case: Case) -> None:
    """A reply that a server's own rules block pauses nothing, and what comes after is sent."""
    post = await case.posted()
    case.discord.hub.blocked_words.append("nurses")
    await case.ben.press(post, "Answer")
    assert case.ben.modal is not None
    await case.ben.submit({case.ben.modal.fields[0][1]["custom_id"]: ANSWER})
    await case.settle()
    assert not (await case.standing_group()).paused
    assert await case.answer_of("2") == ANSWER
    case.discord.hub.blocked_words.clear()
    await case.asha.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.settle()
    assert case.replies(post)


async def test_a_member_who_left_holds_nobody_up(case: Case) -> None:
    """Private feedback for somebody who has left cannot be shown; it stays kept, and others get theirs."""
    post = await case.posted(mode="private")
    group = await case.standing_group()
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    case.discord.leave(case.ben)
    case.ben.person.takes_direct = False
    await case.asha.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.settle()
    day = (await case.core.ports.posts.all(group.id))[-1].day
    assert await case.core.ports.answers.review(group.id, day, MemberId("2")) is not None
    assert len(case.directs(case.asha)) == 1
    assert await case.core.ports.jobs.dead() == []


async def test_private_feedback_waits_for_who_takes_no_direct_messages(case: Case) -> None:
    """50007: private feedback is shown when its member asks for it; nothing is given up, and nothing said openly."""
    case.ben.person.takes_direct = False
    post = await case.posted(mode="private")
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.settle()
    assert (case.replies(post), case.directs(case.ben)) == ([], [])
    state = await case.ben.slash("tpm-question", case.study)
    assert state.original is not None
    shown = await case.ben.press(state.original, "My feedback")
    await case.answered()
    assert shown.original is not None
    assert (shown.ephemeral, "Check it yourself, Ben" in shown.original.shown) == (True, True)
    assert await case.core.ports.jobs.dead() == []


async def test_discord_is_down_at_the_time_of_the_question(case: Case) -> None:
    """A question that is due during an outage stands once when it is over."""
    await case.group(at="10:00")
    case.discord.fail(SEND, cut(commits=True))
    case.pass_time(timedelta(hours=1))
    await case.settle()
    case.pass_time(timedelta(minutes=1))
    await case.settle()
    assert len([each for each in case.study.messages.values() if each.labels]) == 1
    assert len(case.discord.hub.world.threads(STUDY)) == 1


async def test_a_modal_outlives_a_restart(valkey_url: str) -> None:
    """A form that was opened before a restart counts after it; sent in between, it stays open with its words."""
    async with running(valkey_url) as case:
        post = await case.posted()
        key = await opened_form(case.ben, post)
        await case.platform.close()
        case.discord.hub.callback_within_s = 0.1
        await case.ben.submit({key: ANSWER})
        assert case.ben.modal is not None
        case.discord.hub.callback_within_s = 3.0
        async with started(valkey_url, case.discord, case.clock):
            one = await case.ben.submit({key: ANSWER})
            await eventually(lambda: one.original is not None)
        assert await case.answer_of("2") == ANSWER
