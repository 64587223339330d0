"""A daily post that somebody deleted: what was owed in its thread reaches its member alone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.domain.answer import FREE_TEXT
from bot.domain.group import MessageRef
from bot.errors import ChatUnsure
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.send_direct import MOST_A_DAY
from handlers.terminal.messages import Message
from tests.usecases.dying import Fuse, dying
from tests.usecases.reviewing import answered, give, owed_by
from tests.usecases.study import HOUR, MONDAY, OTHER_ANSWER, Study, text_of, working

DAY = timedelta(days=1)


async def deleted(study: Study) -> None:
    """A moderator removes the daily post, and its thread with it."""
    await study.chat.delete(await study.thread())


def alone(study: Study, name: str, kind: str = "feedback") -> list[Message]:
    """The direct messages of a kind that a person got and that still stand."""
    found = study.standing(Where.DIRECT, name)
    return [message for message in found if message.card is not None and message.card.kind == kind]


async def test_feedback_comes_privately(judged: Study) -> None:
    """Feedback whose thread is gone reaches its member directly and once; no work and no status line is left."""
    shown: list[str] = []
    judged.room.listen_status(shown.append)
    await judged.say("ben")
    await deleted(judged)
    await judged.advance(HOUR)
    assert len(alone(judged, "ben")) == 1
    assert shown[-1] == ""
    assert await judged.ports.jobs.dead() == []
    assert ["what I write in the thread of Mon 23 Nov" in each for each in judged.direct("asha")] == [True]
    await judged.restart()
    await judged.settle()
    assert len(alone(judged, "ben")) == 1


async def test_what_came_privately_follows_the_answer(judged: Study) -> None:
    """Feedback that was sent directly says that the answer was edited, and goes with the answer."""
    message = await judged.said("ben")
    await judged.do(message)
    await deleted(judged)
    await judged.settle()
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    await judged.settle()
    (told,) = alone(judged, "ben")
    assert told.card is not None
    assert "Review my edit" in [button.label for button in told.card.buttons]
    await judged.do(await judged.deleted(message))
    await judged.settle()
    assert alone(judged, "ben") == []


async def test_a_lost_reply_sends_no_second_one(judged: Study) -> None:
    """A direct message whose reply was lost is looked for where it went, and stands once."""
    await judged.say("ben")
    await deleted(judged)
    judged.chat.fail("send", ChatUnsure("reset"), done=True, where=Where.DIRECT)
    await judged.advance(HOUR)
    assert len(alone(judged, "ben")) == 1


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, 9))
async def test_feedback_survives_death(judged: Study, left: int, done: bool) -> None:
    """Wherever the process dies on the way from the thread to the direct message, that one stands once."""
    await judged.say("ben")
    await deleted(judged)
    alive, fuse = judged.ports, Fuse(left, done)
    judged.worker = working(dying(alive, fuse))
    with suppress(asyncio.CancelledError):
        await judged.worker.drain()
    assert fuse.is_burnt
    judged.worker.abandon()
    judged.worker = working(alive)
    await judged.advance(HOUR)
    assert len(alone(judged, "ben")) == 1


async def test_one_too_many_for_the_day_comes_the_next_morning(judged: Study) -> None:
    """The limit of direct messages holds, and feedback that it kept back comes the next morning."""
    await judged.say("ben")
    await deleted(judged)
    group = await judged.group()
    for number in range(1, MOST_A_DAY["notice"] + 1):
        place = f"direct:notice:{number}:{owed.about(MONDAY, judged.id('ben'))}"
        await judged.ports.outbox.sent(group.id, place, MessageRef(group.place, "another"))
    await judged.advance(12 * HOUR)
    assert alone(judged, "ben") == []
    await judged.advance(12 * HOUR)
    assert len(alone(judged, "ben")) == 1


async def test_a_form_answer_gets_its_feedback(judged: Study) -> None:
    """An answer by form that no thread can show any more is judged all the same."""
    await deleted(judged)
    assert "Saved" in text_of(await judged.submit("ben", MONDAY, {FREE_TEXT: OTHER_ANSWER}))
    await judged.advance(HOUR)
    assert len(alone(judged, "ben")) == 1


async def test_a_peer_review_comes_privately(opened: Study) -> None:
    """A review of an answer whose thread is gone reaches the author directly, once, and nobody else."""
    await opened.command("asha", "/tpm-admin reviews give=off")
    await answered(opened, ("asha", "ben", "chen"))
    (author,) = await owed_by(opened, "ben")
    await give(opened, "ben", author)
    await deleted(opened)
    await opened.advance(HOUR)
    await opened.restart()
    await opened.settle()
    assert {name: len(alone(opened, name, "peer-review")) for name in ("asha", "ben", "chen")} == {
        name: int(name == author) for name in ("asha", "ben", "chen")
    }
    assert await opened.ports.jobs.dead() == []
