"""What comes twice, or is looked at again, in a sealed group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.duty import CallOff, DutyState
from bot.inbound import Deleted
from bot.infra.redis.store import Store
from bot.ports import Where
from tests.usecases.reviewing import FOUR, duties, owed_by, reviewers
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, form, studying


@pytest.fixture
async def sealed(store: Store, tmp_path: Path) -> AsyncIterator[Study]:
    """A sealed group with the question of Monday open for 12 hours, a minute ago."""
    async with studying(store, tmp_path, setup="zone=Europe/Paris at=09:00 days=mon-fri window=12 mode=sealed") as made:
        await made.advance(HOUR + MINUTE)
        yield made


async def test_a_message_that_comes_again_after_its_edit_changes_nothing(sealed: Study) -> None:
    """A message that a platform brings again after its edit leaves the newer text in the form."""
    said = await sealed.said("ben")
    await sealed.do(said)
    await sealed.do(await sealed.edited(said, OTHER_ANSWER))
    await sealed.do(said)
    opened = form(await sealed.command("ben", "/tpm-answer"))
    assert [field.value for field in opened.fields if field.value] == [OTHER_ANSWER]


async def test_a_late_message_in_the_thread_is_not_repeated_by_a_sweep(sealed: Study) -> None:
    """A late answer that was written into the thread of a sealed post is never posted again by the bot."""
    await sealed.advance(13 * HOUR)
    await sealed.say("chen", OTHER_ANSWER)
    await sealed.settle()
    sealed.sleep(HOUR)
    await sealed.restart()
    await sealed.settle()
    assert sealed.standing(Where.THREAD) == []


async def test_whoever_takes_back_their_own_owes_no_review(store: Store, tmp_path: Path) -> None:
    """A reviewer of a sealed answer who withdraws their own is let off, and somebody else who may read it is asked."""
    async with studying(store, tmp_path, setup="mode=sealed") as study:
        await study.advance(HOUR + MINUTE)
        await study.command("asha", "/tpm-admin reviews on")
        for name in FOUR:
            key = form(await study.command(name, "/tpm-answer")).fields[0].key
            await study.submit(name, MONDAY, {key: ANSWER})
        await study.advance(HOUR)
        (author, *_) = await owed_by(study, "ben")
        mine = await study.answer("ben")
        assert mine is not None
        caller = study.caller("ben", await study.thread())
        gone = Deleted(caller=caller, message_id=mine.parts[0].message_id, deleted_at=study.clock.now())
        await study.do(gone)
        await study.settle()
        assert (await duties(study, author))["ben"].called_off is CallOff.UNREADABLE
        assert await owed_by(study, "ben") == []
        assert await reviewers(study, author) != []
        await study.advance(24 * HOUR)
        assert (await duties(study, author))["ben"].state is DutyState.CALLED_OFF
