"""The researcher's ladder: every way in which a call can fail (reference llm.md 1.8), on a real socket."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.walkthrough import Grounding
from bot.errors import ReviewerBusy, ReviewerDeclined, ReviewerDown
from tests.contract.research_case import KEY, MODEL, OTHER, Steps, request, researching
from tests.servers.anthropic import AnthropicServer, Fault, Reply
from tests.servers.honest_researcher import search, text

BAD_FOR_THIS_MODEL = {
    "overloaded": Reply(status=529, error="overloaded_error"),
    "internal": Reply(status=500, error="api_error"),
    "model retired": Reply(status=404, error="not_found_error"),
    "error event": Reply(fault=Fault.ERROR_EVENT, error="overloaded_error"),
    "cut in the stream": Reply(fault=Fault.CUT),
    "silence": Reply(fault=Fault.HANG),
    "cut before headers": Reply(fault=Fault.CUT_BEFORE_HEADERS),
    "broken JSON": Reply(fault=Fault.BROKEN_JSON),
    "JSON for events": Reply(fault=Fault.JSON_FOR_SSE),
    "a proxy's page": Reply(fault=Fault.HTML),
    "bad gateway": Reply(status=502, error="<html>"),
    "empty": Reply(content=search(1, "a")),
    "refusal by mistake": Reply(text="", stop_reason="refusal", category="frontier_llm"),
}


def models_asked(server: AnthropicServer) -> list[str]:
    """The models of all requests, in order."""
    return [recorded.body["model"] for recorded in server.requests]


@pytest.mark.parametrize("reply", BAD_FOR_THIS_MODEL.values(), ids=BAD_FOR_THIS_MODEL.keys())
async def test_the_other_model_writes_it(reply: Reply) -> None:
    """A fault that may concern one model or one call is met by the other model, which also searches."""
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.script(reply)
        made = await researcher.write(request(), Steps())
    assert (made.made.model, made.made.rung, made.grounding) == (OTHER, "other model", Grounding.WEB)
    assert models_asked(server) == [MODEL, OTHER]


@pytest.mark.parametrize("name", ["internal", "cut in the stream", "silence", "broken JSON", "model retired"])
async def test_after_the_last_rung_nobody_can_write(name: str) -> None:
    """When both models fail the researcher is down, and says so without the key or the question."""
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.script(*[BAD_FOR_THIS_MODEL[name]] * 2)
        with pytest.raises(ReviewerDown) as raised:
            await researcher.write(request(), Steps())
    assert models_asked(server) == [MODEL, OTHER]
    assert KEY not in str(raised.value)
    assert "housing" not in str(raised.value)


async def test_a_rate_limit_is_obeyed_by_the_researcher() -> None:
    """A 429 stops the ladder at once and hands on how long the server asked to wait."""
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.script(Reply(status=429, error="rate_limit_error", headers={"retry-after": "17"}))
        with pytest.raises(ReviewerBusy) as raised:
            await researcher.write(request(), Steps())
    assert raised.value.retry_after_s == 17
    assert len(server.requests) == 1


async def test_a_refusal_for_its_own_sake_ends_the_research() -> None:
    """A question that the model will not touch is not tried on another model."""
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.script(Reply(text="", stop_reason="refusal", category="cyber"))
        with pytest.raises(ReviewerDeclined):
            await researcher.write(request(), Steps())
    assert len(server.requests) == 1


async def test_a_refusal_in_the_middle_counts_what_was_spent() -> None:
    """When both models refuse a harmless question after searching, it is declined, and the searches are on the bill."""
    refusal = Reply(content=[*search(1, "RLHF"), text("I can")], stop_reason="refusal", category="frontier_llm")
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.script(refusal, refusal)
        with pytest.raises(ReviewerDeclined) as raised:
            await researcher.write(request(), Steps())
    assert models_asked(server) == [MODEL, OTHER]
    assert raised.value.spent_usd > 0.02


async def test_prose_without_sections_is_not_a_walkthrough() -> None:
    """A chatty reply is asked for once more on facts, then of the other model, and at last given up."""
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.script(*[Reply(text="Happy to help. What would you like to know?")] * 4)
        with pytest.raises(ReviewerDown):
            await researcher.write(request(), Steps())
    assert models_asked(server) == [MODEL, MODEL, OTHER, OTHER]


async def test_a_bad_request_that_is_not_the_search_s_fault_is_not_remembered() -> None:
    """When the request is refused with and without the tool, the web is still searched the next time."""
    async with AnthropicServer().running() as server, researching(server.url, models=(MODEL,)) as researcher:
        server.script(*[Reply(status=400, error="invalid_request_error")] * 2)
        with pytest.raises(ReviewerDown):
            await researcher.write(request(), Steps())
        made = await researcher.write(request(), Steps())
    assert made.grounding is Grounding.WEB


async def test_a_cancelled_research_stays_cancelled() -> None:
    """Stopping the program while the model is silent is not taken for a fault of the model."""
    async with AnthropicServer().running() as server, researching(server.url) as researcher:
        server.script(Reply(fault=Fault.HANG))
        writing = asyncio.create_task(researcher.write(request(), Steps()))
        await server.asked(1)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    assert len(server.requests) == 1
