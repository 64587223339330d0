"""One line to Redis for all tasks of a process: what comes up while a round trip is under way goes with the next."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Sequence
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
MOST_WOKEN = 8
"""Tasks that go on at the same time, each with perhaps 1 ms of work: others than these must get their turn too."""

_Wanted = tuple[Sequence[Command], "asyncio.Future[list[Any]]"]


class Line:
    """Sends commands in the order in which they are asked for, and none of them twice.

    A round trip costs 0.1 to 0.2 ms of CPU whether it carries one command or many (reliability.md 3b), so tasks that
    ask at the same time share one. Who asks alone waits for nobody.

    Args:
        pool: where connections come from.
        timeout_s: limit for the answers of one round trip.
    """

    def __init__(self, pool: ConnectionPool, *, timeout_s: float) -> None:
        self._pool, self._timeout_s = pool, timeout_s
        self._as_parsed = Redis(connection_pool=pool).response_callbacks
        self._wanted: deque[_Wanted] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to `commands`, all in one round trip. Raises the first of their errors as redis-py does."""
        answers: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._wanted.append((commands, answers))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send(), name="redis")
        for answer in await answers:
            if isinstance(answer, RedisError):
                raise answer
        return answers.result()

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
        while self._wanted and (not some or count + len(self._wanted[0][0]) <= MOST_TOGETHER):
            wanted = self._wanted.popleft()
            if not wanted[1].done():
                some.append(wanted)
                count += len(wanted[0])
        return some

    async def _round_trip(self, some: Sequence[_Wanted]) -> None:
        try:
            given = await self._exchange([command for commands, _ in some for command in commands])
        except (RedisError, OSError) as error:
            _fail(some, error)
            return
        except BaseException:
            _fail(some, RedisConnectionError("closed"))
            raise
        first = 0
        for number, (commands, answers) in enumerate(some, start=1):
            if not answers.done():
                answers.set_result(given[first : first + len(commands)])
            first += len(commands)
            if number % MOST_WOKEN == 0:
                await asyncio.sleep(0)

    async def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        connection = await self._pool.get_connection()
        try:
            async with asyncio.timeout(self._timeout_s):
                await connection.send_packed_command(b"".join(map(_packed, commands)))
                return [await self._answer(connection, command) for command in commands]
        except TimeoutError as error:
            raise RedisTimeoutError("no answer in time") from error
        finally:
            await self._pool.release(connection)

    async def _answer(self, connection: AbstractConnection, command: Command) -> Any:
        """One answer as redis-py parses it, or the error that the server gave instead."""
        try:
            # a connection whose answers were not all read is closed by redis-py itself
            answer = await connection.read_response(timeout=math.inf)
        except ResponseError as error:
            return error
        parsed = self._as_parsed.get(command[0])
        return parsed(answer) if parsed else answer


def _packed(command: Command) -> bytes:
    try:
        return hiredis.pack_command(command)
    except UnicodeEncodeError:
        # half of a surrogate pair in a platform's text or id must come back as it went
        return hiredis.pack_command(tuple(map(_encoded, command)))


def _encoded(argument: Argument) -> Argument:
    return argument.encode("utf-8", "surrogatepass") if isinstance(argument, str) else argument


def _fail(some: Sequence[_Wanted] | deque[_Wanted], error: Exception) -> None:
    for _, answers in some:
        if not answers.done():
            answers.set_exception(error)
