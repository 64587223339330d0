"""What the model costs. The only place for prices.

Figures: reference llm.md 1.9 (list prices in US dollars a million tokens, cross-checked on the date in `AS_OF`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.review import Usage

AS_OF = date(2026, 10, 24)
OLD_AFTER = timedelta(days=90)
CHARS_A_TOKEN = 4
"""A usual rule of thumb for English text; other scripts take more tokens."""
LONG_PROMPT_TOKENS = 100_000
"""Above this prompt size, models with a `long` price charge it for the whole request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars a million tokens. A cache write is one that lives for an hour."""

    input_usd: float
    output_usd: float
    cache_write_usd: float
    cache_read_usd: float


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount, and whether the model stands in the table (if not, it was priced as the dearest)."""

    usd: float
    known_model: bool


PRICES = {
    "claude-haiku-5-5": Price(input_usd=0.10, output_usd=0.50, cache_write_usd=0.20, cache_read_usd=0.01),
    "claude-sonnet-5-5": Price(input_usd=2, output_usd=10, cache_write_usd=4, cache_read_usd=0.10),
    "claude-opus-5-5": Price(input_usd=4, output_usd=20, cache_write_usd=8, cache_read_usd=0.20),
    "claude-sonnet-5": Price(input_usd=2, output_usd=10, cache_write_usd=4, cache_read_usd=0.20),
    "claude-opus-5": Price(input_usd=5, output_usd=25, cache_write_usd=10, cache_read_usd=0.50),
    "claude-fable-5-1": Price(input_usd=10, output_usd=50, cache_write_usd=20, cache_read_usd=0.25),
}
LONG_PRICES = {
    "claude-haiku-5-5": Price(input_usd=0.50, output_usd=2.50, cache_write_usd=1.00, cache_read_usd=0.05),
}
SEARCH_USD = 0.01
"""One web search, beside the tokens of what it finds."""
BRIEF_WRITE_FACTOR = 1.25
"""What a cache write that lives for five minutes costs, as a multiple of an input token."""
_DATED = re.compile(r"-\d{8}$")


def cost_usd(model: str, usage: Usage) -> Cost:
    """What `usage` of one call costs on `model`."""
    name = _DATED.sub("", model)
    prompt_tokens = usage.input_tokens + usage.cache_write_tokens + usage.cache_read_tokens
    prices = LONG_PRICES if prompt_tokens > LONG_PROMPT_TOKENS and name in LONG_PRICES else PRICES
    price = prices.get(name) or max(PRICES.values(), key=lambda price: price.output_usd)
    millionths = (
        usage.input_tokens * price.input_usd
        + usage.output_tokens * price.output_usd
        + usage.cache_write_tokens * price.cache_write_usd
        + usage.cache_read_tokens * price.cache_read_usd
    )
    return Cost(millionths / 1_000_000, name in PRICES)


def estimate_usd(model: str, *, cached_chars: int, fresh_chars: int, output_tokens: int) -> float:
    """What a call is expected to cost at worst: the cached prefix is priced as if it had to be written."""
    usage = Usage(
        input_tokens=-(-fresh_chars // CHARS_A_TOKEN),
        cache_write_tokens=-(-cached_chars // CHARS_A_TOKEN),
        output_tokens=output_tokens,
    )
    return cost_usd(model, usage).usd


def search_usd(searches: int) -> float:
    """What web searches cost beside their tokens."""
    return searches * SEARCH_USD


def brief_write_rebate_usd(model: str, tokens: int) -> float:
    """How much less cache writes cost that live for five minutes, and that `cost_usd` has counted as of an hour."""
    price = PRICES.get(_DATED.sub("", model))
    if price is None:
        return 0.0
    return tokens * (price.cache_write_usd - price.input_usd * BRIEF_WRITE_FACTOR) / 1_000_000


def warn_if_old(today: date) -> str | None:
    """A sentence for the operator when the table is older than `OLD_AFTER`."""
    age = today - AS_OF
    if age <= OLD_AFTER:
        return None
    return f"The model prices are of {AS_OF.isoformat()}, {age.days} days old: costs and budgets may be off."


def add(one: Usage, other: Usage) -> Usage:
    """The sum of two usages."""
    return Usage(
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cache_write_tokens=one.cache_write_tokens + other.cache_write_tokens,
        cache_read_tokens=one.cache_read_tokens + other.cache_read_tokens,
    )
