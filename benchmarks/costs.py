"""What a review and a walkthrough are expected to cost by the table of prices, and what of a review's input repeats.

Nothing is measured with a model: tokens of output, and of what searches bring, are the estimates of reference llm.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.table import Row, middle
from bot.domain.answer import Answer, Part
from bot.domain.group import MemberId
from bot.domain.review import Usage
from bot.infra.claude import pricing
from bot.infra.claude.pricing import CHARS_A_TOKEN
from bot.infra.claude.request import EXPECTED_OUTPUT_TOKENS, chars, review_body
from bot.infra.claude.research_request import (
    EXPECTED_INPUT_TOKENS,
    EXPECTED_SEARCHES,
)
from bot.infra.claude.research_request import (
    EXPECTED_OUTPUT_TOKENS as WALK_OUTPUT_TOKENS,
)
from bot.infra.clock import host_now
from bot.infra.library import packaged_library
from bot.settings import Settings
from bot.usecases.feedback.judge_answer import request_of
from handlers import app
from tests.reviews import TEXT

MOST_REVIEW_USD, MOST_WALKTHROUGH_USD = 0.04, 0.60
MOST_FRESH_PERCENT = 40.0
"""At least 60 % of the input tokens of a day's reviews of one question must repeat."""
ANSWERS_A_DAY = 10


async def measure() -> Sequence[Row]:
    """One answer to each question of the bank, on the default models."""
    sizes = await _sizes()
    review, walkthrough = (str(Settings.model_fields[f"model_{name}"].default) for name in ("review", "walkthrough"))
    first = middle([_review_usd(review, fresh, written=cached) for cached, fresh in sizes])
    further = middle([_review_usd(review, fresh, read=cached) for cached, fresh in sizes])
    day = (first + (ANSWERS_A_DAY - 1) * further) / ANSWERS_A_DAY
    fresh_share = max(100 * fresh / (cached + fresh) for cached, fresh in sizes)
    used = Usage(input_tokens=EXPECTED_INPUT_TOKENS, output_tokens=WALK_OUTPUT_TOKENS)
    walk_usd = pricing.cost_usd(walkthrough, used).usd + pricing.search_usd(EXPECTED_SEARCHES)
    n = len(sizes)
    return [
        _age(),
        Row(what=f"a review, mean of {ANSWERS_A_DAY} of one question in an hour, {review}: expected cost",
            measure=day, unit="USD", most=MOST_REVIEW_USD, n=n),
        Row(what="  the first of them, which writes the cache", measure=first, unit="USD", n=n),
        Row(what="  each further one", measure=further, unit="USD", n=n),
        Row(what="  its input that no other review of the question repeats, at most", measure=fresh_share, unit="%",
            most=MOST_FRESH_PERCENT, n=n),
        Row(what=f"a walkthrough, {EXPECTED_SEARCHES} searches, {walkthrough}: expected cost", measure=walk_usd,
            unit="USD", most=MOST_WALKTHROUGH_USD, n=1),
    ]  # fmt: skip


def _age() -> Row:
    days = (host_now().date() - pricing.AS_OF).days
    return Row(
        what=f"age of the prices, of {pricing.AS_OF}", measure=days, unit="days", most=pricing.OLD_AFTER.days, n=1
    )


async def _sizes() -> list[tuple[int, int]]:
    """Tokens of the cached prefix and of the rest, for each question of the bank."""
    library, now = packaged_library(), host_now()
    prompt = app.review_prompt(library)
    answer = Answer(member_id=MemberId("bench"), day=now.date(), parts=(Part("m1", TEXT, now),))
    found = []
    for question in library.questions.values():
        request = await request_of(library, question, answer, "bench")
        cached, fresh = chars(review_body(prompt, request, "any", schema=True))
        found.append((cached // CHARS_A_TOKEN, fresh // CHARS_A_TOKEN))
    return found


def _review_usd(model: str, fresh: int, *, read: int = 0, written: int = 0) -> float:
    usage = Usage(
        input_tokens=fresh,
        output_tokens=EXPECTED_OUTPUT_TOKENS,
        cache_read_tokens=read,
        cache_write_tokens=written,
    )
    return pricing.cost_usd(model, usage).usd
