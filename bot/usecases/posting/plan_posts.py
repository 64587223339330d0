"""Which post of a group comes next, and which are owed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from bot.domain.group import Group
from bot.domain.post import CATCH_UP, Post, PostState
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.work import Then


async def plan_next(ports: Ports, group: Group, *, after: datetime) -> None:
    """Owe the first post after `after`. A day whose catch-up is over by then is recorded when its work is done."""
    upcoming = next_post(group, after)
    if upcoming is not None:
        await ports.jobs.add(owed.post(group.id, upcoming[0]), upcoming[1])


def then_next(group: Group, *, after: datetime) -> Then | None:
    """The same, owed with the end of the job at hand."""
    upcoming = next_post(group, after)
    return None if upcoming is None else Then(owed.post(group.id, upcoming[0]), upcoming[1])


def next_post(group: Group, now: datetime) -> tuple[date, datetime] | None:
    """The next local date and instant with a post; None when paused or nothing is scheduled."""
    return None if group.paused else group.schedule.next_due(now, skips=group.skips)


async def upcoming_post(ports: Ports, group: Group, after: datetime) -> tuple[date, datetime] | None:
    """The next local date and instant that will get a post: a day that has its post already is passed over."""
    found = next_post(group, after)
    while found is not None and await is_posted(ports, group, found[0]):
        found = next_post(group, found[1])
    return found


async def is_posted(ports: Ports, group: Group, day: date) -> bool:
    """Whether the question of `day` stands."""
    post = await ports.posts.get(group.id, day)
    return post is not None and post.state is PostState.SENT


def is_planned(group: Group, day: date, now: datetime) -> bool:
    """Whether the time for a post of `day` is still to come; the date may be skipped, the group paused."""
    due_at = group.schedule.instant(day)
    return due_at is not None and due_at > now and day.isoweekday() in group.schedule.days


async def skipped_ahead(ports: Ports, group: Group) -> list[date]:
    """The dates to come that are skipped, the nearest first; one with its question, posted by hand, is none."""
    now = ports.clock.now()
    posted = {post.day for post in await ports.posts.all(group.id) if post.state is PostState.SENT}
    return sorted(day for day in group.skips - posted if is_planned(group, day, now))


async def next_dates(ports: Ports, group: Group, count: int = 5) -> list[tuple[date, str]]:
    """The next dates with a post and their local times as text."""
    dates: list[tuple[date, str]] = []
    after = ports.clock.now()
    while len(dates) < count and (upcoming := await upcoming_post(ports, group, after)) is not None:
        day, after = upcoming
        dates.append((day, f"{group.schedule.at:%H:%M}"))
    return dates


async def replan(ports: Ports, group: Group, change: Callable[[Group], Group]) -> Group:
    """Change the group and move its next post: the old entry goes, the new one comes."""
    now = ports.clock.now()
    before = next_post(group, now)
    changed = await ports.groups.update(group.id, change)
    after = next_post(changed, now)
    if before is not None and (after is None or before[0] != after[0]):
        await ports.jobs.drop(owed.post(group.id, before[0]))
    await plan_next(ports, changed, after=now)
    return changed


def next_due_at(group: Group, day: date, after: datetime) -> datetime | None:
    """The first due post after `after` on a later date than `day`: a day that has its post gets no other."""
    upcoming = next_post(group, after)
    while upcoming is not None and upcoming[0] <= day:
        upcoming = next_post(group, upcoming[1])
    return upcoming[1] if upcoming else None


def dues(group: Group, day: date, standing: Post | None) -> list[datetime]:
    """When the post of `day` is wanted: by the schedule, and by a choice that was stored and never settled."""
    if day in group.skips:
        return []
    scheduled = group.schedule.instant(day) if day.isoweekday() in group.schedule.days else None
    chosen = standing.due_at if standing is not None and standing.state is PostState.CHOSEN else None
    return sorted(at for at in (scheduled, chosen) if at is not None)


def is_too_late(group: Group, day: date, due_at: datetime, now: datetime) -> bool:
    """Whether the post of `day`, due at `due_at`, can no longer be made up for."""
    last_day = max(day, group.schedule.local_day(due_at))  # a clock change may carry 23:30 past midnight
    return now - due_at > CATCH_UP or group.schedule.local_day(now) > last_day


async def owed_posts(ports: Ports, group: Group, last: Post | None) -> list[tuple[Job, datetime]]:
    """The posts that the state says are owed: one that was chosen and never settled, and the next one.

    The next one is sought back to the catch-up window, unless the agenda holds the first one after now: then it was not
    lost, and a time that has passed by a change of the schedule stays passed.
    """
    now = ports.clock.now()
    jobs = []
    if last is not None and last.state is PostState.CHOSEN:
        jobs.append((owed.post(group.id, last.day), last.due_at))
    upcoming = next_post(group, now)
    if upcoming is None or await ports.jobs.owed(owed.post(group.id, upcoming[0])) is None:
        since = max(now - CATCH_UP, just_before(group.created_at), last.due_at if last else group.created_at - CATCH_UP)
        upcoming = next_post(group, since)
    if upcoming is not None:
        jobs.append((owed.post(group.id, upcoming[0]), upcoming[1]))
    return jobs


def just_before(now: datetime) -> datetime:
    """So that a post due exactly now is still found by a search for what comes after."""
    return now - timedelta(microseconds=1)
