"""Generated study groups for the tests of peer reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product

from hypothesis import strategies as st

from bot.domain.duty import AnswerId, Duty, assigned
from bot.domain.group import MemberId
from bot.domain.peers import Circle

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def member(number: int) -> MemberId:
    return MemberId(f"u{number:02}")


def answer(number: int, day: date = DAY) -> AnswerId:
    return AnswerId(day, member(number))


def duty(author: int = 0, reviewer: int = 1, now: datetime = NOW) -> Duty:
    return assigned(answer(author), member(reviewer), now=now, quiet=None, zone="Europe/Paris")


@dataclass(frozen=True)
class Scene:
    waiting: list[AnswerId]
    circle: Circle
    wanted: int


@st.composite
def scenes(draw: st.DrawFn, *, most: int = 9, free: bool = False) -> Scene:
    """A round of any kind: some wait, some may review, some do not want each other, some were asked before.

    `free`: everybody may review everybody else.
    """
    people = [member(number) for number in range(draw(st.integers(2, most)))]
    one = st.sampled_from(people)
    two = st.sampled_from([frozenset(pair) for pair in combinations(people, 2)])
    pair = st.sampled_from(list(product(people, people)))
    waiting = [AnswerId(DAY, each) for each in draw(st.lists(one, unique=True, min_size=1))]
    circle = Circle(
        reviewers=frozenset(people) if free else draw(st.frozensets(one)),
        not_with=frozenset() if free else draw(st.frozensets(two)),
        barred={} if free else draw(st.dictionaries(st.sampled_from(waiting), st.frozensets(one))),
        load=draw(st.dictionaries(one, st.integers(0, 9))),
        unwilling=draw(st.frozensets(one)),
        met=draw(st.dictionaries(pair, st.integers(1, 9))),
        mutual_before=draw(st.frozensets(two)),
        already=draw(st.frozensets(pair)),
    )
    return Scene(waiting, circle, draw(st.integers(1, 2)))
