"""What facilitators have decided for days to come, in Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain.group import GroupId
from bot.domain.picks import Pick
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load, text
from bot.infra.redis.keys import Keys


class RedisQueue:
    """The `Queue` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def picks(self, group_id: GroupId) -> Mapping[date, Pick]:
        return picks_of(await self._redis.call("HGETALL", Keys.queue(group_id)))

    async def put(self, group_id: GroupId, picks: Sequence[Pick]) -> None:
        fields = [part for each in picks for part in (str(each.day), dump(Pick, each))]
        if fields:
            await self._redis.call("HSET", Keys.queue(group_id), *fields)

    async def remove(self, group_id: GroupId, days: Sequence[date]) -> None:
        if days:
            await self._redis.call("HDEL", Keys.queue(group_id), *map(str, days))

    async def propose(self, group_id: GroupId, first: date, picks: Sequence[Pick]) -> Sequence[Pick]:
        raw = dump(tuple[Pick, ...], tuple(picks))
        await self._redis.call("HSETNX", Keys.proposals(group_id), str(first), raw)
        return await self.proposal(group_id, first)

    async def proposal(self, group_id: GroupId, first: date) -> Sequence[Pick]:
        raw: bytes | None = await self._redis.call("HGET", Keys.proposals(group_id), str(first))
        return () if raw is None else load(tuple[Pick, ...], raw)


def picks_of(stored: Mapping[bytes, bytes]) -> Mapping[date, Pick]:
    """What the hash of a queue holds, by date."""
    return {date.fromisoformat(text(day)): load(Pick, raw) for day, raw in sorted(stored.items())}
