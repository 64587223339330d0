"""A running core on a Valkey of its own, with as many groups as are wanted."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from redis.asyncio import Redis

from bot.domain.group import Group, GroupId, MemberId, Place
from bot.domain.schedule import Schedule
from bot.infra.redis.client import Client
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.keys import Keys
from bot.settings import read
from handlers import app

AT_ONCE = 250
DUE_AGO = timedelta(minutes=1)


@asynccontextmanager
async def running(chat_of: app.ChatOf) -> AsyncIterator[app.Core]:
    """The core; it does not beat by itself."""
    async with running_at(chat_of) as (core, _):
        yield core


@asynccontextmanager
async def running_at(chat_of: app.ChatOf) -> AsyncIterator[tuple[app.Core, Redis]]:
    """The same, and redis-py's own client on the same server: the floor of what Redis costs."""
    with tempfile.TemporaryDirectory(prefix="tpm-bench-") as folder:
        async with embedded_valkey(Path(folder)) as url:
            await trust(url)
            async with app.core(read(redis_url=url, data_dir=Path(folder)), url, chat_of) as core:
                redis = Redis.from_url(url)
                try:
                    yield core, redis
                finally:
                    await redis.aclose()


async def trust(url: str) -> None:
    """Say that nothing was lost: a new server is doubted for a day, and each first message is looked for."""
    client = Client(url, timeout_s=5.0)
    try:
        run_id = (await client.call("INFO", "server"))["run_id"]
        await client.call("HSET", Keys.epoch(), "born_ms", 0, "run_id", run_id, "doubt_ms", 0)
    finally:
        await client.close()


async def reads(core: app.Core) -> int:
    """How often the server has read from a connection: once for each round trip, this one included."""
    return int((await core.store.client.call("INFO", "stats"))["total_reads_processed"])


def groups_due(now: datetime, count: int) -> tuple[list[Group], date]:
    """Groups whose post of the day was due a minute ago, and that day; it is about noon with them."""
    east_h = 12 - now.astimezone(UTC).hour
    due = (now + timedelta(hours=east_h) - DUE_AGO).replace(second=0, microsecond=0)
    schedule = Schedule(f"Etc/GMT{-east_h:+d}", due.time().replace(tzinfo=None), frozenset(range(1, 8)))
    groups = [
        Group(
            id=GroupId(f"g{number}"),
            place=Place("bench", "T", f"C{number}"),
            name=f"c{number}",
            schedule=schedule,
            admin_ids=frozenset({MemberId("admin")}),
            created_at=now - timedelta(hours=1),
            seed=str(number),
        )
        for number in range(count)
    ]
    return groups, due.date()


async def found(core: app.Core, groups: list[Group]) -> None:
    """Store them."""
    for first in range(0, len(groups), AT_ONCE):
        await asyncio.gather(*(core.ports.groups.create(group) for group in groups[first : first + AT_ONCE]))
