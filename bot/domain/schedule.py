"""When a group posts. The only file that knows zones and clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class Schedule:
    """A wall-clock time on some weekdays in an IANA zone.

    Attributes:
        zone: IANA name, such as `Europe/Paris`.
        at: local wall-clock time, whole minutes.
        days: ISO weekdays, Monday is 1 and Sunday 7; never empty.
    """

    zone: str
    at: time
    days: frozenset[int]

    def local_day(self, moment: datetime) -> date:
        """The group's date at `moment` (aware)."""
        raise NotImplementedError

    def instant(self, day: date) -> datetime | None:
        """The UTC instant of the post on `day` by the RFC 5545 rule; None if that date does not exist there."""
        raise NotImplementedError

    def next_due(self, after: datetime, *, skips: frozenset[date] = frozenset()) -> tuple[date, datetime] | None:
        """The first (local date, UTC instant) strictly after `after`; None if none in the next 400 days."""
        raise NotImplementedError
