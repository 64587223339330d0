"""The proof that the bench can fail: graders that are bad on purpose must each be caught, and a sane one must pass.

Free and without any model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.cases import Plan
from evals.golden import Golden
from evals.graded import Grader
from evals.metric import Metric, Results, Verdict
from evals.robustness import robustness
from evals.running import run_all, turns
from evals.scoring import metrics, results_of
from evals.toys import BAD, SaneToy

AT_ONCE = 64
RESAMPLES = 100
"""The toys' figures are no result; their intervals only show that intervals are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the bench said of one toy.

    Attributes:
        must_fail: the figure that must catch it; empty for the sane one, which must pass everything.
        failed: the figures whose target it missed.
    """

    grader: str
    must_fail: str
    failed: tuple[str, ...]
    metrics: tuple[Metric, ...]
    results: Results

    @property
    def holds(self) -> bool:
        """Whether the bench did its work."""
        return self.must_fail in self.failed if self.must_fail else not self.failed

    def __str__(self) -> str:
        """One line for a person."""
        told = ", ".join(self.failed) or "nothing"
        if not self.must_fail:
            return f"{self.grader}: {'passes' if self.holds else f'should pass, and fails {told}'}"
        return f"{self.grader}: {f'caught by {self.must_fail}' if self.holds else 'NOT CAUGHT'} (fails {told})"


async def prove(golden: Sequence[Golden], chosen: Plan) -> list[Proof]:
    """The sane grader first, then each bad one."""
    sane = SaneToy(golden)
    proofs = [await _proof(sane, "", chosen)]
    return proofs + [await _proof(toy(sane), must_fail, chosen) for toy, must_fail in BAD.items()]


async def _proof(toy: Grader, must_fail: str, chosen: Plan) -> Proof:
    outcomes = await run_all(toy, turns(chosen, 1), at_once=AT_ONCE, progress=lambda: None)
    results = results_of(outcomes, resamples=0 if must_fail else RESAMPLES)
    found = robustness(results) if must_fail else metrics(results)
    failed = tuple(metric.key for metric in found if metric.verdict is Verdict.MISSED)
    return Proof(grader=toy.name, must_fail=must_fail, failed=failed, metrics=tuple(found), results=results)
