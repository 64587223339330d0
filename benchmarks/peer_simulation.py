"""Peer reviews over a month in groups of 5 to 60, seeded; and the time that a round of 10,000 answers takes."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from benchmarks.peer_month import DAYS, FIRST_DAY, NO_SHOW, Habits, Month
from benchmarks.table import Row, middle
from bot.domain.duty import AnswerId
from bot.domain.group import MemberId
from bot.domain.peer_plan import INBOX_AFTER
from bot.domain.peers import Circle, draw

SIZES = (5, 6, 8, 12, 20, 40, 60)
MEMBER_MONTHS = 120
"""A small group plays more months, each from a seed of its own, so that every size has about as many answers."""
MOST_UNREVIEWED = 5.0
MOST_SPREAD = 1
ROUND = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of several months of one size."""

    answers: int
    late: int
    firsts_h: Sequence[float]
    spread: int
    rounds: int
    mutual_again: int
    asked: int

    @property
    def unreviewed(self) -> float:
        """Percent of answers without a review 36 hours after they were given."""
        return 100 * self.late / self.answers

    def percentile(self, percent: int) -> float:
        """Hours to the first review, over the answers that got one."""
        return quantiles(self.firsts_h, n=100)[percent - 1]


async def measure() -> Sequence[Row]:
    """Coverage, spread and waiting by size of the group, with two kinds of no-shows; then the round of 10,000."""
    rows = []
    for size in SIZES:
        rows += _rows(size, "duties", figures(size, lazy_members=False))
    for size in SIZES:
        rows += _rows(size, "members", figures(size, lazy_members=True))
    return [*rows, _round_row()]


def figures(size: int, *, lazy_members: bool) -> Figures:
    """Play some months of a group of `size`."""
    months = [_month(size, seed, lazy_members=lazy_members) for seed in range(MEMBER_MONTHS // size)]
    in_time_h = INBOX_AFTER.total_seconds() / 3600
    firsts = [hours for month in months for hours in month.first_reviews_h()]
    answers = sum(len(month.answered) for month in months)
    return Figures(
        answers=answers,
        late=answers - sum(hours <= in_time_h for hours in firsts),
        firsts_h=firsts,
        spread=max(spread for month in months for spread in month.spreads),
        rounds=sum(len(month.spreads) for month in months),
        mutual_again=sum(month.mutual_again for month in months),
        asked=sum(month.asked for month in months),
    )


def _month(size: int, seed: int, *, lazy_members: bool) -> Month:
    members = [MemberId(f"u{number:02}") for number in range(size)]
    chance = random.Random(f"{size}|{seed}|{lazy_members}")  # noqa: S311  a simulation
    lazy = frozenset(chance.sample(members, round(NO_SHOW * size))) if lazy_members else None
    month = Month(members=members, habits=Habits(lazy), chance=chance)
    month.play()
    return month


def _rows(size: int, who: str, found: Figures) -> list[Row]:
    name = f"{size} members, 30 % of {who}"
    hours = " ".join(f"p{percent} {found.percentile(percent):.1f}" for percent in (50, 75, 90, 95))
    effort = f"asked {found.asked / found.answers:.2f} an answer, {found.mutual_again} mutual draws again"
    late, first = found.unreviewed, found.percentile(50)
    return [
        Row(what=f"{name}: no review in 36 h", measure=late, unit="%", most=MOST_UNREVIEWED, n=found.answers),
        Row(what=f"{name}: load spread of a round", measure=found.spread, unit="", most=MOST_SPREAD, n=found.rounds),
        Row(what=f"{name}: hours to the first ({hours}; {effort})", measure=first, unit="h", n=len(found.firsts_h)),
    ]


def _round_row() -> Row:
    """One round of 10,000 answers by 10,000 members against shuffling that list once."""
    answers = [AnswerId(FIRST_DAY, MemberId(f"u{number:05}")) for number in range(ROUND)]
    circle = Circle(reviewers=frozenset(answer.author_id for answer in answers))
    chance = random.Random(DAYS)  # noqa: S311  a simulation
    ours, bare = [], []
    for _ in range(3):
        began_s = time.perf_counter()
        draw(answers, circle, wanted=2, seed="s")
        ours.append(time.perf_counter() - began_s)
        began_s = time.perf_counter()
        chance.shuffle(list(answers))
        bare.append(time.perf_counter() - began_s)
    what = f"draw {ROUND:,} answers (floor: one shuffle of them)"
    return Row(what=what, measure=1000 * middle(ours), floor=1000 * middle(bare), unit="ms", n=3)
