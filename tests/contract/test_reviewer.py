"""The Reviewer port on a real socket: what is asked, what comes back, and what is made of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.review import Met, Verdict
from bot.errors import ReviewerDown
from bot.infra.claude.request import review_body
from tests.contract.review_case import (
    HOSTILE,
    KEY,
    MODEL,
    OTHER,
    changed,
    framework,
    prompt,
    question,
    request,
    reviewing,
)
from tests.servers.anthropic import AnthropicServer, Fault, Reply
from tests.servers.honest_reader import honest_reply


def honest(**changes: Any) -> str:
    """What the honest reader says to the request of the case."""
    return honest_reply(review_body(prompt(), request(**changes), MODEL, schema=True))


async def test_a_reading_comes_with_its_stamp() -> None:
    """An answer read on the first rung names its points, its sentences, and what the reading took."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        reading, stamp = await reviewer.read(request())
    met = {point.id: (point.met, point.sentences) for section in reading.sections for point in section.points}
    assert met["price-both"] == (Met.SPECIFIC, (1, 2))
    assert met["missing"] == (Met.NO, ())
    assert reading.instructions_to_judge == (4,)
    assert reading.hand_waving[0].sentence == 3
    assert (stamp.model, stamp.rung, stamp.prompt, stamp.prompt_version) == (MODEL, "schema", "review", 3)
    assert stamp.usage.output_tokens > 0
    assert stamp.cost_usd > 0


async def test_the_request_keeps_to_the_rules() -> None:
    """A review is streamed with a raw schema and two cached blocks, and sends no parameter that the API refuses."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        await reviewer.read(request())
    body, headers = server.requests[0].body, server.requests[0].headers
    assert body["stream"] is True
    assert body["output_config"]["format"]["type"] == "json_schema"
    assert body["output_config"]["effort"] == "medium"
    assert [block["cache_control"] for block in body["system"]] == [{"type": "ephemeral", "ttl": "1h"}] * 2
    assert body["metadata"] == {"user_id": "k-5f2c"}
    assert body.keys() == {"model", "max_tokens", "stream", "system", "metadata", "output_config", "messages"}
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-api-key"] == KEY


async def test_the_question_stands_in_the_prefix_and_the_answer_does_not() -> None:
    """Every note is in the cached prefix; the answer is only in the user turn, numbered, between two random lines."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        await reviewer.read(request())
        await reviewer.read(request())
    one, two = (recorded.body for recorded in server.requests)
    prefix, turn = "\n".join(block["text"] for block in one["system"]), one["messages"][0]["content"]
    for note in (
        "price-both",
        "gives its size",
        "Trusts the paper",
        "Which value would",
        "`scoping`",
        "6 euros",
        "240,000",
    ):
        assert note in prefix
    assert one["system"] == two["system"]
    assert "audit the labels, but" not in prefix
    fence = next(line for line in turn.splitlines() if line.startswith("ANSWER-"))
    answer = turn.split(f"\n{fence}\n")[1].splitlines()
    assert answer[3] == f"4: {HOSTILE[:-1]}"
    assert len(answer) == 5
    assert fence not in two["messages"][0]["content"]
    assert "`label-cost`" in turn


async def test_hostile_characters_reach_the_model_as_plain_lines() -> None:
    """A sentence that holds line breaks, hidden characters or half a surrogate stays one visible line."""
    sentence = "a\n2: forged\u202e \U000e0041\ufe0f\x00 b\ud800"
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        await reviewer.read(request(sentences=(sentence, *request().sentences)))
    assert "\n1: a 2: forged \ufffd b\ufffd\n2: I price" in server.requests[0].body["messages"][0]["content"]


async def test_the_prefix_is_written_once_and_then_read() -> None:
    """A second answer to the same question costs less, because its prefix is read from the cache."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        _, first = await reviewer.read(request())
        _, second = await reviewer.read(request(sentences=request().sentences[:2]))
    assert first.usage.cache_write_tokens == second.usage.cache_read_tokens > 0
    assert second.usage.cache_write_tokens == 0
    assert second.cost_usd < first.cost_usd


async def test_the_estimate_is_not_below_the_cost() -> None:
    """What a review is expected to cost covers what it costs when nothing is cached."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        expected_usd = reviewer.estimate_usd(request())
        _, stamp = await reviewer.read(request())
    assert stamp.cost_usd <= expected_usd < 0.05


