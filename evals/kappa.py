"""Agreement and intervals: quadratic weighted kappa, and the bootstrap by answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeVar

from evals.draws import drawn

T = TypeVar("T")
BANDS = 5
"""0 to 4."""
RESAMPLES = 1000
LOW, HIGH = 0.025, 0.975

Pair = tuple[int, int]
"""Two bands for the same section of the same answer."""


def kappa(pairs: Sequence[Pair]) -> float | None:
    """Quadratic weighted kappa: 1 full agreement, 0 as by chance. None where it says nothing.

    That is without pairs, and when both sides use one and the same band throughout.
    """
    count = len(pairs)
    if not count:
        return None
    ones, others = [0] * BANDS, [0] * BANDS
    observed = 0
    for one, other in pairs:
        ones[one] += 1
        others[other] += 1
        observed += (one - other) ** 2
    expected = sum(
        ones[i] * others[j] * (i - j) ** 2 for i in range(BANDS) for j in range(BANDS) if ones[i] and others[j]
    )
    return 1 - observed * count / expected if expected else None


@dataclass(frozen=True, slots=True)
class Measured:
    """A value, and the middle 95 % of what it would be on answers drawn anew; None where it cannot be told."""

    value: float | None
    low: float | None = None
    high: float | None = None


def bootstrap(
    groups: Sequence[Sequence[T]],
    statistic: Callable[[Sequence[T]], float | None],
    *,
    resamples: int = RESAMPLES,
    seed: str = "bootstrap",
) -> Measured:
    """`statistic` of all that `groups` hold, with its interval; whole groups (answers) are drawn."""
    value = statistic([item for group in groups for item in group])
    if value is None or len(groups) < 2 or not resamples:  # noqa: PLR2004  one answer has no spread
        return Measured(value)
    draw = drawn(seed)
    drawn_values = []
    for _ in range(resamples):
        sample = draw.choices(groups, k=len(groups))
        if (once := statistic([item for group in sample for item in group])) is not None:
            drawn_values.append(once)
    drawn_values.sort()
    if not drawn_values:
        return Measured(value)
    last = len(drawn_values) - 1
    return Measured(value, drawn_values[round(LOW * last)], drawn_values[round(HIGH * last)])


def mean(values: Sequence[float]) -> float | None:
    """The mean, or None of nothing."""
    return fmean(values) if values else None


def share(flags: Sequence[bool]) -> float | None:
    """How many of `flags` are true, 0 to 1, or None of nothing."""
    return fmean(flags) if flags else None


def by_length(lengths: Sequence[float], bands: Sequence[Sequence[int]]) -> list[list[int]]:
    """What length alone predicts: for each answer the bands that a line fitted on all the others gives.

    `lengths` has a number an answer, `bands` its true bands. Each answer gets one band, repeated for its sections.
    """
    return [[_on_line(lengths, bands, at)] * len(of_answer) if of_answer else [] for at, of_answer in enumerate(bands)]


def _on_line(lengths: Sequence[float], bands: Sequence[Sequence[int]], out: int) -> int:
    points = [
        (length, band)
        for at, (length, of_answer) in enumerate(zip(lengths, bands, strict=True))
        if at != out
        for band in of_answer
    ]
    if not points:
        return 0
    middle_x, middle_y = fmean(x for x, _ in points), fmean(y for _, y in points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0
    return min(max(round(middle_y + slope * (lengths[out] - middle_x)), 0), BANDS - 1)
