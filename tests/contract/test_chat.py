"""What every Chat adapter does. A platform joins by adding its bench to BENCHES."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from bot.cards import Bold, Button, Buttons, Card, Heading, Own, Text
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatRefused
from bot.ports import Chat, Target, Where
from handlers.terminal.chat import RoomChat
from handlers.terminal.room import Room
from tests.contract.discord_bench import ChatBench
from tests.contract.discord_case import discord_chat
from tests.contract.slack_case import slack_chat
from tests.servers.discord import DiscordServer
from tests.servers.slack import SlackServer
from tests.servers.slack_world import Message

START = datetime.fromisoformat("2026-11-23T08:00:00+00:00")
HOSTILE = "@everyone <!channel> <@U1> [bold]*x*_y_ `z` \x1b[31m <script> 😀 שלום"


class Bench(Protocol):
    """One platform with a channel that the bot is in, and two people, reachable from the outside."""

    chat: Chat
    place: Place
    asha: MemberId
    ben: MemberId
    takes_again_after: timedelta
    """How long the platform itself holds a second message with the same key back."""

    def now(self) -> datetime:
        """The platform's clock."""
        ...

    def wait(self, span: timedelta) -> None:
        """Let time pass."""
        ...

    def seen_by(self, person: MemberId, where: Where) -> list[str]:
        """The texts of the messages that a person sees in a kind of place, oldest first."""
        ...

    async def written_by(self, person: MemberId, thread: MessageRef, text: str) -> MessageRef:
        """A person's message in a thread."""
        ...


class TerminalBench:
    """A room in a folder."""

    takes_again_after = timedelta()

    def __init__(self, room: Room) -> None:
        self._room = room
        self._now = START
        self.chat: Chat = RoomChat(room, self)
        self.place = room.place
        self.asha = room.join("asha", START).id
        self.ben = room.join("ben", START).id

    def now(self) -> datetime:
        return self._now

    def wait(self, span: timedelta) -> None:
        self._now += span

    def seen_by(self, person: MemberId, where: Where) -> list[str]:
        return [each.text for each in self._room.standing() if each.where is where and each.seen_by(person)]

    async def written_by(self, person: MemberId, thread: MessageRef, text: str) -> MessageRef:
        return self._room.ref(self._room.say(person, text, self._now, thread=thread.message_id).id)


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[Bench]:
    room = Room(folder)
    try:
        yield TerminalBench(room)
    finally:
        room.close()


class SlackBench:
    """A channel of the fake Slack."""

    takes_again_after = timedelta()

    def __init__(self, slack: SlackServer, chat: Chat) -> None:
        self._slack = slack
        people = slack.user("U1", name="asha"), slack.user("U2", name="ben")
        self._users = {MemberId(each.id): each for each in people}
        self._channel = slack.channel("C1", *self._users.values(), name="study")
        self.chat = chat
        self.place = Place("slack", "T1", self._channel.id)
        self.asha, self.ben = self._users

    def now(self) -> datetime:
        return self._slack.hub.now()

    def wait(self, span: timedelta) -> None:
        self._slack.pass_time(span)

    def seen_by(self, person: MemberId, where: Where) -> list[str]:
        user = self._users[person]
        messages = user.sees(user.direct if where is Where.DIRECT else self._channel)
        return [each.shown for each in messages if where is Where.DIRECT or _where(each) is where]

    async def written_by(self, person: MemberId, thread: MessageRef, text: str) -> MessageRef:
        message = await self._users[person].say(self._channel, text, thread=thread.message_id)
        return MessageRef(self.place, message.ts)


def _where(message: Message) -> Where:
    if message.only_for is not None:
        return Where.ONLY_YOU
    return Where.THREAD if message.is_reply else Where.CHANNEL


@asynccontextmanager
async def slack(_: Path) -> AsyncIterator[Bench]:
    async with SlackServer(now=lambda: START).running() as server, slack_chat(server) as (chat, _api):
        yield SlackBench(server, chat)


@asynccontextmanager
async def discord(_: Path) -> AsyncIterator[Bench]:
    async with DiscordServer(now=lambda: START).running() as server:
        bench = ChatBench(server)
        async with discord_chat(server, bench) as chat:
            bench.chat = chat
            yield bench


