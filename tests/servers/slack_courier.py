"""Brings events, commands and presses to the app: signed over HTTP, or over Socket Mode; and brings events again.

slack.md 1 Transport: one app may be served either way; a payload goes one way only.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.infra.clock import host_now

Body = dict[str, Any]
ACK_WITHIN_S = 3.0
"""slack.md 1 Ack and retries."""
RETRY_AFTER_S = (0.0, 60.0, 300.0)
"""slack.md 1 Ack and retries: at once, after about a minute, after about five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to bring a payload. `failure` is None when it was acknowledged in time, else Slack's reason."""

    number: int
    failure: str | None
    status: int | None = None
    answer: Any = None
    took_s: float = 0.0
    no_retry: bool = False


@dataclass(slots=True, kw_only=True)
class Delivery:
    """A payload on its way. `kind` is as Socket Mode names it: events_api, slash_commands or interactive."""

    kind: str
    payload: Body
    attempts: list[Attempt] = field(default_factory=list)
    first_try: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    @property
    def accepted(self) -> bool:
        """Whether the app acknowledged it in time, at whichever try."""
        return bool(self.attempts) and self.attempts[-1].failure is None

    @property
    def answer(self) -> Any:
        """What came with the last ack: an object, a text, or None."""
        return self.attempts[-1].answer if self.attempts else None


class Sockets(Protocol):
    """The Socket Mode side."""

    @property
    def connected(self) -> bool:
        """Whether the app holds a connection."""
        ...

    async def bring(self, delivery: Delivery, number: int, reason: str, within_s: float) -> Attempt:
        """Send it over one connection and wait for its ack."""
        ...


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """slack.md 1 Transport: `v0=HMAC-SHA256(secret, "v0:{ts}:{raw body}")`."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes, content_type: str, *, age_s: int = 0) -> dict[str, str]:
    """The headers of a request as Slack signs it, now or `age_s` ago."""
    timestamp = str(int(host_now().timestamp()) - age_s)
    return {
        "content-type": content_type,
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature(secret, timestamp, body),
    }


def encoded(kind: str, payload: Body) -> tuple[bytes, str]:
    """A payload as HTTP carries it, with its content type."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


class Courier:
    """Brings payloads.

    Attributes:
        events_url: where the app serves HTTP; None: over Socket Mode.
        deliveries: everything that was ever to be brought, oldest first.
        retry_after_s: the pauses before an event is brought again; tests may make them short.
    """

    def __init__(self, signing_secret: str) -> None:
        self.events_url: str | None = None
        self.sockets: Sockets | None = None
        self.deliveries: list[Delivery] = []
        self.ack_within_s = ACK_WITHIN_S
        self.retry_after_s: tuple[float, ...] = RETRY_AFTER_S
        self.down: Callable[[], bool] = lambda: False
        self._secret = signing_secret
        self._held: list[Delivery] | None = None
        self._session: ClientSession | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be able to bring things; at the end, what is still on its way is dropped."""
        async with ClientSession() as self._session:
            try:
                yield
            finally:
                tasks = [each.task for each in self.deliveries if each.task and not each.task.done()]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def monotonic_s(self) -> float:
        """The loop's clock, in seconds."""
        return asyncio.get_running_loop().time()

    def event(self, payload: Body) -> Delivery:
        """Bring an event, again and again as Slack does until it is acknowledged."""
        delivery = Delivery(kind="events_api", payload=payload)
        self.deliveries.append(delivery)
        if self._held is None:
            self._start(delivery)
        else:
            self._held.append(delivery)
            delivery.first_try.set()
        return delivery

    async def once(self, kind: str, payload: Body) -> Delivery:
        """Bring a command or a press: Slack never does so twice. Returns when it was acknowledged, or failed."""
        delivery = Delivery(kind=kind, payload=payload)
        self.deliveries.append(delivery)
        delivery.attempts.append(await self._try(delivery, 0, ""))
        delivery.first_try.set()
        return delivery

    async def again(self, delivery: Delivery) -> Attempt:
        """Bring an event once more, as a retry after an ack that got lost."""
        attempt = await self._try(delivery, len(delivery.attempts), "http_timeout")
        delivery.attempts.append(attempt)
        return attempt

    @contextlib.asynccontextmanager
    async def holding(self) -> AsyncIterator[list[Delivery]]:
        """Hold events back, then bring them in the order of the list, one by one: reorder it as you like."""
        held: list[Delivery] = []
        self._held = held
        try:
            yield held
        finally:
            self._held = None
        for delivery in held:
            delivery.first_try.clear()
            self._start(delivery)
            await delivery.first_try.wait()

    async def settled(self) -> None:
        """Wait until nothing is on its way, retries included."""
        while tasks := [each.task for each in self.deliveries if each.task and not each.task.done()]:
            await asyncio.gather(*tasks)

    def _start(self, delivery: Delivery) -> None:
        delivery.task = asyncio.create_task(self._until_accepted(delivery))

    async def _until_accepted(self, delivery: Delivery) -> None:
        attempt = await self._try(delivery, 0, "")
        delivery.attempts.append(attempt)
        delivery.first_try.set()
        for number, pause_s in enumerate(self.retry_after_s, start=1):
            if attempt.failure is None or attempt.no_retry:
                return
            await asyncio.sleep(pause_s)
            attempt = await self._try(delivery, number, attempt.failure)
            delivery.attempts.append(attempt)

    async def _try(self, delivery: Delivery, number: int, reason: str) -> Attempt:
        if self.down():
            return Attempt(number=number, failure="connection_failed")
        if self.events_url is not None:
            return await self._post(self.events_url, delivery, number, reason)
        if self.sockets is not None and self.sockets.connected:
            return await self.sockets.bring(delivery, number, reason, self.ack_within_s)
        return Attempt(number=number, failure="connection_failed")

    async def _post(self, url: str, delivery: Delivery, number: int, reason: str) -> Attempt:
        assert self._session is not None, "bring things inside running()"
        body, content_type = encoded(delivery.kind, delivery.payload)
        headers = signed(self._secret, body, content_type)
        if number:  # slack.md 4.3: over HTTP the header is absent at first
            headers |= {"x-slack-retry-num": str(number), "x-slack-retry-reason": reason}
        began_s = self.monotonic_s()
        try:
            timeout = ClientTimeout(total=self.ack_within_s)
            async with self._session.post(url, data=body, headers=headers, timeout=timeout) as response:
                text = await response.text()
                return _attempt(number, response.status, response.headers, text, self.monotonic_s() - began_s)
        except TimeoutError:
            return Attempt(number=number, failure="http_timeout", took_s=self.monotonic_s() - began_s)
        except (ClientError, OSError):
            return Attempt(number=number, failure="connection_failed", took_s=self.monotonic_s() - began_s)


def _attempt(number: int, status: int, headers: Mapping[str, str], text: str, took_s: float) -> Attempt:
    taken = 200 <= status < 300
    answer: Any = text or None
    if text and "json" in headers.get("content-type", ""):
        answer = json.loads(text)
    return Attempt(
        number=number, failure=None if taken else "http_error", status=status, answer=answer, took_s=took_s,
        no_retry=headers.get("x-slack-no-retry") == "1",
    )  # fmt: skip
