"""A month of peer reviews in one group, played event by event through the rules of bot/domain; no store, no chat."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count, pairwise

from bot.domain import duty as duties
from bot.domain.duty import AnswerId, Duty, DutyState
from bot.domain.group import MemberId, QuietHours
from bot.domain.peer_plan import plan
from bot.domain.peers import (
    ACTIVE_POSTS,
    Circle,
    Pair,
    draw,
    is_unwilling,
    mutual,
    round_at,
    stand_ins,
    wanted_reviewers,
)

FIRST_DAY = date(2026, 11, 2)
DAYS = 30
POST_AT = time(9, tzinfo=UTC)
WAKES, SLEEPS = 8, 22
"""Hours of the day between which people do anything; their quiet hours are the rest."""
QUIET = QuietHours(time(SLEEPS), time(WAKES))
ANSWERS = 0.8
"""Share of days on which a member answers."""
ANSWER_AFTER_H = 4.0
REVIEW_AFTER_H = 5.0
"""Means of the waking hours until somebody answers, or gives a review that they mean to give."""
NO_SHOW = 0.3


@dataclass(frozen=True, slots=True)
class Habits:
    """Who does not do what they are asked: 30 % of all duties at random, or the same 30 % of members every time."""

    lazy: frozenset[MemberId] | None = None

    def shows_up(self, reviewer: MemberId, chance: random.Random) -> bool:
        """Whether `reviewer` means to do this duty."""
        return chance.random() >= NO_SHOW if self.lazy is None else reviewer not in self.lazy


@dataclass(slots=True)
class Month:
    """One group's month.

    Attributes:
        spreads: of each round, the largest share less the smallest.
        drawn: by post, the pairs that rounds made, without stand-ins.
    """

    members: Sequence[MemberId]
    habits: Habits
    chance: random.Random
    wanted: int = 0
    answered: dict[AnswerId, datetime] = field(default_factory=dict)
    waiting: dict[AnswerId, datetime] = field(default_factory=dict)
    owed: dict[AnswerId, dict[MemberId, Duty]] = field(default_factory=dict)
    spreads: list[int] = field(default_factory=list)
    drawn: dict[date, list[Pair]] = field(default_factory=dict)
    met: Counter[Pair] = field(default_factory=Counter)
    events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    order: count[int] = field(default_factory=count)

    def play(self) -> None:
        """From the first answer until every duty has ended."""
        self.wanted = wanted_reviewers(len(self.members))
        for number in range(DAYS):
            self._answers_of(FIRST_DAY + timedelta(days=number))
        while self.events:
            now, _, happens = heapq.heappop(self.events)
            happens(now)

    def first_reviews_h(self) -> list[float]:
        """Hours from each answer that got a review to the first one, sorted."""
        firsts = []
        for answer, by_reviewer in self.owed.items():
            ends = [duty.ended_at for duty in by_reviewer.values() if duty.state is DutyState.GIVEN and duty.ended_at]
            if ends:
                firsts.append((min(ends) - self.answered[answer]) / timedelta(hours=1))
        return sorted(firsts)

    @property
    def mutual_again(self) -> int:
        """How often rounds had two people review each other for a post and for the one before it."""
        by_day = [mutual(self.drawn.get(FIRST_DAY + timedelta(days=number), ())) for number in range(DAYS)]
        return sum(len(one & other) for one, other in pairwise(by_day))

    @property
    def asked(self) -> int:
        """Duties in all."""
        return sum(map(len, self.owed.values()))

    def _answers_of(self, day: date) -> None:
        opened_at = datetime.combine(day, POST_AT)
        for member in self.members:
            answer = AnswerId(day, member)
            at = awake_after(opened_at, self.chance.expovariate(1 / ANSWER_AFTER_H))
            if self.chance.random() < ANSWERS and at < opened_at + timedelta(days=1):
                self._at(at, partial(self._answer, answer))

    def _at(self, when: datetime, happens: Callable[[datetime], None]) -> None:
        heapq.heappush(self.events, (when, next(self.order), happens))

    def _answer(self, answer: AnswerId, now: datetime) -> None:
        self.answered[answer] = self.waiting[answer] = now
        self._round(now)

    def _round(self, now: datetime) -> None:
        starts = round_at(self.waiting.values(), self._closes_at(now))
        if starts is None:
            return
        if starts > now:
            self._at(starts, self._round)
            return
        waiting = sorted(self.waiting)
        drawn = draw(waiting, self._circle(waiting[-1].day), wanted=self.wanted, seed=f"round {len(self.spreads)}")
        self.waiting.clear()
        shares = Counter(reviewer for _, reviewer in drawn)
        held = [shares[member] for member in self.members]
        self.spreads.append(max(held) - min(held))
        for answer, reviewer in drawn:
            self.drawn.setdefault(answer.day, []).append((answer.author_id, reviewer))
            self._ask(answer, reviewer, now)
        for answer in waiting:
            self._look(answer, now)

    def _look(self, answer: AnswerId, now: datetime) -> None:
        known = self.owed[answer]
        todo = plan(list(known.values()), answered_at=self.answered[answer], wanted=self.wanted, now=now)
        for duty in todo.expire:
            known[duty.reviewer_id] = duties.expired(duty, now)
        for duty in todo.remind:
            known[duty.reviewer_id] = duties.reminded(duty)
        if todo.ask:
            circle = self._circle(answer.day)
            for reviewer in stand_ins(answer, circle, count=todo.ask, seed=str(now)):
                self._ask(answer, reviewer, now)
            todo = plan(list(known.values()), answered_at=self.answered[answer], wanted=self.wanted, now=now)
        if todo.look_at is not None:
            self._at(todo.look_at, lambda then: self._look(answer, then))

    def _ask(self, answer: AnswerId, reviewer: MemberId, now: datetime) -> None:
        duty = duties.assigned(answer, reviewer, now=now, quiet=QUIET, zone="UTC")
        self.owed.setdefault(answer, {})[reviewer] = duty
        self.met[answer.author_id, reviewer] += 1
        if self.habits.shows_up(reviewer, self.chance):
            at = awake_after(now, self.chance.expovariate(1 / REVIEW_AFTER_H))
            if at < duty.expires_at:
                self._at(at, lambda then: self._give(answer, reviewer, then))

    def _give(self, answer: AnswerId, reviewer: MemberId, now: datetime) -> None:
        self.owed[answer][reviewer] = duties.given(self.owed[answer][reviewer], now)

    def _circle(self, day: date) -> Circle:
        by_reviewer: dict[MemberId, list[Duty]] = {}
        for number in range(ACTIVE_POSTS):
            for duty in self._duties(day - timedelta(days=number)):
                by_reviewer.setdefault(duty.reviewer_id, []).append(duty)
        todays = self._duties(day)
        asked: dict[AnswerId, set[MemberId]] = {}
        for duty in todays:
            asked.setdefault(duty.answer_id, set()).add(duty.reviewer_id)
        return Circle(
            reviewers=frozenset(self.members),
            barred={answer: frozenset(reviewers) for answer, reviewers in asked.items()},
            load={member: len(theirs) for member, theirs in by_reviewer.items()},
            unwilling=frozenset(member for member, theirs in by_reviewer.items() if is_unwilling(theirs)),
            met=self.met,
            mutual_before=mutual(_pairs(self._duties(day - timedelta(days=1)))),
            already=frozenset(_pairs(todays)),
        )

    def _duties(self, day: date) -> list[Duty]:
        answers = (AnswerId(day, member) for member in self.members)
        return [duty for answer in answers for duty in self.owed.get(answer, {}).values()]

    def _closes_at(self, now: datetime) -> datetime:
        today = datetime.combine(now.date(), POST_AT)
        return today if now < today else today + timedelta(days=1)


def _pairs(of: Iterable[Duty]) -> list[Pair]:
    return [(duty.author_id, duty.reviewer_id) for duty in of]


def awake_after(moment: datetime, hours: float) -> datetime:
    """`hours` waking hours after `moment`."""
    left = timedelta(hours=hours)
    while True:
        wakes = moment.replace(hour=WAKES, minute=0, second=0, microsecond=0)
        sleeps = wakes.replace(hour=SLEEPS)
        begin = max(moment, wakes)
        if begin + left < sleeps:
            return begin + left
        left -= max(sleeps - begin, timedelta())
        moment = wakes + timedelta(days=1)
