"""The Chat port of a program with several platforms: each call goes to the platform of its place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatBusy, ChatRefused, ChatUnsure
from bot.ports import Chat, Target

T = TypeVar("T")

STARTING_S = 2.0
"""How soon a platform that is still connecting is tried again."""
NOT_HERE_S = 60.0
"""How soon a platform without a token here: the token may come back, and another process may have it."""

Count = Callable[[str, str, str], None]
"""Told of each call: platform, call, outcome (done, busy, refused, unsure or failed)."""

_OUTCOMES = {ChatBusy: "busy", ChatRefused: "refused", ChatUnsure: "unsure"}


class Switchboard:
    """What is said before the platform is plugged in raises ChatBusy: it stays owed and nothing is lost."""

    def __init__(self, expected: Iterable[str], count: Count) -> None:
        """`expected`: the platforms that will be plugged in."""
        self._expected = frozenset(expected)
        self._count = count
        self._chats: dict[str, Chat] = {}

    def plug(self, platform: str, chat: Chat) -> None:
        """From now on, what goes to `platform` goes to `chat`."""
        self._chats[platform] = chat

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        return await self._call("send", to.place, lambda chat: chat.send(to, card, key=key))

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        return await self._call("find", to.place, lambda chat: chat.find(to, key=key, since=since))

    async def edit(self, message: MessageRef, card: Card) -> None:
        await self._call("edit", message.place, lambda chat: chat.edit(message, card))

    async def delete(self, message: MessageRef) -> None:
        await self._call("delete", message.place, lambda chat: chat.delete(message))

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        if chat := self._chats.get(thread.place.platform):
            await chat.status(thread, member, text)

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:
        chat = self._chats.get(below.place.platform)
        return chat is not None and await chat.stream(below, member, lines)

    async def _call(self, name: str, place: Place, call: Callable[[Chat], Awaitable[T]]) -> T:
        chat = self._chats.get(place.platform)
        if chat is None:
            pause_s = STARTING_S if place.platform in self._expected else NOT_HERE_S
            raise ChatBusy(f"{place.platform} is not connected here", pause_s)
        try:
            answer = await call(chat)
        except Exception as error:
            self._count(place.platform, name, _outcome(error))
            raise
        self._count(place.platform, name, "done")
        return answer


def _outcome(error: Exception) -> str:
    return next((word for kind, word in _OUTCOMES.items() if isinstance(error, kind)), "failed")
