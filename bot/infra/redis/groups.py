"""Groups and members in Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace

from bot.domain.group import Group, GroupId, Member, MemberId, Place
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load, load_same, text
from bot.infra.redis.forget import forget
from bot.infra.redis.keys import Keys
from bot.infra.redis.remembered import Remembered


class RedisGroups:
    """The `Groups` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client
        self._at: Remembered[Place, GroupId] = Remembered()

    async def create(self, group: Group) -> bool:
        # the place last: it never leads to a group that is not there, or that its workspace does not know
        workspace = Keys.workspace(group.place.platform, group.place.workspace)
        is_new = await self._redis.call("HSETNX", Keys.group(group.id), "json", dump(Group, group))
        await self._redis.call("SADD", workspace, group.id)
        if await self._redis.call("HSETNX", Keys.places(), _field(group.place), group.id):
            return True
        if is_new and await self._read_at(group.place) != group.id:
            await self._redis.batch([("DEL", Keys.group(group.id)), ("SREM", workspace, group.id)])
        return False

    async def get(self, group_id: GroupId) -> Group | None:
        """The group, or None."""
        raw = await self._redis.call("HGET", Keys.group(group_id), "json")
        if raw is None:
            # a group that is gone may have its channel taken by another one
            self._at.forget()
            return None
        return load_same(Group, raw)

    async def at(self, place: Place) -> GroupId | None:
        """The group of a channel, or None. A channel keeps its group, so it is read once."""
        return await self._at.get(place, lambda: self._read_at(place))

    async def _read_at(self, place: Place) -> GroupId | None:
        raw = await self._redis.call("HGET", Keys.places(), _field(place))
        return None if raw is None else GroupId(text(raw))

    async def of(self, platform: str, workspace: str, member_id: MemberId) -> Sequence[Group]:
        """The groups of a workspace in which somebody is a member or an admin: two round trips, however many there are.

        Groups of other workspaces cost nothing.
        """
        ids = [GroupId(text(raw)) for raw in await self._redis.call("SMEMBERS", Keys.workspace(platform, workspace))]
        records = [("HGET", Keys.group(each), "json") for each in ids]
        memberships = [("HEXISTS", Keys.members(each), member_id) for each in ids]
        stored = await self._redis.batch([*records, *memberships]) if ids else []
        found = [
            (load(Group, raw), bool(is_member))
            for raw, is_member in zip(stored[: len(ids)], stored[len(ids) :], strict=True)
            if raw is not None
        ]
        theirs = [group for group, is_member in found if is_member or group.is_admin(member_id)]
        return [group for group in theirs if await self.at(group.place) == group.id]

    async def all_ids(self) -> AsyncIterator[GroupId]:
        """Each group once, in no order."""
        seen: set[bytes] = set()
        async for _, raw in self._redis.scan("HSCAN", Keys.places()):
            if raw not in seen:
                seen.add(raw)
                yield GroupId(text(raw))

    async def update(self, group_id: GroupId, change: Callable[[Group], Group]) -> Group:
        while True:
            raw = await self._redis.call("HGET", Keys.group(group_id), "json")
            if raw is None:
                raise KeyError(group_id)
            new = change(load(Group, raw))
            if await self._redis.script("swap", [Keys.group(group_id)], "json", raw, dump(Group, new)):
                return new

    async def join(self, group_id: GroupId, member: Member) -> Member:
        while True:
            raw = await self._redis.call("HGET", Keys.members(group_id), member.id)
            known = None if raw is None else load(Member, raw)
            if known is not None and known.name == member.name:
                return known
            new = member if known is None else replace(known, name=member.name)
            if await self._swap_member(group_id, raw, new):
                return new

    async def member(self, group_id: GroupId, member_id: MemberId) -> Member | None:
        """The member, or None."""
        raw = await self._redis.call("HGET", Keys.members(group_id), member_id)
        return None if raw is None else load(Member, raw)

    async def members(self, group_id: GroupId) -> Sequence[Member]:
        """All members, in the order in which they joined."""
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.members(group_id))
        found = [load(Member, raw) for raw in stored.values()]
        return sorted(found, key=lambda member: (member.joined_at, member.id))

    async def update_member(self, group_id: GroupId, member_id: MemberId, change: Callable[[Member], Member]) -> Member:
        """Like `update`, for a member. Raises KeyError if absent."""
        while True:
            raw = await self._redis.call("HGET", Keys.members(group_id), member_id)
            if raw is None:
                raise KeyError(member_id)
            new = change(load(Member, raw))
            if await self._swap_member(group_id, raw, new):
                return new

    async def forget(self, group_id: GroupId, member_id: MemberId) -> Mapping[str, int]:
        return await forget(self._redis, group_id, member_id)

    async def _swap_member(self, group_id: GroupId, old: bytes | None, new: Member) -> bool:
        keys = [Keys.members(group_id)]
        return bool(await self._redis.script("swap", keys, new.id, old or b"", dump(Member, new)))


def _field(place: Place) -> bytes:
    return dump(tuple[str, str, str], (place.platform, place.workspace, place.channel))
