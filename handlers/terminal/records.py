"""The lines of a room's log. Every fact about the room is one of these, in the order in which it came true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from bot.domain.group import MemberId
from bot.ports import Where

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The first line: which version of this file it is, and the channel's name."""

    type: Literal["room"] = "room"
    version: int
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A person came in."""

    type: Literal["joined"] = "joined"
    id: MemberId
    name: str
    admin: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message. `author` None is the bot; `thread` is the id of the post whose thread it stands in."""

    type: Literal["sent"] = "sent"
    id: str
    where: Where
    thread: str | None = None
    to: MemberId | None = None
    author: MemberId | None = None
    text: str
    card: Any = None
    key: str | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A message has a new text. `event` is the edit's own idempotency key."""

    type: Literal["changed"] = "changed"
    id: str
    event: str
    text: str
    card: Any = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A message is gone."""

    type: Literal["removed"] = "removed"
    id: str
    event: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """A person gave a command, pressed a button or sent a form."""

    type: Literal["did"] = "did"
    event: str
    by: MemberId
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The bot took an event in; until then it is brought again."""

    type: Literal["heard"] = "heard"
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A form opened for a person, or closed (`form` None)."""

    type: Literal["asked"] = "asked"
    to: MemberId
    form: Any = None
    thread: str | None = None
    at: datetime


Record = Opened | Joined | Sent | Changed | Removed | Did | Heard | Asked
RECORDS: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="type")])
