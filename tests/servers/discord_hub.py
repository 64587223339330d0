"""The middle of the fake Discord: its world, its clock, its ids, and what it tells the app."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.infra.clock import host_now
from tests.servers.discord_bodies import channel_body, guild_body, member_body, message_body, user_body
from tests.servers.discord_faults import Fault, No
from tests.servers.discord_gateway import MESSAGE_CONTENT, Gateway, Session
from tests.servers.discord_interaction import Interaction
from tests.servers.discord_world import Body, Channel, Kind, Message, Person, Right, World
from tests.servers.faults import Faults

APPLICATION_ID = "900000000000000001"
TOKEN = "OTAwMDAwMDAwMDAwMDAwMDAx.made-up.for-tests"
EPOCH_MS = 1_420_070_400_000
"""docs: reference "Snowflakes": the first second of 2015."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One REST call; `code` is None if it took effect, `status` what it was answered with (0: nothing)."""

    route: str
    path: str
    body: Body
    code: int | None
    status: int
    at: datetime
    connection: str


@dataclass(slots=True)
class Bucket:
    """How often a route may be called with the same major parameter."""

    limit: int
    span_s: float
    calls_s: dict[str, list[float]] = field(default_factory=dict)


class Hub:
    """State and identity. What Discord does with it is in the files beside.

    Attributes:
        calls: every REST call, oldest first.
        odd: what the app did that no app of this kind should, such as a route that this Discord does not have.
        commands: (guild id or None for global) -> the registered commands.
        interactions: by token.
        reads_content: the portal's switch: whether REST gives what people write (docs: events/gateway
            "Message Content Intent").
        callback_within_s: discord.md 2: 3 s.
        ahead: how far the clock has been moved on from the one given.
    """

    def __init__(self, now: Callable[[], datetime] = host_now) -> None:
        self.world = World()
        self.bot = Person(id=APPLICATION_ID, name="tpm", is_bot=True)
        self.world.people[self.bot.id] = self.bot
        self.faults = Faults[Fault]()
        self.gateway = Gateway(TOKEN, self._ready)
        self.calls: list[Call] = []
        self.odd: list[str] = []
        self.commands: dict[str | None, list[Body]] = {}
        self.interactions: dict[str, Interaction] = {}
        self.buckets: dict[str, Bucket] = {}
        self.typing: list[tuple[str, datetime]] = []
        self.blocked_words: list[str] = []
        self.callback_within_s = 3.0
        self.ahead = timedelta()
        self.url = ""
        self._clock = now
        self._last_id = 0

    @property
    def reads_content(self) -> bool:
        """Whether the portal's switch for message content is on."""
        return bool(self.gateway.allowed & MESSAGE_CONTENT)

    def now(self) -> datetime:
        """The aware UTC instant by this Discord's clock."""
        return (self._clock() + self.ahead).astimezone(UTC)

    def monotonic_s(self) -> float:
        """Real seconds."""
        return time.monotonic()

    def new_id(self) -> str:
        """A snowflake: milliseconds since 2015 and a counter, never the same twice."""
        now_ms = round(self.now().timestamp() * 1000) - EPOCH_MS
        self._last_id = max(now_ms << 22, self._last_id + 1)
        return str(self._last_id)

    def new_token(self) -> str:
        """An interaction's token."""
        return f"aW50ZXJhY3Rpb246{secrets.token_hex(16)}"

    def channel(self, id_: str, *, needs: Right = Right.VIEW_CHANNEL) -> Channel:
        """A channel where the bot has these rights. Raises No: 10003, 50001, 50013 (discord.md 6)."""
        channel = self.world.channels.get(id_)
        if channel is None:
            raise No(10003)
        if not self.world.can_see(channel, self.bot.id):
            raise No(50001)
        if needs & ~self.world.rights(channel, self.bot.id):
            raise No(50013)
        return channel

    def body(self, message: Message, *, blank: bool = False) -> Body:
        """A message as JSON."""
        return message_body(self.world, message, self.url, blank=blank)

    def read(self, message: Message) -> Body:
        """A message as REST gives it to the app."""
        return self.body(message, blank=not self.reads_content and self.hides(message))

    def hides(self, message: Message) -> bool:
        """Whether the words are kept from an app without the intent (discord.md 2 "Message content")."""
        channel = self.world.channels[message.channel_id]
        if message.author is self.bot or channel.kind is Kind.DIRECT:
            return False
        if self.bot.id not in message.mentions:
            return True
        # a ping that comes only from a reply to an interaction's message does not count
        place, id_ = message.reference or ("", "")
        there = self.world.channels.get(place)
        parent = there.messages.get(id_) if there else None
        by_reply = parent is not None and parent.author is self.bot and f"<@{self.bot.id}>" not in message.content
        return bool(by_reply and parent and parent.interaction)

    def message_event(self, event: str, message: Message, **more: Any) -> None:
        """Bring MESSAGE_CREATE or MESSAGE_UPDATE to the app, where it sees the channel."""
        channel = self.world.channels[message.channel_id]
        if message.only_for or not self.world.can_see(channel, self.bot.id):
            return
        body, blank = (
            {**self.body(message, blank=hidden), **self._where(channel, message), **more}
            for hidden in (False, self.hides(message))
        )
        self.gateway.emit(event, body, guild_id=channel.guild_id, blank=blank)

    def _where(self, channel: Channel, message: Message) -> Body:
        more: Body = {"channel_type": int(channel.kind)}
        if channel.guild_id:
            more["guild_id"] = channel.guild_id
            member = self.world.guilds[channel.guild_id].members.get(message.author.id)
            if member:
                more["member"] = member_body(member, with_user=False)
        return more

    def channel_event(self, event: str, channel: Channel, **more: Any) -> None:
        """Bring an event about a channel or thread to the app, where it sees it."""
        if self.world.can_see(channel, self.bot.id):
            body = {**channel_body(self.world, channel, self.bot.id), **more}
            self.gateway.emit(event, body, guild_id=channel.guild_id)

    def remove_message(self, message: Message) -> None:
        """Delete a message, and tell the app."""
        channel = self.world.channels[message.channel_id]
        channel.whispers.pop(message.id, None)
        if channel.messages.pop(message.id, None) is None:
            return
        body: Body = {"id": message.id, "channel_id": channel.id}
        if channel.guild_id:
            body["guild_id"] = channel.guild_id
        if self.world.can_see(channel, self.bot.id):
            self.gateway.emit("MESSAGE_DELETE", body, guild_id=channel.guild_id)

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads, or a thread, and tell the app."""
        seen = self.world.can_see(channel, self.bot.id)
        body = channel_body(self.world, channel, self.bot.id)
        for thread in self.world.threads(channel.id):
            del self.world.channels[thread.id]
        del self.world.channels[channel.id]
        if seen and channel.thread:
            kept = {name: body[name] for name in ("id", "guild_id", "parent_id", "type")}
            self.gateway.emit("THREAD_DELETE", kept, guild_id=channel.guild_id)
        elif seen:
            self.gateway.emit("CHANNEL_DELETE", body, guild_id=channel.guild_id)

    def tell_guild(self, session: Session, guild_id: str) -> None:
        """GUILD_CREATE of a guild that the app was added to: discord.py knows it by the missing `unavailable`."""
        body = guild_body(self.world, self.world.guilds[guild_id], self.bot.id, whole=True)
        del body["unavailable"]
        session.dispatch("GUILD_CREATE", body)

    def joined(self) -> list[str]:
        """The guilds that the bot is in."""
        return [id_ for id_, each in self.world.guilds.items() if self.bot.id in each.members]

    def _ready(self, session: Session) -> list[tuple[str, Body]]:
        """READY, and each guild after it (docs: events/gateway-events "Ready")."""
        mine = [id_ for id_ in self.joined() if session.holds(id_)]
        ready: Body = {
            "v": 10, "user": user_body(self.bot), "session_id": session.id, "shard": list(session.shard),
            "guilds": [{"id": each, "unavailable": True} for each in mine], "private_channels": [],
            "resume_gateway_url": self.url.replace("http", "ws", 1) + "/gateway/resume/",
            "application": {"id": APPLICATION_ID, "flags": 0},
        }  # fmt: skip
        guilds = [guild_body(self.world, self.world.guilds[each], self.bot.id, whole=True) for each in mine]
        return [("READY", ready), *(("GUILD_CREATE", each) for each in guilds)]
