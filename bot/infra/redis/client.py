"""The one way to Redis: a command, a batch or a script, with every fault as StoreDown."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.errors import Refusal, StoreDown
from bot.infra.redis import scripts
from bot.infra.redis.line import Line
from bot.infra.redis.scripts import Argument, Command

_BY_TYPE: tuple[tuple[type[Exception], str], ...] = (
    (RedisTimeoutError, "Redis did not answer in time"),
    (BusyLoadingError, "Redis is still loading its data"),
    (AuthenticationError, "Redis refused the user name or password: mend TPM_REDIS_URL"),
    (ssl.SSLError, "Redis and the bot cannot agree on TLS: mend TPM_REDIS_URL (rediss://…) or the certificate"),
    (NoPermissionError, "Redis does not let this user run the bot's commands: mend its ACL"),
    (OutOfMemoryError, "Redis is out of memory and takes no writes: raise its maxmemory"),
    (ReadOnlyError, "Redis is a read-only replica: point TPM_REDIS_URL at the primary"),
)
_BY_WORD = {
    "MISCONF": "Redis cannot write to its disk and takes no writes: free some space there",
    "NOREPLICAS": "Redis has too few replicas and takes no writes",
    "NOAUTH": "Redis wants a password: put it into TPM_REDIS_URL",
    "MASTERDOWN": "Redis is a replica without its primary",
    "CLUSTERDOWN": "the Redis cluster is down",
}


def _reason(error: Exception) -> str:
    for kind, reason in _BY_TYPE:
        if any(isinstance(link, kind) for link in causes(error)):
            return reason
    if isinstance(error, ResponseError):
        word = next((word for word in _BY_WORD if word in str(error)), "")
        return _BY_WORD.get(word, f"Redis refused a command ({str(error).partition(' ')[0][:20]})")
    return "Redis cannot be reached"


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what led to it: redis-py wraps a refused password into a plain ConnectionError."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class Client:
    """All tasks' way to one Redis. Nothing is sent twice: a command that broke off may have taken effect.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
        timeout_s: limit for connecting and for each answer.
        greet: called with each new connection instead of the plain handshake.

    Raises:
        Refusal: `url` is no address of a Redis.
    """

    def __init__(
        self, url: str, *, timeout_s: float, greet: Callable[[AbstractConnection], Awaitable[None]] | None = None
    ) -> None:
        try:
            self._pool = ConnectionPool.from_url(
                url,
                socket_timeout=timeout_s,
                socket_connect_timeout=timeout_s,
                retry=Retry(NoBackoff(), 0),
                # the third would bring push messages that nobody here reads
                protocol=2,
                redis_connect_func=greet,
            )
        except ValueError:
            raise Refusal(
                "TPM_REDIS_URL is not the address of a Redis. Write redis://host:6379/0, rediss://… or unix:///path."
            ) from None
        self._line = Line(self._pool, timeout_s=timeout_s)

    async def call(self, *command: Argument) -> Any:
        """The answer to one command, as redis-py parses it (strings stay bytes)."""
        return (await self.batch([command]))[0]

    async def script(self, name: str, keys: Sequence[str], *arguments: Argument) -> Any:
        """The answer of the script `lua/<name>.lua`."""
        return await self.call(*scripts.command(name, keys, *arguments))

    async def batch(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to `commands`, in one round trip; others' commands may run between. StoreDown if one fails."""
        try:
            return await self._line.ask(commands)
        except (RedisError, OSError) as error:
            # without secrets or member text
            raise StoreDown(_reason(error)) from error

    async def scan(self, command: str, key: str) -> AsyncIterator[tuple[bytes, Any]]:
        """Each pair of a hash (`HSCAN`) or sorted set (`ZSCAN`); one that stands all the while comes at least once."""
        cursor: Any = 0
        while True:
            cursor, found = await self.call(command, key, cursor, "COUNT", 500)
            for pair in found.items() if isinstance(found, dict) else found:
                yield pair
            if not int(cursor):
                return

    async def time(self) -> datetime:
        """The server's clock."""
        seconds, microseconds = await self.call("TIME")
        return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)

    async def close(self) -> None:
        """Close the connection."""
        await self._line.close()
        await self._pool.disconnect()
