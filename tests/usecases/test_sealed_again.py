"""What comes twice, or is looked at again, in a sealed group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.infra.redis.store import Store
from bot.ports import Where
from tests.usecases.study import HOUR, MINUTE, OTHER_ANSWER, Study, form, studying


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
