"""A sealed group on Slack, from an empty channel to the close."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.contract.slack_case import ANSWER, Case, no_failure, running
from tests.servers.slack_people import User
from tests.servers.slack_world import Message

SHORT_WINDOW = {"mode": "sealed", "window": "8"}


@pytest.fixture
async def case(valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode="http") as opened:
        yield opened


def post_of(case: Case) -> Message:
    return next(each for each in case.study.messages.values() if "Answer" in each.labels)


async def later(case: Case, span: timedelta) -> None:
    """Move time on, with what falls due at its end."""
    case.pass_time(span)
    await case.settle()


async def answer(case: Case, user: User, text: str) -> None:
    await user.press(post_of(case), "Answer")
    await case.settle()
    assert user.view is not None
    key = next(block["block_id"] for block in user.view.blocks if block["type"] == "input")
    await user.submit(None, {key: text})
    await case.settle()


async def test_from_an_empty_channel_to_the_preview(case: Case) -> None:
    """One command and one press set a group up: the checks, the first date and the question stand there then."""
    with no_failure(case.asha):
        await case.asha.command("/tpm-admin", "setup", case.study)
        await case.settle()
        assert case.asha.view is not None
        inputs = [block for block in case.asha.view.blocks if block["type"] == "input"]
        assert len(inputs) == 5
        assert not any(block.get("optional") for block in inputs)
        await case.asha.submit(None, {})
        await case.settle()
    [told] = case.whispers(case.asha)
    assert "Checks:" in told
    assert "First question:" in told
    assert "Only you see it." in told
    assert case.whispers(case.ben) == []


async def test_a_sealed_question_on_slack(case: Case) -> None:
    """Form answers stay out of the channel until the close: only their number shows, and who answered may read."""
    await case.asha.command("/tpm-admin", "setup", case.study)
    await case.settle()
    await case.asha.submit(None, SHORT_WINDOW)
    await case.settle()
    await case.asha.command("/tpm-admin", "post-now", case.study)
    await case.settle()
    await answer(case, case.ben, ANSWER)
    await later(case, timedelta(minutes=1))
    post = post_of(case)
    assert "1 answered." in post.shown
    assert case.study.replies(post.ts) == []
    await case.asha.press(post, "Read the others")
    await case.settle()
    assert "This question is sealed" in case.whispers(case.asha)[-1]
    seen = json.dumps([each.shown for each in case.study.messages.values()] + case.whispers(case.asha))
    assert "nurses on night shift" not in seen
    assert any("Until the question closes" in told for told in case.whispers(case.ben))
    await later(case, timedelta(hours=8))
    [shown] = case.study.replies(post.ts)
    assert "Answer by ben" in shown.shown
    assert "nurses on night shift" in shown.shown


async def test_a_thread_message_becomes_the_draft(case: Case) -> None:
    """What a member writes in a sealed thread is told them in private to be no answer, and stands in their form."""
    await case.group(**SHORT_WINDOW, at="09:00")
    await case.settle()
    await case.ben.say(case.study, ANSWER, thread=post_of(case))
    await case.settle()
    assert "Your text is kept: press Answer" in case.whispers(case.ben)[-1]
    assert case.whispers(case.asha) == []
    await case.ben.press(post_of(case), "Answer")
    await case.settle()
    assert case.ben.view is not None
    assert ANSWER in json.dumps(case.ben.view.body)
