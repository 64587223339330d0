"""Which of the questions that may come now comes first. Ten thousand groups may ask at one minute, so it is quick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from bot.domain.picks import Need, Rule, Why
from bot.domain.question import WARM_UP, Question, lot
from bot.domain.shape import FLEXIBLE_DAYS, SECTION_GAP, TOPIC_GAP, fits

NEVER = 1 << 30
"""A place after all posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that one choice looks at.

    Attributes:
        pool: the questions that may come, never empty.
        topics: of the last TOPIC_GAP posts, oldest first.
        starved: sections that are to be at the heart now.
        wished: sections that may come again.
        spared: sections that came lately and are the heart of so few that they should be spread.
        overdue: id -> place of its last post, of questions that were passed over for too long.
        to_the_end: whether the whole pool is to be asked in a row, so that its topics must suffice.
    """

    pool: Sequence[Question]
    day: date
    seed: str
    needs: Sequence[Need]
    topics: Sequence[str]
    starved: frozenset[str]
    wished: frozenset[str]
    spared: frozenset[str]
    overdue: Mapping[str, int]
    to_the_end: bool
    is_first: bool

    @classmethod
    def of(
        cls, pool: Sequence[Question], past: Sequence[Question | None], day: date, *, seed: str, needs: Sequence[Need],
        overdue: Mapping[str, int], to_the_end: bool,
    ) -> Look:  # fmt: skip
        """`past`: the questions of all posts, oldest first; None for one that is gone."""
        left = Counter(chain.from_iterable([question.hearts for question in pool]))
        since = _since(left, past)
        # where the questions do not suffice for every SECTION_GAP posts they are spread evenly
        pace = {key: max(SECTION_GAP, len(pool) / number) for key, number in left.items()}
        scarce = {key for key, number in left.items() if number * SECTION_GAP <= len(pool) + SECTION_GAP}
        return cls(
            pool=pool,
            day=day,
            seed=seed,
            needs=needs,
            topics=[question.topic if question else "" for question in past[-TOPIC_GAP:]],
            starved=frozenset(key for key in left if since[key] >= pace[key]),
            wished=frozenset(key for key in left if since[key] * 2 > pace[key]),
            spared=frozenset(key for key in scarce if since[key] * 2 <= pace[key]),
            overdue=overdue,
            to_the_end=to_the_end,
            is_first=not past,
        )

    def first(self) -> Question:
        """What is chosen: a topic that rested, after which the others can keep that rule too; among those the best."""
        left = Counter([question.topic for question in self.pool])
        for gap in range(TOPIC_GAP, 0, -1):
            recent = self.topics[-gap:]
            rested = [question for question in self.pool if question.topic not in recent]
            while rested:
                best = self._best(rested)
                if not self.to_the_end or can_rest(left, best.topic, self.topics, gap):
                    return best
                rested = [question for question in rested if question.topic != best.topic]
        return self._best(self._most_left(left))

    def why(self, question: Question) -> Why:
        """The first of the rules that speaks for `question`."""
        starved = [key for key in question.hearts if key in self.starved]
        place = self._need_place(question)
        if self.is_first and question.level == WARM_UP:
            return Why(Rule.WARM_UP)
        if starved:
            return Why(Rule.SECTION, starved[0])
        if place < len(self.needs):
            need = self.needs[place]
            return Why(Rule.NEED, need.about, need.strong, need.counted)
        return Why(Rule.SHAPE if fits(question, self.day) else Rule.REST, question.kind)

    def _most_left(self, left: Mapping[str, int]) -> Sequence[Question]:
        """Where the rule cannot be kept to the end: of what rested longest, the topic with most questions left."""
        for gap in range(TOPIC_GAP, 0, -1):
            rested = [question for question in self.pool if question.topic not in self.topics[-gap:]]
            if rested:
                most = max(left[question.topic] for question in rested)
                return [question for question in rested if left[question.topic] == most]
        return self.pool

    def _best(self, questions: Sequence[Question]) -> Question:
        """By one rule after the other, the strongest first; by lot where all are equal."""
        for rule in self._rules():
            if len(questions) == 1:
                break
            ranks = list(map(rule, questions))
            best = min(ranks)
            questions = [question for question, rank in zip(questions, ranks, strict=True) if rank == best]
        return min(questions, key=lambda question: lot(self.seed, question.id))

    def _rules(self) -> Iterator[Callable[[Question], int]]:
        """Those that matter now, the strongest first; the least rank is the best."""
        if self.is_first:
            yield lambda question: question.level != WARM_UP
        if self.overdue:
            yield lambda question: self.overdue.get(question.id, NEVER)
        if self.starved:
            yield lambda question: -len(self.starved.intersection(question.hearts))
        if self.needs:
            yield self._need_place
        if self.spared:
            yield lambda question: len(self.spared.intersection(question.hearts))
        yield lambda question: not fits(question, self.day)
        if self.wished:
            yield lambda question: -len(self.wished.intersection(question.hearts))
        kinds = Counter([question.kind for question in self.pool])
        yield lambda question: 0 if fits(question, self.day) else -kinds[question.kind]

    def _need_place(self, question: Question) -> int:
        """Which need it serves, 0 the weakest; their number if none, or if the day is for other kinds."""
        if self.needs and (fits(question, self.day) or self.day.isoweekday() in FLEXIBLE_DAYS):
            for place, need in enumerate(self.needs):
                if need.is_served_by(question):
                    return place
        return len(self.needs)


def can_rest(left: Mapping[str, int], first: str, before: Sequence[str], gap: int) -> bool:
    """Whether the questions `left`, by topic, can all be asked with `gap` posts between equal topics, `first` now."""
    most, number = max(left.values()), sum(left.values())
    tied = sum(count == most for count in left.values())
    if (most - 1) * (gap + 1) + tied + 2 * gap <= number:
        return True  # far from tight: no need to play it through
    counts, recent = dict(left), list(before[-gap:])
    topic: str | None = first
    for _ in range(number):
        if topic is None:
            return False
        counts[topic] -= 1
        recent = [*recent, topic][-gap:]
        free = [each for each, count in counts.items() if count and each not in recent]
        topic = max(free, key=counts.__getitem__, default=None)
    return True


def _since(keys: Mapping[str, int], past: Sequence[Question | None]) -> dict[str, int]:
    """Posts since each section was at the heart, the next one included; as if it had been just before the first."""
    found: dict[str, int] = {}
    for ago, question in enumerate(reversed(past), start=1):
        for key in question.hearts if question else ():
            found.setdefault(key, ago)
        if len(found) >= len(keys) and keys.keys() <= found.keys():
            break
    return {key: found.get(key, len(past) + 1) for key in keys}
