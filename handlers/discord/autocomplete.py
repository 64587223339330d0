"""What is offered while an argument is typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from bot.commands import Kind
from bot.domain.parse import ABBREVIATIONS, AREAS, LEVEL_NAMES
from handlers.discord.limits import CHOICE_CHARS, CHOICES
from handlers.discord.render import Json

_BLANKS = re.compile(r"[\s_-]+")

Offer = tuple[str, str]
"""What is shown, and the value that it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What can be offered here: the topics of the bank, the names of the group's members."""

    topics: Sequence[str] = ()
    members: Sequence[str] = ()


def choices(kind: Kind, typed: str, known: Known) -> list[Json]:
    """At most 25 `{"name", "value"}` for what is typed so far; any part of a name finds it, its start first."""
    wanted = _folded(typed)
    found = [offer for offer in _offers(kind, known) if wanted in _folded(offer[0])]
    found.sort(key=lambda offer: not _begins(offer[0], wanted))
    if kind is Kind.ZONE and (meant := ABBREVIATIONS.get(wanted)):
        found = [(meant, meant), *(offer for offer in found if offer[1] != meant)]
    return [{"name": name, "value": value} for name, value in found if len(name) <= CHOICE_CHARS][:CHOICES]


def _offers(kind: Kind, known: Known) -> Sequence[Offer]:
    match kind:
        case Kind.ZONE:
            return [(name, name) for name in _zones()]
        case Kind.TOPIC:
            return [(topic, topic) for topic in sorted(set(known.topics))]
        case Kind.LEVEL:
            return [(f"{number} {name}", str(number)) for name, number in LEVEL_NAMES.items()]
        case Kind.MEMBER:
            return [(name, name) for name in sorted(set(known.members), key=str.casefold) if name.strip()]
        case _:
            return []


@cache
def _zones() -> tuple[str, ...]:
    """Zones that are named after a place, those of the largest groups of people first; each follows clock changes."""
    first = tuple(dict.fromkeys(ABBREVIATIONS.values()))
    named = {name for name in available_timezones() if name.lower().startswith(tuple(f"{area}/" for area in AREAS))}
    return (*first, *sorted(named - set(first)), "UTC")


def _begins(name: str, wanted: str) -> bool:
    """Whether `name`, or the city of a zone, begins so."""
    return any(part.startswith(wanted) for part in (_folded(name), _folded(name.rpartition("/")[2])))


def _folded(text: str) -> str:
    """Lower case, without accents, every blank alike: `Sao Paulo` finds `America/Sao_Paulo`."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return _BLANKS.sub(" ", plain).strip().casefold()
