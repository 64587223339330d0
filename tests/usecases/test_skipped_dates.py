from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from bot.cards import MOST_BUTTONS, Reply
from bot.domain.post import PostState
from bot.errors import Refusal
from bot.usecases.facilitating.skip_date import MOST_SKIPS
from tests.usecases.study import HOUR, MONDAY, Study, card, text_of

TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 3))
DAY = timedelta(days=1)
BACK = {f"unskip:{TUESDAY}": "Do not skip Tue 24 Nov"}


async def posted(study: Study) -> list[date]:
    return [post.day for post in await study.posts() if post.state is PostState.SENT]


async def skips(study: Study) -> frozenset[date]:
    return (await study.group()).skips


def ways_back(reply: Reply) -> dict[str, str]:
    """Action -> label of the buttons that take a skip back."""
    return {button.action: button.label for button in card(reply).buttons if button.action.startswith("unskip")}


async def test_the_card_of_a_skip_has_the_way_back(study: Study) -> None:
    """The button on the card that confirms a skip brings that date's question back, at its time and once."""
    before = await study.command("asha", "/tpm-admin schedule")
    reply = await study.command("asha", "/tpm-admin skip 2026-11-24")
    assert ways_back(reply) == BACK
    assert "type /tpm-admin unskip 2026-11-24, until 09:00 on that day" in text_of(reply)
    back = card(await study.press("asha", f"unskip:{TUESDAY}"))
    assert back.plain.startswith("Tue 24 Nov is not skipped: its question comes at 09:00.")
    assert back.data["next"] == card(before).data["next"]
    await study.advance(2 * DAY)
    assert await posted(study) == [MONDAY, TUESDAY]


async def test_the_next_date_comes_back_too(study: Study) -> None:
    """The skip of the very next date is taken back without naming it, and the group's first question comes on time."""
    await study.command("asha", "/tpm-admin skip")
    await study.command("asha", "/tpm-admin unskip")
    await study.advance(2 * HOUR)
    assert await posted(study) == [MONDAY]
    await study.advance(DAY)
    assert await posted(study) == [MONDAY, TUESDAY]


async def test_taking_back_twice_is_harmless(study: Study) -> None:
    """The same button again, and a date that never was skipped, get the same answer and change nothing."""
    await study.command("asha", f"/tpm-admin skip {TUESDAY}")
    first = text_of(await study.press("asha", f"unskip:{TUESDAY}"))
    assert text_of(await study.press("asha", f"unskip:{TUESDAY}")) == first
    assert text_of(await study.command("asha", f"/tpm-admin unskip {TUESDAY}")) == first
    assert "Wed 25 Nov is not skipped" in text_of(await study.command("asha", f"/tpm-admin unskip {WEDNESDAY}"))
    await study.advance(3 * DAY)
    assert await posted(study) == [MONDAY, TUESDAY, WEDNESDAY]


async def test_an_undo_of_a_skip_is_pointed_to_unskip(study: Study) -> None:
    """Who tries to take a skip back by the verb that skips is told which one does."""
    with pytest.raises(Refusal, match="unskip takes it back"):
        await study.command("asha", f"/tpm-admin skip {TUESDAY} undo")
    assert await skips(study) == frozenset()


async def test_the_date_is_asked_for_when_there_are_several(study: Study) -> None:
    """Without a date nothing is guessed: the skipped dates are named, or it is said that there is none."""
    with pytest.raises(Refusal, match=r"No date ahead is skipped.*Nothing was changed\.$"):
        await study.command("asha", "/tpm-admin unskip")
    for day in (THURSDAY, TUESDAY):
        await study.command("asha", f"/tpm-admin skip {day}")
    with pytest.raises(
        Refusal, match=r"Tue 24 Nov, Thu 26 Nov\. Say which, such as /tpm-admin unskip 2026-11-24\. Noth"
    ):
        await study.command("asha", "/tpm-admin unskip")
    assert await skips(study) == {TUESDAY, THURSDAY}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("today", r"too late for Mon 23 Nov: its question was due at 09:00\. To post it now, type /tpm-admin post-now"),
        ("2026-11-20", r"too late for Fri 20 Nov: its question was due at 09:00\. Nothing"),
        ("sat", r"Sat 28 Nov gets no question, skipped or not: questions come mon-fri\."),
        ("someday", "I cannot read the date “someday”"),
    ],
)
async def test_too_late_is_said(study: Study, typed: str, says: str) -> None:
    """A date whose time has passed, or that never has a question, is refused with what can be done instead."""
    await study.command("asha", "/tpm-admin skip today")
    await study.advance(HOUR)
    with pytest.raises(Refusal, match=rf"{says}.*") as refused:
        await study.command("asha", f"/tpm-admin unskip {typed}")
    assert str(refused.value).endswith("Nothing was changed.")
    assert await skips(study) == {MONDAY}
    assert await posted(study) == []


