"""The stage of the fake Discord: guilds, people, channels, rights, and who changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.servers.discord_commands import Commands
from tests.servers.discord_gateway import MESSAGE_CONTENT, PRIVILEGED, Gateway
from tests.servers.discord_hub import APPLICATION_ID, Hub
from tests.servers.discord_people import User
from tests.servers.discord_world import (
    MEMBER_RIGHTS,
    NO_RIGHT,
    Body,
    Channel,
    Guild,
    Kind,
    Member,
    Person,
    Right,
    Role,
)

GUILD_ID = "1000"


class Stage:
    """What a test sets up, and what moderators do. `guild` is where people and channels are by default."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.gateway: Gateway = hub.gateway
        self._commands = Commands(hub)
        self._users: dict[str, User] = {}
        self.guild = self.add_guild(GUILD_ID)

    def add_guild(self, id_: str, *, bot: bool = True) -> Guild:
        """A guild of somebody who takes no part; the app is told if it is connected."""
        world = self.hub.world
        owner = world.people.setdefault("999", Person(id="999", name="owner"))
        guild = Guild(id=id_, name=f"guild-{id_}", owner_id=owner.id)
        guild.roles[id_] = Role(id=id_, name="@everyone", rights=MEMBER_RIGHTS)
        guild.members[owner.id] = Member(user=owner, joined_at=self.hub.now())
        world.guilds[id_] = guild
        if bot:
            self.invite(guild)
        return guild

    def invite(self, guild: Guild) -> None:
        """Add the app to a guild."""
        guild.members[APPLICATION_ID] = Member(user=self.hub.bot, joined_at=self.hub.now())
        for session in self.gateway.sessions.values():
            if session.holds(guild.id):
                self.hub.tell_guild(session, guild.id)

    def kick(self, guild: Guild) -> None:
        """Remove the app from a guild (docs: events/gateway-events "Guild Delete": without `unavailable`)."""
        del guild.members[APPLICATION_ID]
        self.gateway.emit("GUILD_DELETE", {"id": guild.id}, guild_id=guild.id)

    def user(self, id_: str, *, name: str = "", admin: bool = False, guild: Guild | None = None) -> User:
        """A person in a guild; an admin has Manage Server there. The same one for the same id."""
        guild = guild or self.guild
        if id_ not in self._users:
            person = self.hub.world.people[id_] = Person(id=id_, name=name or f"user{id_}")
            self._users[id_] = User(self.hub, person)
        if id_ not in guild.members:
            guild.members[id_] = Member(user=self._users[id_].person, joined_at=self.hub.now())
        if admin:
            self.give(id_, Right.MANAGE_GUILD | Right.MANAGE_CHANNELS, guild=guild)
        return self._users[id_]

    def give(self, user_id: str, rights: Right, *, guild: Guild | None = None) -> None:
        """Give somebody, the bot included, a role with these rights."""
        guild = guild or self.guild
        role = Role(id=self.hub.new_id(), name=f"role-{len(guild.roles)}", rights=rights)
        guild.roles[role.id] = role
        guild.members[user_id].roles.add(role.id)

    def leave(self, user: User, guild: Guild | None = None) -> None:
        """Somebody leaves a guild; the app hears of it with the members intent only."""
        guild = guild or self.guild
        gone = guild.members.pop(user.id)
        body: Body = {"guild_id": guild.id, "user": {"id": gone.user.id, "username": gone.user.name}}
        self.gateway.emit(
            "GUILD_MEMBER_REMOVE",
            {**body, "user": {**body["user"], "discriminator": "0", "avatar": None}},
            guild_id=guild.id,
        )

    def channel(
        self,
        id_: str,
        *,
        name: str = "",
        forum: bool = False,
        tags: Sequence[str] = (),
        moderated_tags: Sequence[str] = (),
        requires_tag: bool = False,
        guild: Guild | None = None,
    ) -> Channel:
        """A text channel or a forum that everybody in the guild sees."""
        kind = Kind.FORUM if forum else Kind.TEXT
        channel = Channel(id=id_, name=name or f"channel-{id_}", kind=kind, guild_id=(guild or self.guild).id)
        channel.tags = {self.hub.new_id(): each for each in (*moderated_tags, *tags)}
        channel.moderated_tags = frozenset(moderated_tags)
        channel.requires_tag = requires_tag
        return self._made(channel)

    def channel_of(self, kind: Kind, id_: str, *, name: str) -> Channel:
        """A channel of another type that everybody in the guild sees."""
        return self._made(Channel(id=id_, name=name, kind=kind, guild_id=self.guild.id))

    def _made(self, channel: Channel) -> Channel:
        self.hub.world.channels[channel.id] = channel
        self.hub.channel_event("CHANNEL_CREATE", channel)
        return channel

    def overwrite(self, channel: Channel, who: str, *, allow: Right = NO_RIGHT, deny: Right = NO_RIGHT) -> None:
        """Change what a person or role may in a channel, by id; the bot's is `application_id`."""
        channel.overwrites[who] = (allow, deny)
        self.hub.channel_event("CHANNEL_UPDATE", channel)

    def delete_channel(self, channel: Channel) -> None:
        """Remove a channel or thread."""
        self.hub.remove_channel(channel)

    def set_thread(self, thread: Channel, *, archived: bool | None = None, locked: bool | None = None) -> None:
        """Archive or lock a thread, as a moderator or inactivity does."""
        if thread.thread is None:
            raise ValueError(thread.id)
        if archived is not None:
            thread.thread.archived, thread.thread.archived_at = archived, self.hub.now()
        if locked is not None:
            thread.thread.locked = locked
        self.hub.channel_event("THREAD_UPDATE", thread)

    def portal(self, *, message_content: bool) -> None:
        """Set the switch for message content in the app's settings; without it, asking closes with 4014."""
        self.gateway.allowed = PRIVILEGED if message_content else PRIVILEGED & ~MESSAGE_CONTENT

    def register(self, commands: Sequence[Mapping[str, object]], guild: Guild | None = None) -> None:
        """Register commands without a sync."""
        self._commands.register([dict(each) for each in commands], guild.id if guild else None)
