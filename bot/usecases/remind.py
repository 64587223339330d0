"""Remind members who asked for it, in their own hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.domain.group import Group, Member
from bot.domain.post import Post
from bot.domain.schedule import Schedule
from bot.ports import Job, Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import deliver
from bot.usecases.work import Again
from bot.views import notices


async def plan_reminders(ports: Ports, group: Group, post: Post) -> None:
    """Owe a reminder to each member who wants one while `post` is open."""
    for member in await ports.groups.members(group.id):
        await plan_reminder(ports, group, post, member)


async def plan_reminder(ports: Ports, group: Group, post: Post, member: Member) -> None:
    """Owe, move or drop the reminder of `member` for `post`."""
    job = owed.remind(group.id, post.day, member.id)
    at = reminder_at(group.schedule, post, member)
    if at is None:
        await ports.jobs.drop(job)
    else:
        await ports.jobs.add(job, at)


def reminder_at(schedule: Schedule, post: Post, member: Member) -> datetime | None:
    """When to remind: the member's time after the post opened, moved out of quiet hours; None if that is not in the window."""
    if member.remind_at is None or post.opened_at is None or post.closes_at is None or member.is_away(post.day):
        return None
    wanted = _first_at(schedule, post.opened_at, member.remind_at)
    if wanted is not None and member.quiet is not None and member.quiet.covers(member.remind_at):
        wanted = _first_at(schedule, wanted, member.quiet.end)
    return wanted if wanted is not None and wanted < post.closes_at else None


def _first_at(schedule: Schedule, after: datetime, at: time) -> datetime | None:
    """The first instant after `after` at which clocks in the group's zone show `at`."""
    daily = Schedule(zone=schedule.zone, at=at, days=frozenset(range(1, 8)))
    upcoming = daily.next_due(after - timedelta(microseconds=1))
    return upcoming[1] if upcoming else None


async def run(ports: Ports, job: Job) -> Again | None:
    """Remind, unless the member took part, left, went away or changed their mind meanwhile."""
    day, member_id = owed.whose(job.ref)
    group = await ports.groups.get(job.group_id)
    look = await ports.answers.look(job.group_id, day, member_id, event="")
    if group is None or look.post is None or look.member is None or look.answer is not None:
        return None
    now = ports.clock.now()
    if look.member.remind_at is None or look.member.is_away(group.schedule.local_day(now)) or not look.post.is_open(now):
        return None
    question = ports.library.questions.get(look.post.question_id)
    if question is not None:
        card = notices.reminder(question, look.post, group)
        to = Target(where=Where.DIRECT, place=group.place, member=member_id)
        await deliver(ports, group.id, f"remind:{job.ref}", to, card)
    return None

