"""When Redis, Slack or the bot itself fails while somebody is waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.group import MemberId
from bot.infra.redis.client import Client
from bot.infra.redis.keys import Keys
from bot.ports import Check
from handlers.slack.manifest import COUNT_AS_ANSWER
from tests.contract.slack_case import ANSWER, Case, answer_of, group_of, running
from tests.servers.slack_faults import Fault, broken, cut, rate_limited, refused
from tests.servers.slack_world import Message

PAUSE_MS = 1_200
"""Longer than the limit of one call to Redis, and shorter than Slack's patience."""


@pytest.fixture(params=["socket", "http"])
async def case(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode=request.param) as opened:
        yield opened


@pytest.fixture
async def admin(valkey_url: str) -> AsyncIterator[Client]:
    """Somebody at the Redis console."""
    client = Client(valkey_url, timeout_s=5.0)
    yield client
    await client.close()


def posts(case: Case) -> list[Message]:
    return [each for each in case.study.messages.values() if "Answer" in each.labels]


# Redis


async def test_redis_is_slow_while_somebody_answers(case: Case, admin: Client) -> None:
    """An answer that could not be saved in time is not acknowledged; Slack brings it again, and it counts once."""
    root = await case.posted()
    case.slack.courier.retry_after_s = (0.0, 1.5)
    await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
    await case.ben.say(case.study, ANSWER, thread=root)
    [first, *_] = case.slack.courier.deliveries[-1].attempts
    assert first.failure is not None
    await case.settle()
    assert case.slack.courier.deliveries[-1].accepted
    assert await answer_of(case, "U2") == ANSWER
    assert len([each for each in case.study.replies(root.ts) if each.bot_id]) == 1


async def test_redis_is_gone_while_a_form_is_sent(case: Case, admin: Client) -> None:
    """A form that could not be saved stays open with its words and says so; sent again, it counts."""
    root = await case.posted()
    await case.ben.press(root, "Answer")
    await case.settle()
    view = case.ben.view
    assert view is not None
    key = next(block["block_id"] for block in view.blocks if block["type"] == "input")
    await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
    await case.ben.submit(view, {key: ANSWER})
    assert "Not saved" in view.errors[key]
    assert case.ben.view is view
    await asyncio.sleep(PAUSE_MS / 1000)
    await case.ben.submit(view, {})
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER


async def test_redis_is_gone_at_a_shortcut(case: Case, admin: Client) -> None:
    """A shortcut that could not be done is not acknowledged, and its user reads that nothing was saved."""
    root = await case.posted()
    said = await case.ben.say(case.study, "I would start with the nurses.", thread=root)
    await case.settle()
    await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
    delivery = await case.ben.shortcut(COUNT_AS_ANSWER, said)
    assert not delivery.accepted or case.slack.courier.events_url is None
    await case.answered()
    assert "Not saved" in case.whispers(case.ben)[-1]


async def test_redis_is_gone_at_a_command(case: Case, admin: Client) -> None:
    """A command that could not be done is acknowledged, and says that nothing was changed."""
    await case.posted()
    await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
    await case.ben.command("/tpm-streak", "", case.study)
    await case.answered()
    assert case.ben.failures == []
    assert "Nothing was changed" in case.whispers(case.ben)[-1]


