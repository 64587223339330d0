"""What a reviewer made of a case, and what the bench asks of a reviewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.review import Review, Verdict
from evals.golden import of_24
from evals.made import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One reading of one case.

    Attributes:
        bands: section key -> band, for the sections that the question weighs; what was not checked is left out.
        review: what the member would be shown; None from a reviewer that gives bands alone.
        error: why there is nothing, in the words of the fault; empty if all went well.
        declined: the model would not judge this text, and asking again will not help.
        silent: nothing came back at all; what did come back is stored, and would come again.
        cost_usd: of all its calls, with a batch's discount.
        took_s: from the first call to the last reply; the time that is stored with a reply when it is read again.
    """

    bands: Mapping[str, int] = field(default_factory=dict)
    review: Review | None = None
    error: str = ""
    declined: bool = False
    silent: bool = False
    cost_usd: float = 0.0
    took_s: float = 0.0

    @property
    def total(self) -> float:
        """The bands as one number of 24."""
        return of_24(list(self.bands.values()))

    @property
    def differing(self) -> frozenset[str]:
        """Sentences that were held to contradict a supplied fact."""
        claims = self.review.claims if self.review else ()
        return frozenset(claim.quote for claim in claims if claim.verdict is Verdict.DIFFERS)

    @property
    def faulted(self) -> frozenset[str]:
        """Sentences that were said to be wrong, for whatever reason."""
        return self.differing | {slip.quote for slip in (self.review.slips if self.review else ())}


def quotes(review: Review) -> Iterator[str]:
    """Every quote that a review shows."""
    for section in review.sections:
        for point in section.points:
            yield from point.quotes
        for of_facet in section.facets.values():
            yield from of_facet
    yield from (remark.quote for remark in (*review.slips, *review.hand_waving))
    yield from (claim.quote for claim in review.claims)
    if review.held:
        yield review.held.quote
    if review.fix.quote:
        yield review.fix.quote


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and every reading of it, one for each run."""

    case: Case
    runs: tuple[Graded, ...]

    @property
    def first(self) -> Graded:
        """The reading that the metrics rest on, unless they are about several runs."""
        return self.runs[0]

    @property
    def good(self) -> bool:
        """Whether there is a reading."""
        return bool(self.runs) and not self.runs[0].error


class Grader(Protocol):
    """A reviewer with a name: ours, an ablation, or one that is bad on purpose."""

    @property
    def name(self) -> str: ...

    async def grade(self, case: Case, run: int) -> Graded:
        """Run number `run` (from 0) of `case`. Raises ReviewerBusy; every other failure is told in `error`."""
        ...