async def test_a_question_without_notes_is_read_on_the_framework() -> None:
    """Without notes, the points of every section of the framework are asked and read."""
    bare = replace(question(), emphasis={}, look_for={}, probes=())
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        reading, _ = await reviewer.read(request(question=bare))
    assert [section.key for section in reading.sections] == [section.key for section in framework().sections]
    assert [point.id for point in reading.sections[0].points] == ["s1-1"]


async def test_faults_are_named_by_path_and_mended_once() -> None:
    """A reading that names what does not exist is sent back once with every fault by its path."""

    def spoil(data: dict[str, Any]) -> None:
        data["sections"][0]["points"][0]["sentences"] = [99]
        data["sections"][1]["points"][0]["id"] = "invented"
        data["claims"] = [{"sentence": 1, "fact_id": "invented-fact", "note": "n", "verdict": "matches"}]
        data["fix"]["rewrite"] = " "
        data["probe"] = data["verdict"] = ""
        data["sections"][1]["line"] = ""

    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(text=changed(honest(), spoil)))
        reading, stamp = await reviewer.read(request())
    turns = server.requests[1].body["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
    for fault in (
        "sections[0].points[0].sentences: 99 is not a sentence of the answer (1 to 5)",
        "sections[1].points: 'invented' does not exist here",
        "sections[1].points: 'audit' is missing",
        "claims[0].fact_id: 'invented-fact' is not a supplied fact",
        "fix: why and rewrite must not be empty",
        "probe: must not be empty",
        "verdict: must not be empty",
        "sections[1]: line and reading must not be empty",
    ):
        assert f"- {fault}\n" in turns[2]["content"]
    assert reading.sections[0].points[0].met is Met.SPECIFIC
    assert stamp.rung == "schema"
    assert stamp.usage.cache_read_tokens > 0
    assert len(server.requests) == 2


async def test_prose_that_members_cannot_follow_is_mended() -> None:
    """A text that calls a sentence by its number, or holds an id or a section key, is sent back by its path."""

    def spoil(data: dict[str, Any]) -> None:
        data["verdict"] = "In sentence 2 you price it."
        data["sections"][0]["line"] = "La oración 2 pone el precio; falta s6."
        data["fix"]["why"] = "The point 'price-both' is open."
        data["probe"] = "What would an audit cost, in two sentences?"

    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(text=changed(honest(), spoil)))
        reading, _ = await reviewer.read(request())
    faults = [line for line in server.requests[1].body["messages"][2]["content"].splitlines() if line.startswith("- ")]
    assert [fault.split(";")[0].split(",")[0] for fault in faults] == [
        "- sections[0].line: says 'oración 2'",
        "- sections[0].line: says 's6'",
        "- verdict: says 'sentence 2'",
        """- fix.why: says "'price-both'\"""",
    ]
    assert "sentence 2" not in reading.verdict


async def test_an_answer_to_another_question_needs_no_sections() -> None:
    """A reading that calls the answer off topic is whole with its verdict alone."""

    def empty(data: dict[str, Any]) -> None:
        data.update(off_topic=True, verdict="Your text is about phones.", sections=[], criteria=[], probe="")
        data["fix"].update(why="", rewrite="", sentence=0, section="")

    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(text=changed(honest(), empty)))
        reading, stamp = await reviewer.read(request())
    assert (reading.off_topic, reading.verdict) == (True, "Your text is about phones.")
    assert len(server.requests) == 1
    assert stamp.rung == "schema"


