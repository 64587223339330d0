"""Dates without a question, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.cards import Block, Bold, Button, Buttons, Card, Code, Text
from bot.domain.group import Group
from bot.domain.parse import days_text
from bot.views.when import day_text

MOST_LISTED = 8
NOTHING_SCHEDULED = "Nothing is scheduled, so there is nothing to skip. Nothing was changed."
TOO_MANY_SKIPS = "Too many dates are skipped already. Use /tpm-admin pause for a long break. Nothing was changed."

Dates = Sequence[tuple[date, str]]
"""Dates with a post and their local times."""


def skipped(group: Group, day: date, dates: Dates) -> Card:
    """After a skip, with the way back."""
    return Card(
        "schedule",
        (
            Text((f"No question on {day_text(day)}. The day is neutral for every streak.",)),
            Text(
                (
                    "To take that back, press the button or type ",
                    Code(f"/tpm-admin unskip {day}"),
                    f", until {group.schedule.at:%H:%M} on that day.",
                )
            ),
            _next(group, dates),
            Buttons((way_back(day),)),
        ),
        data={"skipped": day.isoformat(), "next": [when.isoformat() for when, _ in dates]},
    )


def unskipped(group: Group, day: date, dates: Dates) -> Card:
    """A date is not skipped, or not any more."""
    comes = "comes when the group is resumed by then" if group.paused else f"comes at {group.schedule.at:%H:%M}"
    return Card(
        "schedule",
        (Text((f"{day_text(day)} is not skipped: its question {comes}.",)), _next(group, dates)),
        data={"unskipped": day.isoformat(), "next": [when.isoformat() for when, _ in dates]},
    )


def way_back(day: date) -> Button:
    """Takes the skip of `day` back."""
    return Button(f"Do not skip {day_text(day)}", f"unskip:{day}")


def ahead(days: Sequence[date]) -> tuple[Block, ...]:
    """One line with the skipped dates to come, the nearest first; none when nothing is skipped."""
    if not days:
        return ()
    listed = Bold("Skipped: "), f"{_listed(days)}. To take one back: "
    return (Text((*listed, Code("/tpm-admin unskip DATE"), ".")),)


def say_which(days: Sequence[date]) -> str:
    """Refuses to guess among the skipped dates."""
    if not days:
        return "No date ahead is skipped, so there is nothing to take back. Nothing was changed."
    return (
        f"Several dates are skipped: {_listed(days)}. Say which, such as /tpm-admin unskip {days[0]}. "
        "Nothing was changed."
    )


def nothing_to_skip(day: date, other: date | None) -> str:
    """Refuses to skip a date that has no post ahead; `other` has one."""
    hint = f" Give a date that has one, such as {other}." if other else ""
    return f"No question is planned for {day_text(day)}, so there is nothing to skip.{hint} Nothing was changed."


def never_planned(day: date, group: Group) -> str:
    """Refuses to take a skip back where no post would come."""
    return (
        f"{day_text(day)} gets no question, skipped or not: questions come {days_text(group.schedule.days)}. "
        "Nothing was changed."
    )


def too_late(day: date, group: Group, *, is_today: bool) -> str:
    """Refuses to take a skip back when the time of the post has passed."""
    hint = " To post it now, type /tpm-admin post-now." if is_today else ""
    return (
        f"It is too late for {day_text(day)}: its question was due at {group.schedule.at:%H:%M}.{hint} "
        "Nothing was changed."
    )


def _listed(days: Sequence[date]) -> str:
    more = f" and {len(days) - MOST_LISTED} more" if len(days) > MOST_LISTED else ""
    return ", ".join(map(day_text, days[:MOST_LISTED])) + more


def _next(group: Group, dates: Dates) -> Text:
    none = "nothing until /tpm-admin resume" if group.paused else "nothing planned"
    return Text((Bold("Next: "), ", ".join(f"{day_text(when)} {at}" for when, at in dates) or none))
