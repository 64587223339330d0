"""What an admin wished for a group: as typed, read, and applied to what stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import TypeVar

from bot.domain.group import Group
from bot.domain.parse import (
    parse_days,
    parse_levels,
    parse_mode,
    parse_time,
    parse_topics,
    parse_window,
    parse_zone,
)
from bot.domain.picks import Wants
from bot.domain.schedule import Schedule
from bot.errors import Refusal

DEFAULT_SCHEDULE = Schedule("Europe/Paris", time(9), frozenset(range(1, 6)))

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What an admin asked for, as typed; None leaves it as it is."""

    zone: str | None = None
    at: str | None = None
    days: str | None = None
    window: str | None = None
    mode: str | None = None
    levels: str | None = None
    topics: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Wishes:
        """From form values or typed arguments."""
        known = ("zone", "at", "days", "window", "mode", "levels", "topics")
        return cls(**{key: values[key] for key in known if values.get(key)})

    def applied(self, group: Group, topics: Collection[str] = ()) -> Group:
        """`group` with the wishes. Raises Refusal on a wrong one, naming its field.

        `topics`: keys of those that its bank has.
        """
        standing = group.schedule
        schedule = Schedule(
            zone=_read("zone", parse_zone, self.zone, standing.zone),
            at=_read("at", parse_time, self.at, standing.at),
            days=_read("days", parse_days, self.days, standing.days),
        )
        window_h = _read("window", parse_window, self.window, group.window_h)
        mode = _read("mode", parse_mode, self.mode, group.mode)
        wants = Wants(
            levels=_read("levels", parse_levels, self.levels, group.wants.levels),
            topics=_read("topics", lambda text: parse_topics(text, topics), self.topics, group.wants.topics),
        )
        return replace(group, schedule=schedule, window_h=window_h, wants=wants).shown_as(mode)


def _read(name: str, parse: Callable[[str], T], wish: str | None, standing: T) -> T:
    if wish is None:
        return standing
    try:
        return parse(wish)
    except Refusal as refusal:
        raise Refusal(str(refusal), field=name) from refusal
