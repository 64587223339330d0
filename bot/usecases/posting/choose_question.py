"""Which question comes next, and why: what facilitators decided, else the plain choice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from bot.domain.choosing import plan
from bot.domain.group import Group
from bot.domain.picks import Dry, Need, Pick, Rule, Wants, Why
from bot.domain.post import Post, PostState
from bot.domain.question import READY, Question
from bot.ports import Ports, PostLook
from bot.usecases.notify import tell_facilitators
from bot.usecases.posting.plan_posts import just_before, next_post

QUEUED = 14
"""Dates that the queue shows: two weeks of a group that meets daily."""
WARNED_AHEAD = 2
"""Posts: the facilitators are told so long before the bank runs dry."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A date that will get a post, and its question; None when the bank has none that is ready."""

    day: date
    due_at: datetime
    pick: Pick | None


def asked(posts: Sequence[Post]) -> list[str]:
    """Ids of the questions of past posts, oldest first; one that nobody saw may be used again."""
    return [post.question_id for post in posts if post.state in (PostState.CHOSEN, PostState.SENT)]


def pick_for(group: Group, bank: Mapping[str, Question], look: PostLook, day: date) -> Pick | None:
    """What `day` gets from the group's bank, given all posts so far."""
    return plan(bank.values(), asked(look.posts), [day], group.seed, wants=group.wants, fixed=look.decided)[0]


async def coming(
    ports: Ports, group: Group, count: int, *, needs: Sequence[Need] = (), needs_from: date | None = None
) -> list[Coming]:
    """The next `count` dates with a post, each with its pick as things stand.

    `needs`: what the group was weak in, for a proposal alone; from the date `needs_from` on.
    """
    posts = await ports.posts.all(group.id)
    waiting = {post.day: post for post in posts if post.state is PostState.CHOSEN}
    dates = _dates(ports, group, count, done={post.day for post in posts} - waiting.keys())
    fixed = {
        **await ports.queue.picks(group.id),
        **{day: Pick(day, post.question_id, Why(Rule.CHOSEN)) for day, post in waiting.items()},
    }
    bank = (await ports.bank.of(group.id)).values()
    past = asked([post for post in posts if post.day not in waiting])
    days = [day for day, _ in dates]
    plainly = [day for day in days if needs_from is not None and day < needs_from]
    picks = plan(bank, past, plainly, group.seed, wants=group.wants, fixed=fixed)
    past += [each.question_id for each in picks if each is not None]
    picks += plan(bank, past, days[len(plainly) :], group.seed, wants=group.wants, needs=needs, fixed=fixed)
    return [Coming(day, due_at, pick) for (day, due_at), pick in zip(dates, picks, strict=True)]


async def planned(ports: Ports, group: Group) -> set[str]:
    """Ids of the questions that the queue holds, and of those that facilitators put on later dates.

    For a paused group: as if it went on now.
    """
    today = group.schedule.local_day(ports.clock.now())
    rows = await coming(ports, replace(group, paused=False), QUEUED)
    decided = [each for day, each in (await ports.queue.picks(group.id)).items() if day >= today]
    return {each.question_id for each in [*decided, *(row.pick for row in rows if row.pick is not None)]}


async def kept_back(ports: Ports, group: Group) -> set[str]:
    """Ids of the questions that the group is soon asked for the first time: nobody is shown what would spoil them."""
    posted = {post.question_id for post in await ports.posts.all(group.id) if post.state is PostState.SENT}
    return await planned(ports, group) - posted


def _dates(ports: Ports, group: Group, count: int, done: Collection[date]) -> list[tuple[date, datetime]]:
    dates: list[tuple[date, datetime]] = []
    found = next_post(group, just_before(ports.clock.now()))
    while found is not None and len(dates) < count:
        if found[0] not in done:
            dates.append(found)
        found = next_post(group, found[1])
    return dates


def runs_low(group: Group, bank: Mapping[str, Question], past: Sequence[str]) -> bool:
    """Whether the questions that the group wants and was never asked end within two posts: news, if not yet over.

    `past`: ids of all posts, oldest first.
    """
    left = list(islice(_left(group, bank, past), WARNED_AHEAD))
    return len(left) < WARNED_AHEAD and (bool(left) or _ended_now(past, bank, group.wants))


async def warn_when_dry(ports: Ports, group: Group) -> None:
    """Tell the facilitators from when on nothing is left that the group wants and was never asked, if that is near.

    To be called after a post with which the bank `runs_low`, and when the bank or what the group wants has changed.
    Safe to repeat: the same is said once.
    """
    bank = await ports.bank.of(group.id)
    past = asked(await ports.posts.all(group.id))
    left = set(_left(group, bank, past))
    if len(left) >= WARNED_AHEAD:
        return
    dates = await coming(ports, group, len(left) + 1)
    if len(dates) > len(left):
        ready = {question.id for question in bank.values() if question.status == READY}
        rest = Dry.EMPTY if not ready else Dry.OUTSIDE if ready - set(past) - left else Dry.AGAIN
        await tell_facilitators(ports, group, f"dry:{rest}:{dates[-1].day}")


def _left(group: Group, bank: Mapping[str, Question], past: Sequence[str]) -> Iterator[str]:
    over = frozenset(past)
    for each in bank.values():
        if each.status == READY and each.id not in over and group.wants.admit(each):
            yield each.id


def _ended_now(past: Sequence[str], bank: Mapping[str, Question], wants: Wants) -> bool:
    """Whether the newest post took the last question that the group wants; later posts are no news."""
    newest = bank.get(past[-1]) if past else None
    return newest is None or (newest.id not in past[:-1] and wants.admit(newest))
