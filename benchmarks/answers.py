"""Recording an answer: round trips to Redis, and time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count

from redis.asyncio import Redis

from benchmarks.scene import found, groups_due, reads, running_at
from benchmarks.silent import SilentChat
from benchmarks.table import Row, middle
from bot.domain.group import Group, Member, MemberId
from bot.domain.post import Post
from bot.inbound import Caller, Said, said_event
from bot.usecases.posting import post_question
from handlers import app

N = 300
MOST_TRIPS = 2
TEXT = " ".join(f"word{number}" for number in range(150))


async def measure() -> Sequence[Row]:
    """Answers of known members in the thread of an open post, through dispatch; work that they make is left undone."""
    async with running_at(lambda _: SilentChat()) as (core, redis):
        groups, _ = groups_due(core.ports.clock.now(), 1)
        await found(core, groups)
        answers = _Answers(core, groups[0], await post_question.post_now(core.ports, groups[0]))
        await core.dispatch(await answers.first())
        # one read of the server takes 16 KB, so these stay well below it
        pairs = [(await _trips(core, await answers.first()), await _trips(core, answers.further())) for _ in range(20)]
        ours_ms, bare_ms = await _latency(core, redis, answers)
    return (
        _trip_row("answer in a thread", [first for first, _ in pairs]),
        _trip_row("further part of an answer", [further for _, further in pairs]),
        Row(what="the same, time (floor: two redis-py calls)", measure=ours_ms, floor=bare_ms, unit="ms", n=N),
    )


def _trip_row(what: str, trips: Sequence[int]) -> Row:
    return Row(what=f"{what}, round trips", measure=max(trips), unit="", most=MOST_TRIPS, n=len(trips))


class _Answers:
    """Messages of members, each a member of the group by then."""

    def __init__(self, core: app.Core, group: Group, post: Post) -> None:
        self._core, self._group, self._post = core, group, post
        self._numbers = count()
        self._newest = MemberId("")

    async def first(self) -> Said:
        """A first answer, of a member who has been here before."""
        self._newest = MemberId(f"u{next(self._numbers)}")
        member = Member(id=self._newest, name="Ada", joined_at=self._core.ports.clock.now())
        await self._core.ports.groups.join(self._group.id, member)
        return self.further()

    def further(self) -> Said:
        """One message more of that member."""
        message_id = f"m{next(self._numbers)}"
        caller = Caller(
            member_id=self._newest,
            name="Ada",
            place=self._group.place,
            thread=self._post.message,
            event=said_event(message_id),
        )
        return Said(caller=caller, message_id=message_id, text=TEXT, sent_at=self._core.ports.clock.now())


async def _trips(core: app.Core, said: Said) -> int:
    before = await reads(core)
    await core.dispatch(said)
    return await reads(core) - before - 1


async def _latency(core: app.Core, redis: Redis, answers: _Answers) -> tuple[float, float]:
    """Medians in ms, taken in turns."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(N):
        said = await answers.first()
        began = time.perf_counter()
        await core.dispatch(said)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        await redis.get("bench")
        await redis.set("bench", TEXT)
        bare.append(time.perf_counter() - began)
    return 1000 * middle(ours), 1000 * middle(bare)
