"""Bad input to the model's side (issue 5, "Bad input"): each item with the tests that hold it, here or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.walkthrough import Grounding
from tests.contract import research_case, review_case
from tests.contract.research_case import Steps, researching
from tests.contract.review_case import reviewing
from tests.house.rules import ROOT
from tests.servers.anthropic import AnthropicServer, Fault, Reply

LONG_CHARS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The tests of one item; `why_not` says why an item cannot happen to a review, or to a walkthrough."""

    review: tuple[str, ...] = ()
    walkthrough: tuple[str, ...] = ()
    why_not: str = ""


GOTCHAS: Mapping[str, Held] = {
    "refusal": Held(
        review=("test_a_refusal_ends_the_ladder", "test_a_declined_answer_is_not_asked_about_again"),
        walkthrough=("test_a_refusal_for_its_own_sake_ends_the_research", "test_nothing_of_a_refusal_reaches"),
    ),
    "refusal of a harmless question": Held(
        review=("test_the_other_model_takes_over", "test_two_mistaken_refusals_are_a_refusal"),
        walkthrough=("test_the_other_model_writes_it", "test_a_declined_question_is_answered_kindly"),
    ),
    "truncation": Held(
        review=("test_the_other_model_takes_over", "test_a_truncated_review_counts_its_tokens"),
        walkthrough=("test_a_truncated_walkthrough_is_mended", "test_a_walkthrough_whose_stream_ends_early"),
    ),
    "cut in the stream": Held(
        review=("test_the_other_model_takes_over", "test_after_the_last_rung_the_reviewer_is_down"),
        walkthrough=("test_the_other_model_writes_it", "test_a_stream_that_breaks_still_ends_in_one_walkthrough"),
    ),
    "hang": Held(
        review=("test_a_hanging_model_is_left", "test_a_slow_server_is_given_up", "test_the_whole_ladder_has_a_limit"),
        walkthrough=("test_the_other_model_writes_it", "test_a_stream_that_breaks_still_ends_in_one_walkthrough"),
    ),
    "broken JSON": Held(
        review=("test_garbage_in_words_gets_one_repair", "test_a_wrong_shape_is_named_by_path"),
        walkthrough=("test_the_other_model_writes_it", "test_prose_without_sections_is_not_a_walkthrough"),
    ),
    "no schema support": Held(
        review=("test_a_server_without_schemas_is_asked_in_words", "test_prose_under_a_schema_is_asked_in_words"),
        walkthrough=("test_a_server_that_knows_little_gets_a_plain_request",),
    ),
    "no token counts": Held(
        review=("test_a_review_without_token_counts",),
        walkthrough=("test_a_server_that_counts_no_tokens_is_no_fault",),
    ),
    "no web search": Held(
        walkthrough=("test_without_web_search_it_rests_on_numbered_facts", "test_a_server_without_web_search_is_said"),
        why_not="a review never searches",
    ),
    "empty result set": Held(
        walkthrough=("test_an_empty_result_set_falls_back_to_facts", "test_a_server_that_ignores_the_tool"),
        why_not="a review never searches",
    ),
    "no question": Held(
        review=("test_an_answer_to_another_question_needs_no_sections",),
        walkthrough=(
            "test_something_that_is_no_question_is_not_written_about", "test_a_text_that_is_no_question_is_told_kindly",
        ),
    ),
    "another language": Held(
        review=("test_a_review_of_an_answer_in_another_language", "test_language_changes_no_band"),
        walkthrough=("test_another_language_passes", "test_too_little_is_told_by_words_or_characters"),
    ),
    "10,000 characters": Held(
        review=("test_a_review_of_ten_thousand_characters", "test_a_text_that_is_too_long_is_refused_whole"),
        walkthrough=("test_words_that_cannot_be_researched_are_refused_at_once",),
    ),
    "instructions inside": Held(
        review=("test_the_question_stands_in_the_prefix", "test_hostile_characters_reach_the_model_as_plain_lines"),
        walkthrough=("test_the_question_is_fenced_as_data",),
    ),
    "instructions in a search result": Held(
        walkthrough=("test_a_link_that_no_search_found_is_left_out_and_told", "test_only_web_addresses_are_links"),
        why_not="a review never searches",
    ),
    "over budget": Held(
        review=("test_over_the_budget_nobody_is_judged",),
        walkthrough=("test_walkthroughs_leave_money_for_feedback", "test_a_member_has_two_a_day"),
    ),
    "model retired": Held(
        review=("test_the_other_model_takes_over", "test_after_the_last_rung_the_reviewer_is_down"),
        walkthrough=("test_after_the_last_rung_nobody_can_write", "test_a_model_that_stays_down_ends"),
    ),
}  # fmt: skip
"""Item -> the tests, by the beginning of their names."""


def test_every_item_has_its_tests() -> None:
    """Each item names its tests, of a review too or why there are none, and each that is named is there."""
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    written = " ".join(name for text in files for name in re.findall(r"^(?:async )?def (test_\w+)", text, re.MULTILINE))
    for item, held in GOTCHAS.items():
        assert held.walkthrough, item
        assert bool(held.review) != bool(held.why_not), item
        for name in (*held.review, *held.walkthrough):
            assert re.search(rf"\b{name}", written), f"{item}: {name}"


async def test_a_server_that_knows_little_gets_a_plain_request() -> None:
    """A server that knows no `output_config`, no web search and no counts still gives a walkthrough, on facts."""
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.takes_schema = server.takes_search = server.counts_tokens = False
        made = await researcher.write(research_case.request(), Steps())
    assert (made.grounding, made.faults, made.made.cost_usd) == (Grounding.FACTS, (), 0.0)
    assert {"output_config", "tools", "thinking", "cache_control"}.isdisjoint(server.requests[1].body)


async def test_a_walkthrough_whose_stream_ends_early() -> None:
    """A stream that ends politely but without its last events has left a half text, which is mended once."""
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.script(Reply(fault=Fault.END))
        made = await researcher.write(research_case.request(), Steps())
    assert (made.faults, made.made.rung, len(server.requests)) == ((), "web", 2)
    assert "- it was cut off before its end" in server.requests[1].body["messages"][-1]["content"]


async def test_a_review_without_token_counts() -> None:
    """A server that counts no tokens gives a review all the same; it costs nothing, as far as we know."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.counts_tokens = False
        reading, stamp = await reviewer.read(review_case.request())
    assert reading.sections
    assert (stamp.usage.input_tokens, stamp.usage.output_tokens, stamp.cost_usd) == (0, 0, 0.0)


async def test_a_review_of_an_answer_in_another_language() -> None:
    """Sentences in other scripts reach the model as they were written, each with its number."""
    sentences = ("夜勤の看護師から始めます。", "Je mesurerais d'abord le délai.", "أقيس كل سؤال.")
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        reading, _ = await reviewer.read(review_case.request(sentences=sentences))
    turn = server.requests[0].body["messages"][0]["content"]
    assert [f"{number}: {text}" in turn for number, text in enumerate(sentences, 1)] == [True] * 3
    assert reading.sections


async def test_a_review_of_ten_thousand_characters() -> None:
    """A very long answer is read whole, in one call."""
    sentence = "I keep a nurse sample of 200 pairs to audit the labels, but users wait longer."
    sentences = (sentence,) * (LONG_CHARS // len(sentence) + 1)
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        reading, _ = await reviewer.read(review_case.request(sentences=sentences))
    assert f"\n{len(sentences)}: {sentence}" in server.requests[0].body["messages"][0]["content"]
    assert (bool(reading.sections), len(server.requests)) == (True, 1)
