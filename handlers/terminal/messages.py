"""What stands in a room, and what happens there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cards import Card, Form
from bot.domain.group import MemberId
from bot.ports import Where

POST_KIND = "question"
"""The card kind of a daily post; its thread is where plain text goes."""


class Kind(StrEnum):
    """What happened, in the words of the JSON output."""

    POST = "post"
    REPLY = "reply"
    EDIT = "edit"
    DELETE = "delete"
    FORM = "form"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the room."""

    id: MemberId
    name: str
    admin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it stands now. `author` None is the bot."""

    id: str
    where: Where
    thread: str | None
    to: MemberId | None
    author: MemberId | None
    text: str
    card: Card | None
    key: str | None
    at: datetime
    deleted_at: datetime | None = None

    @property
    def is_post(self) -> bool:
        """Whether it is a daily post."""
        return self.where is Where.CHANNEL and self.card is not None and self.card.kind == POST_KIND

    @property
    def root(self) -> str | None:
        """The post whose thread a reply to this message goes to."""
        return self.id if self.where is Where.CHANNEL else self.thread

    def seen_by(self, person: MemberId) -> bool:
        """Whether `person` can see it: private messages are seen by one."""
        return self.where in (Where.CHANNEL, Where.THREAD) or self.to == person


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A form in front of a person."""

    to: MemberId
    form: Form
    thread: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something to be shown. `message` is set but for a FORM."""

    kind: Kind
    at: datetime
    message: Message | None = None
    form: OpenForm | None = None
