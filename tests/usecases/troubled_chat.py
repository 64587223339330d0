"""The terminal's chat behind a line that breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef
from bot.errors import TpmError
from bot.infra.clock import SteppedClock
from bot.ports import Target, Where
from handlers.terminal.chat import RoomChat
from handlers.terminal.room import Room


class TroubledChat:
    """The room's chat behind a line that breaks as it is told.

    Attributes:
        sent: (key, what was sent), every message that reached the room.
        edited: what was put in the place of a message, each time.
    """

    def __init__(self, room: Room, clock: SteppedClock) -> None:
        self._chat = RoomChat(room, clock)
        self._faults: list[tuple[str, TpmError, bool, Where | None]] = []
        self.sent: list[tuple[str, Card]] = []
        self.edited: list[Card] = []
        self.deleted: list[MessageRef] = []

    def fail(
        self, call: str, trouble: TpmError, *, times: int = 1, done: bool = False, where: Where | None = None
    ) -> None:
        """Break the next calls of a kind, to places of a kind; `done`: only the reply is lost."""
        self._faults += [(call, trouble, done, where)] * times

    def mend(self) -> None:
        self._faults.clear()

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        self._break("send", to.where)
        ref = await self._chat.send(to, card, key=key)
        self.sent.append((key, card))
        self._break("send", to.where, done=True)
        return ref

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        self._break("find", to.where)
        return await self._chat.find(to, key=key, since=since)

    async def edit(self, message: MessageRef, card: Card) -> None:
        self._break("edit")
        await self._chat.edit(message, card)
        self.edited.append(card)

    async def delete(self, message: MessageRef) -> None:
        self._break("delete")
        await self._chat.delete(message)
        self.deleted.append(message)

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        await self._chat.status(thread, member, text)

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:
        return await self._chat.stream(below, member, lines)

    def _break(self, call: str, where: Where | None = None, *, done: bool = False) -> None:
        for fault in self._faults:
            kind, trouble, only_reply, there = fault
            if (kind, only_reply) == (call, done) and there in (None, where):
                self._faults.remove(fault)
                raise trouble
