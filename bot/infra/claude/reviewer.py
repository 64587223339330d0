"""The reviewer on the Claude API, and the ladder that it climbs down when something fails.

JSON schema, then JSON asked for in words, then the other model; each with one repair of a reading that names what does
not exist. What is left after that is for the caller: the self-check card, and a review that is still owed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.judge import with_framework_points
from bot.domain.review import Reading, Stamp
from bot.errors import ReviewerDown
from bot.infra.claude import check, pricing
from bot.infra.claude.check import Bounds
from bot.infra.claude.endpoint import Endpoint, Say, Timeouts
from bot.infra.claude.ladder import Bill, verdict, worth_another_model
from bot.infra.claude.request import EXPECTED_OUTPUT_TOKENS, ReviewPrompt, chars, repair_body, review_body
from bot.infra.claude.schema import WireReading
from bot.infra.claude.trips import CallFailed, Trip
from bot.ports import ReviewRequest

_log = logging.getLogger(__name__)


class ClaudeReviewer:
    """The Reviewer port on a server that speaks the Messages API.

    A question without notes is read on the framework's own points.
    """

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | None,
        models: Sequence[str],
        prompt: ReviewPrompt,
        timeouts: Timeouts | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
        around: Callable[[Say], Say] | None = None,
    ) -> None:
        """`models`: the first is asked, the next when it fails.

        `around` may put something between the reviewer and its calls, such as a store of replies.
        """
        timeouts = timeouts or Timeouts()
        self._endpoint = Endpoint(api_key=api_key, base_url=base_url, timeouts=timeouts, monotonic_s=monotonic_s)
        self._call = around(self._endpoint.say) if around else self._endpoint.say
        self._models = tuple(dict.fromkeys(models))
        self._prompt = prompt
        self._ladder_s = timeouts.ladder_s
        self._schema_works = True

    def estimate_usd(self, request: ReviewRequest) -> float:
        """What a review of this request is expected to cost, without a repair and with nothing cached yet."""
        request = self._with_points(request)
        cached, fresh = chars(review_body(self._prompt, request, self._models[0], schema=self._schema_works))
        return pricing.estimate_usd(
            self._models[0], cached_chars=cached, fresh_chars=fresh, output_tokens=EXPECTED_OUTPUT_TOKENS
        )

    async def read(self, request: ReviewRequest) -> tuple[Reading, Stamp]:
        """Read one answer. Raises ReviewerBusy, ReviewerDeclined or ReviewerDown."""
        try:
            async with asyncio.timeout(self._ladder_s):
                return await self._climb(self._with_points(request))
        except TimeoutError as error:
            raise ReviewerDown(f"no reading within {self._ladder_s:g} s") from error

    async def ping(self) -> float:
        """Seconds that a call of one token took. Raises ReviewerDown with what to do about it."""
        return await self._endpoint.ping(self._models[0])

    async def prepare(self) -> None:
        """Load ahead what the first review needs: 1.4 s of imports, in a thread."""
        await self._endpoint.prepare()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    def _with_points(self, request: ReviewRequest) -> ReviewRequest:
        return replace(request, question=with_framework_points(request.question, self._prompt.framework))

    async def _climb(self, request: ReviewRequest) -> tuple[Reading, Stamp]:
        bill = Bill()
        failures: list[CallFailed] = []
        for model in self._models:
            try:
                reading, rung = await self._ask_model(model, request, bill)
            except CallFailed as failure:
                _log.warning("review by %s failed: %s", model, failure)
                failures.append(failure)
                if not worth_another_model(failure):
                    break
            else:
                return reading, self._stamp(model, rung if model == self._models[0] else "other model", bill)
        raise verdict(failures, bill.usd)

    async def _ask_model(self, model: str, request: ReviewRequest, bill: Bill) -> tuple[Reading, str]:
        if self._schema_works:
            try:
                return await self._ask(model, request, bill, schema=True), "schema"
            except CallFailed as failure:
                if failure.trip not in (Trip.BAD_REQUEST, Trip.NO_JSON):
                    raise
        reading = await self._ask(model, request, bill, schema=False)
        # Only a success shows that it was the schema that the server did not take.
        self._schema_works = False
        return reading, "prompt"

    async def _ask(self, model: str, request: ReviewRequest, bill: Bill, *, schema: bool) -> Reading:
        bounds = Bounds.of(request, (criterion.key for criterion in self._prompt.framework.criteria))
        body = review_body(self._prompt, request, model, schema=schema)
        text = await self._say(body, bill)
        try:
            wire, faults = check.inspect(text, bounds, lenient=not schema)
        except check.NotJson:
            if schema:
                raise CallFailed(Trip.NO_JSON) from None
            wire, faults = None, ["the reply is not one JSON object"]
        if wire is None or faults:
            wire = await self._repaired(repair_body(body, text, faults), wire, bill, schema=schema)
        try:
            return check.to_reading(wire, bounds)
        except check.Unusable as error:
            raise CallFailed(Trip.UNUSABLE, str(error)) from error

    async def _repaired(
        self, body: dict[str, Any], first: WireReading | None, bill: Bill, *, schema: bool
    ) -> WireReading:
        """The repaired reading; the first one, if it had the right shape, when the repair gave nothing."""
        try:
            second, _ = check.parse(await self._say(body, bill), lenient=not schema)
        except check.NotJson:
            second = None
        except CallFailed:
            if first is None:
                raise
            second = None
        best = second or first
        if best is None:
            raise CallFailed(Trip.UNUSABLE, "no reading of the right shape, also after the repair")
        return best

    async def _say(self, body: dict[str, Any], bill: Bill) -> str:
        try:
            said = await self._call(body)
        except CallFailed as failure:
            bill.add(body["model"], failure.usage)
            raise
        bill.add(body["model"], said.usage)
        return said.text

    def _stamp(self, model: str, rung: str, bill: Bill) -> Stamp:
        for unknown in bill.unknown_models:
            _log.warning("no price for model %s: its cost is counted as that of the dearest", unknown)
        return Stamp(
            model=model,
            prompt=self._prompt.name,
            prompt_version=self._prompt.version,
            prompt_hash=self._prompt.hash,
            usage=bill.usage,
            cost_usd=bill.usd,
            rung=rung,
        )
