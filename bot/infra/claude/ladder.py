"""What a ladder of models needs: its bill, when another model is worth a try, and what to say when all have failed."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.review import Usage
from bot.errors import ReviewerBusy, ReviewerDeclined, ReviewerDown, ReviewerTrouble
from bot.infra.claude import pricing
from bot.infra.claude.trips import DEFAULT_WAIT_S, CallFailed, Trip

# Questions about training models can meet these by mistake; another model may not mind (reference llm.md 1.5).
_MISTAKABLE = ("frontier_llm", "reasoning_extraction")
_SAME_FOR_ALL_MODELS = (Trip.BUSY, Trip.KEY)


@dataclass(slots=True)
class Bill:
    """What all the calls of one ladder took."""

    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0
    unknown_models: set[str] = field(default_factory=set)

    def add(self, model: str, usage: Usage, *, searches: int = 0, brief_write_tokens: int = 0) -> None:
        """Add one call.

        Args:
            model: that was asked.
            usage: of the call.
            searches: web searches that it made.
            brief_write_tokens: of those in `usage`, cache writes that live for five minutes.
        """
        cost = pricing.cost_usd(model, usage)
        self.usage = pricing.add(self.usage, usage)
        self.usd += cost.usd + pricing.search_usd(searches) - pricing.brief_write_rebate_usd(model, brief_write_tokens)
        if not cost.known_model:
            self.unknown_models.add(model)


def worth_another_model(failure: CallFailed) -> bool:
    """Whether a failure may be that of one model alone."""
    if failure.trip is Trip.DECLINED:
        return failure.category in _MISTAKABLE
    return failure.trip not in _SAME_FOR_ALL_MODELS


def verdict(failures: list[CallFailed], spent_usd: float) -> ReviewerTrouble:
    """What the caller is told when every rung has failed."""
    said = "; then ".join(map(str, failures))
    if all(failure.trip is Trip.DECLINED for failure in failures):
        return ReviewerDeclined(said, spent_usd=spent_usd)
    waits = [failure for failure in failures if failure.trip in (Trip.BUSY, Trip.OVERLOADED)]
    if waits:
        wait_s = max(failure.retry_after_s or DEFAULT_WAIT_S for failure in waits)
        return ReviewerBusy(said, wait_s, spent_usd=spent_usd)
    return ReviewerDown(said, spent_usd=spent_usd)
