"""A study group on real parts: a real Valkey, the packaged library, the terminal's room, and time that is moved."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from bot.cards import Card, Form, Reply
from bot.commands import dispatch
from bot.domain.answer import Answer
from bot.domain.group import Group, GroupId, Member, MemberId, MessageRef
from bot.domain.post import Post
from bot.domain.streak import Streak
from bot.inbound import Caller, Command, Deleted, Edited, Inbound, Press, Said, Submission
from bot.infra import doctor
from bot.infra.bank import GroupBank
from bot.infra.clock import SteppedClock
from bot.infra.library import FileLibrary, packaged_library
from bot.infra.redis.store import Store
from bot.ports import Ports, Reviewer, Where
from bot.usecases import agenda
from bot.usecases.feedback.give_feedback import feedback_key
from bot.usecases.members import show_streak
from bot.usecases.recover import sweep
from bot.usecases.work import Worker
from handlers.app import bundle
from handlers.terminal.messages import Message
from handlers.terminal.room import Room
from tests.usecases.troubled_chat import TroubledChat

MONDAY = date(2026, 11, 23)
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris on that Monday: the first question comes in an hour."""
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ANSWER = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens: 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole, and "
    "for those I would keep one slot at night, when nobody waits."
)
OTHER_ANSWER = (
    "I start with the people who wait at the counter, because each minute there costs us one visitor in five. Then I "
    "price two plans, and I would ship the cheap one to ten desks for two weeks before I promise anything to the rest."
)
TALK = "What does the second number mean?"

bank = cache(packaged_library)
"""Read once for all tests: it never changes."""


@dataclass(slots=True)
class Study:
    """People, a group and its bot. What a person does is dispatched; what is owed is worked off by `settle`."""

    store: Store
    room: Room
    clock: SteppedClock
    chat: TroubledChat
    ports: Ports
    worker: Worker
    events: count[int]

    # What people do. Each returns the bot's reply to that person alone, or raises what dispatch raises.

    async def do(self, event: Inbound) -> Reply:
        return await dispatch(self.ports, event)

    async def command(self, name: str, line: str, *, admin: bool | None = None, channel: str | None = None) -> Reply:
        root, _, text = line.partition(" ")
        caller = self.caller(name, admin=admin)
        if channel is not None:
            caller = replace(caller, place=replace(caller.place, channel=channel))
        return await self.do(Command(caller, root.removeprefix("/"), text))

    async def press(self, name: str, action: str) -> Reply:
        return await self.do(Press(self.caller(name), action))

    async def submit(self, name: str, day: date, values: Mapping[str, str]) -> Reply:
        return await self.do(await self.submission(name, day, values))

    async def submission(self, name: str, day: date, values: Mapping[str, str]) -> Submission:
        return Submission(self.caller(name), f"answer:{day}", values)

    async def say(self, name: str, text: str = ANSWER, **more: Any) -> Reply:
        return await self.do(await self.said(name, text, **more))

    async def said(
        self,
        name: str,
        text: str = ANSWER,
        *,
        day: date | None = None,
        to: Sequence[str] = (),
        at: datetime | None = None,
    ) -> Said:
        """A message in the thread of the newest post, or of that of `day`."""
        thread = await self.thread(day)
        message = self.room.say(self.id(name), text, self.clock.now(), thread=thread.message_id)
        return Said(
            caller=replace(self.caller(name, thread), event=f"say:{message.id}"),
            message_id=message.id,
            text=text,
            sent_at=at or self.clock.now(),
            mentions=frozenset(map(self.id, to)),
        )

    async def edited(self, message: Said, text: str, *, to: Sequence[str] = ()) -> Edited:
        return Edited(
            caller=replace(message.caller, event=f"e{next(self.events)}"),
            message_id=message.message_id,
            text=text,
            edited_at=self.clock.now(),
            mentions=frozenset(map(self.id, to)),
        )

    async def deleted(self, message: Said) -> Deleted:
        caller = replace(message.caller, event=f"e{next(self.events)}")
        return Deleted(caller=caller, message_id=message.message_id, deleted_at=self.clock.now())

    def caller(self, name: str, thread: MessageRef | None = None, *, admin: bool | None = None) -> Caller:
        """`name` with an event of its own; only Asha administers the channel, unless told otherwise."""
        return Caller(
            member_id=self.id(name),
            name=name,
            place=self.room.place,
            thread=thread,
            may_administer=name == "asha" if admin is None else admin,
            event=f"e{next(self.events)}",
        )

    def id(self, name: str) -> MemberId:
        return self.room.join(name, self.clock.now(), admin=name == "asha").id

    # What happens by itself.

    async def settle(self) -> None:
        await self.worker.drain()

    async def advance(self, by: timedelta) -> None:
        """Move time on; everything that falls due on the way is done when it is due."""
        end = self.clock.now() + by
        await self.settle()
        while (due := await self.ports.jobs.next_due()) is not None and due <= end:
            self.clock.move_to(max(due, self.clock.now()))
            await self.settle()
        self.clock.move_to(end)

    async def until(self, at: datetime) -> None:
        await self.advance(at - self.clock.now())

    def sleep(self, by: timedelta) -> None:
        """Let time pass while the bot is not running."""
        self.clock.move_to(self.clock.now() + by)

    async def restart(self) -> None:
        """Stop as dying would, and start again on the same data."""
        self.worker.abandon()
        await asyncio.sleep(0)
        self.worker = working(self.ports)
        await sweep(self.ports)

    def changed(self, **ports: Any) -> None:
        """Go on with other ports."""
        if "library" in ports:
            ports.setdefault("bank", GroupBank(ports["library"], self.ports.shelves))
        self.ports = replace(self.ports, **ports)
        self.worker = working(self.ports)

    # What stands.

    async def group(self) -> Group:
        group = await self.ports.groups.get(await self.group_id())
        assert group is not None
        return group

    async def group_id(self) -> GroupId:
        group_id = await self.ports.groups.at(self.room.place)
        assert group_id is not None
        return group_id

    async def posts(self) -> Sequence[Post]:
        return await self.ports.posts.all(await self.group_id())

    async def post(self, day: date | None = None) -> Post:
        posts = [post for post in await self.posts() if day in (None, post.day)]
        return posts[-1]

    async def thread(self, day: date | None = None) -> MessageRef:
        message = (await self.post(day)).message
        assert message is not None
        return message

    async def answer(self, name: str, day: date = MONDAY) -> Answer | None:
        return await self.ports.answers.get(await self.group_id(), day, self.id(name))

    async def member(self, name: str) -> Member | None:
        return await self.ports.groups.member(await self.group_id(), self.id(name))

    async def streak(self, name: str) -> Streak:
        member = await self.member(name)
        assert member is not None
        return await show_streak.count(self.ports, await self.group(), member)

    async def marks(self, name: str) -> list[str]:
        return [line.mark.value for line in (await self.streak(name)).ledger]

    async def card_about(self, name: str, day: date = MONDAY) -> Card | None:
        """The feedback on an answer as it stands in the room."""
        ref = await self.ports.outbox.get(await self.group_id(), feedback_key(day, self.id(name)))
        message = self.room.messages.get(ref.message_id) if ref else None
        return message.card if message is not None and message.deleted_at is None else None

    def standing(self, where: Where, to: str | None = None) -> list[Message]:
        """Every message of the bot in places of a kind; `to` one person."""
        wanted = self.id(to) if to else None
        mine = [message for message in self.room.standing() if message.where is where and message.author is None]
        return [message for message in mine if wanted in (None, message.to)]

    def direct(self, name: str) -> list[str]:
        """The direct messages that a person got."""
        return [message.text for message in self.standing(Where.DIRECT, name)]


