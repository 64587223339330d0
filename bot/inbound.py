"""What comes in from a platform, in the core's words. Adapters translate to these and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.group import MemberId, MessageRef, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who did it, and where.

    Attributes:
        thread: the post whose thread it happened in, or None.
        may_administer: the platform says that this person manages the channel or the server.
        event: the idempotency key: the same key is the same event, however often it arrives.
        place_name: what people call the place, without `#`; empty where the platform did not say.
        fresh_thread: the bot itself began the thread a few minutes ago: it is a post, if perhaps not recorded yet.
        zone: the IANA zone of the person's own clock, where the platform knows it.
        may_post: whether the bot is in the place; a platform that does not know says that it is.
        lacks: what the bot still needs there, in the platform's own words.
    """

    member_id: MemberId
    name: str
    place: Place
    thread: MessageRef | None = None
    fresh_thread: bool = False
    may_administer: bool = False
    event: str
    place_name: str = ""
    zone: str | None = None
    may_post: bool = True
    lacks: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Left:
    """A form closed without sending it, on platforms that tell what was typed: field key -> value."""

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
    mentions: frozenset[MemberId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A member removed a message."""

    caller: Caller
    message_id: str
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class Departed:
    """The caller is no longer in the place: they left, or were removed."""

    caller: Caller
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """The caller came into the place, perhaps not for the first time."""

    caller: Caller
    at: datetime


class Wish(StrEnum):
    """What can be wished for in a thread."""

    FEEDBACK = "feedback"
    PROBE = "probe"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message that stands, as the platform shows it. `author` is None for the bot's own."""

    author: MemberId | None
    message_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A wish about the thread that the caller is in (a mention of the bot), or about one `message` there."""

    caller: Caller
    wish: Wish
    message: Written | None = None


Inbound = Command | Press | Submission | Left | Said | Edited | Deleted | Asked | Departed | Arrived


def said_event(message_id: str) -> str:
    """The idempotency key of a message: what `Said` events carry, and what a deletion notes ahead of its message."""
    return f"say:{message_id}"
