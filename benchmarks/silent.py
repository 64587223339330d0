"""A chat that takes everything and keeps nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from itertools import count

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef
from bot.ports import Target


class SilentChat:
    """The Chat port, at no cost."""

    def __init__(self) -> None:
        self._numbers = count()

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:  # noqa: ARG002
        return MessageRef(to.place, f"m{next(self._numbers)}")

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:  # noqa: ARG002
        return ()

    async def edit(self, message: MessageRef, card: Card) -> None: ...

    async def delete(self, message: MessageRef) -> None: ...

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None: ...

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:
        """Nothing."""
        del below, member, lines
        return False
