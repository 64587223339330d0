"""What a channel is and what the bot may do there: as the gateway told, else asked once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import discord

from handlers.discord.api import DiscordApi

MOST_KEPT = 10_000
THREADS = frozenset({10, 11, 12})
TEXTS = frozenset({0, 5})
FORUMS = frozenset({15, 16})
"""Discord's channel types: text and announcements, forums and media, threads."""
REQUIRE_TAG = 1 << 4

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
}
"""Permission -> its name in Discord's settings. What a group's channel asks for (discord.md 2, "Least invite")."""
BEGIN_THREADS = "create_public_threads"
MANAGE_GUILD = 1 << 5
ADMINISTRATOR = 1 << 3
_ALL_NEEDED = discord.Permissions(**dict.fromkeys(NEEDED, True)).value


class Kind(Enum):
    """What a channel is for us."""

    TEXT = auto()
    FORUM = auto()
    THREAD = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel or a thread.

    Attributes:
        parent: the channel of a thread; empty for a channel.
        owner: who began a thread; empty for a channel.
        tags: of a forum: name in small letters -> id, of those that the bot may give.
    """

    id: str
    kind: Kind
    name: str = ""
    parent: str = ""
    owner: str = ""
    tags: Mapping[str, str] | None = None
    needs_tag: bool = False


class Rooms:
    """Channels of every guild."""

    def __init__(self, client: Callable[[], discord.Client], api: DiscordApi) -> None:
        self._client = client
        self._api = api
        self._asked: OrderedDict[str, Room] = OrderedDict()

    def known(self, guild_id: str, channel_id: str) -> Room | None:
        """A channel that the gateway has told of, or that was asked for; None if neither."""
        guild = self._client().get_guild(_int(guild_id))
        channel = guild.get_channel_or_thread(_int(channel_id)) if guild else None
        return _room_of(channel) if channel is not None else self._asked.get(channel_id)

    async def room(self, guild_id: str, channel_id: str) -> Room:
        """A channel. Raises Closed (code 10003: there is none) and ChatBusy."""
        if (known := self.known(guild_id, channel_id)) is not None:
            return known
        return self._kept(
            room_in(await self._api.call("GET", "/channels/{channel_id}", safe=True, channel_id=channel_id))
        )

    def _kept(self, room: Room) -> Room:
        """Who began a thread and where it hangs never changes; a channel is asked for again."""
        if room.kind is Kind.THREAD:
            self._asked[room.id] = room
            while len(self._asked) > MOST_KEPT:
                self._asked.popitem(last=False)
        return room

    def lacks(self, guild_id: str, channel_id: str) -> tuple[str, ...]:
        """The permissions that the bot needs in a channel and does not have; none while that is not known."""
        guild = self._client().get_guild(_int(guild_id))
        channel = guild.get_channel(_int(channel_id)) if guild else None
        if guild is None or channel is None or guild.me is None:
            return ()
        return lacking(channel.permissions_for(guild.me).value, in_forum=channel.type.value in FORUMS)

    def may_attach(self, guild_id: str, channel_id: str) -> bool:
        """Whether files may be sent to a channel; yes while that is not known."""
        guild = self._client().get_guild(_int(guild_id))
        channel = guild.get_channel(_int(channel_id)) if guild else None
        me = guild.me if guild is not None else None
        return channel is None or me is None or channel.permissions_for(me).attach_files


def lacking(permissions: int, *, in_forum: bool = False) -> tuple[str, ...]:
    """The names of what the bot needs and these permissions do not give.

    `in_forum`: in a forum or a post there, where Send Messages is what begins a post (discord.md 2, "forum").
    """
    if permissions & ADMINISTRATOR or permissions & _ALL_NEEDED == _ALL_NEEDED:
        return ()
    had = discord.Permissions(permissions)
    unneeded = {BEGIN_THREADS} if in_forum else set()
    return tuple(name for flag, name in NEEDED.items() if flag not in unneeded and not getattr(had, flag))


def room_in(body: Mapping[str, Any]) -> Room:
    """A channel as Discord's JSON tells it, whole or in part."""
    kind = _kind(int(body["type"]))
    return Room(
        id=str(body["id"]),
        kind=kind,
        name=str(body.get("name") or ""),
        parent=str(body.get("parent_id") or "") if kind is Kind.THREAD else "",
        owner=str(body.get("owner_id") or "") if kind is Kind.THREAD else "",
        tags={
            each["name"].lower(): str(each["id"])
            for each in body.get("available_tags") or ()
            if not each.get("moderated")
        },
        needs_tag=bool(int(body.get("flags") or 0) & REQUIRE_TAG),
    )


def _room_of(channel: discord.abc.GuildChannel | discord.Thread) -> Room:
    kind = _kind(channel.type.value)
    if isinstance(channel, discord.Thread):
        return Room(
            id=str(channel.id), kind=kind, name=channel.name, parent=str(channel.parent_id), owner=str(channel.owner_id)
        )
    if isinstance(channel, discord.ForumChannel):
        tags = {
            tag.name.lower(): str(tag.id) for tag in channel.available_tags if not tag.moderated or _moderates(channel)
        }
        return Room(id=str(channel.id), kind=kind, name=channel.name, tags=tags, needs_tag=channel.flags.require_tag)
    return Room(id=str(channel.id), kind=kind, name=channel.name)


def _moderates(forum: discord.ForumChannel) -> bool:
    """Whether the bot may give a tag that is for moderators (docs: resources/channel, "Forum Tag Object")."""
    return forum.permissions_for(forum.guild.me).manage_threads


def _kind(type_: int) -> Kind:
    if type_ in THREADS:
        return Kind.THREAD
    if type_ in FORUMS:
        return Kind.FORUM
    return Kind.TEXT if type_ in TEXTS else Kind.OTHER


def _int(snowflake: str) -> int:
    """0 for what is no id of Discord's: nothing has it."""
    return int(snowflake) if snowflake.isdecimal() else 0