async def test_an_old_button_is_too_late_as_well(study: Study) -> None:
    """The button says that it is too late when the time has passed, and that the question stands when it does."""
    await study.command("asha", "/tpm-admin skip")
    await study.command("asha", "/tpm-admin post-now")
    with pytest.raises(Refusal, match="The question for Mon 23 Nov is already posted"):
        await study.press("asha", f"unskip:{MONDAY}")
    await study.command("asha", f"/tpm-admin skip {TUESDAY}")
    await study.advance(2 * DAY + 2 * HOUR)
    with pytest.raises(Refusal, match="It is too late for Tue 24 Nov"):
        await study.press("asha", f"unskip:{TUESDAY}")
    with pytest.raises(Refusal, match="That button no longer does anything"):
        await study.press("asha", "unskip:soon")
    assert await posted(study) == [MONDAY, WEDNESDAY]


async def test_the_queue_shows_what_is_skipped(study: Study) -> None:
    """The queue names the skipped dates to come, each with its way back, and what is posted or over no more."""
    assert "Skipped" not in text_of(await study.command("asha", "/tpm-admin queue"))
    for day in (THURSDAY, TUESDAY, MONDAY):
        await study.command("asha", f"/tpm-admin skip {day}")
    await study.command("asha", "/tpm-admin post-now")
    shown = card(await study.command("asha", "/tpm-admin queue"))
    assert "Skipped: Tue 24 Nov, Thu 26 Nov. To take one back: /tpm-admin unskip DATE." in shown.plain
    assert ways_back(shown) == {**BACK, f"unskip:{THURSDAY}": "Do not skip Thu 26 Nov"}
    assert shown.data["skipped"] == [str(TUESDAY), str(THURSDAY)]
    await study.advance(DAY + 2 * HOUR)
    assert card(await study.command("asha", "/tpm-admin queue")).data["skipped"] == [str(THURSDAY)]
    await study.press("asha", f"unskip:{THURSDAY}")
    after = card(await study.command("asha", "/tpm-admin queue"))
    assert (after.data["skipped"], ways_back(after)) == ([], {})
    assert str(THURSDAY) in [row["day"] for row in after.data["queue"]]


async def test_many_skipped_dates_fit_the_queue(study: Study) -> None:
    """With as many skips as there may be, the queue is one card with a row of buttons, and one more skip is refused."""
    days = [day for number in range(120) if (day := MONDAY + number * DAY).isoweekday() < 6]
    for day in days[:MOST_SKIPS]:
        await study.command("asha", f"/tpm-admin skip {day}")
    await study.command("asha", f"/tpm-admin skip {days[0]}")
    with pytest.raises(Refusal, match="Too many dates are skipped already"):
        await study.command("asha", f"/tpm-admin skip {days[MOST_SKIPS]}")
    shown = card(await study.command("asha", "/tpm-admin queue"))
    assert f"and {MOST_SKIPS - 8} more" in shown.plain
    assert len(shown.buttons) == MOST_BUTTONS


async def test_a_change_on_a_skipped_date_names_the_way_back(study: Study) -> None:
    """A question is not pinned to a skipped date; the refusal says how to take the skip back, and then it is."""
    await study.command("asha", "/tpm-admin skip 2026-11-24")
    with pytest.raises(Refusal, match=r"is skipped\. /tpm-admin unskip 2026-11-24 takes that back\. Nothing"):
        await study.command("asha", "/tpm-admin queue pin rag-park-visitors 2026-11-24")
    await study.command("asha", "/tpm-admin unskip 2026-11-24")
    await study.command("asha", "/tpm-admin queue pin rag-park-visitors 2026-11-24")
    await study.advance(2 * DAY)
    assert (await study.post(TUESDAY)).question_id == "rag-park-visitors"


async def test_a_paused_group_can_take_a_skip_back(study: Study) -> None:
    """While paused the skip is taken back and the card says what is still to do; resumed, the question comes."""
    await study.command("asha", "/tpm-admin skip 2026-11-24")
    await study.command("asha", "/tpm-admin pause")
    assert "Skipped: Tue 24 Nov" in text_of(await study.command("asha", "/tpm-admin queue"))
    told = text_of(await study.command("asha", "/tpm-admin unskip"))
    assert "its question comes when the group is resumed by then" in told
    assert "Next: nothing until /tpm-admin resume" in told
    await study.advance(2 * HOUR)
    await study.command("asha", "/tpm-admin resume")
    await study.advance(DAY)
    assert await posted(study) == [TUESDAY]


async def test_two_who_skip_at_once_both_have_their_way(study: Study) -> None:
    """Skips and their undoing by several facilitators at the same moment all count."""
    await study.command("asha", f"/tpm-admin skip {TUESDAY}")
    lines = (f"skip {WEDNESDAY}", f"skip {THURSDAY}", f"unskip {TUESDAY}")
    await asyncio.gather(*(study.command("asha", f"/tpm-admin {line}") for line in lines))
    assert await skips(study) == {WEDNESDAY, THURSDAY}
    await study.advance(4 * DAY)
    assert await posted(study) == [MONDAY, TUESDAY]
