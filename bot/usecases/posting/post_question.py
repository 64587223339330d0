"""Post the question of the day: once, on time or late, never twice (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile

from bot.domain.group import Group, MessageRef
from bot.domain.post import LATE_AFTER, Post, PostState, window_end
from bot.domain.question import Question
from bot.errors import ChatBusy, ChatRefused, ChatUnsure, Refusal
from bot.ports import Job, Outgoing, Ports, PostLook, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import LOOK_BACK, clear_copies, deliver
from bot.usecases.notify import tell_facilitators
from bot.usecases.posting.choose_question import asked, coming, pick_for, runs_low, warn_when_dry
from bot.usecases.posting.plan_posts import (
    dues,
    is_too_late,
    just_before,
    next_due_at,
    plan_next,
    then_next,
    upcoming_post,
)
from bot.usecases.posting.propose_week import plan_proposal
from bot.usecases.posting.remind import plan_reminders
from bot.usecases.posting.reveal import plan_reveal
from bot.usecases.work import Again, Outcome
from bot.views import notices, question_card
from bot.views.facilitating import chat_words

AUDIT_AFTER = timedelta(minutes=3)
LOOK_AGAIN_AFTER = timedelta(seconds=30)


async def run(ports: Ports, job: Job) -> Outcome:
    """The agenda's work for one group and local date."""
    look = await ports.posts.look(job.group_id)
    group = look.group
    if group is None or group.paused:
        return None
    day = date.fromisoformat(job.ref)
    now = ports.clock.now()
    standing = _of_day(look.posts, day)
    wanted = dues(group, day, standing)
    if wanted and wanted[0] > now:
        return Again(wanted[0])
    due_at = max((at for at in wanted if at <= now), default=None)
    if due_at is not None:
        post = await _post_or_miss(ports, group, look, day, due_at, now)
        await _plan_what_follows(ports, group, look.posts, post)
    return then_next(group, after=due_at or now)


async def post_now(ports: Ports, group: Group) -> Post:
    """Post today's question at once.

    Raises Refusal when today already has one or was missed, when the bank is empty, and when the chat does not take it.
    """
    now = ports.clock.now()
    day = group.schedule.local_day(now)
    look = await ports.posts.look(group.id)
    standing = _of_day(look.posts, day)
    if standing is not None and standing.state is PostState.SENT:
        raise Refusal(notices.already_posted(day))
    if standing is not None and standing.state is not PostState.CHOSEN:
        raise Refusal(notices.day_is_missed(day))
    try:
        shown = await _shown_day(ports, group, look, day)
        post = await _post(ports, group, look, day, now, late=False, shape_of=shown)
    except (ChatBusy, ChatUnsure) as trouble:
        await ports.jobs.add(owed.post(group.id, day), now + LOOK_AGAIN_AFTER)
        raise Refusal(notices.POST_UNSURE) from trouble
    except ChatRefused as refused:
        raise Refusal(chat_words.cannot_post(str(refused))) from refused
    if post is None:
        raise Refusal(notices.NO_QUESTION_LEFT)
    if post.state is not PostState.SENT:
        raise Refusal(notices.day_is_missed(day))
    await _plan_what_follows(ports, group, look.posts, post)
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
    bank = await ports.bank.of(group.id)
    dates = await coming(ports, group, 1)
    today = group.schedule.local_day(ports.clock.now())
    pick = dates[0].pick if dates else pick_for(group, bank, await ports.posts.look(group.id), today)
    return bank.get(pick.question_id) if pick else None


def post_key(day: date) -> str:
    """The outbox key of a day's post."""
    return f"post:{day.isoformat()}"


async def _post_or_miss(
    ports: Ports, group: Group, look: PostLook, day: date, due_at: datetime, now: datetime
) -> Post | None:
    """The post as it stands then; None when the bank has no question."""
    standing = _of_day(look.posts, day)
    if standing is not None and standing.state is PostState.MISSED:
        await _tell_missed(ports, group, day, due_at)
    if standing is not None and standing.state is not PostState.CHOSEN:
        return standing
    if is_too_late(group, day, due_at, now):
        return await _miss(ports, group, look, day, due_at)
    post = await _post(ports, group, look, day, due_at, late=now - due_at > LATE_AFTER, shape_of=day)
    if post is None:
        await tell_facilitators(ports, group, f"empty:{day.isoformat()}")
    return post


