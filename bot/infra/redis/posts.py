"""The daily posts in Redis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.group import Group, GroupId, MessageRef
from bot.domain.post import Post, PostState
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load, load_same, text
from bot.infra.redis.keys import Keys
from bot.infra.redis.queue import picks_of
from bot.infra.redis.remembered import Remembered
from bot.ports import PostLook

_FINAL = frozenset({PostState.SENT, PostState.MISSED, PostState.SKIPPED})


class RedisPosts:
    """The `Posts` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client
        self._opened_by: Remembered[tuple[GroupId, str], date] = Remembered()

    async def look(self, group_id: GroupId) -> PostLook:
        group, posts, picks = await self._redis.batch(
            [
                ("HGET", Keys.group(group_id), "json"),
                ("HVALS", Keys.posts(group_id)),
                ("HGETALL", Keys.queue(group_id)),
            ]
        )
        return PostLook(
            group=None if group is None else load_same(Group, group), posts=_in_order(posts), decided=picks_of(picks)
        )

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
        return _in_order(await self._redis.call("HVALS", Keys.posts(group_id)))

    async def opened_by(self, group_id: GroupId, message_id: str) -> date | None:
        """The day whose post is the message `message_id`. That never changes, so it is read once."""
        return await self._opened_by.get((group_id, message_id), lambda: self._read_opened_by(group_id, message_id))

    async def _read_opened_by(self, group_id: GroupId, message_id: str) -> date | None:
        raw = await self._redis.call("HGET", Keys.messages(group_id), message_id)
        return None if raw is None else date.fromisoformat(text(raw))

    async def sent(
        self, group_id: GroupId, day: date, message: MessageRef, opened_at: datetime, closes_at: datetime,
        *, known: Sequence[Post] = (),
    ) -> Post:  # fmt: skip
        """Record the post as sent (the first writer wins) and close the one before at `opened_at` at the latest.

        The post that stands; its message is another, or None, if the day was settled before. Raises KeyError if
        none was chosen.
        """
        keys = [Keys.posts(group_id), Keys.messages(group_id)]
        stored = _as_stored(known, day, opened_at)
        while True:
            stored = stored or await self._redis.call("HGETALL", keys[0])
            chosen = load_same(Post, stored[str(day).encode()])
            if chosen.state in _FINAL:
                return chosen
            new = replace(chosen, state=PostState.SENT, message=message, opened_at=opened_at, closes_at=closes_at)
            changes = [str(day), stored[str(day).encode()], dump(Post, new), *_ended(stored, new.number, opened_at)]
            if await self._redis.script("sent", keys, str(day), message.message_id, *changes):
                return new
            stored = {}

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


def _as_stored(known: Sequence[Post], day: date, opened_at: datetime) -> dict[bytes, bytes]:
    """What Redis holds if `known` still stands, as far as it matters; empty if a post before that of `day` lacks."""
    by_day = {post.day: post for post in known}
    if day not in by_day or len(by_day) < by_day[day].number:
        return {}
    telling = [post for post in by_day.values() if post.day == day or _may_be_open(post, opened_at)]
    return {str(post.day).encode(): dump(Post, post) for post in telling}


def _ended(stored: Mapping[bytes, bytes], number: int, at: datetime) -> Iterator[bytes]:
    """Day, old and new of each post before `number` that is open at `at`, or would be if it was sent meanwhile."""
    for day, raw in stored.items():
        post = load_same(Post, raw)
        if post.number < number and _may_be_open(post, at):
            yield from (day, raw, dump(Post, replace(post, closes_at=at)) if post.is_open(at) else raw)


def _may_be_open(post: Post, at: datetime) -> bool:
    return post.state not in _FINAL or post.is_open(at)


def _in_order(stored: Sequence[bytes]) -> list[Post]:
    return sorted((load_same(Post, raw) for raw in stored), key=lambda post: post.number)
