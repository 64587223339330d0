"""Remind members who asked for it, in their own hours."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.domain.group import Group, Member
from bot.domain.post import Post
from bot.domain.schedule import Schedule
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.posting.plan_posts import just_before
from bot.usecases.send_direct import send_direct
from bot.usecases.work import Again
from bot.views import notices


async def plan_reminders(ports: Ports, group: Group, post: Post) -> None:
    """Owe a reminder to each member who wants one while `post` is open: one write, however many they are."""
    now = ports.clock.now()
    members = await ports.groups.members(group.id)
    wanted = [(member, reminder_at(group.schedule, post, member, after=now)) for member in members]
    await ports.jobs.restore([(owed.remind(group.id, post.day, member.id), at) for member, at in wanted if at])


async def plan_reminder(ports: Ports, group: Group, post: Post, member: Member) -> None:
    """Owe, move or drop the reminder of `member` for `post`."""
    job = owed.remind(group.id, post.day, member.id)
    at = reminder_at(group.schedule, post, member, after=ports.clock.now())
    if at is None:
        await ports.jobs.drop(job)
    else:
        await ports.jobs.add(job, at)


def reminder_at(schedule: Schedule, post: Post, member: Member, *, after: datetime) -> datetime | None:
    """When to remind: at the member's time from `after` on, out of quiet hours; None if that is not in the window."""
    if member.remind_at is None or post.opened_at is None or member.is_away(post.day):
        return None
    wanted = _first_at(schedule, max(post.opened_at, after), member.remind_at)
    return _undisturbing(schedule, post, member, wanted) if wanted is not None else None


def _undisturbing(schedule: Schedule, post: Post, member: Member, wanted: datetime) -> datetime | None:
    """`wanted`, or the end of the quiet hours that cover it; None if the window is closed by then."""
    local = wanted.astimezone(ZoneInfo(schedule.zone)).time()
    at = _first_at(schedule, wanted, member.quiet.end) if member.quiet and member.quiet.covers(local) else wanted
    return at if at is not None and post.is_open(at) else None


def _first_at(schedule: Schedule, after: datetime, at: time) -> datetime | None:
    """The first instant from `after` on at which clocks in the group's zone show `at`."""
    daily = Schedule(zone=schedule.zone, at=at, days=frozenset(range(1, 8)))
    upcoming = daily.next_due(just_before(after))
    return upcoming[1] if upcoming else None


async def run(ports: Ports, job: Job) -> Again | None:
    """Remind, unless the member answered, left, went away or changed their mind; later if it disturbs now."""
    day, member_id = owed.whose(job.ref)
    group = await ports.groups.get(job.group_id)
    look = await ports.answers.look(job.group_id, day, member_id, event="")
    if group is None or look.post is None or look.member is None or look.member.has_left or look.answer is not None:
        return None
    now = ports.clock.now()
    if look.member.remind_at is None or any(map(look.member.is_away, (day, group.schedule.local_day(now)))):
        return None
    at = _undisturbing(group.schedule, look.post, look.member, now)
    question = await ports.bank.question(group.id, look.post.question_id)
    if at is None or question is None:
        return None
    if at > now:
        return Again(at)
    await send_direct(ports, group, member_id, "remind", job.ref, notices.reminder(question, look.post, group))
    return None
