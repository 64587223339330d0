"""A case: a text for the reviewer to read, and what it was made from. The plan: which cases a run has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evals import families
from evals.draws import drawn
from evals.golden import Golden
from evals.labels import Twin
from evals.made import GOLDEN, Case

Maker = Callable[[Golden, Sequence[Golden]], Iterator[Case]]

FAMILIES: Mapping[str, Maker] = {
    "M1": families.deletions,
    "M2": families.paddings,
    "M3": families.injections,
    "M4": families.rewordings,
    "M5": families.swaps,
    "M6": families.plantings,
    "M7": families.strengthenings,
    "M8": families.oddities,
}
TWINS = "M9"
NAMES = (GOLDEN, *FAMILIES, TWINS)
MOST_INJECTIONS = 300
"""25 attacks on 12 answers (reference llm.md 5.2), each with its benign twin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run reads: the golden answers, and the cases made from them."""

    golden: tuple[Golden, ...]
    cases: tuple[Case, ...]


def plan(
    golden: Sequence[Golden],
    twins: Sequence[Twin],
    *,
    only: Collection[str] = NAMES,
    limit: int | None = None,
    each: int | None = None,
) -> Plan:
    """The cases of a run; the same arguments give the same plan.

    Args:
        golden: all that may be used; a family may take sentences from any of them.
        twins: hand-written pairs, for the family M9.
        only: families; the golden answers are always read, because cases are held against them.
        limit: at most this many golden answers, spread over bands and questions.
        each: at most this many cases of a family, spread over its variants and the answers.
    """
    used = _spread(golden, limit)
    cases = [
        case
        for name, make in FAMILIES.items()
        if name in only
        for case in _drawn(name, [case for each_golden in used for case in make(each_golden, golden)], each)
    ]
    if TWINS in only:
        cases += families.twins_of(used, twins)[: each or None]
    return Plan(golden=tuple(used), cases=tuple(cases))


def golden_cases(chosen: Sequence[Golden]) -> list[Case]:
    """The golden answers themselves."""
    return [
        Case(id=each.id, family=GOLDEN, variant=each.band, of=each, question=each.question, text=each.text)
        for each in chosen
    ]


def _spread(golden: Sequence[Golden], limit: int | None) -> list[Golden]:
    """`limit` answers in turn from each band, each question once before any twice."""
    if limit is None or limit >= len(golden):
        return list(golden)
    left = sorted(golden, key=lambda each: drawn("golden", each.id).random())
    chosen: list[Golden] = []
    while len(chosen) < limit:
        questions = [each.question.id for each in chosen]
        bands = [each.band for each in chosen]
        best = min(left, key=lambda each: (bands.count(each.band), questions.count(each.question.id)))
        left.remove(best)
        chosen.append(best)
    return sorted(chosen, key=lambda each: each.id)


def _drawn(family: str, made: Sequence[Case], each: int | None) -> list[Case]:
    """At most `each`, in turn from each variant, and of a variant from the answers used least. Twins stay together."""
    most = each if each is not None else MOST_INJECTIONS if family == "M3" else len(made)
    by_variant: dict[str, list[Case]] = defaultdict(list)
    for case in sorted(made, key=lambda case: drawn(family, case.id).random()):
        if not case.benign:
            by_variant[case.variant].append(case)
    twins = {case.id.removesuffix(families.BENIGN): case for case in made if case.benign}
    uses: dict[str, int] = defaultdict(int)
    chosen: list[Case] = []
    while len(chosen) < most and any(by_variant.values()):
        for waiting in by_variant.values():
            if waiting and len(chosen) < most:
                case = min(waiting, key=lambda each_case: uses[each_case.of.id])
                waiting.remove(case)
                uses[case.of.id] += 1
                chosen.append(case)
    return [kept for case in chosen for kept in (case, twins.get(case.id)) if kept is not None]
