"""Time: from Redis, or standing still. The only file that reads a clock."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

MOST_SKEW = timedelta(seconds=30)

_log = logging.getLogger(__name__)


class TimeSource(Protocol):
    """What a clock is set by: the store's client."""

    async def time(self) -> datetime:
        """The aware UTC instant now."""
        ...


class RedisClock:
    """The `Clock` port: the time of Redis, so that all processes agree. Set it again now and then with `sync`."""

    def __init__(self, redis_now: datetime, read_at_s: float) -> None:
        self._redis_now = redis_now
        self._read_at_s = read_at_s

    @classmethod
    async def start(cls, redis: TimeSource) -> Self:
        """A clock set by `redis`. Raises StoreDown."""
        clock = cls(datetime.now(UTC), time.monotonic())
        await clock.sync(redis)
        return clock

    def now(self) -> datetime:
        """The aware UTC instant; a step of the host's clock does not move it."""
        return self._redis_now + timedelta(seconds=time.monotonic() - self._read_at_s)

    async def sync(self, redis: TimeSource) -> timedelta:
        """Set it by `redis`; how far the host's clock is ahead of Redis. More than 30 s is logged. Raises StoreDown."""
        asked_s = time.monotonic()
        redis_now = await redis.time()
        answered_s = time.monotonic()
        # the answer was made about half way
        self._redis_now, self._read_at_s = redis_now, (asked_s + answered_s) / 2
        skew = datetime.now(UTC) - self.now()
        if abs(skew) > MOST_SKEW:
            seconds = round(skew.total_seconds())
            _log.warning("the host's clock is %+d s off that of Redis, which the bot goes by: set the host's", seconds)
        return skew


class SteppedClock:
    """The `Clock` port for scripts: it stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The aware UTC instant."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Step on to `at` (aware). Raises ValueError if that is in the past."""
        if at < self._at:
            raise ValueError(f"time does not go back from {self._at.isoformat()} to {at.isoformat()}")
        self._at = at.astimezone(UTC)


def host_now() -> datetime:
    """The host's aware UTC instant, for what happens before there is a Redis to ask."""
    return datetime.now(UTC)
