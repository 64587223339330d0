"""Post the question of the day: once, on time or late, never twice (DESIGN 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain import question as questions
from bot.domain.group import Group
from bot.domain.post import CATCH_UP, Post, PostState, window_end
from bot.domain.question import Question
from bot.errors import Refusal
from bot.ports import Job, Outgoing, Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import clear_copies, deliver
from bot.usecases.notify import tell_facilitators
from bot.usecases.remind import plan_reminders
from bot.usecases.work import Again
from bot.views import notices, question_card

LATE_AFTER = timedelta(minutes=5)
AUDIT_AFTER = timedelta(minutes=3)


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one group and local date."""
    group = await ports.groups.get(job.group_id)
    if group is None or group.paused:
        return None
    day = date.fromisoformat(job.ref)
    now = ports.clock.now()
    due_at = group.schedule.instant(day)
    if due_at is not None and _scheduled(group, day):
        if due_at > now:
            return Again(due_at)
        await _post_or_miss(ports, group, day, due_at, now)
        await _plan_reminders(ports, group, day)
    await plan_next(ports, group, after=due_at or now)
    return None


async def post_now(ports: Ports, group: Group) -> Post:
    """Post today's question at once. Raises Refusal when today already has one or the bank is empty."""
    now = ports.clock.now()
    day = group.schedule.local_day(now)
    if await is_posted(ports, group, day):
        raise Refusal(notices.already_posted(day))
    post = await _post(ports, group, day, now, late=False)
    if post is None:
        raise Refusal(notices.NO_QUESTION_LEFT)
    await _plan_reminders(ports, group, day)
    await plan_next(ports, group, after=now)
    return post


async def plan_next(ports: Ports, group: Group, *, after: datetime) -> None:
    """Owe the first post after `after`. Days whose catch-up is over by then are found and recorded when they are due."""
    upcoming = group.schedule.next_due(after, skips=group.skips)
    if upcoming is not None and not group.paused:
        day, due_at = upcoming
        await ports.jobs.add(owed.post(group.id, day), due_at)


async def audit(ports: Ports, job: Job) -> Again | None:
    """Delete every copy of a post but the recorded one, on a day that ever had two owners."""
    group = await ports.groups.get(job.group_id)
    post = await ports.posts.get(job.group_id, date.fromisoformat(job.ref))
    if group is not None and post is not None and post.message is not None and post.opened_at is not None:
        begun = Outgoing(post.message, look_first=True, contested=True, begun_at=min(post.opened_at, post.due_at))
        await clear_copies(ports, _channel(group), post_key(post.day), post.message, begun)
    return None


async def upcoming_question(ports: Ports, group: Group) -> Question | None:
    """The question that the next post will carry, as things stand."""
    used = [post.question_id for post in await ports.posts.all(group.id) if post.state is not PostState.SKIPPED]
    return questions.choose(tuple(ports.library.questions.values()), used, group.seed)


def post_key(day: date) -> str:
    """The outbox key of a day's post."""
    return f"post:{day.isoformat()}"


async def _post_or_miss(ports: Ports, group: Group, day: date, due_at: datetime, now: datetime) -> None:
    standing = await ports.posts.get(group.id, day)
    if standing is not None and standing.state is not PostState.CHOSEN:
        return
    last_day = max(day, group.schedule.local_day(due_at))  # a clock change may carry 23:30 past midnight
    if now - due_at > CATCH_UP or group.schedule.local_day(now) > last_day:
        await _miss(ports, group, day, due_at)
    elif await _post(ports, group, day, due_at, late=now - due_at > LATE_AFTER) is None:
        await tell_facilitators(ports, group, f"empty:{day.isoformat()}", notices.bank_empty(day))


async def _miss(ports: Ports, group: Group, day: date, due_at: datetime) -> None:
    """Record a day as missed, unless its post turns out to stand already."""
    begun = await ports.outbox.begin(group.id, post_key(day), ports.clock.now())
    standing = await ports.chat.find(_channel(group), key=post_key(day), since=due_at - AUDIT_AFTER)
    if standing and not begun.message:
        message = await ports.outbox.sent(group.id, post_key(day), standing[0])
        await ports.posts.sent(group.id, day, message, due_at, window_end(due_at, _next_due_at(group, day, due_at)))
        return
    await ports.outbox.release(group.id, post_key(day))
    await ports.posts.choose(group.id, day, due_at, "")
    await ports.posts.settle(group.id, day, PostState.MISSED)
    await tell_facilitators(ports, group, f"missed:{day.isoformat()}", notices.missed_day(day))


async def _post(ports: Ports, group: Group, day: date, due_at: datetime, *, late: bool) -> Post | None:
    """Choose, store, send, record; None when the bank has no question."""
    chosen = await _choose(ports, group, day, due_at)
    if chosen is None:
        return None
    post, question = chosen
    now = ports.clock.now()
    closes_at = window_end(now, _next_due_at(group, day, now))
    opening = replace(post, opened_at=now, closes_at=closes_at)
    card = question_card.daily(question, opening, group, ports.library.framework, late=late)
    message, begun = await deliver(ports, group.id, post_key(day), _channel(group), card)
    if begun.contested:
        # before the record: a day that is recorded as sent is not looked at again
        await ports.jobs.add(owed.audit(group.id, day), now + AUDIT_AFTER)
    sent = await ports.posts.sent(group.id, day, message, now, closes_at)
    if sent.message != message:  # another process recorded the day as missed meanwhile
        await ports.chat.delete(message)
    return sent


async def _plan_reminders(ports: Ports, group: Group, day: date) -> None:
    """Planned again by whoever repeats the job: a process may have died between the post and its reminders."""
    post = await ports.posts.get(group.id, day)
    if post is not None and post.state is PostState.SENT:
        await plan_reminders(ports, group, post)


async def _choose(ports: Ports, group: Group, day: date, due_at: datetime) -> tuple[Post, Question] | None:
    """The day's post as it stands, or a new one; the choice is stored before the first try to send."""
    standing = await ports.posts.get(group.id, day)
    if standing is not None and standing.question_id in ports.library.questions:
        return standing, ports.library.questions[standing.question_id]
    question = await upcoming_question(ports, group)
    if question is None:
        return None
    post = await ports.posts.choose(group.id, day, due_at, question.id)
    return post, ports.library.questions.get(post.question_id, question)


def _scheduled(group: Group, day: date) -> bool:
    return day.isoweekday() in group.schedule.days and day not in group.skips


def _next_due_at(group: Group, day: date, after: datetime) -> datetime | None:
    """The first due post after `after` on a later date than `day`: a day that has its post gets no other."""
    upcoming = next_post(group, after)
    while upcoming is not None and upcoming[0] <= day:
        upcoming = next_post(group, upcoming[1])
    return upcoming[1] if upcoming else None


def _channel(group: Group) -> Target:
    return Target(where=Where.CHANNEL, place=group.place)


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


def owed_post(group: Group, last: Post | None, now: datetime) -> tuple[Job, datetime] | None:
    """The post that the state says is owed: one that was chosen and never settled, else the next after the last.

    Days that passed without a trace are owed back to the catch-up window only.
    """
    if last is not None and last.state is PostState.CHOSEN:
        return owed.post(group.id, last.day), last.due_at
    since = max(now - CATCH_UP, just_before(group.created_at))
    if last is not None:
        since = max(since, last.due_at)
    upcoming = next_post(group, since)
    return None if upcoming is None else (owed.post(group.id, upcoming[0]), upcoming[1])


def just_before(now: datetime) -> datetime:
    """So that a post due exactly now is still found by a search for what comes after."""
    return now - timedelta(microseconds=1)
