"""A month of six members who review each other, as data; played on any platform.

Who reviews whom is drawn from ids, which differ between platforms. So each day is laid out such that everybody's share
of it is the same however the lot falls: three answers by six who are active (or two by four) are one review for each.
Only who stands in for somebody is left to the lot; that is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from bot.domain.duty import DutyState
from bot.domain.peers import ROUND_ANSWERS
from tests.e2e.month_stage import Form, Look, Month

NAMES = ("asha", "ben", "chen", "dana", "elif", "femi")
EVERYBODY = " ".join(NAMES)
MONDAY = datetime.fromisoformat("2026-11-23T08:30:00+01:00")
WEEKDAYS = 5
POSTED, LATER = timedelta(minutes=31), timedelta(minutes=10)
"""The post stands so long after half past eight; what was asked for yesterday runs out later by the day."""
EVENING, NIGHT, NEXT_MORNING = timedelta(hours=10), timedelta(hours=13), timedelta(hours=23, minutes=45)
"""More than 8 hours after the answers; 12 after the asking; whoever could not be reminded then was, and owes it yet."""

PRACTICE: Form = {"band1": "named", "band2": "several"}
REVIEW: Form = {
    "band1": "one",
    "band2": "several",
    "strongest": "“twelve people become one person and a queue” turns a number into what people feel.",
    "change": "In the last sentence, say how many files a night need that slot, and what one costs.",
    "probe": "What happens at ten in the morning when two of these files come at once?",
}
WORDS = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens, 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole. So says"
)


@dataclass(frozen=True, slots=True)
class Day:
    """One weekday; names in the order in which they act.

    Attributes:
        answers: who answers.
        reviews: who gives the review that the round asks them for.
        silent: who was asked and lets it run out; somebody stands in the next morning.
        declines, leaves: who says no, and who leaves the channel with the review undone; somebody stands in that day.
        returns: who is back in the channel.
        away: who says that they are away this week.
        credits: who says of the first review of their answer that they used it.
        flags: who flags the first review of their answer.
        held: the author who has not given yet when all others have: until then their reviews must not be shown.
    """

    answers: str
    reviews: str = EVERYBODY
    silent: str = ""
    declines: str = ""
    leaves: str = ""
    returns: str = ""
    away: str = ""
    credits: str = ""
    flags: str = ""
    held: str = ""


WITHOUT_FEMI, WITHOUT_ELIF = "asha ben chen dana elif", "asha ben chen dana femi"
MONTH = (
    Day("asha ben chen", "asha ben chen"),  # three are active: one reviewer an answer
    Day("dana elif femi"),
    Day("elif asha ben", WITHOUT_ELIF, declines="elif"),
    Day("chen dana femi"),
    Day("asha elif femi"),
    Day("asha ben chen", WITHOUT_FEMI, silent="femi"),
    Day("ben dana elif", WITHOUT_FEMI, silent="femi"),
    Day("asha chen dana", WITHOUT_FEMI, silent="femi"),
    Day("ben chen elif", WITHOUT_FEMI, silent="femi"),
    Day("femi elif dana", WITHOUT_ELIF, leaves="elif"),
    Day("asha chen", "asha chen dana femi", away="ben", credits="chen"),
    Day("dana femi", "asha chen dana femi"),
    Day("asha chen", "chen dana femi asha", held="asha", credits="asha"),
    Day("dana femi", "asha chen dana femi"),
    Day("chen dana", "asha chen dana femi"),
    Day("elif ben asha", returns="elif", flags="ben"),
    Day("chen dana femi"),
    Day("asha ben elif"),
    Day("chen dana femi"),
    Day("ben chen femi"),
)


def moment(number: int, after: timedelta) -> datetime:
    """So long after half past eight on the weekday with this number."""
    weeks, days = divmod(number, WEEKDAYS)
    return MONDAY + timedelta(weeks=weeks, days=days) + after


def day_of(number: int) -> date:
    """The date of a weekday of the month."""
    return moment(number, timedelta()).date()


async def play(month: Month) -> None:
    """The whole month."""
    new = set(NAMES)
    for number, day in enumerate(MONTH):
        await month.at(moment(number, POSTED))
        if number and MONTH[number - 1].silent:
            await month.at(moment(number, POSTED + LATER * (number % WEEKDAYS)))
            await _stand_in(month, number - 1)
        await _come_and_go(month, number, day)
        await _answers(month, number, day)
        await _reviews(month, number, day, new)
        await _refusals(month, number, day)
        await _afterwards(month, number, day)


async def _come_and_go(month: Month, number: int, day: Day) -> None:
    for name in day.returns.split():
        await month.come_back(name)
    for name in day.away.split():
        friday = day_of(number + WEEKDAYS - 1)
        await month.act(name, "tpm-me", action="away", value=f"{day_of(number)} {friday}")


async def _answers(month: Month, number: int, day: Day) -> None:
    names = day.answers.split()
    for name in names:
        await month.say(name, f"{WORDS} {name} on day {number}.")
    if len(names) < ROUND_ANSWERS:  # the round waits 8 hours for a third
        await month.settled()
        await month.at(moment(number, EVENING))
    await month.settled(partial(_are_asked, number, _asked(day)))


async def _reviews(month: Month, number: int, day: Day, new: set[str]) -> None:
    """Each gives the one review that they were asked for; the first ever begins with practice, where there is some."""
    practice = await _practice(month, number) if new.intersection(day.reviews.split()) else ()
    for name in day.reviews.split():
        if name == day.held:
            await month.settled()
            async with month.looked() as look:
                assert (await look.shown(day_of(number)))[name] == (2, 0)
        await month.act(name, "tpm-review", *(practice if name in new else ()), "Write my review", REVIEW)
    new.difference_update(day.reviews.split())
    await month.settled()


async def _practice(month: Month, number: int) -> tuple[str | Form, ...]:
    async with month.looked() as look:
        return ("Write my review", PRACTICE) if await look.practises(day_of(number)) else ()


async def _refusals(month: Month, number: int, day: Day) -> None:
    """Not every platform tells of somebody who leaves; it is seen when they cannot be reminded, by the next morning."""
    for name in day.declines.split():
        await month.act(name, "tpm-review", "I cannot review this")
        await _stand_in(month, number)
    for name in day.leaves.split():
        await month.leave(name)
        await month.at(moment(number, NEXT_MORNING))
        await _stand_in(month, number)


async def _stand_in(month: Month, number: int) -> None:
    """One more is asked to review an answer of that day, in place of another, and does."""
    await month.settled(partial(_are_asked, number, _asked(MONTH[number]) + 1))
    async with month.looked() as look:
        owed = await look.owed(day_of(number))
    assert len(owed) == 1, (number, owed)
    (name,) = owed
    await month.act(name, "tpm-review", "Write my review", REVIEW)
    await month.settled()


async def _afterwards(month: Month, number: int, day: Day) -> None:
    for name in day.credits.split():
        await month.act(name, "tpm-feedback", "Peer reviews", "I used this")
    for name in day.flags.split():
        await month.act(name, "tpm-feedback", "Peer reviews", "Flag")
    if day.silent and not MONTH[number - 1].silent:
        await month.at(moment(number, NIGHT))
        await month.settled(partial(_is_reminded, number))
        async with month.looked() as look:
            assert await _is_reminded(number, look)


def _asked(day: Day) -> int:
    """How many a round asks."""
    return len(f"{day.reviews} {day.silent} {day.declines} {day.leaves}".split())


async def _are_asked(number: int, duties: int, look: Look) -> bool:
    return len(await look.duties(day_of(number))) == duties


async def _is_reminded(number: int, look: Look) -> bool:
    states = [duty.state for duty in await look.duties(day_of(number)) if duty.is_open]
    return states == [DutyState.REMINDED]
