"""Variants in Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from bot.domain.group import GroupId, MemberId
from bot.domain.variant import Variant
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load
from bot.infra.redis.keys import Keys


class RedisVariants:
    """The `Variants` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def plan(self, group_id: GroupId, variant: Variant) -> Variant:
        key, member_id = Keys.variants(group_id, variant.day), variant.member_id
        made = ("HSETNX", key, member_id, dump(Variant, variant))
        _, stands = await self._redis.batch([made, ("HGET", key, member_id)])
        return variant if stands is None else load(Variant, stands)

    async def get(self, group_id: GroupId, day: date, member_id: MemberId) -> Variant | None:
        """The member's, or None."""
        raw = await self._redis.call("HGET", Keys.variants(group_id, day), member_id)
        return None if raw is None else load(Variant, raw)

    async def of_days(self, group_id: GroupId, days: Iterable[date]) -> Sequence[Variant]:
        commands = [("HVALS", Keys.variants(group_id, day)) for day in days]
        found = await self._redis.batch(commands) if commands else []
        return sorted(
            (load(Variant, raw) for stored in found for raw in stored), key=lambda each: (each.day, each.member_id)
        )

    async def update(
        self, group_id: GroupId, day: date, member_id: MemberId, change: Callable[[Variant], Variant]
    ) -> Variant | None:
        """Swap what stands for what `change` makes of it, again when another was quicker."""
        key = Keys.variants(group_id, day)
        while (raw := await self._redis.call("HGET", key, member_id)) is not None:
            new = change(load(Variant, raw))
            if await self._redis.script("swap", [key], member_id, raw, dump(Variant, new)):
                return new
        return None

    async def drop(self, group_id: GroupId, day: date, member_id: MemberId) -> None:
        await self._redis.call("HDEL", Keys.variants(group_id, day), member_id)