BENCHES: dict[str, Callable[[Path], AbstractAsyncContextManager[Bench]]] = {
    "terminal": terminal,
    "slack": slack,
    "discord": discord,
}


@pytest.fixture(params=BENCHES)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    async with BENCHES[request.param](tmp_path) as opened:
        yield opened


def card(text: str) -> Card:
    return Card("question", (Heading(text), Text(("asked by ", Own("ben"), Bold("."))), Buttons((Button("Go", "go"),))))


def channel(bench: Bench) -> Target:
    return Target(where=Where.CHANNEL, place=bench.place)


def thread(bench: Bench, root: MessageRef) -> Target:
    return Target(where=Where.THREAD, place=bench.place, thread=root, member=bench.asha)


async def test_what_is_sent_is_found(bench: Bench) -> None:
    """A message is found by the key it was sent with, and by no other."""
    sent = await bench.chat.send(channel(bench), card("one"), key="a")
    assert await bench.chat.find(channel(bench), key="a", since=START) == [sent]
    assert await bench.chat.find(channel(bench), key="b", since=START) == []


async def test_copies_are_found_oldest_first(bench: Bench) -> None:
    """Two sends with one key are two messages, and both are found, oldest first."""
    first = await bench.chat.send(channel(bench), card("one"), key="a")
    bench.wait(bench.takes_again_after + timedelta(seconds=2))
    second = await bench.chat.send(channel(bench), card("one"), key="a")
    assert first != second
    assert await bench.chat.find(channel(bench), key="a", since=START) == [first, second]


async def test_since_is_a_limit(bench: Bench) -> None:
    """A message sent before `since` is not found; one sent at that instant is."""
    await bench.chat.send(channel(bench), card("old"), key="a")
    bench.wait(bench.takes_again_after + timedelta(minutes=5))
    since = bench.now()
    sent = await bench.chat.send(channel(bench), card("new"), key="a")
    assert await bench.chat.find(channel(bench), key="a", since=since) == [sent]


async def test_a_thread_is_searched_by_itself(bench: Bench) -> None:
    """A message in a thread is found in that thread and neither in another nor in the channel."""
    root = await bench.chat.send(channel(bench), card("post"), key="p1")
    other = await bench.chat.send(channel(bench), card("post"), key="p2")
    sent = await bench.chat.send(thread(bench, root), card("reply"), key="a")
    assert await bench.chat.find(thread(bench, root), key="a", since=START) == [sent]
    assert await bench.chat.find(thread(bench, other), key="a", since=START) == []
    assert await bench.chat.find(channel(bench), key="a", since=START) == []


async def test_a_deleted_message_does_not_stand(bench: Bench) -> None:
    """A deleted message is neither seen nor found."""
    sent = await bench.chat.send(channel(bench), card("one"), key="a")
    await bench.chat.delete(sent)
    assert await bench.chat.find(channel(bench), key="a", since=START) == []
    assert bench.seen_by(bench.asha, Where.CHANNEL) == []


async def test_an_edit_replaces_the_text_and_keeps_the_key(bench: Bench) -> None:
    """After an edit people see the new text only, and the message is found under its key as before."""
    sent = await bench.chat.send(channel(bench), card("before"), key="a")
    await bench.chat.edit(sent, card("after"))
    [text] = bench.seen_by(bench.ben, Where.CHANNEL)
    assert "after" in text
    assert "before" not in text
    assert await bench.chat.find(channel(bench), key="a", since=START) == [sent]


async def test_a_message_that_is_gone_is_no_error(bench: Bench) -> None:
    """Editing or deleting what is gone, or never was, does nothing and brings nothing back."""
    sent = await bench.chat.send(channel(bench), card("one"), key="a")
    await bench.chat.delete(sent)
    await bench.chat.delete(sent)
    await bench.chat.edit(sent, card("two"))
    await bench.chat.edit(MessageRef(bench.place, "1700000000.000001"), card("two"))
    assert bench.seen_by(bench.asha, Where.CHANNEL) == []


