"""Messages that must stand exactly once, in Redis."""

from __future__ import annotations

from datetime import datetime

from bot.domain.group import GroupId, MessageRef
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, from_ms, load, now_ms
from bot.infra.redis.epoch import DOUBT, Epoch
from bot.infra.redis.keys import Keys
from bot.ports import Outgoing


class RedisOutbox:
    """The `Outbox` port: `(nothing) -> sending -> sent`. `epoch` says when memory may have been lost."""

    def __init__(self, client: Client, epoch: Epoch) -> None:
        self._redis = client
        self._epoch = epoch

    async def begin(self, group_id: GroupId, key: str, now: datetime) -> Outgoing:
        """Note that `key` is about to be sent. `begun_at` is since when an earlier try of it may have been sent."""
        owners, begun_ms, message = await self._redis.script("begin", [Keys.outbox(group_id)], key, now_ms(now))
        begun_at, doubted = from_ms(begun_ms), self._epoch.doubts(now)
        return Outgoing(
            message=load(MessageRef, message) if message else None,
            look_first=not message and (owners > 1 or doubted),
            contested=owners > 1,
            begun_at=min(begun_at, now - DOUBT) if doubted else begun_at,
        )

    async def release(self, group_id: GroupId, key: str) -> None:
        """A definite no: it was not sent. An entry that ever had two owners stays, so that the next one looks."""
        await self._redis.script("release", [Keys.outbox(group_id)], key)

    async def sent(self, group_id: GroupId, key: str, message: MessageRef) -> MessageRef:
        raw = dump(MessageRef, message)
        standing = await self._redis.script("deliver", [Keys.outbox(group_id)], key, raw)
        return message if standing == raw else load(MessageRef, standing)

    async def get(self, group_id: GroupId, key: str) -> MessageRef | None:
        """Where it stands, or None if it was not sent."""
        raw: bytes | None = await self._redis.call("HGET", Keys.outbox(group_id), key)
        message = b"" if raw is None else raw.split(b" ", 2)[2]
        return load(MessageRef, message) if message else None

    async def drop(self, group_id: GroupId, key: str) -> None:
        await self._redis.call("HDEL", Keys.outbox(group_id), key)
