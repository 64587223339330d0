"""One line of the report: a value with its interval, its target, and whether it is met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from evals.graded import Outcome
from evals.kappa import RESAMPLES, Measured, bootstrap
from evals.labels import Labeller

T = TypeVar("T")


class Verdict(StrEnum):
    """How a value stands to its target; nothing where there is no target."""

    MET = "pass"
    MISSED = "FAIL"
    NOT_MEASURED = "not measured"
    TOLD = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure.

    Attributes:
        key: a short stable name, such as `kappa` or `M1`.
        what: in words, with the unit.
        n: over how many, of what `what` counts.
        target: `least` or `most`; both None for a figure that is only told.
        digits: after the point, when printed.
    """

    key: str
    what: str
    value: Measured
    n: int
    least: float | None = None
    most: float | None = None
    percent: bool = False
    digits: int = 2
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """By the value itself; its interval says how sure that is."""
        if self.value.value is None:
            return Verdict.NOT_MEASURED
        if self.least is None and self.most is None:
            return Verdict.TOLD
        too_low = self.least is not None and self.value.value < self.least
        too_high = self.most is not None and self.value.value > self.most
        return Verdict.MISSED if too_low or too_high else Verdict.MET

    @property
    def target(self) -> str:
        """In words, empty without one."""
        if self.least is not None:
            return f"≥ {self.shown(self.least)}"
        return f"≤ {self.shown(self.most)}" if self.most is not None else ""

    @property
    def interval(self) -> str:
        """As `0.61 to 0.78`, empty where it cannot be told."""
        if self.value.low is None or self.value.high is None:
            return ""
        return f"{self.shown(self.value.low)} to {self.shown(self.value.high)}"

    def shown(self, value: float | None) -> str:
        """A value in the unit of this figure."""
        if value is None:
            return "not measured"
        return f"{100 * value:.1f} %" if self.percent else f"{value:.{self.digits}f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that one reviewer gave in a run of the bench.

    Attributes:
        golden: the golden answers, by id.
        cases: what was made from them.
        labellers: the second labels.
        prefix_shares: of each golden request, the share of characters that the day's other requests repeat.
        resamples: draws for the intervals; 0 for none.
    """

    golden: Mapping[str, Outcome]
    cases: Sequence[Outcome]
    labellers: Sequence[Labeller] = ()
    prefix_shares: Sequence[float] = ()
    resamples: int = RESAMPLES

    def read(self, family: str) -> list[Outcome]:
        """The cases of a family that were read, and whose golden answer was."""
        return [each for each in self.cases if each.case.family == family and each.good and self.before(each).good]

    def before(self, outcome: Outcome) -> Outcome:
        """The golden answer that a case is held against."""
        return self.golden[outcome.case.of.id]

    def over_answers(
        self, items: Iterable[tuple[str, T]], statistic: Callable[[Sequence[T]], float | None]
    ) -> tuple[Measured, int]:
        """`statistic` of what stands beside the golden ids, drawn anew by answer; and how many there are."""
        groups: dict[str, list[T]] = defaultdict(list)
        for answer_id, item in items:
            groups[answer_id].append(item)
        count = sum(map(len, groups.values()))
        return bootstrap(list(groups.values()), statistic, resamples=self.resamples), count
