"""Post the question of the day: once, on time or late, never twice (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile

from bot.domain import question as questions
from bot.domain.group import Group, MessageRef
from bot.domain.post import Post, PostState, window_end
from bot.domain.question import Question
from bot.errors import ChatBusy, ChatRefused, ChatUnsure, Refusal
from bot.ports import Job, Outgoing, Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import LOOK_BACK, clear_copies, deliver
from bot.usecases.notify import tell_facilitators
from bot.usecases.plan_posts import dues, is_too_late, next_due_at, plan_next, upcoming_post
from bot.usecases.remind import plan_reminders
from bot.usecases.work import Again
from bot.views import notices, question_card

LATE_AFTER = timedelta(minutes=5)
AUDIT_AFTER = timedelta(minutes=3)
LOOK_AGAIN_AFTER = timedelta(seconds=30)


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one group and local date."""
    group = await ports.groups.get(job.group_id)
    if group is None or group.paused:
        return None
    day = date.fromisoformat(job.ref)
    now = ports.clock.now()
    standing = await ports.posts.get(group.id, day)
    wanted = dues(group, day, standing)
    if wanted and wanted[0] > now:
        return Again(wanted[0])
    due_at = max((at for at in wanted if at <= now), default=None)
    if due_at is not None:
        await _plan_reminders(ports, group, await _post_or_miss(ports, group, standing, day, due_at, now))
    await plan_next(ports, group, after=due_at or now)
    return None


async def post_now(ports: Ports, group: Group) -> Post:
    """Post today's question at once.

    Raises Refusal when today already has one or was missed, when the bank is empty, and when the chat does not take it.
    """
    now = ports.clock.now()
    day = group.schedule.local_day(now)
    standing = await ports.posts.get(group.id, day)
    if standing is not None and standing.state is PostState.SENT:
        raise Refusal(notices.already_posted(day))
    if standing is not None and standing.state is not PostState.CHOSEN:
        raise Refusal(notices.day_is_missed(day))
    try:
        post = await _post(ports, group, day, now, late=False)
    except (ChatBusy, ChatUnsure) as trouble:
        await ports.jobs.add(owed.post(group.id, day), now + LOOK_AGAIN_AFTER)
        raise Refusal(notices.POST_UNSURE) from trouble
    except ChatRefused as refused:
        raise Refusal(notices.POST_REFUSED) from refused
    if post is None:
        raise Refusal(notices.NO_QUESTION_LEFT)
    if post.state is not PostState.SENT:
        raise Refusal(notices.day_is_missed(day))
    await _plan_reminders(ports, group, post)
    await ports.jobs.drop(owed.post(group.id, day))  # if earlier tries were given up, that is mended now
    await plan_next(ports, group, after=now)
    return post


async def audit(ports: Ports, job: Job) -> Again | None:
    """Delete every copy of a post but the recorded one, on a day that ever had two owners."""
    group = await ports.groups.get(job.group_id)
    post = await ports.posts.get(job.group_id, date.fromisoformat(job.ref))
    if group is not None and post is not None and post.message is not None and post.opened_at is not None:
        begun = Outgoing(post.message, look_first=True, contested=True, begun_at=min(post.opened_at, post.due_at))
        await clear_copies(ports, _channel(group), post_key(post.day), post.message, begun)
    return None


async def upcoming_question(ports: Ports, group: Group) -> Question | None:
    """The question that the next post will carry, as things stand; one that nobody saw is used again."""
    return _next_question(ports, group, await ports.posts.all(group.id))


def _next_question(ports: Ports, group: Group, posts: Sequence[Post]) -> Question | None:
    used = [post.question_id for post in posts if post.state in (PostState.CHOSEN, PostState.SENT)]
    return questions.choose(tuple(ports.library.questions.values()), used, group.seed)


def post_key(day: date) -> str:
    """The outbox key of a day's post."""
    return f"post:{day.isoformat()}"


