"""Propose a week by need to those who run the group: they approve it or change it; else the plain choice goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.cards import Card
from bot.domain.group import Group, MemberId
from bot.domain.needs import Banded, weak_in
from bot.domain.picks import Need, Pick
from bot.domain.post import Post, PostState
from bot.domain.review import Review
from bot.errors import Refusal
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.feedback.counted_bands import counted
from bot.usecases.notify import tell_facilitators
from bot.usecases.posting.choose_question import asked, coming
from bot.usecases.work import Again
from bot.views import notices
from bot.views.facilitating import week_card

RECENT_POSTS = 20
"""Four weeks of weekdays: what was mended since must not be called weak for ever."""
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def next_proposal(group: Group, after: datetime) -> tuple[date, datetime] | None:
    """The first day of the next week to be proposed, and when: the day before, at the time of the group's posts.

    None if that instant does not exist.
    """
    today = group.schedule.local_day(after)
    first = today + timedelta(days=8 - today.isoweekday())
    for monday in (first, first + WEEK):
        at = group.schedule.instant(monday - DAY)
        if at is not None and at > after:
            return monday, at
    return None


async def plan_proposal(ports: Ports, group: Group, post: Post) -> None:
    """Owe the next proposal when the first post of a week is out; what that misses the hourly sweep finds."""
    is_first = post.day.isoweekday() == min(group.schedule.days)
    upcoming = next_proposal(group, ports.clock.now()) if is_first else None
    if upcoming is not None:
        await ports.jobs.add(owed.propose(group.id, upcoming[0]), upcoming[1])


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one week; nothing is said when nothing is weak, or when it would change nothing."""
    group = await ports.groups.get(job.group_id)
    first = date.fromisoformat(job.ref)
    if group is None or group.paused or group.schedule.local_day(ports.clock.now()) > first:
        return None
    if not await ports.queue.proposal(group.id, first):
        needs = await weak_spots(ports, group)
        proposed = await _week(ports, group, first, needs) if needs else []
        plain = await _week(ports, group, first, ()) if needs else []
        if [each.question_id for each in proposed] == [each.question_id for each in plain]:
            return None
        await ports.queue.propose(group.id, first, proposed)
    await tell_facilitators(ports, group, f"week:{first}")
    return None


async def approve(ports: Ports, group: Group, first: date) -> Card:
    """Take what was proposed for that week, as far as its days lie ahead and nobody decided them otherwise.

    Raises Refusal when there is nothing to take. Safe to repeat.
    """
    picks = await ports.queue.proposal(group.id, first)
    if not picks:
        raise Refusal(notices.EXPIRED)
    decided = await ports.queue.picks(group.id)
    past = set(asked(await ports.posts.all(group.id)))
    today = group.schedule.local_day(ports.clock.now())
    ahead = {each.day for each in await coming(ports, group, len(picks)) if each.day >= first}
    taken = [each for each in picks if each.day in ahead and each.day not in decided and each.question_id not in past]
    await ports.queue.put(group.id, taken)
    await ports.queue.remove(group.id, [day for day in decided if day < today])
    stands = [each for each in picks if each in taken or decided.get(each.day) == each]
    if not stands:
        raise Refusal(notices.WEEK_IS_OVER)
    return week_card.approved(group, first, stands, await ports.bank.of(group.id), ports.library.framework)


async def weak_spots(ports: Ports, group: Group) -> list[Need]:
    """What the group was weak in lately, the weakest first."""
    posts = [post for post in await ports.posts.all(group.id) if post.state is PostState.SENT]
    found = await asyncio.gather(*(_judged(ports, group, post) for post in posts[-RECENT_POSTS:]))
    return weak_in([banded for of_post in found for banded in of_post])


async def _judged(ports: Ports, group: Group, post: Post) -> list[Banded]:
    question = await ports.bank.question(group.id, post.question_id)
    if question is None:
        return []
    members: Sequence[MemberId] = list(await ports.answers.of_day(group.id, post.day))
    reviews = await asyncio.gather(*(ports.answers.review(group.id, post.day, member_id) for member_id in members))
    read = [each for each in reviews if isinstance(each, Review) and not each.off_topic]
    return [Banded.of(await counted(ports, group.id, each), question) for each in read]


async def _week(ports: Ports, group: Group, first: date, needs: Sequence[Need]) -> list[Pick]:
    """The picks of one week as they would be with `needs`; days before it are chosen plainly."""
    dates = await coming(ports, group, 2 * WEEK.days, needs=needs, needs_from=first)
    return [each.pick for each in dates if first <= each.day < first + WEEK and each.pick is not None]
