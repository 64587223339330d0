"""What stands in Redis when the month is over, in the words of the people and not of a platform."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.domain.credit import counted
from bot.domain.duty import AnswerId
from bot.domain.review import Review
from bot.domain.streak import streak_of
from tests.e2e.month_stage import Look, Month
from tests.e2e.study_month import MONTH, NAMES, day_of, moment

Ends = dict[str, int]
"""How many duties ended in each way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end.

    Attributes:
        said: by name, the first line of /tpm-streak.
        streaks: by name, (current, best, freezes left this month).
        duties: how all duties about the answers of each day ended.
        drawn: by name, how the duties ended that a round gave them.
        stood_in: how those ended of whoever stood in for somebody.
        reviews: of each day, author -> (reviews that their answer got, how many of them stand in the chat).
        used: (who used it, of whom), every press that was kept.
        credits: (by whom, to whom), those that count.
        inbox: (kind, number of the day, whose answer, open) of each entry.
        judged: of each day, whose answer has feedback by the model.
        left: who is not here.
        dead: work that was given up.
    """

    said: dict[str, str]
    streaks: dict[str, tuple[int, int, int]]
    duties: list[Ends]
    drawn: dict[str, Ends]
    stood_in: Ends
    reviews: list[dict[str, tuple[int, int]]]
    used: list[tuple[str, str]]
    credits: list[tuple[str, str]]
    inbox: list[tuple[str, int, str, bool]]
    judged: list[list[str]]
    left: list[str]
    dead: list[str]


async def ended(month: Month) -> Ended:
    """Read it. The last question is still open."""
    said = await month.streaks(*NAMES)
    days = [day_of(number) for number in range(len(MONTH))]
    async with month.looked() as look:
        peers, group_id, names = look.store.peers, look.group_id, look.names
        reactions = await peers.reactions(group_id, days)
        used = [each for each in reactions if each.kind == "used"]
        drawn, stood_in = await _shares(look, days)
        return Ended(
            said=said,
            streaks=await _streaks(look),
            duties=[dict(Counter(duty.state.value for duty in await look.duties(day))) for day in days],
            drawn=drawn,
            stood_in=stood_in,
            reviews=[await look.shown(day) for day in days],
            used=[(names[each.by], names[each.reviewer_id]) for each in used],
            credits=[(names[each.by], names[each.reviewer_id]) for each in counted(reactions)],
            inbox=[
                (entry.kind.value, days.index(entry.day), names[entry.author_id], entry.is_open)
                for entry in await peers.inbox(group_id)
            ],
            judged=[await _judged(look, day) for day in days],
            left=[each.name.lower() for each in await look.store.groups.members(group_id) if each.has_left],
            dead=[str(each) for each in await look.store.jobs.dead()],
        )


async def _shares(look: Look, days: list[date]) -> tuple[dict[str, Ends], Ends]:
    """A round asks all reviewers of an answer at one instant; who is asked for it later stands in."""
    drawn: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    stood_in: Counter[str] = Counter()
    for day in days:
        first: dict[AnswerId, object] = {}
        for duty in await look.duties(day):
            asked_at = first.setdefault(duty.answer_id, duty.assigned_at)
            share = drawn[look.names[duty.reviewer_id]] if duty.assigned_at == asked_at else stood_in
            share[duty.state.value] += 1
    return {name: dict(share) for name, share in drawn.items()}, dict(stood_in)


async def _streaks(look: Look) -> dict[str, tuple[int, int, int]]:
    """Recounted on the evening of the last day."""
    posts = await look.store.posts.all(look.group_id)
    found = {}
    for member in await look.store.groups.members(look.group_id):
        streak = streak_of(
            posts,
            await look.store.answers.record(look.group_id, member.id),
            away=member.away,
            joined_at=member.joined_at,
            zone=ZoneInfo("Europe/Paris"),
            now=moment(len(MONTH) - 1, timedelta(hours=12)),
        )
        found[look.names[member.id]] = (streak.current, streak.best, streak.freezes_left)
    return found


async def _judged(look: Look, day: date) -> list[str]:
    authors = await look.store.answers.of_day(look.group_id, day)
    made = {author: await look.store.answers.review(look.group_id, day, author) for author in authors}
    return sorted(look.names[author] for author, review in made.items() if isinstance(review, Review))