async def _post_or_miss(
    ports: Ports, group: Group, standing: Post | None, day: date, due_at: datetime, now: datetime
) -> Post | None:
    """The post as it stands then; None when the bank has no question."""
    if standing is not None and standing.state is PostState.MISSED:
        await _tell_missed(ports, group, day, due_at)
    if standing is not None and standing.state is not PostState.CHOSEN:
        return standing
    if is_too_late(group, day, due_at, now):
        return await _miss(ports, group, day, due_at)
    post = await _post(ports, group, day, due_at, late=now - due_at > LATE_AFTER)
    if post is None:
        await tell_facilitators(ports, group, f"empty:{day.isoformat()}")
    return post


async def _miss(ports: Ports, group: Group, day: date, due_at: datetime) -> Post:
    """Record a day as missed, unless its post turns out to stand already."""
    message = await _standing(ports, group, day, due_at)
    if message is not None:
        if await _choose(ports, group, day, due_at) is None:  # memory may have lost that it was chosen
            await ports.posts.choose(group.id, day, due_at, "")
        closes_at = window_end(due_at, next_due_at(group, day, due_at))
        return await ports.posts.sent(group.id, day, message, due_at, closes_at)
    await ports.outbox.release(group.id, post_key(day))
    await ports.posts.choose(group.id, day, due_at, "")
    missed = await ports.posts.settle(group.id, day, PostState.MISSED)
    await _tell_missed(ports, group, day, due_at)
    return missed


async def _tell_missed(ports: Ports, group: Group, day: date, due_at: datetime) -> None:
    """Said once for all days of an outage. Safe to repeat: a process may die before it is said."""
    upcoming = await upcoming_post(ports, group, due_at)
    if upcoming is None or not is_too_late(group, *upcoming, ports.clock.now()):
        missed = takewhile(_is_missed, reversed(await ports.posts.all(group.id)))
        first = min((post.day for post in missed), default=day)
        await tell_facilitators(ports, group, f"missed:{first}/{day}")


def _is_missed(post: Post) -> bool:
    return post.state is PostState.MISSED


async def _standing(ports: Ports, group: Group, day: date, due_at: datetime) -> MessageRef | None:
    """The message of a day whose post was not recorded: known to the outbox, or found in the channel."""
    key = post_key(day)
    begun = await ports.outbox.begin(group.id, key, ports.clock.now())
    if begun.message is not None:
        return begun.message
    since = min(due_at, begun.begun_at) - LOOK_BACK
    found = await ports.chat.find(_channel(group), key=key, since=since)
    return await ports.outbox.sent(group.id, key, found[0]) if found else None


async def _post(ports: Ports, group: Group, day: date, due_at: datetime, *, late: bool) -> Post | None:
    """Choose, store, send, record; None when the bank has no question."""
    chosen = await _choose(ports, group, day, due_at)
    if chosen is None:
        return None
    post, question = chosen
    now = ports.clock.now()
    closes_at = window_end(now, next_due_at(group, day, now))
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


async def _plan_reminders(ports: Ports, group: Group, post: Post | None) -> None:
    """Planned again by whoever repeats the job: a process may have died between the post and its reminders."""
    if post is not None and post.state is PostState.SENT:
        await plan_reminders(ports, group, post)


async def _choose(ports: Ports, group: Group, day: date, due_at: datetime) -> tuple[Post, Question] | None:
    """The day's post as it stands, or a new one; the choice is stored before the first try to send."""
    posts = await ports.posts.all(group.id)
    standing = next((post for post in posts if post.day == day), None)
    if standing is not None and standing.question_id in ports.library.questions:
        return standing, ports.library.questions[standing.question_id]
    question = _next_question(ports, group, posts)
    if question is None:
        return None
    post = await ports.posts.choose(group.id, day, due_at, question.id)
    return post, ports.library.questions.get(post.question_id, question)


def _channel(group: Group) -> Target:
    return Target(where=Where.CHANNEL, place=group.place)
