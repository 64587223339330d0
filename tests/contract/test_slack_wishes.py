"""What can be asked for in a thread: by message shortcut, and by a mention of the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handlers.slack.manifest import COUNT_AS_ANSWER, GET_FEEDBACK
from tests.contract.slack_case import ANSWER, Case, answer_of, no_failure, running

SHORT = "I would measure the time to a safe answer."


@pytest.fixture
async def case(valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode="http") as opened:
        yield opened


async def test_a_message_is_counted(case: Case) -> None:
    """The shortcut [Count as my answer] makes a short message its author's answer."""
    post = await case.posted()
    said = await case.ben.say(case.study, SHORT, thread=post)
    await case.settle()
    assert await answer_of(case, "U2") is None
    with no_failure(case.ben):
        await case.ben.shortcut(COUNT_AS_ANSWER, said)
        await case.settle()
    assert await answer_of(case, "U2") == SHORT
    assert "Counted as your answer" in case.whispers(case.ben)[-1]


async def test_somebody_elses_message_is_not_counted(case: Case) -> None:
    """A shortcut on somebody else's message is refused and changes nothing."""
    post = await case.posted()
    said = await case.ben.say(case.study, SHORT, thread=post)
    for callback_id in (COUNT_AS_ANSWER, GET_FEEDBACK):
        await case.asha.shortcut(callback_id, said)
        await case.settle()
        assert "somebody else's" in case.whispers(case.asha)[-1]
    assert await answer_of(case, "U1") is None


async def test_feedback_by_shortcut(case: Case) -> None:
    """The shortcut [Get feedback] on one's answer shows its feedback; on a short message it is counted first."""
    post = await case.posted()
    said = await case.ben.say(case.study, SHORT, thread=post)
    await case.ben.shortcut(GET_FEEDBACK, said)
    await case.settle()
    assert await answer_of(case, "U2") == SHORT
    await case.ben.shortcut(GET_FEEDBACK, said)
    await case.settle()
    assert "does not judge" in case.whispers(case.ben)[-1]


async def test_a_shortcut_outside_a_thread(case: Case) -> None:
    """A shortcut on a message outside the thread of a question is refused in words."""
    await case.posted()
    said = await case.ben.say(case.study, ANSWER)
    with no_failure(case.ben):
        await case.ben.shortcut(COUNT_AS_ANSWER, said)
        await case.settle()
    assert "not in the thread of a question" in case.whispers(case.ben)[-1]


@pytest.mark.parametrize(("words", "expected"), [("feedback", "does not judge"), ("Probe me.", "Think about this")])
async def test_a_wish_by_mention(case: Case, words: str, expected: str) -> None:
    """A mention of the bot with a wish is granted once, privately in the thread, though Slack tells of it twice."""
    post = await case.posted()
    await case.ben.say(case.study, ANSWER, thread=post)
    await case.settle()
    await case.ben.say(case.study, f"@tpm {words}", thread=post)
    await case.settle()
    granted = [each for each in case.ben.whispers(case.study) if expected in each.shown]
    assert len(granted) == 1
    assert granted[0].thread_ts == post.ts
    for delivery in case.slack.courier.deliveries[-2:]:
        await case.slack.courier.again(delivery)
    await case.settle()
    assert len([each for each in case.ben.whispers(case.study) if expected in each.shown]) == 1


async def test_probe_before_an_answer(case: Case) -> None:
    """Who has not answered gets no further question yet."""
    post = await case.posted()
    await case.ben.say(case.study, "@tpm probe me", thread=post)
    await case.settle()
    assert "Answer the question first" in case.whispers(case.ben)[-1]


async def test_an_answer_that_mentions_the_bot(case: Case) -> None:
    """An answer that begins with the bot's name is an answer, counted once, without the name."""
    post = await case.posted()
    await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER


async def test_a_mention_in_the_channel(case: Case) -> None:
    """A mention outside threads is answered with what the bot can do."""
    await case.posted()
    await case.ben.say(case.study, "@tpm hello")
    await case.settle()
    assert "How this works" in case.whispers(case.ben)[-1]
