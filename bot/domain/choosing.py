"""Which question a group gets on which day, and why. Pure: the same arguments choose the same in every process.

The rules, the strongest first (reference content.md 3):

1. No question comes again before all that fit were asked; then each rests for half the bank.
2. No topic twice in five posts, as far as the bank allows; what is left must still fit the rule, too.
3. Each section is at the heart of a question at least once in ten posts, two weeks of weekdays.
4. In a proposed week: what the group was weak in.
5. The week's shape: each weekday has its kinds of question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from bot.domain.picks import ANY, Need, Pick, Rule, Source, Wants, Why
from bot.domain.question import READY, Question
from bot.domain.ranking import Look
from bot.domain.shape import SECTION_GAP, TOPIC_GAP, fits

__all__ = [
    "ANY", "MOST_BY_NEED", "NO_PICKS", "SECTION_GAP", "TOPIC_GAP", "Need", "Pick", "Rule", "Source", "Wants", "Why",
    "fits", "pick", "plan",
]  # fmt: skip

MOST_BY_NEED = 2
"""Picks of one plan for the same need: more of it, not only it."""
NO_PICKS: Mapping[date, Pick] = MappingProxyType({})


def plan(
    bank: Iterable[Question],
    asked: Sequence[str],
    days: Sequence[date],
    seed: str,
    *,
    wants: Wants = ANY,
    needs: Sequence[Need] = (),
    fixed: Mapping[date, Pick] = NO_PICKS,
) -> list[Pick | None]:
    """A pick for each of `days`, in order; None where no question is ready.

    Args:
        bank: every question that the group knows; only ready ones are chosen.
        asked: ids of past posts, oldest first.
        days: local dates to come, ascending.
        seed: the group's own order.
        wants: levels and topics of the group.
        needs: what the group was weak in, the weakest first; each is served at most MOST_BY_NEED times.
        fixed: what is decided already, by date. A pick that is no ready question any more does not count.
    """
    known = {question.id: question for question in bank}
    held = {day: each for day, each in fixed.items() if _is_ready(known.get(each.question_id))}
    picks: list[Pick | None] = []
    past, served = list(asked), Counter[str]()
    for day in days:
        later = frozenset(each.question_id for other, each in held.items() if other > day)
        open_needs = [need for need in needs if served[need.about] < MOST_BY_NEED]
        chosen = held.get(day) or _pick(known, past, day, seed, wants=wants, needs=open_needs, reserved=later)
        picks.append(chosen)
        if chosen is not None:
            past.append(chosen.question_id)
            served[chosen.why.about] += chosen.why.rule is Rule.NEED
    return picks


def pick(
    bank: Iterable[Question],
    asked: Sequence[str],
    day: date,
    seed: str,
    *,
    wants: Wants = ANY,
    needs: Sequence[Need] = (),
    reserved: Collection[str] = (),
) -> Pick | None:
    """The question of `day`; None if none is ready. Arguments as for `plan`.

    `reserved` are ids that stand for later days: they are chosen only when nothing else is left.
    """
    known = {question.id: question for question in bank}
    return _pick(known, asked, day, seed, wants=wants, needs=needs, reserved=reserved)


def _pick(
    known: Mapping[str, Question], asked: Sequence[str], day: date, seed: str, *,
    wants: Wants, needs: Sequence[Need], reserved: Collection[str],
) -> Pick | None:  # fmt: skip
    ready = [question for question in known.values() if question.status == READY and question.id not in reserved]
    pool, source = _pool(ready or list(filter(_is_ready, known.values())), asked, wants)
    if not pool:
        return None
    past = [known.get(question_id) for question_id in asked]
    again = source is Source.AGAIN
    overdue = _overdue(pool, asked) if again else {}
    look = Look.of(pool, past, day, seed=seed, needs=needs, overdue=overdue, to_the_end=not again)
    chosen = look.first()
    return Pick(day, chosen.id, look.why(chosen), source)


def _is_ready(question: Question | None) -> bool:
    return question is not None and question.status == READY


def _pool(ready: Sequence[Question], asked: Sequence[str], wants: Wants) -> tuple[Sequence[Question], Source]:
    """The questions that may come now, and where they are from."""
    last_use = {question_id: place for place, question_id in enumerate(asked)}
    fresh = [question for question in ready if question.id not in last_use]
    if wanted := wants.among(fresh):
        return wanted, Source.FRESH
    if fresh:
        return fresh, Source.OUTSIDE
    again = sorted(wants.among(ready) or ready, key=lambda question: (last_use[question.id], question.id))
    if again and len(asked) - last_use[again[0].id] > 2 * len(again):
        return again[:1], Source.AGAIN  # in a bank of nearly one topic the others would keep it out for ever
    return again[: (len(again) + 1) // 2], Source.AGAIN


def _overdue(pool: Sequence[Question], asked: Sequence[str]) -> dict[str, int]:
    """Id -> place of its last post, of what was asked one and a half banks ago or more.

    `pool` is the half of the bank that was asked longest ago.
    """
    last_use = {question_id: place for place, question_id in enumerate(asked)}
    long_ago = len(asked) - 3 * len(pool)
    return {question.id: last_use[question.id] for question in pool if last_use[question.id] < long_ago}
