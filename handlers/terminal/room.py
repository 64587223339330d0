"""The platform itself: one channel, its threads and private messages, as a log that survives kill -9."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.cards import Card, Form
from bot.domain.group import MemberId, MessageRef, Place
from bot.ports import Where
from handlers.terminal.log import RoomLog
from handlers.terminal.messages import Happened, Kind, Message, OpenForm, Person
from handlers.terminal.packing import pack, unpack
from handlers.terminal.records import VERSION, Asked, Changed, Did, Heard, Joined, Opened, Record, Removed, Sent

PLATFORM = "terminal"
WORKSPACE = "keyboard"


class Room:
    """Everything that stands in the room. Each change is in the log before it is true."""

    def __init__(self, folder: Path, *, channel: str = "study-group") -> None:
        """Open the room kept in `folder`, or a new one with this channel name. Raises as RoomLog does."""
        self._log = RoomLog(folder)
        self._listeners: list[Callable[[Happened], None]] = []
        self._status: list[Callable[[str], None]] = []
        try:
            self.reload()
            if not self._count:
                self._write(Opened(version=VERSION, channel=channel))
        except BaseException:
            self._log.close()
            raise

    def reload(self) -> None:
        """Forget everything and read the log, as a new process would."""
        self._count = 0
        self.channel = ""
        self.people: dict[MemberId, Person] = {}
        self.messages: dict[str, Message] = {}
        self.forms: dict[MemberId, OpenForm] = {}
        self.deeds: list[Did] = []
        self._waiting: dict[str, Sent | Changed | Removed] = {}
        for record in self._log.read():
            self._apply(record)

    def close(self) -> None:
        """Let another process in."""
        self._log.close()

    @property
    def place(self) -> Place:
        """The channel, as the core knows it."""
        return Place(PLATFORM, WORKSPACE, self.channel)

    def ref(self, message_id: str) -> MessageRef:
        """The core's name of a message."""
        return MessageRef(self.place, message_id)

    # What happens.

    def join(self, name: str, at: datetime, *, admin: bool = False) -> Person:
        """The person of that name (in any case of letters), who comes in if new.

        The id follows from the name alone, so that it stays the same when the room's file is lost and answers are not.
        """
        member_id = MemberId("u" + hashlib.sha256(name.casefold().encode()).hexdigest()[:10])
        known = self.people.get(member_id)
        if known is None or (admin and not known.admin):
            self._write(Joined(id=member_id, name=known.name if known else name, admin=admin, at=at))
        return self.people[member_id]

    def send(
        self,
        where: Where,
        card: Card,
        at: datetime,
        *,
        thread: str | None = None,
        to: MemberId | None = None,
        key: str | None = None,
    ) -> Message:
        """Put a message of the bot into the room; `thread` is the id of the post it hangs under."""
        return self._sent(
            Sent(
                id=self._stamp(at), where=where, thread=thread, to=to, text=card.plain, card=pack(card), key=key, at=at
            )
        )  # fmt: skip

    def say(self, person: MemberId, text: str, at: datetime, *, thread: str) -> Message:
        """Put a person's message into a thread."""
        return self._sent(Sent(id=self._stamp(at), where=Where.THREAD, thread=thread, author=person, text=text, at=at))

    def change(self, message: Message, content: str | Card, at: datetime) -> str:
        """Replace what a standing message says; the edit's event key."""
        text, card = (content, None) if isinstance(content, str) else (content.plain, pack(content))
        record = Changed(id=message.id, event=self._stamp(at), text=text, card=card, at=at)
        self._write(record)
        self._tell(Kind.EDIT, at, self.messages[message.id])
        return record.event

    def remove(self, message: Message, at: datetime) -> str:
        """Take a message away that stands; the deletion's event key."""
        record = Removed(id=message.id, event=self._stamp(at), at=at)
        self._write(record)
        self._tell(Kind.DELETE, at, self.messages[message.id])
        return record.event

    def did(self, person: MemberId, text: str, at: datetime) -> str:
        """Note a command, a press or a submission; its event key."""
        record = Did(event=self._stamp(at), by=person, text=text, at=at)
        self._write(record)
        return record.event

    def heard(self, event: str) -> None:
        """The bot has taken in the event with this key."""
        self._write(Heard(event=event))

    def ask(self, person: MemberId, form: Form | None, at: datetime, *, thread: str | None = None) -> None:
        """Open a form for a person (instead of one that is open), or close it."""
        if form is None and person not in self.forms:
            return
        self._write(Asked(to=person, form=pack(form), thread=thread, at=at))
        if form is not None:
            self._notify(Happened(kind=Kind.FORM, at=at, form=self.forms[person]))

    # What stands.

    def standing(self) -> list[Message]:
        """Every message that was not deleted, oldest first."""
        return [message for message in self.messages.values() if message.deleted_at is None]

    def posts(self) -> list[Message]:
        """The daily posts that stand, oldest first."""
        return [message for message in self.standing() if message.is_post]

    def waiting(self) -> Mapping[str, Sent | Changed | Removed]:
        """What people wrote and the bot has not taken in yet: event key -> record, oldest first."""
        return dict(self._waiting)

    def name_of(self, person: MemberId | None) -> str:
        """A name to show; the bot's for None."""
        known = self.people.get(person) if person is not None else None
        return "bot" if person is None else known.name if known else "someone"

    # Who wants to know.

    def listen(self, listener: Callable[[Happened], None]) -> Callable[[], None]:
        """Call `listener` for everything that happens from now on; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def listen_status(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call `listener` with each passing status line (empty: none); the returned function ends it."""
        self._status.append(listener)
        return lambda: self._status.remove(listener)

    def show_status(self, text: str) -> None:
        """Show a passing status line; it is not kept."""
        for listener in tuple(self._status):
            listener(text)

    def _sent(self, record: Sent) -> Message:
        self._write(record)
        message = self.messages[record.id]
        self._tell(Kind.POST if message.where is Where.CHANNEL else Kind.REPLY, record.at, message)
        return message

    def _tell(self, kind: Kind, at: datetime, message: Message) -> None:
        self._notify(Happened(kind=kind, at=at, message=message))
        if kind is not Kind.DELETE and message.card is not None and message.card.file is not None:
            self._notify(Happened(kind=Kind.FILE, at=at, message=message))

    def _notify(self, happened: Happened) -> None:
        for listener in tuple(self._listeners):
            listener(happened)

    # The log.

    def _stamp(self, at: datetime) -> str:
        """A new id, ordered like the log and never used again even if the log is lost: seconds and record number."""
        return f"{int(at.timestamp())}.{self._count:06d}"

    def _write(self, record: Record) -> None:
        self._log.append(record)
        self._apply(record)

    def _apply(self, record: Record) -> None:
        self._count += 1
        match record:
            case Opened(channel=channel):
                self.channel = channel
            case Joined(id=member_id, name=name, admin=admin):
                self.people[member_id] = Person(id=member_id, name=name, admin=admin)
            case Sent() | Changed() | Removed():
                self._apply_message(record)
            case Did():
                self.deeds.append(record)
            case Heard(event=event):
                self._waiting.pop(event, None)
            case Asked(to=to, form=None):
                self.forms.pop(to, None)
            case Asked(to=to, form=form, thread=thread):
                self.forms[to] = OpenForm(to=to, form=unpack(form), thread=thread)

    def _apply_message(self, record: Sent | Changed | Removed) -> None:
        match record:
            case Sent():
                message = Message(
                    id=record.id, where=record.where, thread=record.thread, to=record.to, author=record.author,
                    text=record.text, card=_card(record.card), key=record.key, at=record.at,
                )  # fmt: skip
            case Changed():
                message = replace(self.messages[record.id], text=record.text, card=_card(record.card))
            case Removed():
                message = replace(self.messages[record.id], deleted_at=record.at)
        self.messages[record.id] = message
        if message.author is not None:
            self._waiting[record.id if isinstance(record, Sent) else record.event] = record


def _card(packed: object) -> Card | None:
    """The stored card; None if a former version made it in a way that is not known any more: its text still stands."""
    with suppress(KeyError, TypeError, ValueError):
        card = unpack(packed)
        return card if isinstance(card, Card) else None
    return None
