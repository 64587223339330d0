"""The reviewer's ladder: every way in which a call can fail (reference llm.md 1.8), on a real socket."""

from __future__ import annotations

import asyncio
import logging
import socket

import pytest

from bot.errors import ReviewerBusy, ReviewerDeclined, ReviewerDown
from bot.infra.claude.endpoint import KEY_REST_S, Timeouts
from tests.contract.review_case import KEY, MODEL, OTHER, request, reviewing
from tests.servers.anthropic import AnthropicServer, Fault, Reply
from tests.servers.honest_reader import honest_reply

PROSE = Reply(text="The answer is rather good, I would say.")
BAD_FOR_THIS_MODEL = {
    "overloaded": Reply(status=529, error="overloaded_error"),
    "internal": Reply(status=500, error="api_error"),
    "bad gateway": Reply(status=502, error="<html>"),
    "model retired": Reply(status=404, error="not_found_error"),
    "error event": Reply(fault=Fault.ERROR_EVENT, error="overloaded_error"),
    "cut in the stream": Reply(fault=Fault.CUT),
    "early end": Reply(fault=Fault.END),
    "silence": Reply(fault=Fault.HANG),
    "cut before headers": Reply(fault=Fault.CUT_BEFORE_HEADERS),
    "broken JSON": Reply(fault=Fault.BROKEN_JSON),
    "JSON for events": Reply(fault=Fault.JSON_FOR_SSE),
    "a proxy's page": Reply(fault=Fault.HTML),
    "truncated": Reply(text='{"language": "e', stop_reason="max_tokens"),
    "context full": Reply(text='{"language": "e', stop_reason="model_context_window_exceeded"),
    "empty": Reply(text=""),
    "refusal by mistake": Reply(text="", stop_reason="refusal", category="frontier_llm"),
}


class Stopwatch:
    """Seconds that only move when told."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


def models_asked(server: AnthropicServer) -> list[str]:
    """The models of all requests, in order."""
    return [recorded.body["model"] for recorded in server.requests]


@pytest.mark.parametrize("reply", BAD_FOR_THIS_MODEL.values(), ids=BAD_FOR_THIS_MODEL.keys())
async def test_the_other_model_takes_over(reply: Reply) -> None:
    """A fault that may concern one model or one call is met by one call to the other model, and nothing is retried."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(reply)
        _, stamp = await reviewer.read(request())
    assert (stamp.model, stamp.rung) == (OTHER, "other model")
    assert models_asked(server) == [MODEL, OTHER]


@pytest.mark.parametrize(
    "name", ["internal", "cut in the stream", "silence", "broken JSON", "truncated", "empty", "model retired"]
)
async def test_after_the_last_rung_the_reviewer_is_down(name: str) -> None:
    """When both models fail, the reviewer is down and says so without the key or any text of the answer."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(*[BAD_FOR_THIS_MODEL[name]] * 2)
        with pytest.raises(ReviewerDown) as raised:
            await reviewer.read(request())
    assert models_asked(server) == [MODEL, OTHER]
    assert KEY not in str(raised.value)
    assert "nurse" not in str(raised.value)


async def test_a_rate_limit_is_obeyed() -> None:
    """A 429 stops the ladder at once and hands on how long the server asked to wait."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(status=429, error="rate_limit_error", headers={"retry-after": "17"}))
        with pytest.raises(ReviewerBusy) as raised:
            await reviewer.read(request())
    assert raised.value.retry_after_s == 17
    assert len(server.requests) == 1


@pytest.mark.parametrize(("header", "wait_s"), [("-5", 1), ("1e9", 3600), ("nan", 30), ("Fri, 01 Jan 2027", 30)])
async def test_an_odd_wait_is_kept_in_bounds(header: str, wait_s: float) -> None:
    """A retry-after that is negative, huge or no number gives a wait between a second and an hour."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(status=429, error="rate_limit_error", headers={"retry-after": header}))
        with pytest.raises(ReviewerBusy) as raised:
            await reviewer.read(request())
    assert raised.value.retry_after_s == wait_s


async def test_a_rate_limit_inside_a_stream_is_obeyed() -> None:
    """An error event is told by its type, because its status is 200."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(fault=Fault.ERROR_EVENT, error="rate_limit_error"))
        with pytest.raises(ReviewerBusy):
            await reviewer.read(request())
    assert len(server.requests) == 1


