"""The heartbeat: with nothing due, and with 10,000 posts due at once."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks.loopback import loopback_chat
from benchmarks.scene import DUE_AGO, found, groups_due, running, running_at
from benchmarks.silent import SilentChat
from benchmarks.table import Row
from bot.domain.group import Group
from bot.domain.post import Post
from bot.ports import Chat, Job, Target, Where
from bot.usecases import owed
from bot.usecases.posting.post_question import post_key
from bot.usecases.work import MOST_AT_ONCE
from bot.views import question_card
from handlers import app
from handlers.terminal.chat import RoomChat
from handlers.terminal.room import Room

GROUPS = 100_000
TICKS = 300
DUE = 10_000
DUE_IN_ROOM = 2_000
MOST_RATIO = 1.5
MOST_STALL_MS = 50.0


async def measure_idle() -> Sequence[Row]:
    """What a beat costs while the posts of 100,000 groups are owed and none is due."""
    async with running_at(lambda _: SilentChat()) as (core, redis):
        tomorrow = core.ports.clock.now() + timedelta(days=1)
        jobs = [(Job(owed.POST, group.id, "2030-01-01"), tomorrow) for group in groups_due(tomorrow, GROUPS)[0]]
        await core.ports.jobs.restore(jobs)
        ours_s = bare_s = 0.0
        for _ in range(TICKS):
            began_s = time.process_time()
            await core.beat()
            between_s = time.process_time()
            await redis.ping()
            await redis.ping()
            ours_s += between_s - began_s
            bare_s += time.process_time() - between_s
    return (
        Row(
            what=f"beat, {GROUPS:,} groups, none due: CPU (floor: two pings)",
            measure=1000 * ours_s / TICKS,
            floor=1000 * bare_s / TICKS,
            unit="ms",
            n=TICKS,
        ),
    )


async def measure_due() -> Sequence[Row]:
    """10,000 due posts through Slack's client and renderer to a server on the loopback."""
    async with loopback_chat() as chat:
        return await _measure_due("Slack's client on the loopback", chat, DUE, most_ratio=MOST_RATIO)


async def measure_room() -> Sequence[Row]:
    """The same in the room of the terminal: a send there is a line in a file."""
    with tempfile.TemporaryDirectory(prefix="tpm-bench-") as folder:
        room = Room(Path(folder))
        try:
            return await _measure_due("the terminal's room", room, DUE_IN_ROOM, most_ratio=None)
        finally:
            room.close()


async def _measure_due(where: str, chat: Chat | Room, count: int, *, most_ratio: float | None) -> Sequence[Row]:
    async with running(lambda clock: RoomChat(chat, clock) if isinstance(chat, Room) else chat) as core:
        groups, day = groups_due(core.ports.clock.now(), count)
        await found(core, groups)
        if isinstance(chat, Room):
            groups = [await _moved(core, group, chat) for group in groups]
        await core.ports.jobs.restore(
            [(owed.post(group.id, day), core.ports.clock.now() - DUE_AGO) for group in groups]
        )
        gc.freeze()
        # before and after, so that a machine that slows down meanwhile counts for both
        bare = await _bare(core, groups, day)
        ours = await _ours(core, groups, day)
        bare = bare.mean(await _bare(core, groups, day))
    return (
        Row(
            what=f"due posts to {where}: CPU a post (floor: bare loop)",
            measure=1000 * ours.cpu_s / count,
            floor=1000 * bare.cpu_s / count,
            unit="ms",
            most=most_ratio,
            of_floor=True,
            n=count,
        ),
        Row(
            what="their longest stall of the loop (floor: bare loop)",
            measure=ours.stall_ms,
            floor=bare.stall_ms,
            unit="ms",
            most=MOST_STALL_MS,
            n=count,
        ),
        Row(
            what="of that, own CPU: the rest is other processes",
            measure=ours.stall_cpu_ms,
            floor=bare.stall_cpu_ms,
            unit="ms",
            n=count,
        ),
    )


async def _moved(core: app.Core, group: Group, room: Room) -> Group:
    """A room is one channel: all post there."""
    return await core.ports.groups.update(group.id, lambda known: replace(known, place=room.place))


@dataclass
class Cost:
    """CPU of this process; the longest time for which the loop left a ticker waiting, and the most CPU in one."""

    cpu_s: float = 0.0
    stall_ms: float = 0.0
    stall_cpu_ms: float = 0.0

    def mean(self, other: Cost) -> Cost:
        """Of two runs."""
        return Cost(
            cpu_s=(self.cpu_s + other.cpu_s) / 2,
            stall_ms=(self.stall_ms + other.stall_ms) / 2,
            stall_cpu_ms=(self.stall_cpu_ms + other.stall_cpu_ms) / 2,
        )


@asynccontextmanager
async def _watched() -> AsyncIterator[Cost]:
    cost = Cost()

    async def tick() -> None:
        while True:
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            await asyncio.sleep(0.001)
            cost.stall_ms = max(cost.stall_ms, 1000 * (time.perf_counter() - began_s) - 1)
            cost.stall_cpu_ms = max(cost.stall_cpu_ms, 1000 * (time.process_time() - began_cpu_s))

    ticker = asyncio.create_task(tick())
    began_s = time.process_time()
    yield cost
    cost.cpu_s = time.process_time() - began_s
    ticker.cancel()


async def _bare(core: app.Core, groups: Sequence[Group], day: date) -> Cost:
    """The same cards through the same chat, as many at once, with nothing kept and nothing made sure."""
    ports, now = core.ports, core.ports.clock.now()
    bank = list(ports.library.questions.values())
    room = asyncio.Semaphore(MOST_AT_ONCE)

    async def send(number: int, group: Group) -> None:
        question = bank[number % len(bank)]
        post = Post(
            day=day, number=1, question_id=question.id, due_at=now, opened_at=now, closes_at=now + timedelta(days=1)
        )
        async with room:
            card = question_card.daily(question, post, group, ports.library.framework, late=False)
            await ports.chat.send(Target(where=Where.CHANNEL, place=group.place), card, key=post_key(day))

    async with _watched() as cost:
        await asyncio.gather(*(send(number, group) for number, group in enumerate(groups)))
    return cost


async def _ours(core: app.Core, groups: Sequence[Group], day: date) -> Cost:
    """The heart beats until all is done; each post must then be recorded."""
    async with _watched() as cost, app.beating(core):
        while core.worker.busy or (due := await core.next_due()) is None or due <= core.ports.clock.now():  # noqa: ASYNC110  the work itself must not be touched to watch it
            await asyncio.sleep(0.1)
    for group in groups:
        post = await core.ports.posts.get(group.id, day)
        if post is None or post.message is None:
            raise RuntimeError(f"the post of {group.id} was not sent")
    return cost
