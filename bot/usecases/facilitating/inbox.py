"""The inbox of those who run a group: every kind of thing that waits for them, oldest first.

A kind is a source here: it reads what waits and makes entries with their buttons; what a button does is the kind's own
use case, which ends by showing the inbox again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.cards import Card
from bot.domain.group import Group, Member
from bot.ports import Ports
from bot.usecases.facilitating import open_entries, open_suggestions, past_entries
from bot.views.facilitating import inbox_card
from bot.views.facilitating.inbox_card import Entry

Source = Callable[[Ports, Group, Member], Awaitable[Sequence[Entry]]]
SOURCES: tuple[Source, ...] = (open_suggestions.entries, open_entries.entries)


async def show(ports: Ports, group: Group, reader: Member, page: int = 1, said: str = "") -> Card:
    """One page of what waits, as `reader` may settle it; `said` comes first."""
    found = [entry for source in SOURCES for entry in await source(ports, group, reader)]
    found.sort(key=lambda entry: entry.at)
    return inbox_card.inbox(found, page, said=said, past=bool(await past_entries.of(ports, group)))
