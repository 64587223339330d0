"""What comes in from a platform, in the core's words. Adapters translate to these and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.group import MemberId, MessageRef, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who did it, and where.

    Attributes:
        thread: the post whose thread it happened in, or None.
        may_administer: the platform says that this person manages the channel or the server.
        event: the idempotency key: the same key is the same event, however often it arrives.
    """

    member_id: MemberId
    name: str
    place: Place
    thread: MessageRef | None = None
    may_administer: bool = False
    event: str


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: `name` without the slash, `text` the rest of the line."""

    caller: Caller
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """A button."""

    caller: Caller
    action: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A form sent back: field key -> value."""

    caller: Caller
    action: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A member's message in a thread."""

    caller: Caller
    message_id: str
    text: str
    sent_at: datetime
    mentions: frozenset[MemberId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A member's message has a new text."""

    caller: Caller
    message_id: str
    text: str
    edited_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A member removed a message."""

    caller: Caller
    message_id: str
    deleted_at: datetime


Inbound = Command | Press | Submission | Said | Edited | Deleted


def said_event(message_id: str) -> str:
    """The idempotency key of a message: what `Said` events carry, and what a deletion notes ahead of its message."""
    return f"say:{message_id}"
