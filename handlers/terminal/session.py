"""What people do in a room, whichever way it is typed: each act goes into the room first, then to the bot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace

from bot.cards import Button, Card, Form, Reply, Text
from bot.domain.group import MemberId
from bot.errors import Refusal, Trouble
from bot.inbound import Caller, Command, Deleted, Departed, Edited, Inbound, Left, Press, Said, Submission
from bot.ports import Where
from handlers.terminal.forms import chosen, faults
from handlers.terminal.host import Host
from handlers.terminal.messages import Message, Person
from handlers.terminal.plain_text import whole
from handlers.terminal.records import Changed, Removed, Sent
from handlers.terminal.room import Room

MOST_LABELS_NAMED = 12
_MENTION = re.compile(r"(?<!\w)@([\w.-]+)")


class Session:
    """People acting in one room. Raises Refusal for what cannot be done as asked, Trouble when the bot cannot act."""

    def __init__(self, room: Room, host: Host) -> None:
        self._room = room
        self._host = host
        self._delivering = asyncio.Lock()

    async def command(self, person: Person, line: str) -> None:
        """Give a slash command, typed with its slash."""
        name, _, text = whole(line).removeprefix("/").partition(" ")
        event = self._room.did(person.id, line, self._host.now())
        caller = self._caller(person, event, None)
        await self._act(Command(caller, name, text.strip()), caller)

    async def say(self, person: Person, text: str, *, back: int = 0) -> None:
        """Write into the thread of the newest post, or of the one `back` posts before."""
        posts = self._room.posts()
        if len(posts) <= back:
            raise Refusal(_no_post(len(posts), back))
        message = self._room.say(person.id, whole(text), self._host.now(), thread=posts[-1 - back].id)
        await self._deliver(message.id)

    async def edit(self, person: Person, text: str) -> None:
        """Give the person's newest message a new text."""
        await self._deliver(self._room.change(self._newest_of(person), whole(text), self._host.now()))

    async def delete(self, person: Person) -> None:
        """Remove the person's newest message."""
        await self._deliver(self._room.remove(self._newest_of(person), self._host.now()))

    async def press(self, person: Person, label: str) -> None:
        """Press the button with this label on the newest card that has it and that the person can see."""
        for message in reversed(self._room.standing()):
            button = next((each for each in _buttons(message) if each.label == label), None)
            if button is not None and message.seen_by(person.id):
                await self.press_on(person, message, button)
                return
        labels = labels_seen(self._room, person)
        shown = ", ".join(f"[{each}]" for each in labels[:MOST_LABELS_NAMED]) or "none"
        raise Refusal(f"{person.name} sees no button [{label}]. The buttons there are: {shown}.")

    async def press_on(self, person: Person, message: Message, button: Button) -> None:
        """Press a button of a message that stands."""
        event = self._room.did(person.id, f"[{button.label}]", self._host.now())
        caller = self._caller(person, event, message.root)
        await self._act(Press(caller, button.action), caller)

    async def submit(self, person: Person, values: Mapping[str, str]) -> None:
        """Send the form that is open to the person; fields not named keep what they hold.

        The form stays open, with what was typed, unless the bot has taken it.
        """
        opened = self._room.forms.get(person.id)
        if opened is None:
            raise Refusal(f"No form is open to {person.name}. A button such as [Answer] or a command opens one.")
        form = _filled(opened.form, {key: whole(value) for key, value in values.items()})
        typed = {each.key: each.value for each in form.fields}
        if wrong := faults(form, typed):
            raise Refusal(" ".join(f"{key}: {why}" for key, why in wrong.items()))
        event = self._room.did(person.id, f"{{{form.title}}}", self._host.now())
        caller = self._caller(person, event, opened.thread)
        try:
            reply = await self._host.dispatch(Submission(caller, form.action, typed))
        except Refusal as refusal:
            field = refusal.field or form.fields[0].key
            reply = replace(form, errors={field: str(refusal)})
        if not isinstance(reply, Form):
            self._room.ask(person.id, None, self._host.now())
        self._answer(reply, caller)

    def keep(self, person: Person, values: Mapping[str, str]) -> None:
        """Keep what was typed into the open form so far, for the case that all ends here."""
        opened = self._room.forms.get(person.id)
        if opened is not None:
            form = replace(_filled(opened.form, values), errors=opened.form.errors)
            self._room.ask(person.id, form, self._host.now(), thread=opened.thread)

    async def cancel(self, person: Person) -> None:
        """Leave the form that is open to the person, once the bot has kept what was typed.

        While the bot cannot (Trouble), the form stays open with it.
        """
        opened = self._room.forms.get(person.id)
        if opened is None:
            return
        event = self._room.did(person.id, "/cancel", self._host.now())
        typed = {each.key: each.value for each in opened.form.fields}
        try:
            await self._host.dispatch(Left(self._caller(person, event, opened.thread), opened.form.action, typed))
        except Trouble:
            raise
        except Exception:
            self._room.ask(person.id, None, self._host.now())  # nobody is locked into a form that breaks the bot
            raise
        self._room.ask(person.id, None, self._host.now())

    async def leave(self, person: Person) -> None:
        """Leave the channel; the next thing that the person does brings them back."""
        now = self._host.now()
        event = self._room.did(person.id, "left", now)
        await self._host.dispatch(Departed(self._caller(person, event, None), now))

    async def deliver_waiting(self) -> None:
        """Bring the bot what it has not taken in yet, as a platform brings an event again; oldest first."""
        for event in self._room.waiting():
            await self._deliver(event)

    async def _deliver(self, event: str) -> None:
        async with self._delivering:
            if event in self._room.waiting():
                inbound = self._inbound(event)
                try:
                    await self._act(inbound, inbound.caller)
                except Trouble:
                    raise
                except Exception:
                    self._room.heard(event)  # what breaks the bot once would break it at every start
                    raise
                self._room.heard(event)

    def _inbound(self, event: str) -> Said | Edited | Deleted:
        record = self._room.waiting()[event]
        message = self._room.messages[record.id]
        author = self._room.people[MemberId(str(message.author))]
        caller = self._caller(author, event, message.root)
        match record:
            case Sent():
                return Said(
                    caller=caller, message_id=record.id, text=record.text, sent_at=record.at,
                    mentions=self._mentions(record.text),
                )  # fmt: skip
            case Changed():
                return Edited(
                    caller=caller, message_id=record.id, text=record.text, edited_at=record.at,
                    mentions=self._mentions(record.text),
                )  # fmt: skip
            case Removed():
                return Deleted(caller=caller, message_id=record.id, deleted_at=record.at)

    async def _act(self, inbound: Inbound, caller: Caller) -> None:
        try:
            reply = await self._host.dispatch(inbound)
        except Refusal as refusal:
            reply = Card("refusal", (Text((str(refusal),)),))
        self._answer(reply, caller)

    def _answer(self, reply: Reply, caller: Caller) -> None:
        thread = caller.thread.message_id if caller.thread else None
        match reply:
            case Card():
                self._room.send(Where.ONLY_YOU, reply, self._host.now(), thread=thread, to=caller.member_id)
            case Form():
                self._room.ask(caller.member_id, reply, self._host.now(), thread=thread)

    def _caller(self, person: Person, event: str, thread: str | None) -> Caller:
        return Caller(
            member_id=person.id, name=person.name, place=self._room.place, may_administer=person.admin, event=event,
            thread=None if thread is None else self._room.ref(thread),
        )  # fmt: skip

    def _newest_of(self, person: Person) -> Message:
        for message in reversed(self._room.standing()):
            if message.author == person.id:
                return message
        raise Refusal(f"No message of {person.name} stands.")

    def _mentions(self, text: str) -> frozenset[MemberId]:
        named = {name.casefold() for name in _MENTION.findall(text)}
        return frozenset(each.id for each in self._room.people.values() if each.name.casefold() in named)


def _no_post(posts: int, back: int) -> str:
    if not posts:
        return "There is no post yet to reply to. Post one with /tpm-admin post-now, or wait for the next."
    return f"There {'is 1 post' if posts == 1 else f'are {posts} posts'}, so none is {back} before the newest."


def labels_seen(room: Room, person: Person) -> list[str]:
    """The labels of all buttons that the person can see, newest card first."""
    seen = (message for message in reversed(room.standing()) if message.seen_by(person.id))
    return list(dict.fromkeys(button.label for message in seen for button in _buttons(message)))


def _buttons(message: Message) -> tuple[Button, ...]:
    return () if message.card is None else message.card.buttons


def _filled(form: Form, values: Mapping[str, str]) -> Form:
    keys = [each.key for each in form.fields]
    if unknown := sorted(set(values) - set(keys)):
        raise Refusal(f"The form {form.title!r} has no field {', '.join(unknown)}. Its fields are: {', '.join(keys)}.")
    fields = tuple(
        replace(each, value=chosen(each, values[each.key]) if each.key in values else each.value)
        for each in form.fields
    )
    return replace(form, fields=fields, errors={})
