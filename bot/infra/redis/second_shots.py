"""Second shots in Redis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.domain.group import GroupId, MemberId
from bot.domain.second_shot import SecondShot
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load
from bot.infra.redis.keys import Keys


class RedisSecondShots:
    """The `SecondShots` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def keep(self, group_id: GroupId, shot: SecondShot) -> SecondShot:
        key = Keys.second_shots(group_id, shot.day)
        raw = dump(SecondShot, shot)
        _, stands = await self._redis.batch([("HSETNX", key, shot.member_id, raw), ("HGET", key, shot.member_id)])
        return load(SecondShot, stands)

    async def get(self, group_id: GroupId, day: date, member_id: MemberId) -> SecondShot | None:
        """The member's, or None."""
        raw = await self._redis.call("HGET", Keys.second_shots(group_id, day), member_id)
        return None if raw is None else load(SecondShot, raw)

    async def of_day(self, group_id: GroupId, day: date) -> Sequence[SecondShot]:
        stored = await self._redis.call("HVALS", Keys.second_shots(group_id, day))
        return sorted((load(SecondShot, raw) for raw in stored), key=lambda shot: (shot.at, shot.member_id))

    async def judged(self, group_id: GroupId, shot: SecondShot) -> SecondShot | None:
        """Store what came of it, unless it is gone or settled, or another stands in its place."""
        key = Keys.second_shots(group_id, shot.day)
        while (raw := await self._redis.call("HGET", key, shot.member_id)) is not None:
            standing = load(SecondShot, raw)
            if standing.is_settled or standing.event != shot.event:
                return standing
            if await self._redis.script("swap", [key], shot.member_id, raw, dump(SecondShot, shot)):
                return shot
        return None

    async def drop(self, group_id: GroupId, day: date, member_id: MemberId) -> None:
        await self._redis.call("HDEL", Keys.second_shots(group_id, day), member_id)