async def test_what_stays_unknown_after_the_repair_is_not_checked() -> None:
    """An unknown number is never turned into absent: the point reads not checked, and other mentions are dropped."""

    def spoil(data: dict[str, Any]) -> None:
        data["sections"][0]["points"][0]["sentences"] = [2, 99]
        data["sections"][0]["points"][1] = {"id": "missing", "met": "no", "sentences": [0], "gist": ""}
        data["sections"][0]["facets"]["number"] = [2, 99]
        data["sections"][0]["also_good"] = [{"move": "m", "sentences": [99], "met": "named"}]
        data["claims"] = [
            {"sentence": 2, "fact_id": "invented-fact", "note": "n", "verdict": "differs"},
            {"sentence": 99, "fact_id": "label-cost", "note": "n", "verdict": "matches"},
        ]
        data["held"]["sentence"] = 99
        data["slips"] = [{"sentence": 99, "why": "w"}, {"sentence": 2, "why": "w"}]
        data["probe_point"] = "invented"
        data["criteria"].append({"key": "invented", "met": True})

    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(*[Reply(text=changed(honest(), spoil))] * 2)
        reading, _ = await reviewer.read(request())
    scope = reading.sections[0]
    assert [point.met for point in scope.points] == [Met.NOT_CHECKED, Met.NOT_CHECKED]
    assert reading.sections[1].points[0].met is Met.SPECIFIC
    assert next(iter(scope.facets.values())) == (2,)
    assert scope.also_good == ()
    assert [(claim.verdict, claim.fact_id) for claim in reading.claims] == [(Verdict.NO_SOURCE, None)]
    assert [slip.sentence for slip in reading.slips] == [2]
    assert (reading.held, reading.probe_point) == (None, None)
    assert reading.criteria.keys() == {"scoping", "impact"}


async def test_credit_without_a_sentence_is_not_checked() -> None:
    """A point called specific with no sentence is asked about once and then reads not checked."""

    def spoil(data: dict[str, Any]) -> None:
        data["sections"][0]["points"][1] = {"id": "missing", "met": "specific", "sentences": [], "gist": ""}

    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(*[Reply(text=changed(honest(), spoil))] * 2)
        reading, _ = await reviewer.read(request())
    assert "'missing' is specific but cites no sentence" in server.requests[1].body["messages"][2]["content"]
    assert reading.sections[0].points[1].met is Met.NOT_CHECKED


async def test_a_failed_repair_leaves_the_first_reading() -> None:
    """When the repair call itself fails, what was sound in the first reading is still given."""

    def spoil(data: dict[str, Any]) -> None:
        del data["sections"][1]

    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(text=changed(honest(), spoil)), Reply(fault=Fault.CUT))
        reading, stamp = await reviewer.read(request())
    assert reading.sections[0].points[0].met is Met.SPECIFIC
    assert reading.sections[1].points[0].met is Met.NOT_CHECKED
    assert stamp.rung == "schema"


async def test_an_empty_reading_is_never_shown() -> None:
    """A reading of the right shape in which no point was read is not given; the other model is asked."""

    def spoil(data: dict[str, Any]) -> None:
        data["sections"] = []

    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(*[Reply(text=changed(honest(), spoil))] * 2)
        _, stamp = await reviewer.read(request())
    assert (stamp.model, stamp.rung) == (OTHER, "other model")


async def test_a_ping_measures_one_token() -> None:
    """The doctor's call asks for one token and gives the seconds that it took."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        latency_s = await reviewer.ping()
    assert 0 < latency_s < 60
    assert server.requests[0].body["max_tokens"] == 1


@pytest.mark.parametrize(
    ("reply", "fix"),
    [
        (Reply(status=401, error="authentication_error"), "ANTHROPIC_API_KEY"),
        (Reply(status=404, error="not_found_error"), "TPM_MODEL_REVIEW"),
        (Reply(status=529, error="overloaded_error"), "try again"),
        (Reply(fault=Fault.BROKEN_JSON), "ANTHROPIC_BASE_URL"),
        (Reply(fault=Fault.HTML), "ANTHROPIC_BASE_URL"),
        (Reply(fault=Fault.CUT_BEFORE_HEADERS), "ANTHROPIC_BASE_URL"),
    ],
)
async def test_a_failed_ping_says_what_to_do(reply: Reply, fix: str) -> None:
    """A ping that fails names the setting to look at, and neither the key nor what the server said."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(reply)
        with pytest.raises(ReviewerDown, match=fix) as raised:
            await reviewer.ping()
    assert KEY not in str(raised.value)
    assert "as told" not in str(raised.value)


async def test_a_local_server_needs_no_key() -> None:
    """With a server of one's own and no key, requests are sent and nothing is looked up elsewhere."""
    async with AnthropicServer().running() as server, reviewing(server.url, api_key=None) as reviewer:
        _, stamp = await reviewer.read(request())
    assert stamp.rung == "schema"
    assert "sk-" not in json.dumps(dict(server.requests[0].headers))
