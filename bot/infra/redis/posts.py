"""The daily posts in Redis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.group import GroupId, MessageRef
from bot.domain.post import Post, PostState
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load, load_same, text
from bot.infra.redis.keys import Keys
from bot.infra.redis.remembered import Remembered
from bot.infra.redis.scripts import Argument

_FINAL = frozenset({PostState.SENT, PostState.MISSED, PostState.SKIPPED})


class RedisPosts:
    """The `Posts` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client
        self._opened_by: Remembered[tuple[GroupId, str], date] = Remembered()

    async def choose(
        self, group_id: GroupId, day: date, due_at: datetime, question_id: str, *, sealed: bool = False
    ) -> Post:
        raw = dump(Post, Post(day=day, number=0, question_id=question_id, due_at=due_at, sealed=sealed))
        before, after = raw.split(b'"number":0', 1)
        key = Keys.posts(group_id)
        return load_same(Post, await self._redis.script("choose", [key], str(day), before + b'"number":', after))

    async def get(self, group_id: GroupId, day: date) -> Post | None:
        """The post of `day`, or None."""
        raw = await self._redis.call("HGET", Keys.posts(group_id), str(day))
        return None if raw is None else load_same(Post, raw)

    async def all(self, group_id: GroupId) -> Sequence[Post]:
        stored = await self._redis.call("HVALS", Keys.posts(group_id))
        return sorted((load_same(Post, raw) for raw in stored), key=lambda post: post.number)

    async def opened_by(self, group_id: GroupId, message_id: str) -> date | None:
        """The day whose post is the message `message_id`. That never changes, so it is read once."""
        return await self._opened_by.get((group_id, message_id), lambda: self._read_opened_by(group_id, message_id))

    async def _read_opened_by(self, group_id: GroupId, message_id: str) -> date | None:
        raw = await self._redis.call("HGET", Keys.messages(group_id), message_id)
        return None if raw is None else date.fromisoformat(text(raw))

    async def sent(
        self, group_id: GroupId, day: date, message: MessageRef, opened_at: datetime, closes_at: datetime
    ) -> Post:
        """Record the post as sent (the first writer wins) and close the one before at `opened_at` at the latest.

        The post that stands; its message is another, or None, if the day was settled before. Raises KeyError if
        none was chosen.
        """
        keys = [Keys.posts(group_id), Keys.messages(group_id)]
        while True:
            stored: dict[bytes, bytes] = await self._redis.call("HGETALL", keys[0])
            chosen = load_same(Post, stored[str(day).encode()])
            if chosen.state in _FINAL:
                return chosen
            new = replace(chosen, state=PostState.SENT, message=message, opened_at=opened_at, closes_at=closes_at)
            changes: list[Argument] = [str(day), stored[str(day).encode()], dump(Post, new)]
            for key, raw in stored.items():
                other = load_same(Post, raw)
                if other.number < new.number and other.is_open(opened_at):
                    changes += [key, raw, dump(Post, replace(other, closes_at=opened_at))]
            if await self._redis.script("sent", keys, str(day), message.message_id, *changes):
                return new

    async def settle(self, group_id: GroupId, day: date, state: PostState) -> Post:
        """Record MISSED or SKIPPED unless it was sent; the post that stands. Raises KeyError if none was chosen."""
        key = Keys.posts(group_id)
        while True:
            raw = await self._redis.call("HGET", key, str(day))
            if raw is None:
                raise KeyError(day)
            post = load(Post, raw)
            if post.state in _FINAL:
                return post
            new = replace(post, state=state)
            if await self._redis.script("swap", [key], str(day), raw, dump(Post, new)):
                return new
