"""How facilitators end what waits: their own reviews, death half-way, long pages."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.cards import ChoiceField
from bot.errors import Refusal
from tests.usecases.dying import Fuse, dying
from tests.usecases.reviewing import FOUR, action, answered, give, given, owed_by
from tests.usecases.second_looking import (
    disagree,
    entries,
    inbox_action,
    shot_form,
    weakest,
    weighed,
)
from tests.usecases.study import (
    MINUTE,
    Study,
    card,
    text_of,
)


async def test_a_review_that_was_taken_down_is_offered_no_more(judged: Study) -> None:
    """The form offers the reviews that its member can read: none that a facilitator took out of the chat."""
    await judged.command("asha", "/tpm-admin reviews give=off")
    await answered(judged, FOUR[:3])
    (author,) = await owed_by(judged, "ben")
    await give(judged, "ben", author)
    await judged.settle()
    section = await weakest(judged, author)
    assert isinstance((await shot_form(judged, section, author)).fields[1], ChoiceField)
    await judged.press(author, await action(judged, author, "Flag"))
    await judged.press("asha", await inbox_action(judged, "Take it down"))
    await judged.advance(MINUTE)
    assert len((await shot_form(judged, section, author)).fields) == 1


async def test_nobody_keeps_a_review_of_their_own(judged: Study) -> None:
    """Whoever wrote a flagged review may take it down; that it stays another facilitator must say, if there is one."""
    await judged.command("asha", "/tpm-admin reviews give=off")
    await answered(judged, FOUR[:3])
    await judged.command("asha", "/tpm-admin members ben")
    (author,) = await owed_by(judged, "ben")
    await give(judged, "ben", author)
    await judged.settle()
    await judged.press("dara", await action(judged, author, "Flag"))
    keep = await inbox_action(judged, "Keep it", "ben")
    with pytest.raises(Refusal, match="This review is yours"):
        await judged.press("ben", keep)
    await judged.press("ben", f"flags-keep:{judged.id('dara')}")
    assert [each.is_open for each in await entries(judged)] == [True]
    assert "stays" in text_of(await judged.press("asha", keep))
    assert len(await given(judged, author)) == 1


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", range(1, 3))
async def test_taking_down_survives_death(judged: Study, left: int, done: bool) -> None:
    """Wherever a process dies while an entry is ended, it is open for the same press, or its writer hears of it."""
    await judged.command("asha", "/tpm-admin reviews give=off")
    await answered(judged, FOUR[:3])
    (author,) = await owed_by(judged, "ben")
    await give(judged, "ben", author)
    await judged.settle()
    await judged.press(author, await action(judged, author, "Flag"))
    remove = await inbox_action(judged, "Take it down")
    alive, fuse = judged.ports, Fuse(left, done)
    judged.ports = dying(alive, fuse)
    with suppress(asyncio.CancelledError):
        await judged.press("asha", remove)
    assert fuse.is_burnt
    judged.ports = alive
    await judged.advance(MINUTE)
    if (await entries(judged))[0].is_open:
        await judged.press("asha", remove)
        await judged.advance(MINUTE)
    assert [each.outcome for each in await entries(judged)] == ["removed"]
    assert sum("out of the chat" in each for each in judged.direct("ben")) == 1


async def test_many_disputes_are_pages_of_a_phone(judged: Study) -> None:
    """Disputes with long names and reasons come on pages that any platform shows, and each stands on one of them."""
    names = [f"{'n' * 60}{number}" for number in range(6)]
    for name in names:
        await judged.say(name)
    await judged.settle()
    for name in names:
        await judged.do(await disagree(judged, (await weighed(judged, name))[0], "\u202e<!channel> why " * 100, name))
    page, seen = card(await judged.command("asha", "/tpm-admin inbox")), []
    for _ in range(len(names)):
        seen += [each["about"] for each in page.data["entries"]]
        more = [each.action for each in page.buttons if each.label == "Next page"]
        if not more:
            break
        page = card(await judged.press("asha", more[0]))
    assert sorted(seen) == sorted(each.id for each in await entries(judged))
    assert page.data["pages"] > 1
