"""The first line of a script: `! group zone=Europe/Paris at=09:00 days=mon-fri admin=asha`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import time

from bot.domain.group import LONGEST_WINDOW_H, Mode
from bot.domain.parse import parse_days, parse_mode, parse_time, parse_window, parse_zone
from bot.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """The group that a terminal begins with. Zone, time and days as in Schedule, `window` in hours, `admin` by name."""

    zone: str = "Europe/Paris"
    at: time = time(9)
    days: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    window: int = LONGEST_WINDOW_H
    mode: Mode = Mode.THREAD
    admin: str = "asha"


def parse_group(words: Sequence[str]) -> GroupLine:
    """Read `key=value` words. Raises Refusal that names the wrong word."""
    group = GroupLine()
    for word in words:
        key, _, value = word.partition("=")
        match key:
            case "zone":
                group = replace(group, zone=parse_zone(value))
            case "at":
                group = replace(group, at=parse_time(value))
            case "days":
                group = replace(group, days=parse_days(value))
            case "window":
                group = replace(group, window=parse_window(value))
            case "mode":
                group = replace(group, mode=parse_mode(value))
            case "admin" if value:
                group = replace(group, admin=value)
            case _:
                known = ", ".join(f"{each.name}=" for each in fields(GroupLine))
                raise Refusal(f"the group line has {known} and no {word!r}")
    return group
