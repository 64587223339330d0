"""One call to a server that speaks the Messages API, and what can go wrong with it.

The `anthropic` package takes 1.4 s and 80 MB to import, so it is imported in a thread, at the first call or by
`prepare` before it. The SDK's own retries are off: what happens after a failure is the caller's ladder.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.review import Usage
from bot.errors import ReviewerDown
from bot.infra.claude.trips import CallFailed, Trip, classify

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import Message

    _Call = Callable[[AsyncAnthropic, dict[str, Any]], Awaitable[Message]]

ANTHROPIC_URL = "https://api.anthropic.com"
KEY_REST_S = 300.0
"""After a refused key no call is made for this long, so that a wrong setting does not hammer the API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds.

    Attributes:
        first_s: until the reply begins; a small server of one's own may think for minutes before its first byte.
        silence_s: between two events of a reply that has begun.
        call_s: one call, from its start to its end.
        ladder_s: a whole review, with its repair and the other model.
    """

    connect_s: float = 5
    first_s: float = 90
    silence_s: float = 60
    call_s: float = 180
    ladder_s: float = 400

    @classmethod
    def patient(cls, first_s: float) -> Timeouts:
        """For a server that may take `first_s` before it begins."""
        return cls(first_s=first_s, call_s=first_s + 90, ladder_s=2 * first_s + 180)


@dataclass(frozen=True, slots=True)
class Said:
    """The text of a whole reply and its tokens."""

    text: str
    usage: Usage


Say = Callable[[dict[str, Any]], Awaitable[Said]]
"""From the body of a request to a whole reply. Raises CallFailed."""

_STOPS = {
    "max_tokens": Trip.TRUNCATED,
    "model_context_window_exceeded": Trip.TRUNCATED,
    "refusal": Trip.DECLINED,
}


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """A server and the key for it. Without `base_url` it is the Claude API itself; a local server may need no key."""

    api_key: str | None = field(repr=False)
    base_url: str | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    monotonic_s: Callable[[], float] = time.monotonic
    _client: AsyncAnthropic | None = field(default=None, init=False, repr=False)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)
    _resting_until_s: float = field(default=-math.inf, init=False)

    async def prepare(self) -> None:
        """Load what the first call would load."""
        await self._connected()

    async def say(self, body: dict[str, Any]) -> Said:
        """Stream one reply to its end. Raises CallFailed."""
        return said_of(await self.converse(body))

    async def converse(self, body: dict[str, Any], told: Callable[[Any], None] | None = None) -> Message:
        """Stream one reply to its end, whatever it stopped for; `told` hears each event. Raises CallFailed."""
        if self.monotonic_s() < self._resting_until_s:
            raise CallFailed(Trip.KEY, "no call was made: the key was refused less than five minutes ago")
        return await self._guarded(partial(self._streamed, told=told), body)

    async def ping(self, model: str) -> float:
        """Seconds that a call of one token took. Raises ReviewerDown with what to do about it."""
        body = {"model": model, "max_tokens": 1, "messages": [{"role": "user", "content": "ping"}]}
        begun_s = self.monotonic_s()
        try:
            await self._guarded(_created, body)
        except CallFailed as failure:
            raise ReviewerDown(f"{failure}. {self._fix(failure.trip, model)}") from failure
        self._resting_until_s = -math.inf
        return self.monotonic_s() - begun_s

    async def aclose(self) -> None:
        """Close the connections; a later call opens them again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _guarded(self, call: _Call, body: dict[str, Any]) -> Message:
        client = await self._connected()  # outside the time limit: the import is no fault of the server
        try:
            async with asyncio.timeout(self.timeouts.call_s):
                return await call(client, body)
        except TimeoutError as error:
            raise CallFailed(Trip.SLOW, f"silent, or over {self.timeouts.call_s:g} s") from error
        # A server that answers nonsense makes the SDK stumble in ways that it does not list (reference llm.md 1.8);
        # each of them must lead down the ladder. Cancellation is no Exception and passes.
        except Exception as error:
            failure = classify(error)
            if failure.trip is Trip.KEY:
                self._resting_until_s = self.monotonic_s() + KEY_REST_S
            raise failure from error

    async def _streamed(
        self, client: AsyncAnthropic, body: dict[str, Any], told: Callable[[Any], None] | None
    ) -> Message:
        async with client.messages.stream(**body) as stream:
            events = aiter(stream)
            with suppress(StopAsyncIteration):
                while True:
                    async with asyncio.timeout(self.timeouts.silence_s):
                        event = await anext(events)
                    if told is not None:
                        told(event)
                    # what came in one piece is read in one go else: 20 ms in which nobody is acknowledged
                    await asyncio.sleep(0)
            return await stream.get_final_message()

    async def _connected(self) -> AsyncAnthropic:
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make)
            return self._client

    def _make(self) -> AsyncAnthropic:
        from anthropic import AsyncAnthropic, Timeout

        # A placeholder key keeps the SDK from looking for credentials in the environment and on the disk.
        key = self.api_key or "no-key-set"
        limits = self.timeouts
        client = AsyncAnthropic(
            api_key=key,
            base_url=self.base_url or ANTHROPIC_URL,
            max_retries=0,
            timeout=Timeout(limits.first_s, connect=limits.connect_s),
            # Gateways may read only this header; the SDK sends the key as Bearer (reference llm.md 1.3).
            default_headers={"x-api-key": key} if self.base_url else None,
        )
        _ = client.messages  # imports the rest of the SDK here, in the thread
        return client

    def _fix(self, trip: Trip, model: str) -> str:
        match trip:
            case Trip.KEY:
                return "Check ANTHROPIC_API_KEY and the credit of its account."
            case Trip.NO_MODEL:
                return f"Set TPM_MODEL_REVIEW to a model that the server has; {model} is not one."
            case Trip.BUSY | Trip.OVERLOADED:
                return "Nothing to mend: try again in a minute."
            case _:
                return "Check the network and ANTHROPIC_BASE_URL (it ends before /v1)."


async def _created(client: AsyncAnthropic, body: dict[str, Any]) -> Message:
    message: Message = await client.messages.create(**body)
    if not isinstance(message.content, list):
        raise TypeError("the reply is no message")
    return message


def said_of(message: Message) -> Said:
    """The text of a whole reply. Raises CallFailed if it stopped early or is empty."""
    usage = usage_of(message)
    text = "".join(block.text for block in message.content if block.type == "text")
    if message.stop_reason != "end_turn":
        details = message.stop_details
        category = details.category if details else None
        trip = _STOPS.get(message.stop_reason or "", Trip.BROKEN)
        raise CallFailed(trip, f"stop reason {message.stop_reason}", category=category, usage=usage)
    if not text.strip():
        raise CallFailed(Trip.EMPTY, usage=usage)
    return Said(text, usage)


def usage_of(message: Message) -> Usage:
    """The tokens of a reply; a server that counts none has none."""
    usage = message.usage

    def tokens(name: str) -> int:
        return getattr(usage, name, None) or 0

    return Usage(
        input_tokens=tokens("input_tokens"),
        output_tokens=tokens("output_tokens"),
        cache_write_tokens=tokens("cache_creation_input_tokens"),
        cache_read_tokens=tokens("cache_read_input_tokens"),
    )
