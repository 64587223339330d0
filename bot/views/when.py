"""Dates and times, as members read them."""

from __future__ import annotations

from datetime import date, datetime

from bot.cards import Moment
from bot.domain.group import Group


def day_text(day: date) -> str:
    """A date in words, such as `Mon 23 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def moment(at: datetime, group: Group) -> Moment:
    """An instant for members of `group`."""
    return Moment(at, group.schedule.zone)


def span_text(seconds: float) -> str:
    """A length of time in its two largest units, such as `1 day 16 h`."""
    minutes = max(0, int(seconds // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min")]
    shown = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(shown[:2]) or "less than a minute"