async def _miss(ports: Ports, group: Group, look: PostLook, day: date, due_at: datetime) -> Post:
    """Record a day as missed, unless its post turns out to stand already."""
    message = await _standing(ports, group, day, due_at)
    if message is not None:
        if await _choose(ports, group, look, day, due_at, day) is None:  # memory may have lost that it was chosen
            await ports.posts.choose(group.id, day, due_at, "", sealed=group.sealed)
        closes_at = window_end(due_at, next_due_at(group, day, due_at), group.window_h)
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


async def _post(
    ports: Ports, group: Group, look: PostLook, day: date, due_at: datetime, *, late: bool, shape_of: date
) -> Post | None:
    """Choose, store, send, record; None when the bank has no question."""
    chosen = await _choose(ports, group, look, day, due_at, shape_of)
    if chosen is None:
        return None
    post, question, is_low = chosen
    now = ports.clock.now()
    closes_at = window_end(now, next_due_at(group, day, now), group.window_h)
    opening = replace(post, opened_at=now, closes_at=closes_at)
    card = question_card.daily(question, opening, group, ports.library.framework, late=late)
    message, begun = await deliver(ports, group.id, post_key(day), _channel(group), card)
    if begun.contested:
        # before the record: a day that is recorded as sent is not looked at again
        await ports.jobs.add(owed.audit(group.id, day), now + AUDIT_AFTER)
    sent = await ports.posts.sent(group.id, day, message, now, closes_at, known=[*look.posts, post])
    if sent.message != message:  # another process recorded the day as missed meanwhile
        await ports.chat.delete(message)
    if is_low:
        await warn_when_dry(ports, group)
    return sent


async def _plan_what_follows(ports: Ports, group: Group, posts: Sequence[Post], post: Post | None) -> None:
    """Reminders and the close. Planned again by whoever repeats the job: a process may have died after the post.

    `posts`: all of the group, as they stood before.
    """
    if post is not None and post.state is PostState.SENT:
        await plan_reveal(ports, group.id, posts, post)
        await plan_reminders(ports, group, post)
        await plan_proposal(ports, group, post)


async def _choose(
    ports: Ports, group: Group, look: PostLook, day: date, due_at: datetime, shape_of: date
) -> tuple[Post, Question, bool] | None:
    """The day's post as it stands, or a new one; the choice is stored before the first try to send.

    The last is whether the bank runs low with it. `look`: as it was a while ago; a post that was chosen since then
    stands. `shape_of`: the date whose pick it gets.
    """
    bank = await ports.bank.of(group.id)
    standing = _of_day(look.posts, day)
    if standing is not None and standing.question_id in bank:
        return standing, bank[standing.question_id], runs_low(group, bank, asked(look.posts))
    pick = pick_for(group, bank, look, shape_of)
    if pick is None:
        return None
    post = await ports.posts.choose(group.id, day, due_at, pick.question_id, sealed=group.sealed)
    question = bank.get(post.question_id, bank[pick.question_id])
    return post, question, runs_low(group, bank, [*asked(look.posts), question.id])


def _of_day(posts: Sequence[Post], day: date) -> Post | None:
    return next((post for post in posts if post.day == day), None)


async def _shown_day(ports: Ports, group: Group, look: PostLook, day: date) -> date:
    """The date whose pick is posted on `day` out of turn: the next one, as `preview` shows it.

    Not if somebody decided what that next date or `day` gets.
    """
    upcoming = await upcoming_post(ports, group, just_before(ports.clock.now()))
    return day if upcoming is None or {day, upcoming[0]} & look.decided.keys() else upcoming[0]


def _channel(group: Group) -> Target:
    return Target(where=Where.CHANNEL, place=group.place)
