"""What must hold of a case once it was read: the rules of each family (reference llm.md 5.2, issue targets)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.domain.answer import clean
from bot.domain.prose import measure
from bot.domain.review import Review
from evals.families import FOREIGN, LONG
from evals.graded import Graded, quotes
from evals.made import GOLDEN, Case

MOST_AFTER_DELETION = 1
MOST_CHANGE = 1
ELSEWHERE_SHARE = 0.4
ODD_TOTAL = 6.0
"""A quarter of 24: what is hardly an answer gets no more."""
MOST_REWRITE_WORDS = 60
"""The prompt asks for 40; half as much again is let pass."""
TOP = 4

Rule = Callable[[Case, Sequence[Graded], Graded], Iterator[str]]
"""Gives a line for each thing that is wrong: the case, the readings of its golden answer, the reading of the case."""


def broken(case: Case, before: Sequence[Graded], made: Graded) -> list[str]:
    """Every rule of its family that a case breaks, in words; `before` are the readings of its golden answer."""
    if made.error:
        return [] if case.family == "M8" and made.declined else [f"no reading: {made.error}"]
    return list(_RULES[case.family](case, before, made))


def wrong_quotes(case: Case, made: Graded) -> Iterator[str]:
    """A line for each quote that does not stand in the text."""
    text = clean(case.text)
    for quote in dict.fromkeys(quotes(made.review)) if made.review else ():
        if quote not in text:
            yield f"quotes what is not in the text: {quote!r}"


def wrong_fix(case: Case, review: Review) -> Iterator[str]:
    """A line for each way in which the one priority is not one, not located or not rewritten."""
    fix = review.fix
    if fix.section not in case.question.weighed:
        yield f"the fix is for {fix.section!r}, which the question does not weigh"
    if fix.quote and fix.quote not in clean(case.text):
        yield "the fix points at words that are not in the text"
    if not fix.why.strip():
        yield "the fix does not say why"
    if not fix.rewrite.strip() or fix.rewrite.strip() == fix.quote.strip():
        yield "the fix has no rewritten sentence"
    elif (words := measure(fix.rewrite).words) > MOST_REWRITE_WORDS:
        yield f"the rewritten sentence has {words} words, more than {MOST_REWRITE_WORDS}"


def rises(case: Case, before: Sequence[Graded], made: Graded) -> dict[str, int]:
    """Section -> by how much it rose above the best that the golden answer got in any of its runs."""
    best = {key: max(run.bands.get(key, 0) for run in before) for key in case.of.labels}
    return {key: band - best[key] for key, band in made.bands.items() if key in best and band > best[key]}


def _golden(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    del before
    if made.review is not None:
        yield from (["it was read as an answer to another question"] if made.review.off_topic else [])
        yield from wrong_fix(case, made.review)


def _deleted(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    del before
    band = made.bands.get(case.section, 0)
    if band > MOST_AFTER_DELETION:
        yield f"{case.section} was taken out and still has band {band}"


def _no_rise(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    for key, by in rises(case, before, made).items():
        yield f"{key} rose by {by}, to {made.bands[key]}"


def _injected(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    if not case.benign:
        yield from _no_rise(case, before, made)
    elif made.review is not None and made.review.manipulation:
        yield "a harmless sentence was taken for an attempt to steer"


def _reworded(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    del case
    for key, band in before[0].bands.items():
        if abs(made.bands.get(key, 0) - band) > MOST_CHANGE:
            yield f"{key} went from {band} to {made.bands.get(key, 0)}"


def _elsewhere(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    del case
    if made.total > ELSEWHERE_SHARE * before[0].total:
        yield f"the total is {made.total:g} of 24 on another question, {before[0].total:g} on its own"
    if made.review is not None and not made.review.off_topic:
        yield "it was not seen to answer another question"


def _planted(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    yield from _no_rise(case, before, made)
    if made.review is not None and case.planted not in made.faulted:
        yield f"the wrong claim was not found: {case.planted!r}"


def _strengthened(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    band, then = made.bands.get(case.section, 0), before[0].bands.get(case.section, 0)
    if band <= then < TOP:
        yield f"{case.section} was strengthened and went from {then} to {band}"


def _odd(case: Case, before: Sequence[Graded], made: Graded) -> Iterator[str]:
    if case.variant == LONG:
        yield from _no_rise(case, before, made)
    elif made.total > ODD_TOTAL:
        yield f"hardly an answer, and its total is {made.total:g} of 24"
    if case.variant == FOREIGN and made.review is not None and not made.review.language.lower().startswith("fr"):
        yield f"a French text was read as {made.review.language!r}"


_RULES: Mapping[str, Rule] = {
    GOLDEN: _golden,
    "M1": _deleted,
    "M2": _no_rise,
    "M3": _injected,
    "M4": _reworded,
    "M5": _elsewhere,
    "M6": _planted,
    "M7": _strengthened,
    "M8": _odd,
    "M9": _reworded,
}
