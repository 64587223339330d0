"""Show a member's streak and the ledger behind it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.cards import Card
from bot.domain.group import Group, Member
from bot.domain.streak import Streak, streak_of
from bot.ports import Ports
from bot.views.members import streak_card


async def run(ports: Ports, group: Group, member: Member) -> Card:
    """Recount the streak from what is recorded."""
    return streak_card.streak(await count(ports, group, member), member)


async def count(ports: Ports, group: Group, member: Member) -> Streak:
    """The streak of `member`, as of now."""
    posts = await ports.posts.all(group.id)
    record = await ports.answers.record(group.id, member.id)
    return streak_of(
        posts,
        record,
        away=member.away,
        joined_at=member.joined_at,
        zone=ZoneInfo(group.schedule.zone),
        now=ports.clock.now(),
    )