async def test_two_overloaded_models_ask_to_wait() -> None:
    """When both models are overloaded, the reviewer is busy rather than down."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(*[BAD_FOR_THIS_MODEL["overloaded"]] * 2)
        with pytest.raises(ReviewerBusy) as raised:
            await reviewer.read(request())
    assert raised.value.retry_after_s == 30


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=403, error="permission_error"),
        Reply(status=402, error="billing_error"),
        Reply(status=403, error="?"),
    ],
    ids=["permission", "billing", "untyped"],
)
async def test_a_refused_key_is_left_alone(reply: Reply) -> None:
    """After a refused key no call is made for five minutes, and one is made again after that."""
    watch = Stopwatch()
    async with AnthropicServer().running() as server, reviewing(server.url, monotonic_s=watch) as reviewer:
        server.script(reply)
        for _ in range(2):
            with pytest.raises(ReviewerDown):
                await reviewer.read(request())
        assert len(server.requests) == 1
        watch.at_s = KEY_REST_S + 1
        await reviewer.read(request())
    assert len(server.requests) == 2


async def test_a_good_ping_ends_the_rest() -> None:
    """A wrong key is refused with 401; once a ping succeeds, reviews are asked for again at once."""
    async with AnthropicServer(key="sk-other").running() as server, reviewing(server.url) as reviewer:
        with pytest.raises(ReviewerDown):
            await reviewer.read(request())
        server.key = KEY
        await reviewer.ping()
        _, stamp = await reviewer.read(request())
    assert stamp.rung == "schema"


async def test_a_refusal_ends_the_ladder() -> None:
    """A refusal for the text's own sake is not tried on another model."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(text="", stop_reason="refusal", category="cyber"))
        with pytest.raises(ReviewerDeclined):
            await reviewer.read(request())
    assert len(server.requests) == 1


async def test_two_mistaken_refusals_are_a_refusal() -> None:
    """A question on training models that both models refuse is declined."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(*[BAD_FOR_THIS_MODEL["refusal by mistake"]] * 2)
        with pytest.raises(ReviewerDeclined):
            await reviewer.read(request())
    assert models_asked(server) == [MODEL, OTHER]


async def test_a_server_without_schemas_is_asked_in_words() -> None:
    """A server that refuses the schema is asked for JSON in words, with the schema as text, and this is remembered."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.takes_schema = False
        _, first = await reviewer.read(request())
        _, second = await reviewer.read(request())
    assert (first.rung, second.rung) == ("prompt", "prompt")
    assert ["output_config" in recorded.body for recorded in server.requests] == [True, False, False]
    assert '"instructions_to_judge"' in server.requests[1].body["messages"][0]["content"]


async def test_prose_under_a_schema_is_asked_in_words() -> None:
    """A server that ignores the schema and chats is asked for JSON in words by the same model."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(PROSE)
        _, stamp = await reviewer.read(request())
    assert (stamp.model, stamp.rung) == (MODEL, "prompt")
    assert "output_config" not in server.requests[1].body


async def test_a_bad_request_that_is_not_the_schemas_fault_is_not_remembered() -> None:
    """When the request is refused with and without a schema, the schema is still tried the next time."""
    async with AnthropicServer().running() as server, reviewing(server.url, models=(MODEL,)) as reviewer:
        server.script(*[Reply(status=400, error="invalid_request_error")] * 2)
        with pytest.raises(ReviewerDown):
            await reviewer.read(request())
        _, stamp = await reviewer.read(request())
    assert stamp.rung == "schema"


async def test_words_around_the_object_do_not_matter_in_words() -> None:
    """On the rung without a schema, a fence and a sentence around the JSON are no fault."""

    def chatty(body: dict[str, object]) -> str:
        return f"Here it is:\n```json\n{honest_reply(body)}\n```\nDone."

    async with AnthropicServer(brain=chatty).running() as server, reviewing(server.url) as reviewer:
        server.takes_schema = False
        _, stamp = await reviewer.read(request())
    assert stamp.rung == "prompt"
    assert len(server.requests) == 2


async def test_garbage_in_words_gets_one_repair() -> None:
    """Without a schema, a reply that is no JSON is sent back once before the other model is asked."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(*[PROSE] * 5, Reply(text='{"a": ' + "[" * 50_000 + "}"))
        with pytest.raises(ReviewerDown):
            await reviewer.read(request())
    assert models_asked(server) == [MODEL] * 3 + [OTHER] * 3
    assert "not one JSON object" in server.requests[2].body["messages"][2]["content"]


