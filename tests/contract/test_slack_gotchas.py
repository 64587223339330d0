"""The numbered gotchas of the reference on Slack (slack.md 4), each with the tests that hold it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.group import MemberId
from tests.contract.slack_case import ANSWER, Case, answer_of, group_of, no_failure, running
from tests.house.rules import ROOT
from tests.servers.anthropic import AnthropicServer, Reply
from tests.servers.slack_faults import rate_limited

GOTCHAS: Mapping[int, tuple[str, ...]] = {
    1: ("test_a_fault_of_ours_after_an_ack", "test_an_exception_right_after_an_ack_undoes_it"),
    2: ("test_unknown_events", "test_what_nobody_handles_is_acknowledged"),
    3: ("test_a_thread_message_is_an_answer", "test_socket_mode_greets_and_brings", "test_a_message_brought_again"),
    4: ("test_what_is_not_ours_to_read", "test_what_a_person_wrote", "test_a_change_of_our_own_is_not_ours_to_read"),
    5: ("test_a_slow_slack_delays_no_ack", "test_a_slow_model_delays_no_ack"),
    6: ("test_one_connection_for_all_calls",),
    7: ("test_a_post_that_broke_off", "test_the_daily_post_breaks_off", "test_slack_is_down_for_ten_minutes"),
    8: ("test_asked_to_wait", "test_an_answer_waits_for_slack", "test_everybody_gets_feedback_in_the_end"),
    9: ("test_the_environment_changes_nothing",),
    10: ("test_the_environment_changes_nothing",),
    11: ("test_answers_end_before_the_program", "test_a_stop_while_reviews_run"),
    12: ("test_a_fault_of_ours_after_an_ack",),
    13: ("test_redis_is_slow_while_somebody_answers", "test_an_ack_needs_no_call_of_slack"),
    14: ("test_a_mention_comes_in_either_order", "test_an_answer_that_mentions_the_bot", "test_a_wish_by_mention"),
    15: (
        "test_two_connections", "test_a_refresh_loses_nothing", "test_broken_connections_come_back",
        "test_connections_that_bring_nothing", "test_closing_is_bounded",
    ),
    16: ("test_two_processes_share_the_work", "test_many_workers_take_each_job_once"),
    17: ("test_a_window_closed_early", "test_a_draft_is_kept", "test_redis_is_gone_while_a_form_is_sent"),
    18: ("test_a_channel_is_lost", "test_a_token_is_revoked", "test_the_app_is_removed"),
    19: ("test_a_bad_signature",),
}  # fmt: skip
"""Number -> the tests. That handlers call nothing that blocks (5) is also a rule of the linter (ASYNC)."""


@pytest.fixture(params=["socket", "http"])
async def case(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode=request.param) as opened:
        yield opened


def test_every_gotcha_has_its_tests() -> None:
    """Each of the 19 gotchas names tests, and each test that is named is there."""
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    written = {name for text in files for name in re.findall(r"^(?:async )?def (test_\w+)", text, flags=re.MULTILINE)}
    assert sorted(GOTCHAS) == list(range(1, 20))
    assert [name for names in GOTCHAS.values() for name in names if name not in written] == []


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "view_closed", "view": {"id": "V1", "callback_id": "x"}, "is_cleared": False},
        {"type": "shortcut", "callback_id": "made_up_tomorrow", "trigger_id": "1.1.x"},
        {"type": "message_action", "callback_id": "of_yesterday", "trigger_id": "1.1.x", "channel": {"id": "C1"}},
        {"type": "block_suggestion", "action_id": "x", "block_id": "y", "value": "z"},
        {"type": "block_actions", "actions": [{"type": "static_select", "action_id": "value", "block_id": "b"}]},
        {"type": "made_up_tomorrow"},
    ],
)
async def test_what_nobody_handles_is_acknowledged(case: Case, payload: dict[str, Any]) -> None:
    """What a person does with a part of Slack that the bot has nothing for is acknowledged: nobody sees a failure."""
    whole = {"team": {"id": "T1"}, "user": {"id": "U2", "team_id": "T1"}, "api_app_id": "A1", "token": "t", **payload}
    delivery = await case.slack.courier.once("interactive", whole)
    assert delivery.accepted


async def test_a_change_of_our_own_is_not_ours_to_read(case: Case) -> None:
    """That the bot's own feedback was edited or deleted is acknowledged, and the answer that it is about stays."""
    post = await case.posted()
    await case.ben.say(case.study, ANSWER, thread=post)
    await case.settle()
    [feedback] = [each for each in case.study.replies(post.ts) if each.bot_id]
    about = {"user": feedback.user, "bot_id": feedback.bot_id, "ts": feedback.ts, "thread_ts": post.ts}
    event = {"type": "message", "channel": "C1", "ts": feedback.ts, "event_ts": feedback.ts}
    for change in (
        {"subtype": "message_changed", "message": {**about, "text": ANSWER, "edited": {"ts": feedback.ts}}},
        {"subtype": "message_deleted", "deleted_ts": feedback.ts},
    ):
        delivery = await case.slack.emit({**event, **change, "previous_message": {**about, "text": "before"}})
        assert delivery.accepted
    await case.settle()
    answers = await case.core.ports.answers.of_day((await group_of(case)).id, (await newest(case)).day)
    assert {member: answer.text for member, answer in answers.items()} == {MemberId("U2"): ANSWER}


