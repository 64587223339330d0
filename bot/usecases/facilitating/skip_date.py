"""Leave a date without a question, and take that back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.cards import Card
from bot.domain.group import Group
from bot.domain.parse import parse_day
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases.posting import plan_posts
from bot.views import notices
from bot.views.facilitating import skip_card

MOST_SKIPS = 60


async def skip(ports: Ports, group: Group, typed: str) -> Card:
    """Post nothing on a date (by default the next one); the day is neutral for streaks. Raises Refusal."""
    now = ports.clock.now()
    today = group.schedule.local_day(now)
    upcoming = await plan_posts.upcoming_post(ports, group, now)
    if typed.strip():
        day = parse_day(typed, today)
    elif upcoming is None:
        raise Refusal(skip_card.NOTHING_SCHEDULED)
    else:
        day = upcoming[0]
    if not plan_posts.is_planned(group, day, now) or await plan_posts.is_posted(ports, group, day):
        raise Refusal(skip_card.nothing_to_skip(day, upcoming[0] if upcoming else None))

    def skipping(known: Group) -> Group:
        ahead = frozenset(each for each in known.skips if each >= today)
        if len(ahead | {day}) > MOST_SKIPS:
            raise Refusal(skip_card.TOO_MANY_SKIPS)
        return replace(known, skips=ahead | {day})

    changed = await plan_posts.replan(ports, group, skipping)
    return skip_card.skipped(changed, day, await plan_posts.next_dates(ports, changed))


async def unskip(ports: Ports, group: Group, typed: str) -> Card:
    """Ask on a skipped date after all (by default the only one).

    Safe to repeat: a date that is not skipped stays so. Raises Refusal when it is too late, or no question is planned.
    """
    now = ports.clock.now()
    today = group.schedule.local_day(now)
    ahead = await plan_posts.skipped_ahead(ports, group)
    if not typed.strip() and len(ahead) != 1:
        raise Refusal(skip_card.say_which(ahead))
    day = parse_day(typed, today) if typed.strip() else ahead[0]
    if await plan_posts.is_posted(ports, group, day):
        raise Refusal(notices.already_posted(day))
    if not plan_posts.is_planned(group, day, now):
        raise Refusal(_why_not(group, day, today))
    changed = await plan_posts.replan(ports, group, lambda known: replace(known, skips=known.skips - {day}))
    return skip_card.unskipped(changed, day, await plan_posts.next_dates(ports, changed))


def _why_not(group: Group, day: date, today: date) -> str:
    if day > today or day.isoweekday() not in group.schedule.days:
        return skip_card.never_planned(day, group)
    return skip_card.too_late(day, group, is_today=day == today)
