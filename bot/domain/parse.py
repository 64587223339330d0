"""What people type for a group (zone, time, days, levels, topics, ...), read and printed. Faults are Refusals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from datetime import date, time, timedelta
from difflib import get_close_matches
from zoneinfo import available_timezones

from bot.domain.group import WINDOWS_H, Mode
from bot.domain.prose import clean
from bot.errors import Refusal

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_WORDS = {"daily": range(1, 8), "weekdays": range(1, 6), "weekends": range(6, 8)}
ALL_WORDS = ("all", "any", "every")
LEVEL_NAMES = {"warm-up": 1, "core": 2, "stretch": 3}
FEWEST_NAME_CHARS = 3
FEWEST_IN_RANGE = 3
UNCHANGED = " Nothing was changed."
TIME_FORM = "Write it as 9:00, 21:30 or 9am."
DAYS_FORM = "Write them as mon-fri, mon,wed,fri or daily."
MOST_SHOWN_CHARS = 40
MOST_SUGGESTIONS = 3

AREAS = ("africa", "america", "antarctica", "arctic", "asia", "atlantic", "australia", "europe", "indian", "pacific")
"""First parts of the names that a city alone may stand for; others (`US/Eastern`, `Brazil/West`) are old aliases."""
ABBREVIATIONS = {
    "est": "America/New_York",
    "cst": "America/Chicago",
    "mst": "America/Denver",
    "pst": "America/Los_Angeles",
    "gmt": "Europe/London",
    "bst": "Europe/London",
    "cet": "Europe/Paris",
    "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
}
"""What people most likely mean; offered, never assumed."""

_DAY_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.h]([0-5][0-9]))?")
_HALF_DAY_CLOCK = re.compile(r"(0?[1-9]|1[0-2])(?:[:.]([0-5][0-9]))? ?(am|pm)")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


def parse_zone(text: str) -> str:
    """The IANA name of a zone written in any case, or of a city alone (`paris`) when only one zone has it.

    Raises Refusal with the nearest names. Abbreviations and fixed offsets (`EST`, `EST5EDT`, `GMT+5`) are refused: most
    of them do not follow clock changes, and `Etc/GMT+5` means five hours behind.
    """
    names = _zones()
    wanted = _folded(text).strip().replace(" ", "_")
    if wanted in names:
        return names[wanted]
    cities = _by_city(names.values())
    matches = cities.get(wanted, [])
    if len(matches) == 1:
        return matches[0]
    near = matches or _nearest(wanted[:MOST_SHOWN_CHARS], names, cities)
    hint = f"Did you mean {_either(near)}?" if near else "Write a region and a city, such as Europe/Paris."
    if not wanted:
        raise _unreadable("time zone", text, hint)
    known = "more than one" if matches else "no"
    raise Refusal(f"I know {known} time zone “{_shown(text)}”. {hint}{UNCHANGED}")


def parse_time(text: str) -> time:
    """A wall-clock time: `9`, `9:00`, `09:00`, `9am`, `9:30 pm`, `21h30`. Raises Refusal."""
    word = _folded(text).strip()
    if match := _DAY_CLOCK.fullmatch(word):
        return time(int(match[1]), int(match[2] or 0))
    if match := _HALF_DAY_CLOCK.fullmatch(word):
        return time(int(match[1]) % 12 + (12 if match[3] == "pm" else 0), int(match[2] or 0))
    raise _unreadable("time", text, TIME_FORM)


def parse_days(text: str) -> frozenset[int]:
    """ISO weekdays from `mon-fri`, `mon,wed,fri`, `daily`, `weekdays`, `fri-mon` (over the weekend). Raises Refusal."""
    folded = re.sub(r"\s*(?:[-‐‑–—]|\bto\b)\s*", "-", _folded(text))  # noqa: RUF001  people type these dashes
    days: set[int] = set()
    for word in re.split(r"[\s,;]+|\band\b", folded):
        if word:
            days.update(_days_of(word, text))
    if not days:
        raise _unreadable("list of days", text, DAYS_FORM)
    return frozenset(days)


def days_text(days: Iterable[int]) -> str:
    """ISO weekdays as people write them; `parse_days` reads it back: `mon-fri`, `mon,wed,fri`, `fri-mon`, `daily`."""
    chosen = frozenset(days)
    if len(chosen) == len(DAY_NAMES):
        return "daily"
    return ",".join(_run_text(first, chosen) for first in sorted(chosen) if _before(first) not in chosen)


def parse_window(text: str) -> int:
    """Hours in which an answer counts: one of WINDOWS_H, with or without an `h`. Raises Refusal."""
    word = _folded(text).strip().removesuffix("h").strip()
    if word.isascii() and word.isdecimal() and int(word) in WINDOWS_H:
        return int(word)
    raise _unreadable("number of hours", text, f"It can be {', '.join(map(str, WINDOWS_H))}.")


def parse_mode(text: str) -> Mode:
    """How answers and feedback are shown: `thread`, `brief`, `private` or `sealed`. Raises Refusal."""
    try:
        return Mode(_folded(text).strip())
    except ValueError:
        raise _unreadable("way to show answers", text, f"It can be {', '.join(Mode)}.") from None


def parse_levels(text: str) -> frozenset[int]:
    """Levels, by number or by name: `1,2`, `core,stretch`; `all` is the empty set. Raises Refusal."""
    words = re.split(r"[\s,;]+|\band\b", _folded(text).strip())
    names = {**{str(number): number for number in LEVEL_NAMES.values()}, **LEVEL_NAMES}
    if words in ([word] for word in ALL_WORDS):
        return frozenset()
    if not all(word in names for word in words if word) or not any(words):
        raise _unreadable("list of levels", text, "Write 1 (warm-up), 2 (core), 3 (stretch), such as 1,2; or all.")
    return frozenset(names[word] for word in words if word)


def parse_topics(text: str, known: Collection[str]) -> frozenset[str]:
    """Topics of `known`, each by its name or a part that only one has: `rag,evals`; `all` is the empty set.

    Raises Refusal with the nearest one.
    """
    words = [word for word in re.split(r"[\s,;]+", _folded(text).strip()) if word]
    if words in ([word] for word in ALL_WORDS):
        return frozenset()
    if not words:
        raise _unreadable("list of topics", text, f"There are {', '.join(sorted(known))}; or write all.")
    return frozenset(_topic(word, known) for word in words)


def _topic(word: str, known: Collection[str]) -> str:
    inside = [name for name in known if word in name]
    if word in known or len(inside) == 1:
        return word if word in known else inside[0]
    near = get_close_matches(word, sorted(known), n=MOST_SUGGESTIONS, cutoff=0.6) or sorted(inside)
    hint = f"Did you mean {_either(near)}?" if near else f"There are {', '.join(sorted(known))}."
    raise Refusal(f"I know no topic “{_shown(word)}”. {hint}{UNCHANGED}")


def parse_day(text: str, today: date) -> date:
    """A date: `2026-12-01`, `today`, `tomorrow`, or the next weekday from `today` on (`fri` on a Friday is today).

    Raises Refusal.
    """
    word = _folded(text).strip()
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    weekday = _weekday(word)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.isoweekday()) % 7)
    match = _ISO_DATE.fullmatch(word)
    if match is None:
        raise _unreadable("date", text, f"Write it as {today.isoformat()}, tomorrow or fri.")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        form = f"Write year, month and day, such as {today.isoformat()}."
        raise Refusal(f"There is no date {match[0]} in the calendar. {form}{UNCHANGED}") from None


def _zones() -> dict[str, str]:
    """Folded name -> IANA name, of the zones that a group may have."""
    names = (name for name in available_timezones() if name == "UTC" or ("/" in name and not name.startswith("Etc/")))
    return {_folded(name): name for name in names} | {"etc/utc": "UTC", "gmt": "UTC"}


def _by_city(names: Iterable[str]) -> dict[str, list[str]]:
    cities: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        area, _, city = _folded(name).rpartition("/")
        if area.startswith(AREAS):
            cities.setdefault(city, []).append(name)
    return cities


def _nearest(wanted: str, names: dict[str, str], cities: dict[str, list[str]]) -> list[str]:
    if wanted.isalnum() and wanted[:3] in ABBREVIATIONS and len(wanted) <= len("EST5EDT"):
        return [ABBREVIATIONS[wanted[:3]]]
    found = [names[key] for key in get_close_matches(wanted, names, n=MOST_SUGGESTIONS, cutoff=0.8)]
    for part in re.split(r"[/,]_?", wanted):
        for city in get_close_matches(part, cities, n=MOST_SUGGESTIONS, cutoff=0.75):
            found.extend(cities[city])
    return list(dict.fromkeys(found))[:MOST_SUGGESTIONS]


def _either(names: list[str]) -> str:
    shown = names[:MOST_SUGGESTIONS]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _days_of(word: str, text: str) -> Iterator[int]:
    if word in DAY_WORDS:
        yield from DAY_WORDS[word]
        return
    start, _, end = word.partition("-")
    first, last = _weekday(start), _weekday(end if "-" in word else start)
    if first is None or last is None:
        raise _unreadable("list of days", text, DAYS_FORM)
    for step in range((last - first) % 7 + 1):
        yield (first - 1 + step) % 7 + 1


def _weekday(word: str) -> int | None:
    """`fri`, `friday` or `fridays`: 5."""
    for number, name in enumerate(DAY_NAMES, start=1):
        if len(word) >= FEWEST_NAME_CHARS and (name.startswith(word) or word == f"{name}s"):
            return number
    return None


def _run_text(first: int, chosen: frozenset[int]) -> str:
    run = [first]
    while run[-1] % 7 + 1 in chosen:
        run.append(run[-1] % 7 + 1)
    names = [DAY_NAMES[day - 1][:FEWEST_NAME_CHARS] for day in run]
    return f"{names[0]}-{names[-1]}" if len(names) >= FEWEST_IN_RANGE else ",".join(names)


def _before(day: int) -> int:
    return (day - 2) % 7 + 1


def _unreadable(thing: str, text: str, form: str) -> Refusal:
    shown = _shown(text)
    said = f"I cannot read the {thing} “{shown}”." if shown else f"The {thing} is missing."
    return Refusal(f"{said} {form}{UNCHANGED}")


def _folded(text: str) -> str:
    """Lower case without accents, so that `São Paulo` finds `America/Sao_Paulo`."""
    return "".join(c for c in unicodedata.normalize("NFKD", text[:200]) if not unicodedata.combining(c)).lower()


def _shown(text: str) -> str:
    """What a person typed, made safe and short enough to be repeated to them."""
    words = " ".join(clean(text).split())
    return words if len(words) <= MOST_SHOWN_CHARS else f"{words[:MOST_SHOWN_CHARS]}…"
