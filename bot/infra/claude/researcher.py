"""The researcher on the Claude API, and the ladder that it climbs down when something fails.

Web search with citations, then the bot's own facts where the web cannot be searched, each with one repair; then the
other model. What is left after that is for the caller: the study pack.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.walkthrough import Grounding, Made, Source, Text
from bot.domain.walkthrough_checks import faults
from bot.domain.walkthrough_text import take_apart
from bot.errors import ReviewerDown
from bot.infra.claude import pricing
from bot.infra.claude.endpoint import Endpoint, Timeouts, usage_of
from bot.infra.claude.ladder import Bill, verdict, worth_another_model
from bot.infra.claude.research_reply import Listener, Reply
from bot.infra.claude.research_request import (
    EXPECTED_FACTS_OUTPUT_TOKENS,
    EXPECTED_INPUT_TOKENS,
    EXPECTED_OUTPUT_TOKENS,
    EXPECTED_SEARCHES,
    ResearchPrompt,
    mended,
    research_body,
    resumed,
)
from bot.infra.claude.trips import CallFailed, Trip
from bot.ports import Doing, ResearchRequest, Step, Told, Written

_log = logging.getLogger(__name__)

MOST_PAUSES = 5
"""The API pauses after ten rounds of its own (reference llm.md 1.7); five of those are far more than ten searches."""
LIMITS = Timeouts(first_s=90, silence_s=120, call_s=480, ladder_s=1_200)
"""A walkthrough is 9,000 tokens after eight searches: minutes, not seconds."""


def patient(first_s: float) -> Timeouts:
    """For a server that may take `first_s` before it begins."""
    call_s = first_s + LIMITS.call_s
    silence_s = max(first_s, LIMITS.silence_s)
    return replace(LIMITS, first_s=first_s, silence_s=silence_s, call_s=call_s, ladder_s=3 * call_s)


class ClaudeResearcher:
    """The Researcher port on a server that speaks the Messages API."""

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | None,
        models: Sequence[str],
        prompt: ResearchPrompt,
        timeouts: Timeouts = LIMITS,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._endpoint = Endpoint(api_key=api_key, base_url=base_url, timeouts=timeouts, monotonic_s=monotonic_s)
        self._models = tuple(dict.fromkeys(models))
        self._prompt = prompt
        self._ladder_s = timeouts.ladder_s
        self._search_works = True

    def estimate_usd(self, request: ResearchRequest) -> float:
        """What a walkthrough of this request is expected to cost, without a repair and with nothing cached."""
        model = self._models[0]
        if self._search_works:
            chars = EXPECTED_INPUT_TOKENS * pricing.CHARS_A_TOKEN
            tokens_usd = pricing.estimate_usd(
                model, cached_chars=0, fresh_chars=chars, output_tokens=EXPECTED_OUTPUT_TOKENS
            )
            return tokens_usd + pricing.search_usd(EXPECTED_SEARCHES)
        body = research_body(self._prompt, request, model, Grounding.FACTS)
        chars = len(body["system"][0]["text"]) + len(body["messages"][0]["content"])
        return pricing.estimate_usd(
            model, cached_chars=0, fresh_chars=chars, output_tokens=EXPECTED_FACTS_OUTPUT_TOKENS
        )

    async def write(self, request: ResearchRequest, told: Told) -> Written:
        """Write one walkthrough. Raises ReviewerBusy, ReviewerDeclined or ReviewerDown."""
        bill = Bill()
        try:
            async with asyncio.timeout(self._ladder_s):
                return await self._climb(request, told, bill)
        except TimeoutError as error:
            raise ReviewerDown(f"no walkthrough within {self._ladder_s:g} s", spent_usd=bill.usd) from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    async def _climb(self, request: ResearchRequest, told: Told, bill: Bill) -> Written:
        failures: list[CallFailed] = []
        for model in self._models:
            try:
                written = await self._by(model, request, told, bill)
            except CallFailed as failure:
                _log.warning("walkthrough by %s failed: %s", model, failure)
                failures.append(failure)
                if not worth_another_model(failure):
                    break
            else:
                return written
        raise verdict(failures, bill.usd)

    async def _by(self, model: str, request: ResearchRequest, told: Told, bill: Bill) -> Written:
        """On the web, else on facts: where the server cannot search, where it did not, and where nothing was found."""
        refused = False
        if self._search_works:
            try:
                written = await _Work(self, model, request, Grounding.WEB, told, bill).done()
            except CallFailed as failure:
                if failure.trip is not Trip.BAD_REQUEST:
                    raise
                refused = True
            else:
                if written is not None:
                    return written
        written = await _Work(self, model, request, Grounding.FACTS, told, bill).done()
        if written is None:
            raise CallFailed(Trip.UNUSABLE, "no section of a walkthrough in the reply")
        # Only a success shows that it was the search that the server did not take.
        self._search_works = self._search_works and not refused
        return written

    def stamp(self, model: str, grounding: Grounding, bill: Bill, searches: int) -> Made:
        """Who wrote it, and what it took."""
        for unknown in bill.unknown_models:
            _log.warning("no price for model %s: its cost is counted as that of the dearest", unknown)
        usage = bill.usage
        return Made(
            model=model,
            prompt_version=self._prompt.version,
            prompt_hash=self._prompt.hash,
            rung=grounding.value if model == self._models[0] else "other model",
            searches=searches,
            input_tokens=usage.input_tokens + usage.cache_write_tokens + usage.cache_read_tokens,
            output_tokens=usage.output_tokens,
            cost_usd=bill.usd,
        )

    @property
    def endpoint(self) -> Endpoint:
        """Where the model is."""
        return self._endpoint

    @property
    def prompt(self) -> ResearchPrompt:
        """What it is told."""
        return self._prompt


class _Work:
    """One rung for one model: the turn, its pauses, one repair."""

    def __init__(
        self,
        researcher: ClaudeResearcher,
        model: str,
        request: ResearchRequest,
        grounding: Grounding,
        told: Told,
        bill: Bill,
    ) -> None:
        self._researcher = researcher
        self._model = model
        self._request = request
        self._grounding = grounding
        self._told = told
        self._bill = bill
        self._framework = researcher.prompt.framework
        self._found: dict[str, str] = {}
        self._searches = 0

    async def done(self) -> Written | None:
        """The walkthrough; None without any section, or on the web without any source. Raises CallFailed."""
        body = research_body(self._researcher.prompt, self._request, self._model, self._grounding)
        reply, stopped = await self._turn(body)
        text = self._read(reply)
        if not text.no_question and (not text.chapters or (self._grounding is Grounding.WEB and not text.sources)):
            return None
        found = self._faults(text, stopped)
        if found:
            self._told(Step(Doing.MENDING))
            text, found = await self._better(mended(body, reply.content, found, self._searches), text, found)
        made = self._researcher.stamp(self._model, self._grounding, self._bill, self._searches)
        return Written(text, self._grounding, found, made)

    async def _better(self, body: dict[str, Any], first: Text, found: tuple[str, ...]) -> tuple[Text, tuple[str, ...]]:
        """The repaired text if it has fewer faults, else the first one, also when the repair fails."""
        try:
            reply, stopped = await self._turn(body)
        except CallFailed as failure:
            _log.warning("repair of a walkthrough failed: %s", failure)
            return first, found
        second = self._read(reply)
        left = self._faults(second, stopped)
        return (second, left) if second.chapters and len(left) < len(found) else (first, found)

    async def _turn(self, body: dict[str, Any]) -> tuple[Reply, str | None]:
        """All that the model says until it stops by itself, and why it stopped. Raises CallFailed."""
        whole = Reply()
        for _ in range(MOST_PAUSES):
            going_on = resumed(body, whole.content, self._searches) if whole.content else body
            stopped = await self._call(going_on, whole)
            if stopped != "pause_turn":
                break
        if not whole.has_text:
            raise CallFailed(Trip.EMPTY, f"stop reason {stopped}")
        return whole, stopped

    async def _call(self, body: dict[str, Any], whole: Reply) -> str | None:
        before = whole.searches
        message = await self._researcher.endpoint.converse(body, Listener(self._told))
        part = Reply()
        part.add(message)
        writes = getattr(getattr(message.usage, "cache_creation", None), "ephemeral_5m_input_tokens", None) or 0
        usage = usage_of(message)
        self._bill.add(self._model, usage, searches=part.searches, brief_write_tokens=writes)
        if message.stop_reason == "refusal":
            category = message.stop_details.category if message.stop_details else None
            raise CallFailed(Trip.DECLINED, "stop reason refusal", category=category)
        whole.add(message)
        self._found |= whole.results
        self._searches += whole.searches - before
        return message.stop_reason

    def _read(self, reply: Reply) -> Text:
        keys = [section.key for section in self._framework.sections]
        marked, sources = self._sources(reply)
        return take_apart(marked, keys, sources)

    def _sources(self, reply: Reply) -> tuple[str, tuple[Source, ...]]:
        if self._grounding is Grounding.FACTS:
            return reply.numbered(self._request.facts)
        return reply.marked(self._found)

    def _faults(self, text: Text, stopped: str | None) -> tuple[str, ...]:
        found = faults(text, self._framework, self._grounding, self._searches)
        return (*found, "it was cut off before its end") if stopped not in ("end_turn", "stop_sequence") else found
