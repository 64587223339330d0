"""Whether the memory of this Redis can be trusted.

A server that is empty, was restarted (up to 2 s of writes may be lost with `appendfsync everysec`) or was replaced by
its replica may have forgotten a message that was sent. For a day after that the outbox looks before it sends.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ResponseError

from bot.infra.redis.codec import from_ms, now_ms
from bot.infra.redis.keys import Keys
from bot.infra.redis.scripts import Argument

DOUBT = timedelta(hours=24)


class Epoch:
    """Meets the server on each new connection, so that a restart or a failover in the middle is noticed too."""

    def __init__(self) -> None:
        self._run_id = b""
        self._doubt_until = datetime.min.replace(tzinfo=UTC)

    def doubts(self, now: datetime) -> bool:
        """Whether a message may have been sent that Redis does not know of."""
        return now < self._doubt_until

    async def greet(self, connection: AbstractConnection) -> None:
        """The handshake of a new connection; then note which server it is."""
        await connection.on_connect()
        run_id = _run_id(await _ask(connection, "INFO", "server"))
        if run_id == self._run_id:
            return
        known, doubt_ms = await _ask(connection, "HMGET", Keys.epoch(), "run_id", "doubt_ms")
        if known == run_id:
            self._doubt_until = from_ms(int(doubt_ms))
        else:
            self._doubt_until = await _note(connection, run_id)
        self._run_id = run_id


async def _note(connection: AbstractConnection, run_id: bytes) -> datetime:
    seconds, _ = await _ask(connection, "TIME")
    now = datetime.fromtimestamp(int(seconds), UTC)
    until = now + DOUBT
    try:
        await _ask(connection, "HSETNX", Keys.epoch(), "born_ms", now_ms(now))
        await _ask(connection, "HSET", Keys.epoch(), "run_id", run_id, "doubt_ms", now_ms(until))
    except ResponseError:
        # read-only or full: this process doubts all the same, and reads must go on
        pass
    return until


async def _ask(connection: AbstractConnection, *command: Argument) -> Any:
    await connection.send_command(*command)
    return await connection.read_response()


def _run_id(info: bytes) -> bytes:
    lines = (line.partition(b":") for line in info.splitlines())
    return next((value for name, _, value in lines if name == b"run_id"), b"")