async def test_the_words_of_a_command_go_back(case: Case, admin: Client) -> None:
    """What was typed after a command that could not be done goes back to its giver: it stands nowhere else."""
    await case.posted()
    await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
    await case.ben.command("/tpm-suggest", "Price a\nmodel for <!channel> schools", case.study)
    await case.answered()
    assert "Price a model for <!channel> schools" in case.whispers(case.ben)[-1]
    assert [each.pings for each in case.ben.whispers(case.study)] == [[]]


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_fault_of_ours_after_an_ack(valkey_url: str, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """A command whose work fails after its ack stays acknowledged; its user is told, and the log has the traceback."""

    async def failing() -> Sequence[Check]:
        raise RuntimeError("a fault of ours")

    async with running(valkey_url, mode=mode, ports_of=lambda ports: replace(ports, checks=failing)) as case:
        await case.group()
        with caplog.at_level(logging.ERROR):
            await case.asha.command("/tpm-admin", "doctor", case.study)
            await case.answered()
        assert case.asha.failures == []
        assert "Something went wrong" in case.whispers(case.asha)[-1]
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [RuntimeError]


async def test_a_record_that_cannot_be_read(case: Case, admin: Client) -> None:
    """An answer that meets a broken record is not acknowledged: once that is mended, Slack brings it and it counts."""
    root = await case.posted()
    group = await group_of(case)
    case.slack.courier.retry_after_s = (0.5,)
    await admin.call("HSET", Keys.members(group.id), "U2", "not a member")
    await case.ben.say(case.study, ANSWER, thread=root)
    await admin.call("HDEL", Keys.members(group.id), "U2")
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER


async def test_an_event_that_breaks_the_bot(case: Case) -> None:
    """An event that the bot cannot read is not acknowledged, and the ones after it are taken."""
    root = await case.posted()
    case.slack.courier.ack_within_s, case.slack.courier.retry_after_s = 0.3, ()
    delivery = await case.slack.emit({"type": "message", "subtype": "message_changed", "channel": "C1"})
    assert not delivery.accepted
    case.slack.courier.ack_within_s = 3.0
    await case.ben.say(case.study, ANSWER, thread=root)
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER


# Slack


@pytest.mark.parametrize(
    "fault", [cut(commits=True), broken(commits=True), cut(), broken(502), rate_limited(20), Fault(commits=True)]
)
async def test_the_daily_post_breaks_off(case: Case, fault: Fault) -> None:
    """However the call of a daily post breaks off, one post stands in the end, and it is the recorded one."""
    await case.group(at="09:05")
    case.slack.fail("chat.postMessage", fault)
    for _ in range(4):
        case.pass_time(timedelta(minutes=2))
        await case.settle()
    [post] = posts(case)
    recorded = (await case.core.ports.posts.all((await group_of(case)).id))[-1]
    assert recorded.message is not None
    assert recorded.message.message_id == post.ts


async def test_slack_is_down_for_ten_minutes(case: Case) -> None:
    """A Slack that goes down in the middle of a post and is back after ten minutes shows one post."""
    await case.group(at="09:05")
    case.slack.fail("chat.postMessage", cut(commits=True))
    case.pass_time(timedelta(minutes=5))
    await case.settle()
    case.slack.hub.faults.down = broken(503)
    for _ in range(40):
        case.pass_time(timedelta(seconds=15))
        await case.core.worker.drain()
    case.slack.hub.faults.down = None
    case.pass_time(timedelta(seconds=30))
    await case.settle()
    assert len(posts(case)) == 1
    assert not (await group_of(case)).paused
    recorded = (await case.core.ports.posts.all((await group_of(case)).id))[-1]
    assert recorded.message is not None


# places that are lost


@pytest.mark.parametrize("how", ["removed", "archived", "not_in_channel", "channel_not_found"])
async def test_a_channel_is_lost(case: Case, how: str) -> None:
    """A channel that is closed to the bot pauses its group after one try, and the admin is told once."""
    await case.group(at="09:05")
    match how:
        case "removed":
            case.asha.remove(case.study)
        case "archived":
            case.asha.archive(case.study)
        case code:
            case.slack.fail("chat.postMessage", refused(code))
    for span in (timedelta(minutes=10), timedelta(days=1), timedelta(days=1)):
        case.pass_time(span)
        await case.settle()
    assert (await group_of(case)).paused
    assert [call.arguments["channel"] for call in case.slack.calls_of("chat.postMessage")] == ["C1", "D1"]
    [told] = [each for each in case.asha.direct.messages.values() if each.bot_id]
    assert "paused" in told.shown
    assert "study" in told.shown


async def test_a_channel_is_won_back(case: Case) -> None:
    """Invited again and resumed, the group goes on."""
    await case.group(at="09:05")
    case.asha.remove(case.study)
    case.pass_time(timedelta(minutes=10))
    await case.settle()
    await case.asha.invite(case.study)
    await case.asha.command("/tpm-admin", "resume", case.study)
    await case.settle()
    case.pass_time(timedelta(days=1))
    await case.settle()
    assert len(posts(case)) == 1


async def test_the_post_is_deleted_before_its_feedback(case: Case) -> None:
    """thread_not_found: the feedback comes directly, once, and no status line is shown again after it."""
    root = await case.posted()
    await case.ben.say(case.study, ANSWER, thread=root)
    await case.slack.settled()
    await case.answered()
    del case.study.messages[root.ts]
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER
    assert ["Check it yourself" in each.shown for each in case.ben.sees(case.ben.direct)] == [True]
    assert await case.core.ports.jobs.dead() == []
    lines = [call.arguments["status"] for call in case.slack.calls if call.method == "assistant.threads.setStatus"]
    assert lines[-1] == ""


async def test_a_token_is_revoked(case: Case) -> None:
    """A revoked token makes the platform not ready and pauses the groups of its workspace."""
    await case.group(at="09:05")
    await case.slack.revoke()
    await case.answered()
    assert not case.platform.ready()
    case.pass_time(timedelta(minutes=10))
    await case.settle()
    assert (await group_of(case)).paused
    assert posts(case) == []


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UBOT1"]}}]
)
async def test_a_late_word_of_a_token_before_this_one(case: Case, event: dict[str, object]) -> None:
    """Told late that an older token died, the bot goes on with the one that it has."""
    root = await case.posted()
    delivery = await case.slack.emit(dict(event))
    await case.answered()
    assert delivery.accepted
    assert case.platform.ready()
    await case.ben.say(case.study, ANSWER, thread=root)
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER


async def test_the_app_is_removed(case: Case) -> None:
    """An app that was removed from the workspace says nothing there any more."""
    await case.group(at="09:05")
    await case.slack.uninstall()
    await case.answered()
    calls = len(case.slack.calls)
    case.pass_time(timedelta(minutes=10))
    await case.settle()
    assert len(case.slack.calls) == calls


async def test_a_member_who_left(case: Case) -> None:
    """A reminder to somebody who left the workspace is dropped, and the group goes on."""
    await case.posted()
    await case.ben.command("/tpm-me", "reminders 12:00", case.study)
    await case.settle()
    case.ben.person.deleted = True
    case.pass_time(timedelta(hours=5))
    await case.settle()
    group = await group_of(case)
    assert not group.paused
    assert await case.core.ports.jobs.dead() == []
    assert await case.core.ports.groups.member(group.id, MemberId("U2")) is not None
