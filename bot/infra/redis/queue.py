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
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.queue(group_id))
        return {date.fromisoformat(text(day)): load(Pick, raw) for day, raw in sorted(stored.items())}

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
