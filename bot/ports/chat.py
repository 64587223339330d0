"""Chat: everything that the bot starts by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef, Place


class Where(StrEnum):
    """What kind of place a message goes to."""

    CHANNEL = "channel"
    THREAD = "thread"
    DIRECT = "dm"
    ONLY_YOU = "only-you"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a message goes.

    Attributes:
        thread: the post whose thread it is, for THREAD (and ONLY_YOU inside a thread).
        member: who it is for: required for DIRECT and ONLY_YOU, and names the addressee in a THREAD.
    """

    where: Where
    place: Place
    thread: MessageRef | None = None
    member: MemberId | None = None


class Chat(Protocol):
    """One chat platform. Every method may raise ChatBusy, ChatRefused or ChatUnsure."""

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        """Send once, never retry by itself. `key` travels with the message so that `find` can see it."""
        ...

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        """Every message that stands and was sent with `key` at or after `since`, oldest first."""
        ...

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Replace the message. A message that is gone is no error."""
        ...

    async def delete(self, message: MessageRef) -> None:
        """Remove the message. A message that is gone is no error."""
        ...

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        """Show a passing sign of work; an empty text clears it. Never raises: it is only a courtesy."""
        ...

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:
        """Show lines to a member below one of the bot's messages as they come; False once that cannot be done.

        Never raises: it is only a courtesy. What was streamed goes when that message is deleted.
        """
        ...
