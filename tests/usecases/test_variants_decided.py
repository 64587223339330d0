from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.domain.variant import thin
from bot.inbound import Said
from bot.usecases.recover import sweep
from tests.usecases.dying import Fuse, dying
from tests.usecases.second_looking import better, decision, disagree, review_of
from tests.usecases.study import MINUTE, MONDAY, Study, working
from tests.usecases.varying import DAY, put, variant

TO_PLAN = 4
"""How many writes the telling of a decision takes; a fuse that is too long fails its test."""


async def strong(study: Study) -> tuple[str, Said]:
    """Ben's answer says every point, so nothing is thin; the section that the question weighs most, and the message."""
    question = study.ports.library.questions[(await study.post()).question_id]
    text = "\n".join([await better(study, key) for key, weight in question.emphasis.items() if weight])
    message = await study.said("ben", text)
    await study.do(message)
    await study.settle()
    assert thin(await review_of(study)) is None
    return max(question.emphasis, key=lambda key: question.emphasis[key]), message


async def lowered(study: Study, section: str, band: str = "1") -> None:
    """Ben disagrees, and Asha decides on a band."""
    await study.do(await disagree(study, section))
    await study.do(await decision(study, band, "The number is missing."))


async def test_a_band_that_a_human_lowered_brings_a_variant(judged: Study) -> None:
    """A band that a facilitator set low is weak as a model's is: its variant comes 7 to 10 days after it was set."""
    section, _ = await strong(judged)
    await judged.advance(3 * DAY)
    assert await variant(judged) is None
    decided_at = judged.clock.now()
    await lowered(judged, section)
    await judged.advance(MINUTE)
    kept = await variant(judged)
    assert kept is not None
    assert (kept.section, kept.before, kept.thin_at) == (section, 1, decided_at)
    for _ in range(3):
        await sweep(judged.ports)
        await judged.advance(MINUTE)
    await judged.advance(11 * DAY)
    (message,) = put(judged)
    assert 7 * DAY <= message.at - decided_at <= 10 * DAY
    await judged.advance(20 * DAY)
    assert len(put(judged)) == 1


@pytest.mark.parametrize("band", ["2", "4"])
async def test_a_band_that_is_not_low_brings_none(judged: Study, band: str) -> None:
    """A decision that leaves the answer without a weak section owes nothing."""
    await lowered(judged, (await strong(judged))[0], band)
    await judged.advance(MINUTE)
    assert await variant(judged) is None


async def test_a_stopped_member_gets_none_by_a_decision(judged: Study) -> None:
    """Whoever stopped variants gets none, whoever found the answer weak."""
    section, _ = await strong(judged)
    await judged.command("ben", "/tpm-me probes off")
    await lowered(judged, section)
    await judged.advance(12 * DAY)
    assert (await variant(judged), put(judged)) == (None, [])


async def test_a_decision_about_an_older_text_brings_none(judged: Study) -> None:
    """What a facilitator decides about feedback that was made anew since says nothing of the newer one."""
    section, message = await strong(judged)
    await judged.do(await disagree(judged, section))
    before = (await review_of(judged)).version
    await judged.do(await judged.edited(message, f"{message.text} That holds for 12 more users."))
    await judged.press("ben", f"again:{MONDAY}")
    await judged.settle()
    assert (await review_of(judged)).version > before
    await judged.do(await decision(judged, "1", "The number is missing."))
    await judged.advance(MINUTE)
    assert await variant(judged) is None


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, TO_PLAN + 1))
async def test_a_decided_band_survives_death_at_every_write(judged: Study, left: int, done: bool) -> None:
    """Wherever a process dies while it tells of a decision, one variant is put in the end, and ben is told once."""
    section, _ = await strong(judged)
    told = len(judged.direct("ben"))
    await lowered(judged, section)
    judged.sleep(MINUTE)
    alive, fuse = judged.ports, Fuse(left, done)
    judged.worker = working(dying(alive, fuse))
    with suppress(asyncio.CancelledError):
        await judged.worker.drain()
    assert fuse.is_burnt
    judged.worker.abandon()
    await asyncio.sleep(0)
    judged.worker = working(alive)
    await judged.advance(2 * MINUTE)
    assert len(judged.direct("ben")) == told + 1
    await judged.advance(11 * DAY)
    assert len(put(judged)) == 1
