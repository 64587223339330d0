"""The Chat port on a room."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef
from bot.errors import ChatBusy, ChatRefused
from bot.ports import Clock, Target, Where
from handlers.terminal.log import RoomDown
from handlers.terminal.messages import Message
from handlers.terminal.room import Room

RETRY_AFTER_S = 30.0
"""How long a full disk is given before the bot tries again."""


class RoomChat:
    """What the bot says in a room. Nothing is ever unsure here: a message is in the log or it is not."""

    def __init__(self, room: Room, clock: Clock) -> None:
        self._room = room
        self._clock = clock

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        """Send once. Raises ChatRefused if the place, the thread or the member is not in the room."""
        self._check(to)
        thread = to.thread.message_id if to.thread else None
        try:
            message = self._room.send(to.where, card, self._clock.now(), thread=thread, to=to.member, key=key)
        except RoomDown as down:
            raise ChatBusy(str(down), RETRY_AFTER_S) from down
        return self._room.ref(message.id)

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        """Every message in that place that stands and was sent with `key` at or after `since`, oldest first."""
        thread = to.thread.message_id if to.thread else None
        return [
            self._room.ref(message.id)
            for message in self._room.standing()
            if message.key == key and message.at >= since and (message.where, message.thread) == (to.where, thread)
        ]

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Replace a message of the bot."""
        if standing := self._own(message):
            try:
                self._room.change(standing, card, self._clock.now())
            except RoomDown as down:
                raise ChatBusy(str(down), RETRY_AFTER_S) from down

    async def delete(self, message: MessageRef) -> None:
        """Remove a message of the bot."""
        if standing := self._own(message):
            try:
                self._room.remove(standing, self._clock.now())
            except RoomDown as down:
                raise ChatBusy(str(down), RETRY_AFTER_S) from down

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:  # noqa: ARG002  one screen shows all
        """Show a passing line at the bottom of the screen."""
        self._room.show_status(text)

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:  # noqa: ARG002
        """A message that is edited is live here already."""
        return False

    def _check(self, to: Target) -> None:
        if to.place != self._room.place:
            raise ChatRefused(f"no such channel here: {to.place}")
        if to.where is Where.THREAD and to.thread is None:
            raise ChatRefused("a thread message needs its thread")
        if to.thread is not None:
            root = self._room.messages.get(to.thread.message_id)
            if root is None or root.deleted_at is not None:
                raise ChatRefused(f"the thread {to.thread.message_id} is gone")
        if to.where in (Where.DIRECT, Where.ONLY_YOU) and to.member not in self._room.people:
            raise ChatRefused(f"no such person here: {to.member}")

    def _own(self, ref: MessageRef) -> Message | None:
        message = self._room.messages.get(ref.message_id)
        if message is None or message.deleted_at is not None or ref.place != self._room.place:
            return None
        if message.author is not None:
            raise ChatRefused("the bot cannot change what a person wrote")
        return message
