"""What people write, and who comes and goes."""

from __future__ import annotations

from tests.servers import slack_text
from tests.servers.slack_events import (
    announce_changed,
    announce_deleted,
    announce_joined,
    announce_left,
    announce_posted,
)
from tests.servers.slack_inputs import Unable
from tests.servers.slack_seat import Seat, tried
from tests.servers.slack_world import Body, Channel, Message


class Writing(Seat):
    """Messages and channels."""

    async def say(self, channel: Channel | str, text: str, *, thread: Message | str | None = None) -> Message:
        """Write a message, in a thread if one is given; `@name` mentions, as Slack's client makes it."""
        channel = self._channel(channel)
        if self.id not in channel.members or channel.archived:
            raise Unable(f"{self.person.name} cannot write in {channel.name}")
        parent = thread.ts if isinstance(thread, Message) else thread
        if parent is not None and (parent not in channel.messages or channel.messages[parent].is_reply):
            raise Unable(f"{parent} starts no thread in {channel.name}")
        ts = self._hub.new_ts()
        message = Message(
            ts=ts, channel_id=channel.id, team_id=self._workspace.id, user=self.id, thread_ts=parent,
            text=slack_text.as_typed(text, self._names()), blocks=slack_text.rich(text),
        )  # fmt: skip
        channel.messages[ts] = message
        await tried(announce_posted(self._hub, message))
        return message

    async def edit(self, message: Message | str, text: str) -> None:
        """Give one's own message a new text."""
        message = self._own(message)
        before = self._hub.body(message)
        message.text, message.blocks = slack_text.as_typed(text, self._names()), slack_text.rich(text)
        message.edited_ts = self._hub.new_ts()
        await tried(announce_changed(self._hub, message, before))

    async def delete(self, message: Message | str) -> None:
        """Remove one's own message."""
        await tried(announce_deleted(self._hub, self._own(message)))

    async def open_home(self, tab: str = "home") -> None:
        """Open the app: its home tab, or its messages."""
        event: Body = {"type": "app_home_opened", "user": self.id, "channel": self.direct.id, "tab": tab}
        if self.home is not None and tab == "home":
            event["view"] = self._views.body(self.home)
        delivery = self._hub.emit(self._workspace, event)
        await tried([delivery] if delivery else [])

    async def invite(self, channel: Channel | str, user: str | None = None) -> None:
        """Bring somebody into a channel; the bot, if nobody is named."""
        channel = self._channel(channel)
        joining = user or self._workspace.bot_user
        channel.members.add(joining)
        await tried(announce_joined(self._hub, self._workspace, channel, joining, self.id))

    async def leave(self, channel: Channel | str, user: str | None = None) -> None:
        """Leave a channel, or remove somebody else from it: an app hears the same of both."""
        channel, leaving = self._channel(channel), user or self.id
        channel.members.discard(leaving)
        await tried(announce_left(self._hub, self._workspace, channel, leaving))

    def remove(self, channel: Channel | str) -> None:
        """Remove the bot from a channel, which it is not told."""
        self._channel(channel).members.discard(self._workspace.bot_user)

    def archive(self, channel: Channel | str) -> None:
        """Archive a channel."""
        self._channel(channel).archived = True

    def _own(self, message: Message | str) -> Message:
        ts = message.ts if isinstance(message, Message) else message
        found = self._workspace.find_message(ts)
        if found is None or found.user != self.id:
            raise Unable(f"{self.person.name} has no message {ts}")
        return found