async def test_a_wrong_shape_is_named_by_path() -> None:
    """JSON of another shape is sent back with the path of what is wrong."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(text='{"language": "en", "sections": [{"key": "s1", "points": 4}]}'))
        _, stamp = await reviewer.read(request())
    assert stamp.rung == "schema"
    assert "- sections[0].points: " in server.requests[1].body["messages"][2]["content"]


async def test_a_slow_server_is_given_up() -> None:
    """A call that takes longer than its limit is ended, whatever trickles in."""
    slow = Reply(delay_s=1.0)
    limits = Timeouts(first_s=5, call_s=0.2)
    async with AnthropicServer().running() as server, reviewing(server.url, timeouts=limits) as reviewer:
        server.script(slow, slow)
        with pytest.raises(ReviewerDown, match=r"over 0\.2 s"):
            await reviewer.read(request())
    assert models_asked(server) == [MODEL, OTHER]


async def test_the_whole_ladder_has_a_limit() -> None:
    """A review ends in time even when every rung is slow."""
    limits = Timeouts(first_s=5, call_s=5, ladder_s=0.3)
    async with AnthropicServer().running() as server, reviewing(server.url, timeouts=limits) as reviewer:
        await reviewer.ping()
        server.script(Reply(delay_s=1.0))
        with pytest.raises(ReviewerDown, match=r"within 0\.3 s"):
            await reviewer.read(request())


async def test_nobody_at_the_address_is_down() -> None:
    """A refused connection is the reviewer being down, not an error of another kind."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        async with reviewing(f"http://127.0.0.1:{reserved.getsockname()[1]}") as reviewer:
            with pytest.raises(ReviewerDown, match="cannot be reached"):
                await reviewer.read(request())


async def test_a_cancelled_review_stays_cancelled() -> None:
    """Stopping the program while the model is silent is not taken for a fault of the model."""
    came = asyncio.Event()

    def noticing(body: dict[str, object]) -> str:
        came.set()
        return honest_reply(body)

    async with AnthropicServer(brain=noticing).running() as server, reviewing(server.url) as reviewer:
        server.script(Reply(fault=Fault.HANG))
        reading = asyncio.create_task(reviewer.read(request()))
        await came.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert len(server.requests) == 1


async def test_failed_calls_are_on_the_bill() -> None:
    """Tokens of a call that gave nothing are counted with those of the call that did."""
    async with AnthropicServer().running() as server, reviewing(server.url) as reviewer:
        _, clean = await reviewer.read(request())
        server.script(PROSE)
        _, stamp = await reviewer.read(request())
    assert stamp.usage.input_tokens > 2 * clean.usage.input_tokens
    assert stamp.usage.cache_read_tokens == 2 * clean.usage.cache_write_tokens


async def test_an_unpriced_model_is_counted_as_the_dearest(caplog: pytest.LogCaptureFixture) -> None:
    """A model without a price is said in the log and counted as the dearest one."""
    async with AnthropicServer().running() as server, reviewing(server.url, models=("house-llm", OTHER)) as reviewer:
        server.models.add("house-llm")
        with caplog.at_level(logging.WARNING):
            _, stamp = await reviewer.read(request())
    assert stamp.cost_usd > stamp.usage.output_tokens * 50 / 1_000_000
    assert "no price for model house-llm" in caplog.text
