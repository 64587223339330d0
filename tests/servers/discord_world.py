"""What Discord knows: people, guilds, roles, channels, messages. Plain state; the rules are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import Any

from tests.servers import discord_text

Body = dict[str, Any]

EPHEMERAL = 1 << 6
LOADING = 1 << 7
HAS_THREAD = 1 << 5
COMPONENTS_V2 = 1 << 15
REPLY, SLASH_REPLY, THREAD_STARTER, MENU_REPLY = 19, 20, 21, 23
"""Message types, as docs: resources/message numbers them; 0 is a plain message."""


class Kind(IntEnum):
    """Channel types (docs: resources/channel)."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    ANNOUNCEMENTS = 5
    ANNOUNCEMENT_THREAD = 10
    THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class Right(IntFlag):
    """Permissions (docs: topics/permissions) that this Discord goes by."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51


MEMBER_RIGHTS = (
    Right.VIEW_CHANNEL
    | Right.SEND_MESSAGES
    | Right.EMBED_LINKS
    | Right.ATTACH_FILES
    | Right.READ_MESSAGE_HISTORY
    | Right.USE_APPLICATION_COMMANDS
    | Right.CREATE_PUBLIC_THREADS
    | Right.SEND_MESSAGES_IN_THREADS
)
"""What everybody may in a new guild, of the rights above; discord.md 2 "Least invite" asks for no more for the bot."""
ALL_RIGHTS, NO_RIGHT = Right(sum(Right)), Right(0)


@dataclass(slots=True, kw_only=True)
class Person:
    """An account. `takes_direct`: whether strangers of a shared guild may write to them."""

    id: str
    name: str
    is_bot: bool = False
    locale: str = "en-GB"
    takes_direct: bool = True
    failures: list[str] = field(default_factory=list)
    """What Discord told this person went wrong with the app."""


@dataclass(slots=True, kw_only=True)
class Role:
    """A role of a guild; the one with the guild's id is everybody's."""

    id: str
    name: str
    rights: Right


@dataclass(slots=True, kw_only=True)
class Member:
    """A person in a guild. `roles` are ids, without everybody's role."""

    user: Person
    joined_at: datetime
    roles: set[str] = field(default_factory=set)
    nick: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """An attachment."""

    id: str
    name: str
    content: bytes


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as it stands now.

    Attributes:
        only_for: the one person who sees it, of an ephemeral message.
        mentions: the ids of the people that it notifies; `pings_all` if it notifies everyone or a role.
        interaction: the interaction that it answers, as its metadata says.
        loading: a deferred answer that nobody has filled in yet.
        nonce: as it was sent; no history gives it back.
        reference: channel and message that it replies to or starts a thread of.
    """

    id: str
    channel_id: str
    author: Person
    at: datetime
    content: str = ""
    components: list[Body] = field(default_factory=list)
    embeds: list[Body] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    nonce: str | None = None
    mentions: list[str] = field(default_factory=list)
    pings_all: list[str] = field(default_factory=list)
    reference: tuple[str, str] | None = None
    interaction: Body | None = None
    edited_at: datetime | None = None
    only_for: str | None = None
    loading: bool = False
    pinned: bool = False

    @property
    def shown(self) -> str:
        """The words that a reader sees."""
        return discord_text.shown(self.content, self.components, self.embeds)

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons, in order."""
        return [str(each.get("label", "")) for each in discord_text.nodes(self.components) if each["type"] == BUTTON]

    @property
    def pings(self) -> list[str]:
        """Everyone that it notifies: ids of people, then `@everyone` and roles."""
        return [*self.mentions, *self.pings_all]


@dataclass(slots=True, kw_only=True)
class Thread:
    """What a channel has more if it is a thread. `tags` are ids; `members` those who joined."""

    owner_id: str
    archived: bool = False
    locked: bool = False
    auto_archive_minutes: int = 1440
    archived_at: datetime
    tags: list[str] = field(default_factory=list)
    members: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, thread or direct conversation with its messages by id, oldest first.

    Attributes:
        overwrites: role or user id -> (allowed, denied).
        tags: id -> name, of a forum; `moderated_tags` are the names of those for MANAGE_THREADS alone.
        people: of a direct conversation.
        whispers: ephemeral messages, which no history holds.
    """

    id: str
    name: str
    kind: Kind = Kind.TEXT
    guild_id: str | None = None
    parent_id: str | None = None
    overwrites: dict[str, tuple[Right, Right]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    requires_tag: bool = False
    moderated_tags: frozenset[str] = frozenset()
    thread: Thread | None = None
    people: frozenset[str] = frozenset()
    messages: dict[str, Message] = field(default_factory=dict)
    whispers: dict[str, Message] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Guild:
    """A server. `roles` holds everybody's role under the guild's own id."""

    id: str
    name: str
    owner_id: str
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    locale: str = "en-US"


BUTTON = 2


class World:
    """Everything by id."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}

    def direct(self, one: str, other: str, new_id: str) -> Channel:
        """The conversation of two people, made under `new_id` if there is none."""
        pair = frozenset((one, other))
        for channel in self.channels.values():
            if channel.kind is Kind.DIRECT and channel.people == pair:
                return channel
        self.channels[new_id] = Channel(id=new_id, name="", kind=Kind.DIRECT, people=pair)
        return self.channels[new_id]

    def threads(self, parent_id: str) -> list[Channel]:
        """The threads of a channel, oldest first."""
        return [each for each in self.channels.values() if each.parent_id == parent_id and each.thread]

    def rights(self, channel: Channel, user_id: str) -> Right:
        """What somebody may in a channel, overwrites included (docs: topics/permissions, "Permission Overwrites")."""
        if channel.guild_id is None:
            return MEMBER_RIGHTS if user_id in channel.people else Right(0)
        guild = self.guilds[channel.guild_id]
        if user_id not in guild.members:
            return Right(0)
        rights = self.guild_rights(guild, user_id)
        if rights & Right.ADMINISTRATOR or user_id == guild.owner_id:
            return ALL_RIGHTS
        place = self.channels[channel.parent_id] if channel.thread and channel.parent_id else channel
        layers = [[guild.id], sorted(guild.members[user_id].roles), [user_id]]
        for layer in layers:
            found = [place.overwrites[each] for each in layer if each in place.overwrites]
            for _, denied in found:
                rights &= ~denied
            for allowed, _ in found:
                rights |= allowed
        # docs: topics/permissions, "Implicit Permissions": without VIEW_CHANNEL nothing is left
        return rights if rights & Right.VIEW_CHANNEL else Right(0)

    def guild_rights(self, guild: Guild, user_id: str) -> Right:
        """What somebody may by their roles."""
        rights = guild.roles[guild.id].rights
        for role in guild.members[user_id].roles:
            rights |= guild.roles[role].rights
        return ALL_RIGHTS if user_id == guild.owner_id or rights & Right.ADMINISTRATOR else rights

    def can_see(self, channel: Channel, user_id: str) -> bool:
        """Whether somebody sees a channel; a private thread only its members and moderators see."""
        rights = self.rights(channel, user_id)
        if channel.kind is Kind.PRIVATE_THREAD and channel.thread and not rights & Right.MANAGE_THREADS:
            return user_id in channel.thread.members
        return bool(rights & Right.VIEW_CHANNEL)
