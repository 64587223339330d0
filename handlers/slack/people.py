"""Who people are and what a channel is, as Slack says, kept for a while. Never asked before words are saved."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.domain.group import MemberId, Place
from bot.errors import ChatBusy, Trouble
from handlers.slack.api import SlackApi

RIGHTS_S = 300.0
"""How long a right that Slack named is believed."""
NAME_S = 3600.0
MOST_KEPT = 10_000
MOST_MET = 200
"""People of one channel whose names are learned ahead."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody.

    Attributes:
        zone: IANA name, as set in their profile.
        is_admin: of the workspace, owners included.
        is_external: at home in another company's workspace, and here by a channel that both share (Slack Connect).
    """

    name: str
    zone: str | None
    is_admin: bool
    is_external: bool
    is_bot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel. `name` is without `#`."""

    name: str
    creator: str
    has_bot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What Slack says of a person in a channel."""

    may_administer: bool
    may_post: bool
    place_name: str
    zone: str | None


class People:
    """Names, zones and rights of a workspace's people."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._people: Kept[Person] = Kept()
        self._rooms: Kept[Room] = Kept()

    def name(self, team_id: str, user_id: str) -> str | None:
        """The name if it is known already."""
        known = self._people.peek((team_id, user_id))
        return known.name if known else None

    async def person(self, team_id: str, user_id: str, *, at_most_s: float = NAME_S) -> Person:
        """Who somebody is. Raises ChatBusy, ChatRefused."""

        async def ask() -> Person:
            body = await self._api.call(team_id, "users.info", safe=True, user=user_id)
            user, profile = body["user"], body["user"].get("profile") or {}
            names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
            return Person(
                name=next((name for name in names if name), user_id),
                zone=user.get("tz") or None,
                is_admin=bool(user.get("is_admin") or user.get("is_owner")),
                is_external=_is_external(user, team_id),
                is_bot=bool(user.get("is_bot")),
            )

        return await self._people.get((team_id, user_id), at_most_s, ask)

    async def rights(self, place: Place, user_id: MemberId) -> Rights:
        """What somebody may do in a channel: its creator and the workspace's admins may administer, nobody external."""
        person, room = await asyncio.gather(
            self.person(place.workspace, user_id, at_most_s=RIGHTS_S), self._room(place.workspace, place.channel)
        )
        return Rights(
            may_administer=not person.is_external and (person.is_admin or user_id == room.creator),
            may_post=room.has_bot,
            place_name=room.name,
            zone=person.zone,
        )

    async def meet(self, place: Place) -> None:
        """Learn the names of a channel's people, so that they are known when the first of them writes. Never raises."""
        try:
            body = await self._api.call(
                place.workspace, "conversations.members", safe=True, channel=place.channel, limit=MOST_MET
            )
            for user_id in body["members"]:
                if self.name(place.workspace, user_id) is None:
                    await self.person(place.workspace, user_id)
        except Trouble:
            return  # a name that is not known yet is learned later

    async def _room(self, team_id: str, channel_id: str) -> Room:
        async def ask() -> Room:
            body = await self._api.call(
                team_id, "conversations.info", safe=True, accept={"channel_not_found"}, channel=channel_id
            )
            found = body.get("channel") or {}
            # A private channel that the bot is not in does not exist for it.
            return Room(
                name=str(found.get("name") or ""),
                creator=str(found.get("creator") or ""),
                has_bot=bool(found.get("is_member")),
            )

        at_most_s = 0.0 if self._was_out(team_id, channel_id) else RIGHTS_S
        return await self._rooms.get((team_id, channel_id), at_most_s, ask)

    def _was_out(self, team_id: str, channel_id: str) -> bool:
        """The bot may have been invited since."""
        known = self._rooms.peek((team_id, channel_id))
        return known is not None and not known.has_bot


def _is_external(user: Mapping[str, Any], team_id: str) -> bool:
    """Whether somebody is at home elsewhere alone; in an organisation, one person is at home in many workspaces.

    Slack calls such a person an admin for what they are there.
    """
    at_home_in = {user.get("team_id") or team_id, *((user.get("enterprise_user") or {}).get("teams") or ())}
    return bool(user.get("is_stranger")) or team_id not in at_home_in


class Kept(Generic[T]):
    """The newest answers by id, each with when it was given; the longest unused go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[float, T]] = OrderedDict()

    def peek(self, key: tuple[str, str]) -> T | None:
        """What is kept, however old."""
        found = self._kept.get(key)
        return found[1] if found else None

    async def get(self, key: tuple[str, str], at_most_s: float, ask: Callable[[], Awaitable[T]]) -> T:
        """What is kept and not older than that, else a new answer; the old one while Slack is busy."""
        now_s = asyncio.get_running_loop().time()
        found = self._kept.get(key)
        if found is not None and now_s - found[0] < at_most_s:
            self._kept.move_to_end(key)
            return found[1]
        try:
            answer = await ask()
        except ChatBusy:
            if found is None or at_most_s < NAME_S:
                raise
            return found[1]
        self._kept[key] = (now_s, answer)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return answer
