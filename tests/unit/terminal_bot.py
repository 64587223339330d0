"""A very small bot for the terminal's tests: it posts a question a day and thanks for answers, as owed work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.cards import Attachment, Button, Buttons, Card, ChoiceField, Form, Heading, Own, Reply, Span, Text, TextField
from bot.errors import Refusal, StoreDown
from bot.inbound import Command, Inbound, Press, Said, Submission
from bot.ports import Target, Where
from handlers.terminal.chat import RoomChat
from handlers.terminal.room import Room

START = datetime.fromisoformat("2026-11-23T08:00:00+00:00")
DAY = timedelta(days=1)
FORM = Form(
    action="answer",
    title="Your answer",
    fields=(
        TextField(key="s1", label="Frame", fewest_chars=2, most_chars=20),
        TextField(key="s2", label="Approach", value="from the draft"),
        ChoiceField(key="mood", label="How sure?", options=(("1", "Not sure"), ("2", "Sure")), value="1"),
    ),
)


class SmallBot:
    """A Host. `events` is what it was brought, in order; while `down`, its store is."""

    def __init__(self, room: Room, at: datetime = START) -> None:
        self.room = room
        self.events: list[Inbound] = []
        self.restarts = 0
        self.down = False
        self._now = at
        self._jobs: list[tuple[datetime, Callable[[], tuple[Target, Card]]]] = [(at, self._question)]
        self._chat = RoomChat(room, self)

    async def dispatch(self, event: Inbound) -> Reply:
        if self.down:
            raise StoreDown("no Redis")
        self.events.append(event)
        match event:
            case Command(name="form") | Press(action="answer"):
                return FORM
            case Command(name="refuse"):
                raise Refusal("Not today. Try /form.")
            case Command(text=text):
                return self._note("note", f"you said {text}", [Button("Open", "answer")])
            case Submission(values=values) if values["s1"] == "wrong":
                raise Refusal("That is wrong.", field="s1")
            case Submission(values=values):
                return self._note("taken", " / ".join(values.values()))
            case Said(caller=caller, text=text):
                self._jobs.append((self._now, lambda: self._thanks(caller.name, text, event)))
        return None

    async def settle(self) -> None:
        while self._jobs and min(self._jobs, key=lambda job: job[0])[0] <= self._now:
            job = min(self._jobs, key=lambda job: job[0])
            self._jobs.remove(job)
            target, card = job[1]()
            await self._chat.send(target, card, key=card.kind)

    async def next_due(self) -> datetime | None:
        return min((at for at, _ in self._jobs), default=None)

    def move_to(self, at: datetime) -> None:
        self._now = at

    async def kill_and_restart(self) -> None:
        self.restarts += 1

    def now(self) -> datetime:
        return self._now

    def _question(self) -> tuple[Target, Card]:
        self._jobs.append((self._now + DAY, self._question))
        card = Card(
            "question",
            (Heading("Today"), Text(("Why?",)), Buttons((Button("Answer", "answer"), Button("Hint", "hint")))),
            {"day": f"{self._now:%Y-%m-%d}"},
        )
        return Target(where=Where.CHANNEL, place=self.room.place), card

    def _thanks(self, name: str, text: str, event: Said) -> tuple[Target, Card]:
        card = Card("feedback", (Text(("Thanks, ", Own(name), f", for {len(text)} characters.")),), {"of": text})
        to = Target(
            where=Where.THREAD, place=self.room.place, thread=event.caller.thread, member=event.caller.member_id
        )
        return to, card

    @staticmethod
    def _note(kind: str, text: str, buttons: list[Button] | None = None) -> Card:
        spans: tuple[Span, ...] = (Own(text),)
        row = (Buttons(tuple(buttons)),) if buttons else ()
        return Card(kind, (Text(spans), *row), {}, Attachment("note.md", text.encode()))
