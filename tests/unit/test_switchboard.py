from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest

from bot.cards import Card, Heading
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatBusy, ChatClosed, ChatRefused, ChatUnsure
from bot.ports import Target, Where
from handlers.switchboard import NOT_HERE_S, STARTING_S, Switchboard

CARD = Card("note", (Heading("Hello"),))
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Noting:
    """A chat that notes what it is asked and answers with its name, or raises `fault`."""

    def __init__(self, name: str, fault: Exception | None = None) -> None:
        self.name, self.fault, self.asked = name, fault, list[str]()

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        self._note(f"send {card.kind} {key}")
        return MessageRef(to.place, self.name)

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        self._note(f"find {key} {since:%H}")
        return [MessageRef(to.place, self.name)]

    async def edit(self, message: MessageRef, card: Card) -> None:
        self._note(f"edit {message.message_id} {card.kind}")

    async def delete(self, message: MessageRef) -> None:
        self._note(f"delete {message.message_id}")

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        self._note(f"status {thread.message_id} {member} {text}")

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:
        self._note(f"stream {below.message_id} {member} {[line async for line in lines]}")
        return True

    def _note(self, what: str) -> None:
        self.asked.append(what)
        if self.fault:
            raise self.fault


class Board:
    def __init__(self, *chats: Noting) -> None:
        self.counted: list[tuple[str, str, str]] = []
        self.switchboard = Switchboard(
            ["slack", "discord"], lambda platform, call, outcome: self.counted.append((platform, call, outcome))
        )
        for chat in chats:
            self.switchboard.plug(chat.name, chat)


def target(platform: str) -> Target:
    return Target(where=Where.CHANNEL, place=Place(platform, "team", "room"))


def message(platform: str) -> MessageRef:
    return MessageRef(Place(platform, "team", "room"), "m1")


async def lines() -> AsyncIterator[str]:
    yield "one"


async def test_each_call_goes_to_the_platform_of_its_place() -> None:
    """Every call reaches the chat of its place's platform, with all that it was given, and no other chat."""
    slack, discord = Noting("slack"), Noting("discord")
    board = Board(slack, discord)
    sent = await board.switchboard.send(target("slack"), CARD, key="k1")
    found = await board.switchboard.find(target("slack"), key="k1", since=NOW)
    await board.switchboard.edit(message("slack"), CARD)
    await board.switchboard.delete(message("slack"))
    await board.switchboard.status(message("slack"), MemberId("ben"), "reading")
    assert await board.switchboard.stream(message("slack"), MemberId("ben"), lines())
    assert slack.asked == [
        "send note k1", "find k1 09", "edit m1 note", "delete m1", "status m1 ben reading", "stream m1 ben ['one']",
    ]  # fmt: skip
    assert sent == found[0] == MessageRef(target("slack").place, "slack")
    assert discord.asked == []


@pytest.mark.parametrize(("platform", "pause_s"), [("slack", STARTING_S), ("terminal", NOT_HERE_S)])
async def test_what_cannot_be_said_yet_stays_owed(platform: str, pause_s: float) -> None:
    """What goes to a platform that is not plugged in is to be tried again: soon if it is expected, else later."""
    with pytest.raises(ChatBusy) as busy:
        await Board().switchboard.send(target(platform), CARD, key="k1")
    assert busy.value.retry_after_s == pause_s
    await Board().switchboard.status(message(platform), MemberId("ben"), "a courtesy that may fail in silence")
    assert not await Board().switchboard.stream(message(platform), MemberId("ben"), lines())


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, "done"),
        (ChatBusy("later", 1.0), "busy"),
        (ChatRefused("no"), "refused"),
        (ChatClosed("archived"), "refused"),
        (ChatUnsure("broke off"), "unsure"),
        (KeyError("a bug"), "failed"),
    ],
)
async def test_each_call_is_counted_with_its_outcome(fault: Exception | None, outcome: str) -> None:
    """A call is counted once with how it ended, and its error reaches the caller as it is."""
    board = Board(Noting("slack", fault))
    raised: list[BaseException] = []
    try:
        await board.switchboard.send(target("slack"), CARD, key="k1")
    except Exception as error:  # noqa: BLE001  whatever it is
        raised.append(error)
    assert raised == ([fault] if fault else [])
    assert board.counted == [("slack", "send", outcome)]
