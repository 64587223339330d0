"""From readings to figures and failing cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals import rules
from evals.agreement import agreement
from evals.graded import Outcome
from evals.kappa import RESAMPLES
from evals.labels import Labeller
from evals.made import GOLDEN
from evals.metric import Metric, Results
from evals.robustness import robustness


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that broke rules, and what it is held against."""

    outcome: Outcome
    before: Outcome
    reasons: tuple[str, ...]


def results_of(
    outcomes: Sequence[Outcome],
    labellers: Sequence[Labeller] = (),
    prefix_shares: Sequence[float] = (),
    resamples: int = RESAMPLES,
) -> Results:
    """The readings of one reviewer, sorted into golden answers and cases."""
    return Results(
        golden={each.case.of.id: each for each in outcomes if each.case.family == GOLDEN},
        cases=[each for each in outcomes if each.case.family != GOLDEN],
        labellers=labellers,
        prefix_shares=prefix_shares,
        resamples=resamples,
    )


def metrics(results: Results) -> list[Metric]:
    """Every figure, measured or not."""
    return [*agreement(results), *robustness(results)]


def failures(results: Results) -> list[Failure]:
    """Every case that broke a rule of its family, golden answers first."""
    found = []
    for outcome in (*results.golden.values(), *results.cases):
        before = results.before(outcome)
        if outcome is not before and not before.good:
            continue
        reasons = [
            *rules.broken(outcome.case, before.runs, outcome.first),
            *rules.wrong_quotes(outcome.case, outcome.first),
            *(_missed(outcome) if outcome is before and outcome.good else ()),
        ]
        if reasons:
            found.append(Failure(outcome, before, tuple(reasons)))
    return found


def _missed(outcome: Outcome) -> list[str]:
    """What was read otherwise than the labels say, and the planted errors that were not found."""
    golden = outcome.case.of
    far = [
        f"{key} has band {outcome.first.bands[key]}, the label says {label.band}: {label.why}"
        for key, label in golden.labels.items()
        if key in outcome.first.bands and abs(outcome.first.bands[key] - label.band) > 1
    ]
    if outcome.first.review is None:
        return far
    return far + [
        f"the planted error was not found: {golden.sentence(planted.sentence)!r} ({planted.fact})"
        for planted in golden.planted
        if golden.sentence(planted.sentence) not in outcome.first.faulted
    ]
