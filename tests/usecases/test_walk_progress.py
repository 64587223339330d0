"""What is shown while a walkthrough is being made, whatever a platform's streams do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef
from bot.ports import Chat, Target
from tests.servers.anthropic import AnthropicServer, Reply
from tests.usecases.study import Study
from tests.usecases.walking import direct_cards, kinds, walked, walking

WHOLE = ["walkthrough", *["walkthrough-section"] * 6]


class Streaming:
    """A chat that streams what it is given, dies after `lives` lines, or never comes to an end."""

    def __init__(self, chat: Chat, *, lives: int = 100, hangs: bool = False) -> None:
        self.lines: list[str] = []
        self.edits: list[str] = []
        self._chat, self._lives, self._hangs = chat, lives, hangs

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        return await self._chat.send(to, card, key=key)

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        return await self._chat.find(to, key=key, since=since)

    async def edit(self, message: MessageRef, card: Card) -> None:
        self.edits.append(card.plain)
        await self._chat.edit(message, card)

    async def delete(self, message: MessageRef) -> None:
        await self._chat.delete(message)

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        await self._chat.status(thread, member, text)

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:  # noqa: ARG002
        async for line in lines:
            if len(self.lines) == self._lives:
                return False
            self.lines.append(line)
        if self._hangs:
            await asyncio.Event().wait()
        return True


@pytest.fixture
async def walker(valkey_url: str, tmp_path: Path, model: AnthropicServer) -> AsyncIterator[Study]:
    """A group with an open question, and somebody who writes walkthroughs."""
    async with walking(valkey_url, tmp_path, model) as made:
        yield made


async def test_each_step_is_a_line(walker: Study) -> None:
    """Where a platform streams, every search and every section is one line of it, in order."""
    chat = Streaming(walker.chat)
    walker.changed(chat=chat)
    await walked(walker)
    assert chat.lines[:6] == [f"Searching the web: part {number} of it" for number in range(1, 7)]
    assert [line[:24] for line in chat.lines[6:]] == [f"I am writing section {number} o" for number in range(1, 7)]


async def test_a_dead_stream_is_taken_over_by_the_message(walker: Study, model: AnthropicServer) -> None:
    """When the stream dies, the message is edited at once, long before it would be beside a stream that lives."""
    model.script(Reply(search_s=0.2))
    chat = Streaming(walker.chat, lives=2)
    walker.changed(chat=chat)
    await walked(walker)
    assert len(chat.lines) == 2
    assert len(chat.edits) == 2
    assert "part 3 of it" in chat.edits[1]
    assert kinds(direct_cards(walker)) == WHOLE


async def test_a_stream_that_does_not_end_holds_nothing_up(walker: Study) -> None:
    """A platform that never ends its stream is left behind, and the walkthrough comes."""
    walker.changed(chat=Streaming(walker.chat, hangs=True))
    await walked(walker)
    assert kinds(direct_cards(walker)) == WHOLE
