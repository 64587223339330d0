"""Walkthroughs and the wishes for them, in Redis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain.group import GroupId, MemberId
from bot.domain.walkthrough import Ask, Walkthrough
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load
from bot.infra.redis.keys import Keys
from bot.infra.redis.walk_keys import WALKTHROUGH_S


class RedisWalkthroughs:
    """The `Walkthroughs` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def keep(self, group_id: GroupId, ask: Ask) -> Ask:
        key = Keys.asks(group_id, ask.member_id)
        _, _, stands = await self._redis.batch(
            [("HSETNX", key, ask.id, dump(Ask, ask)), ("EXPIRE", key, WALKTHROUGH_S), ("HGET", key, ask.id)]
        )
        return load(Ask, stands)

    async def change(self, group_id: GroupId, ask: Ask, **fields: Any) -> Ask | None:
        """Change some fields of an ask; as it stands then, or None if it is gone."""
        key = Keys.asks(group_id, ask.member_id)
        while (raw := await self._redis.call("HGET", key, ask.id)) is not None:
            new = replace(load(Ask, raw), **fields)
            if await self._redis.script("swap", [key], ask.id, raw, dump(Ask, new)):
                return new
        return None

    async def ask(self, group_id: GroupId, member_id: MemberId, ask_id: str) -> Ask | None:
        """What was asked, or None."""
        raw = await self._redis.call("HGET", Keys.asks(group_id, member_id), ask_id)
        return None if raw is None else load(Ask, raw)

    async def asks(self, group_id: GroupId, member_id: MemberId) -> Sequence[Ask]:
        stored = await self._redis.call("HVALS", Keys.asks(group_id, member_id))
        return sorted((load(Ask, raw) for raw in stored), key=lambda ask: (ask.asked_at, ask.id))

    async def put(self, group_id: GroupId, made: Walkthrough) -> None:
        raw = dump(Walkthrough, made)
        await self._redis.call("SET", Keys.walkthrough(group_id, made.key), raw, "EX", WALKTHROUGH_S)

    async def get(self, group_id: GroupId, key: str) -> Walkthrough | None:
        """The walkthrough of a question, or None."""
        raw = await self._redis.call("GET", Keys.walkthrough(group_id, key))
        return None if raw is None else load(Walkthrough, raw)
