"""When a group posts. The only file that knows zones and clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LOOK_AHEAD_DAYS = 400
"""More than a year: a schedule of one weekday with every date of a year skipped still ends the search."""


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
        """The group's date at `moment` (aware). Raises ValueError when `moment` is naive."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment!r} has no zone")
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def instant(self, day: date) -> datetime | None:
        """The UTC instant of the post on `day` by the RFC 5545 rule; None if that date does not exist there.

        A time inside a gap is read with the offset before the gap (02:30 becomes 03:30); of two equal times it is the
        first. Where a gap ends at midnight (Nuuk, 23:00 to 24:00) the instant lies in the first hour of the
        next local date; it still is the post of `day`.
        """
        return _post_instant(self.zone, self.at, day)

    def next_due(self, after: datetime, *, skips: frozenset[date] = frozenset()) -> tuple[date, datetime] | None:
        """The first (local date, UTC instant) strictly after `after`; None if none in the next 400 days."""
        today = self.local_day(after)
        # Yesterday's post may still lie ahead when a gap moved it past midnight.
        for offset in range(-1, LOOK_AHEAD_DAYS + 1):
            day = today + timedelta(days=offset)
            if day.isoweekday() not in self.days or day in skips:
                continue
            due_at = self.instant(day)
            if due_at is not None and due_at > after:
                return day, due_at
        return None


@lru_cache(maxsize=4096)  # groups that are due at the same instant share their zone and time
def _post_instant(zone_name: str, at: time, day: date) -> datetime | None:
    zone = ZoneInfo(zone_name)
    midnight = _instant(day, time(), zone)
    if midnight.astimezone(zone).date() != day:
        return None
    return _instant(day, at, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """fold=0 is the RFC 5545 rule: the offset before a gap, and the first of two equal times (PEP 495)."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)
