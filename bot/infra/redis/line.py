"""One line to Redis for all tasks of a process: what comes up while a round trip is under way goes with the next."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import hiredis
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.infra.redis.scripts import Argument, Command

MOST_TOGETHER = 100
"""Commands in one round trip; they take the server about 1 ms."""
MOST_WOKEN = 4
"""Tasks that go on at the same time, each with perhaps 1 ms of work: others than these must get their turn too."""


@dataclass(slots=True, eq=False)
class _Wanted:
    """Commands that one task asked for: on the wire, by name, and where their answers go."""

    wire: bytes
    names: Sequence[str]
    answers: asyncio.Future[list[Any]]


class Line:
    """Sends commands in the order in which they are asked for, and none of them twice.

    A round trip costs 0.1 to 0.2 ms of CPU whether it carries one command or many (reliability.md 3b), so tasks that
    ask at the same time share one. Who asks alone waits for nobody. Where a server hangs, a task
    waits for the round trip under way to give up and then for its own, with connecting four limits at most: less than
    the 3 s that Slack and Discord give.

    Args:
        pool: where connections come from.
        timeout_s: limit for the answers of one round trip.
    """

    def __init__(self, pool: ConnectionPool, *, timeout_s: float) -> None:
        self._pool, self._timeout_s = pool, timeout_s
        self._as_parsed = dict(Redis(connection_pool=pool).response_callbacks)  # its own look-up changes the case
        self._wanted: deque[_Wanted] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to `commands`, all in one round trip. Raises the first of their errors as redis-py does."""
        wire, names = b"".join(map(_packed, commands)), [str(command[0]) for command in commands]
        wanted = _Wanted(wire, names, asyncio.get_running_loop().create_future())
        self._wanted.append(wanted)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send(), name="redis")
        answers = await wanted.answers
        for answer in answers:
            if isinstance(answer, RedisError):
                raise answer
        return answers

    async def close(self) -> None:
        """Stop sending; who still waits gets an error."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait([self._sending])
        _fail(self._wanted, RedisConnectionError("closed"))

    async def _send(self) -> None:
        try:
            while some := self._next():
                await self._round_trip(some)
        finally:
            self._sending = None

    def _next(self) -> list[_Wanted]:
        """Whoever waits, but for those who gave up, as far as they fit together."""
        some: list[_Wanted] = []
        count = 0
        while self._wanted and (not some or count + len(self._wanted[0].names) <= MOST_TOGETHER):
            wanted = self._wanted.popleft()
            if not wanted.answers.done():
                some.append(wanted)
                count += len(wanted.names)
        return some

    async def _round_trip(self, some: Sequence[_Wanted]) -> None:
        try:
            given = await self._exchange(some)
        except Exception as error:  # noqa: BLE001  whoever asked is told; the next ones must not wait for ever
            _fail(some, error)
            return
        except BaseException:
            _fail(some, RedisConnectionError("closed"))
            raise
        for number, (wanted, answers) in enumerate(zip(some, given, strict=True), start=1):
            if not wanted.answers.done():
                wanted.answers.set_result(answers)
            if number % MOST_WOKEN == 0:
                await asyncio.sleep(0)

    async def _exchange(self, some: Sequence[_Wanted]) -> list[list[Any]]:
        connection: AbstractConnection = await self._pool.get_connection()  # type: ignore[no-untyped-call]  # redis-py has no types here
        try:
            async with asyncio.timeout(self._timeout_s):
                await connection.send_packed_command(b"".join(wanted.wire for wanted in some))
                return [[await self._answer(connection, name) for name in wanted.names] for wanted in some]
        except TimeoutError as error:
            raise RedisTimeoutError("no answer in time") from error
        finally:
            await self._pool.release(connection)

    async def _answer(self, connection: AbstractConnection, name: str) -> Any:
        """One answer as redis-py parses it, or the error that the server gave instead."""
        try:
            # a connection whose answers were not all read is closed by redis-py itself
            answer = await connection.read_response(timeout=math.inf)
        except ResponseError as error:
            return error
        parsed = self._as_parsed.get(name)
        return parsed(answer) if parsed else answer


def _packed(command: Command) -> bytes:
    try:
        packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub knows commands of one word
    except UnicodeEncodeError:
        # half of a surrogate pair in a platform's text or id must come back as it went
        return _packed(tuple(map(_encoded, command)))
    return packed


def _encoded(argument: Argument) -> Argument:
    return argument.encode("utf-8", "surrogatepass") if isinstance(argument, str) else argument


def _fail(some: Iterable[_Wanted], error: Exception) -> None:
    for wanted in some:
        if not wanted.answers.done():
            wanted.answers.set_exception(error)
