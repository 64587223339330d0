"""What the model costs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from benchmarks import costs
from bot.domain.review import Usage
from bot.infra.claude import pricing
from bot.infra.doctor import model_check

REVIEW = Usage(input_tokens=2_000, output_tokens=3_000, cache_read_tokens=5_000)


@pytest.mark.parametrize(
    ("model", "usd"), [("claude-sonnet-5-5", 0.0345), ("claude-haiku-5-5", 0.00175), ("claude-opus-5-5", 0.069)]
)
def test_a_review_costs_what_the_reference_says(model: str, usd: float) -> None:
    """A usual review costs what llm.md 1.9 works out for it."""
    assert pricing.cost_usd(model, REVIEW).usd == pytest.approx(usd)


def test_a_dated_name_has_the_price_of_its_model() -> None:
    """A model named with its date is priced as the model."""
    assert pricing.cost_usd("claude-haiku-5-5-20260901", REVIEW) == pricing.cost_usd("claude-haiku-5-5", REVIEW)


def test_an_unknown_model_is_priced_as_the_dearest() -> None:
    """A model without a price is never cheap, and the cost says that it is a guess."""
    cost = pricing.cost_usd("house-llm", REVIEW)
    assert not cost.known_model
    assert cost.usd == max(pricing.cost_usd(model, REVIEW).usd for model in pricing.PRICES)


def test_a_long_prompt_is_charged_whole_at_the_long_price() -> None:
    """Above the limit, the long price holds for every token of the request, cached ones too."""
    short, long = Usage(cache_read_tokens=100_000), Usage(cache_read_tokens=100_000, input_tokens=1)
    assert pricing.cost_usd("claude-haiku-5-5", short).usd == pytest.approx(0.001)
    assert pricing.cost_usd("claude-haiku-5-5", long).usd == pytest.approx(0.0050005)


def test_an_estimate_prices_the_prefix_as_a_cache_write() -> None:
    """The expected cost takes four characters a token and a prefix that still has to be written."""
    usd = pricing.estimate_usd("claude-sonnet-5-5", cached_chars=20_000, fresh_chars=8_000, output_tokens=3_000)
    assert usd == pytest.approx((5_000 * 4 + 2_000 * 2 + 3_000 * 10) / 1e6)


async def test_what_is_expected_keeps_to_its_targets() -> None:
    """By the table a review costs $0.04 at most, a walkthrough $0.60, and 60 % of a review's input repeats."""
    held = [row for row in await costs.measure() if row.most is not None and row.unit in ("USD", "%")]
    assert [row.most for row in held] == [0.04, 40.0, 0.60]
    assert [row.what for row in held if row.verdict != "ok"] == []


async def test_old_prices_are_said_by_the_doctor() -> None:
    """A model that answers is well, and the check of it says when its prices are old."""

    class Answering:
        async def ping(self) -> float:
            return 0.2

    limit = pricing.AS_OF + pricing.OLD_AFTER
    young = await model_check(Answering(), "claude-sonnet-5-5", limit)
    old = await model_check(Answering(), "claude-sonnet-5-5", limit + timedelta(days=1))
    assert (young.ok, old.ok) == (True, True)
    assert "days old: costs and budgets may be off" not in young.detail
    assert "91 days old: costs and budgets may be off" in old.detail


def test_old_prices_are_said() -> None:
    """A table older than its limit gives a sentence with its date; a younger one gives none."""
    limit = pricing.AS_OF + pricing.OLD_AFTER
    assert pricing.warn_if_old(limit) is None
    assert str(pricing.AS_OF) in (pricing.warn_if_old(limit + timedelta(days=1)) or "")
    assert pricing.warn_if_old(date.min) is None
