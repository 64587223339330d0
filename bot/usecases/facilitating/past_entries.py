"""What was decided in the inbox so far, and by whom; for those who run the group, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cards import Card
from bot.domain.group import Group
from bot.domain.peer_review import REVIEWED, InboxEntry, InboxKind
from bot.ports import Ports
from bot.usecases.facilitating.open_entries import GONE
from bot.views.facilitating import past_card
from bot.views.facilitating.past_card import Past
from bot.views.feedback import dispute_card

_NEVER = datetime.min.replace(tzinfo=UTC)


async def show(ports: Ports, group: Group, page: int = 1) -> Card:
    """One page, the newest first; what the bot ended by itself, and what is about a sealed question, is not there."""
    names = {member.id: member.name for member in await ports.groups.members(group.id)}
    past = [
        Past(
            entry=entry,
            author=names.get(entry.author_id, GONE),
            by=names.get(entry.closed_by) if entry.closed_by else None,
            what=dispute_card.outcome(entry, ports.library.framework) if entry.kind is InboxKind.DISPUTE else "",
        )
        for entry in await of(ports, group)
    ]
    return past_card.decided(past, page, group)


async def of(ports: Ports, group: Group) -> list[InboxEntry]:
    """The entries that a person settled, the newest first."""
    now = ports.clock.now()
    sealed = {post.day for post in await ports.posts.all(group.id) if post.is_sealed(now)}
    found = [
        entry
        for entry in await ports.peers.inbox(group.id)
        if not entry.is_open and entry.outcome != REVIEWED and entry.day not in sealed
    ]
    return sorted(found, key=lambda entry: (entry.closed_at or _NEVER, entry.id), reverse=True)
