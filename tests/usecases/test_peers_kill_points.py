from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.ports import Where
from bot.usecases.recover import sweep
from tests.usecases.dying import Fuse, dying
from tests.usecases.reviewing import FOUR, answered, duties, give, given, owed_by, posted, reviewers, submission
from tests.usecases.study import HOUR, MINUTE, Study, working

TRIO = FOUR[:3]
IN_A_ROUND, TO_SHOW, TO_TAKE, TO_EXPIRE = 34, 6, 3, 9
"""How many writes each takes, so many that the process dies at every one; a fuse that is too long fails its test."""


async def killed(study: Study, fuse: Fuse) -> None:
    """Work until the process is dead, then start another one."""
    alive = study.ports
    study.worker = working(dying(alive, fuse))
    with suppress(asyncio.CancelledError):
        await study.worker.drain()
    assert fuse.is_burnt
    study.worker.abandon()
    await asyncio.sleep(0)
    study.worker = working(alive)
    await study.advance(2 * MINUTE)


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, IN_A_ROUND + 1))
async def test_a_round_survives_death_at_every_write(opened: Study, left: int, done: bool) -> None:
    """Wherever a process dies in a round, each answer has one reviewer in the end, who was told once."""
    await answered(opened, TRIO, apart=False, settled=False)
    await killed(opened, Fuse(left, done))
    assert [len(await reviewers(opened, name)) for name in TRIO] == [1, 1, 1]
    assert [len(opened.direct(name)) for name in TRIO] == [1, 1, 1]


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_SHOW + 1))
async def test_a_review_survives_death_at_every_write(opened: Study, left: int, done: bool) -> None:
    """Wherever a process dies after a review was sent, it stands once in the end, under the answer."""
    await opened.command("asha", "/tpm-admin reviews give=off")
    await answered(opened, TRIO)
    (author,) = await owed_by(opened, "ben")
    await give(opened, "ben", author)
    await killed(opened, Fuse(left, done))
    assert len(await posted(opened, author)) == 1
    assert len([each for each in opened.standing(Where.THREAD) if each.card and each.card.kind == "peer-review"]) == 1


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_TAKE + 1))
async def test_a_submission_survives_death_at_every_write(opened: Study, left: int, done: bool) -> None:
    """Wherever a process dies while it takes a review, the same form again makes it one review."""
    await opened.command("asha", "/tpm-admin reviews give=off")
    await answered(opened, TRIO)
    (author,) = await owed_by(opened, "ben")
    sent = await submission(opened, "ben", author)
    alive, fuse = opened.ports, Fuse(left, done)
    opened.ports = dying(alive, fuse)
    with suppress(asyncio.CancelledError):
        await opened.do(sent)
    assert fuse.is_burnt
    opened.ports = alive
    await opened.do(sent)
    await sweep(opened.ports)
    await opened.advance(2 * MINUTE)
    assert (len(await given(opened, author)), len(await posted(opened, author))) == (1, 1)
    assert (await duties(opened, author))["ben"].state == "given"


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_EXPIRE + 1))
async def test_an_expiry_survives_death_at_every_write(opened: Study, left: int, done: bool) -> None:
    """Wherever a process dies when duties run out, all of them end, and nobody is asked twice for one answer."""
    await answered(opened, TRIO)
    await opened.advance(24 * HOUR - 4 * MINUTE)
    opened.sleep(10 * MINUTE)
    await killed(opened, Fuse(left, done))
    await opened.advance(HOUR)
    for name in TRIO:
        states = [duty.state.value for duty in (await duties(opened, name)).values()]
        assert "expired" in states
        assert len(states) <= 2
