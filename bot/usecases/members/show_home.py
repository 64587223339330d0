"""A member's own page: streak, sections and settings, for each of their groups."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import Card
from bot.domain.group import Group, Member, MemberId
from bot.domain.review import Review
from bot.ports import Ports
from bot.usecases.feedback.counted_bands import counted
from bot.usecases.members import manage_self, show_streak
from bot.usecases.members.find_groups import groups_of
from bot.views.members import home_card

MOST_GROUPS = 3
RECENT_POSTS = 10


@dataclass(frozen=True, slots=True)
class HomePart:
    """Cards about one group, or about none."""

    group: Group | None
    cards: tuple[Card, ...]


async def run(ports: Ports, platform: str, workspace: str, member_id: MemberId, name: str) -> list[HomePart]:
    """What stands on the page, in order. Raises StoreDown."""
    groups = await groups_of(ports, platform, workspace, member_id)
    if not groups:
        return [HomePart(None, (home_card.no_group(),))]
    parts = []
    for group in groups[:MOST_GROUPS]:
        fresh = Member(id=member_id, name=name, joined_at=ports.clock.now())
        member = await ports.groups.member(group.id, member_id) or fresh
        parts.append(HomePart(group, await _cards(ports, group, member)))
    return parts


async def _cards(ports: Ports, group: Group, member: Member) -> tuple[Card, ...]:
    return (
        home_card.group(group),
        await show_streak.run(ports, group, member),
        home_card.sections(await _reviews(ports, group, member), ports.library.framework),
        await manage_self.show(ports, group, member),
    )


async def _reviews(ports: Ports, group: Group, member: Member) -> list[Review]:
    """The newest reviews of the member's answers, oldest first, with the bands that count."""
    found = []
    for post in (await ports.posts.all(group.id))[-RECENT_POSTS:]:
        made = await ports.answers.review(group.id, post.day, member.id)
        if isinstance(made, Review):
            found.append(await counted(ports, group.id, made))
    return found
