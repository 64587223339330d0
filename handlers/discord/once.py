"""One try for each call: discord.py sends again by itself after a 429, a 5xx or a reset (discord.md 1, "HTTP layer").

For a message that may have been posted by the first try, that is one message too many. Its HTTP client takes an aiohttp
trace, which sees every try: here a trace ends a call at the end of its first one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

TRIED_AGAIN = frozenset({429, 500, 502, 504, 524})
"""After these discord.py 2.7.1 tries again (http.py, `HTTPClient.request`)."""


class Ended(Exception):  # noqa: N818  says what happened to the call
    """The call had its one try, and Discord answered with `status`."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(str(status))
        self.status = status
        self.headers = headers
        self.body = body


class BrokeOff(Exception):  # noqa: N818  says what happened to the call
    """The call had its one try, and the connection broke."""


@dataclass(slots=True)
class Call:
    """`sent`: it has left, so it may have its effect."""

    sent: bool = False


_CALL: ContextVar[Call | None] = ContextVar("discord_call", default=None)


@contextmanager
def one_try() -> Iterator[Call]:
    """Calls made inside are sent once. Raises Ended or BrokeOff out of the call instead of a second try."""
    call = Call()
    token = _CALL.set(call)
    try:
        yield call
    finally:
        _CALL.reset(token)


def trace() -> aiohttp.TraceConfig:
    """What `discord.Client(http_trace=...)` takes; calls outside of `one_try` are left alone."""
    config = aiohttp.TraceConfig()
    config.on_request_start.append(_on_start)
    config.on_request_end.append(_on_end)
    return config


async def _on_start(_: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestStartParams) -> None:
    call = _CALL.get()
    if call is not None and call.sent:
        raise BrokeOff
    if call is not None:
        call.sent = True


async def _on_end(_: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
    if _CALL.get() is not None and params.response.status in TRIED_AGAIN:
        body = await params.response.read()
        raise Ended(params.response.status, dict(params.response.headers), body)