@asynccontextmanager
async def studying(
    store: Store, folder: Path, *, start: datetime = START, library: FileLibrary | None = None,
    reviewer: Reviewer | None = None, setup: str = "zone=Europe/Paris at=09:00 days=mon-fri",
) -> AsyncIterator[Study]:  # fmt: skip
    """A group that Asha has set up in an empty room."""
    clock, room = SteppedClock(start), Room(folder)
    try:
        study = _study(store, room, clock, library or bank(), reviewer)
        await study.command("asha", f"/tpm-admin setup {setup}")
        yield study
        await study.worker.stop(0)
    finally:
        room.close()


def _study(store: Store, room: Room, clock: SteppedClock, library: FileLibrary, reviewer: Reviewer | None) -> Study:
    chat = TroubledChat(room, clock)
    ports = bundle(
        store,
        library,
        clock,
        chat,
        wake=asyncio.Event().set,
        checks=lambda: doctor.connection_checks(store, None, "", clock),
        member_key=lambda group, member: hashlib.sha256(f"{group}|{member}".encode()).hexdigest(),
    )
    ports = replace(ports, reviewer=reviewer)
    return Study(store, room, clock, chat, ports, working(ports), count(1))


def working(ports: Ports) -> Worker:
    return Worker(ports, agenda.WORKS, lambda job: agenda.report_dead(ports, job))


def without_questions() -> FileLibrary:
    """The packaged library with an empty bank."""
    return FileLibrary(bank().framework, {}, bank().facts, bank().topics)


def card(reply: Reply) -> Card:
    assert isinstance(reply, Card)
    return reply


def form(reply: Reply) -> Form:
    assert isinstance(reply, Form)
    return reply


def text_of(reply: Reply) -> str:
    return card(reply).plain