async def newest(case: Case) -> Any:
    return (await case.core.ports.posts.all((await group_of(case)).id))[-1]


@pytest.mark.parametrize("turned", [False, True])
async def test_a_mention_comes_in_either_order(case: Case, *, turned: bool) -> None:
    """Whether `message` or `app_mention` comes first, a wish is granted once and an answer counts once."""
    post = await case.posted()
    for words in (f"@tpm {ANSWER}", "@tpm feedback"):
        async with case.slack.courier.holding() as held:
            await case.ben.say(case.study, words, thread=post)
            assert {each.payload["event"]["type"] for each in held} == {"message", "app_mention"}
            if turned:
                held.reverse()
        await case.settle()
    assert await answer_of(case, "U2") == ANSWER
    assert len([each for each in case.study.replies(post.ts) if each.bot_id]) == 1
    assert len(case.whispers(case.ben)) == 1


async def test_an_ack_needs_no_call_of_slack(case: Case) -> None:
    """Commands, answers and presses are acknowledged while Slack's API answers nothing at all."""
    post = await case.posted()
    before = len(case.slack.calls)
    for method in ("users.info", "auth.test", "conversations.info", "chat.postEphemeral", "views.open"):
        case.slack.fail(method, *[rate_limited(30)] * 5)
    with no_failure(case.ben):
        await case.ben.command("/tpm-streak", "", case.study)
        await case.ben.press(post, "My streak")
        await case.ben.say(case.study, ANSWER, thread=post)
    assert {each.failure for delivery in case.slack.courier.deliveries for each in delivery.attempts} == {None}
    assert "auth.test" not in {call.method for call in case.slack.calls[before:]}
    assert await answer_of(case, "U2") == ANSWER


async def test_everybody_gets_feedback_in_the_end(case: Case) -> None:
    """When many answer at once and Slack asks to wait with most of the feedback, each has one message of it at last."""
    post = await case.posted()
    people = [case.slack.user(f"U{number}", name=f"member {number}") for number in range(10, 16)]
    case.study.members |= {person.id for person in people}
    case.slack.fail("chat.postMessage", *[rate_limited(2)] * 9)
    for person in people:
        await person.say(case.study, ANSWER, thread=post)
    for _ in range(6):
        await case.core.worker.drain()
        case.pass_time(timedelta(seconds=3))
    await case.settle()
    texts = [each.shown for each in case.study.replies(post.ts) if each.bot_id]
    assert sorted(sum(person.person.name in text for text in texts) for person in people) == [1] * 6
    assert len(texts) == 6


async def test_a_slow_model_delays_no_ack(valkey_url: str) -> None:
    """While the model is asked, and while its long reply comes in, what members do is acknowledged in time."""
    async with (
        AnthropicServer().running() as model,
        running(valkey_url, mode="http", anthropic_base_url=model.url) as case,
    ):
        post = await case.posted()
        model.script(Reply(delay_s=4.0))
        await case.asha.say(case.study, ANSWER, thread=post)
        judging = asyncio.create_task(case.core.worker.drain())
        took_s = []
        while not judging.done():
            delivery = await case.ben.command("/tpm-help", "", case.study)
            took_s.append(delivery.attempts[0].took_s)
            await asyncio.sleep(0.05)
        await judging
        assert len(model.requests) == 1
        assert len([each for each in case.study.replies(post.ts) if each.bot_id]) == 1
        assert len(took_s) > 5
        assert max(took_s) < 3.0