async def test_a_direct_message_has_one_reader(bench: Bench) -> None:
    """A direct message is seen by its member and by nobody else."""
    to = Target(where=Where.DIRECT, place=bench.place, member=bench.asha)
    sent = await bench.chat.send(to, card("secret"), key="a")
    assert len(bench.seen_by(bench.asha, Where.DIRECT)) == 1
    assert bench.seen_by(bench.ben, Where.DIRECT) == []
    assert await bench.chat.find(to, key="a", since=START) == [sent]


async def test_only_you_has_one_reader(bench: Bench) -> None:
    """A private message in a thread is seen by its member and by nobody else."""
    root = await bench.chat.send(channel(bench), card("post"), key="p")
    to = Target(where=Where.ONLY_YOU, place=bench.place, thread=root, member=bench.asha)
    await bench.chat.send(to, card("secret"), key="a")
    assert len(bench.seen_by(bench.asha, Where.ONLY_YOU)) == 1
    assert bench.seen_by(bench.ben, Where.ONLY_YOU) == []


async def test_a_thread_is_open_to_all(bench: Bench) -> None:
    """A thread message for one member is seen by the others too."""
    root = await bench.chat.send(channel(bench), card("post"), key="p")
    await bench.chat.send(thread(bench, root), card("for asha"), key="a")
    assert len(bench.seen_by(bench.ben, Where.THREAD)) == 1


async def test_hostile_text_is_shown_as_it_is(bench: Bench) -> None:
    """A member's own words come out as the characters they are, whatever they mean to the platform."""
    await bench.chat.send(channel(bench), Card("note", (Text((Own(HOSTILE),)),)), key="a")
    [text] = bench.seen_by(bench.ben, Where.CHANNEL)
    # a control character may be shown by its stand-in
    assert text.replace("\ufffd", "\x1b") == HOSTILE


async def test_another_place_is_refused(bench: Bench) -> None:
    """A channel that the bot is not in is a definite no."""
    elsewhere = Place(bench.place.platform, bench.place.workspace, "elsewhere")
    with pytest.raises(ChatRefused):
        await bench.chat.send(Target(where=Where.CHANNEL, place=elsewhere), card("one"), key="a")


async def test_a_thread_that_is_gone_is_refused(bench: Bench) -> None:
    """A reply to a post that was deleted is a definite no."""
    root = await bench.chat.send(channel(bench), card("post"), key="p")
    await bench.chat.delete(root)
    with pytest.raises(ChatRefused):
        await bench.chat.send(thread(bench, root), card("late"), key="a")


async def test_a_persons_message_stays_theirs(bench: Bench) -> None:
    """The bot can neither edit nor delete what a person wrote."""
    root = await bench.chat.send(channel(bench), card("post"), key="p")
    theirs = await bench.written_by(bench.asha, root, "my own words")
    with pytest.raises(ChatRefused):
        await bench.chat.edit(theirs, card("mine"))
    with pytest.raises(ChatRefused):
        await bench.chat.delete(theirs)
    assert "my own words" in bench.seen_by(bench.ben, Where.THREAD)


async def test_a_sign_of_work_leaves_nothing(bench: Bench) -> None:
    """A status never raises, even for a thread that is gone, and no message stands for it."""
    root = await bench.chat.send(channel(bench), card("post"), key="p")
    for ref in (root, MessageRef(bench.place, "1700000000.000001")):
        await bench.chat.status(ref, bench.asha, "Reading…")
        await bench.chat.status(ref, bench.asha, "")
    assert bench.seen_by(bench.asha, Where.THREAD) == []


async def test_what_is_streamed_goes_with_its_message(bench: Bench) -> None:
    """A platform streams lines below a message or says that it cannot; at the end nothing is left of them."""

    async def lines() -> AsyncIterator[str]:
        yield "Searching the web"
        yield HOSTILE

    ben = Target(where=Where.DIRECT, place=bench.place, member=bench.ben)
    root = await bench.chat.send(ben, card("How far it is"), key="k")
    can = await bench.chat.stream(root, bench.ben, lines())
    assert ("Searching the web" in "\n".join(bench.seen_by(bench.ben, Where.DIRECT))) is can
    await bench.chat.delete(root)
    assert bench.seen_by(bench.ben, Where.DIRECT) == []
