"""What people write in Discord, and how they change it."""

from __future__ import annotations

from tests.servers import discord_text
from tests.servers.discord_content import MOST_CONTENT_CHARS, open_for
from tests.servers.discord_faults import No
from tests.servers.discord_seat import Seat, Unable
from tests.servers.discord_world import HAS_THREAD, REPLY, THREAD_STARTER, Channel, File, Kind, Message, Right, Thread


class Writing(Seat):
    """Messages and threads. Each act returns when the app has been sent the event."""

    async def say(
        self,
        channel: Channel | str,
        text: str,
        *,
        thread: Message | Channel | str | None = None,
        reply_to: Message | None = None,
        ping: bool = True,
        files: tuple[File, ...] = (),
    ) -> Message:
        """Write a message, in the thread of a message if one is given; `@name` mentions, as Discord's client makes it.

        A reply notifies its author unless `ping` is off.
        """
        place = self._channel(channel) if thread is None else self._thread(thread)
        text = discord_text.as_typed(text, self._names())
        self._check(place, text)
        hub = self._hub
        message = Message(
            id=hub.new_id(), channel_id=place.id, author=self.person, at=hub.now(), content=text, files=list(files)
        )
        if reply_to is not None:
            message.type, message.reference = REPLY, (reply_to.channel_id, reply_to.id)
        self._notify(message, reply_to if ping else None)
        place.messages[message.id] = message
        if place.thread:
            place.thread.members.add(self.id)
        hub.message_event("MESSAGE_CREATE", message)
        await hub.gateway.settled()
        return message

    def _check(self, place: Channel, text: str) -> None:
        if not self._hub.world.can_see(place, self.id):
            raise Unable(f"{self.person.name} does not see {place.name}")
        if len(text) > MOST_CONTENT_CHARS:
            raise Unable("Your message is too long.")
        try:
            open_for(self._hub, place, self.id)
        except No as no:
            raise Unable(f"{self.person.name} cannot write in {place.name}: {no}") from no

    def _notify(self, message: Message, answered: Message | None) -> None:
        people, roles, everyone = discord_text.notified(message.content)
        message.mentions = [each for each in people if each in self._hub.world.people]
        if answered and answered.author.id not in message.mentions:
            message.mentions.append(answered.author.id)
        may_all = self._may(self._channel(message.channel_id), Right.MENTION_EVERYONE)
        message.pings_all = ["@everyone", *roles] if everyone and may_all else roles

    async def reply(self, message: Message, text: str, *, ping: bool = True) -> Message:
        """Answer a message where it stands."""
        return await self.say(message.channel_id, text, reply_to=message, ping=ping)

    async def edit(self, message: Message, text: str) -> None:
        """Give one's own message a new text."""
        channel = self._own(message)
        if channel.thread and channel.thread.archived:
            raise Unable("an archived thread takes no edits")  # discord.md 6 Threads
        message.content = discord_text.as_typed(text, self._names())
        message.edited_at = self._hub.now()
        self._notify(message, None)
        self._hub.message_event("MESSAGE_UPDATE", message)
        await self._hub.gateway.settled()

    async def delete(self, message: Message) -> None:
        """Remove one's own message, or anybody's with the right to."""
        channel = self._visible(message)
        if message.author is not self.person and not self._may(channel, Right.MANAGE_MESSAGES):
            raise Unable(f"{self.person.name} may not delete that message")
        self._hub.remove_message(message)
        await self._hub.gateway.settled()

    async def start_thread(self, message: Message, name: str) -> Channel:
        """Begin a thread from a message, before the app does."""
        channel = self._visible(message)
        if message.id in self._hub.world.channels or not self._may(channel, Right.CREATE_PUBLIC_THREADS):
            raise Unable("there is a thread already, or no right to make one")
        thread = self._made(channel, message.id, name)
        message.flags |= HAS_THREAD
        starter = Message(
            id=self._hub.new_id(), channel_id=thread.id, author=self.person, at=self._hub.now(), type=THREAD_STARTER,
            reference=(channel.id, message.id),
        )  # fmt: skip
        thread.messages[starter.id] = starter
        self._hub.channel_event("THREAD_CREATE", thread, newly_created=True)
        await self._hub.gateway.settled()
        return thread

    async def post(self, forum: Channel | str, name: str, text: str) -> Channel:
        """Begin a forum post. THREAD_CREATE comes before its message (discord.md 6 Threads)."""
        forum = self._channel(forum)
        if forum.kind is not Kind.FORUM or not self._may(forum, Right.SEND_MESSAGES):
            raise Unable(f"{self.person.name} cannot post in {forum.name}")
        id_ = self._hub.new_id()
        thread = self._made(forum, id_, name)
        self._hub.channel_event("THREAD_CREATE", thread, newly_created=True)
        content = discord_text.as_typed(text, self._names())
        message = Message(id=id_, channel_id=id_, author=self.person, at=self._hub.now(), content=content)
        self._notify(message, None)
        thread.messages[id_] = message
        self._hub.message_event("MESSAGE_CREATE", message)
        await self._hub.gateway.settled()
        return thread

    def _made(self, parent: Channel, id_: str, name: str) -> Channel:
        state = Thread(owner_id=self.id, archived_at=self._hub.now(), members={self.id})
        thread = Channel(
            id=id_, name=name, kind=Kind.THREAD, guild_id=parent.guild_id, parent_id=parent.id, thread=state
        )
        self._hub.world.channels[id_] = thread
        return thread

    def _own(self, message: Message) -> Channel:
        if message.author is not self.person:
            raise Unable(f"{self.person.name} did not write that message")
        return self._visible(message)
