"""What a script's lines mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.terminal.group_line import GroupLine


@dataclass(frozen=True, slots=True)
class Say:
    """Plain text in the thread of the post `back` before the newest."""

    name: str
    text: str
    back: int = 0


@dataclass(frozen=True, slots=True)
class Give:
    """A slash command."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text for the member's newest message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """The member's newest message goes."""

    name: str


@dataclass(frozen=True, slots=True)
class PressLabel:
    """A button by its label."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Submit:
    """The open form, with these values."""

    name: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """The member leaves the channel, until they do something again."""

    name: str


@dataclass(frozen=True, slots=True)
class Advance:
    """Settle, then move the clock by `by`, with everything due on the way."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class Settle:
    """Wait until no work is due."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Stop the bot as kill -9 would and start it again."""


Act = Say | Give | Edit | Delete | PressLabel | Submit | Leave | Advance | Settle | Restart


@dataclass(frozen=True, slots=True)
class Step:
    """One act and the line it stands on, counted from 1."""

    line: int
    act: Act


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script; `group` holds the defaults if it has no group line."""

    group: GroupLine
    steps: tuple[Step, ...]
