"""The worker: claims what is due, does it, and settles it (DESIGN 5)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import ChatBusy, ChatRefused, ChatUnsure, ReviewerBusy, StoreDown, Trouble
from bot.ports import MOST_STARTS, NO_LIMITS, REFUSED, Job, Lease, Ports

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MOST_AT_ONCE = 64
PAUSE_AFTER_TROUBLE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Again:
    """The job is owed again at `at`. `fresh`: this start was no failure and does not count towards the three."""

    at: datetime
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Then:
    """The job is done, and `job` is owed at `at`: one write for both."""

    job: Job
    at: datetime


Outcome = Again | Then | None
"""What became of a job; None when it is done."""
Work = Callable[[Ports, Job], Awaitable[Outcome]]
"""Does one job. Must be safe to run again after dying at any line."""


class Worker:
    """Runs jobs of every kind in `works`; any number of workers may share one agenda."""

    def __init__(
        self,
        ports: Ports,
        works: Mapping[str, Work],
        on_dead: Callable[[Job], Awaitable[None]],
        *,
        lease: timedelta = LEASE,
        at_once: int = MOST_AT_ONCE,
        most_of: Mapping[str, int] = NO_LIMITS,
    ) -> None:
        """`on_dead` is told of a job that will not be tried again. What runs is renewed three times a `lease`.

        `at_once`: how many jobs may run. `most_of`: how many of a kind, so that the slow leave room for the quick.
        """
        self._ports = ports
        self._works = works
        self._on_dead = on_dead
        self._at_once = at_once
        self._most_of = most_of
        self._lease = lease
        self._renew_every = lease / 3
        self._running: dict[asyncio.Task[None], Lease] = {}
        self._renewed_at: datetime | None = None

    async def tick(self) -> int:
        """Claim what is due, as far as there is room, and start it; how many were started.

        Last starts are made one at a time: the job that kills its worker must not take with it the last start of others
        which only ran beside it.
        """
        await self._renew()
        room = self._at_once - len(self._running)
        if room <= 0:
            return 0
        last_starts = 0 if any(lease.tries == MOST_STARTS for lease in self._running.values()) else 1
        running = Counter(lease.job.kind for lease in self._running.values())
        leases = await self._ports.jobs.claim(
            self._ports.clock.now(),
            limit=room,
            lease=self._lease,
            last_starts=last_starts,
            room={kind: most - running[kind] for kind, most in self._most_of.items()},
        )
        for lease in leases:
            task = asyncio.create_task(self._do(lease), name=f"{lease.job.kind}:{lease.job.group_id}")
            self._running[task] = lease
            task.add_done_callback(self._ended)
        return len(leases)

    async def drain(self) -> None:
        """Work until nothing is due and nothing runs."""
        while await self.tick() or self._running:
            if self._running:
                await asyncio.wait(
                    self._running, return_when=asyncio.FIRST_COMPLETED, timeout=self._renew_every.total_seconds()
                )

    async def stop(self, within_s: float) -> None:
        """Give running jobs `within_s` seconds, then drop them. What is dropped is owed again soon: it did not fail."""
        if self._running:
            await asyncio.wait(self._running, timeout=within_s)
        left = dict(self._running)
        self.abandon()
        await asyncio.gather(*left, return_exceptions=True)
        # not at once: what was on its way to the platform may stand there only in a moment
        again = Again(self._ports.clock.now() + PAUSE_AFTER_TROUBLE)
        with suppress(StoreDown):  # then each is owed again when its lease ends
            for lease in left.values():
                await self._settle(lease, again)

    def abandon(self) -> None:
        """Drop everything at once, as dying would."""
        for task in self._running:
            task.cancel()

    @property
    def busy(self) -> int:
        """How many jobs run now."""
        return len(self._running)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        if not task.cancelled():
            self._ports.wake()

    async def _renew(self) -> None:
        now = self._ports.clock.now()
        due = self._renewed_at is None or now - self._renewed_at >= self._renew_every
        if self._running and due:
            await self._ports.jobs.renew(list(self._running.values()), now, lease=self._lease)
        if due:
            self._renewed_at = now

    async def _do(self, lease: Lease) -> None:
        """Run one job to its settling. This is the job edge: nothing that a job raises goes further."""
        try:
            if lease.tries > MOST_STARTS:
                await self._bury(lease, f"started {MOST_STARTS} times and never finished")
            else:
                await self._start(lease)
        except StoreDown as down:
            log.warning("job %s left to its lease: %s", lease.job.kind, down)

    async def _start(self, lease: Lease) -> None:
        work = self._works.get(lease.job.kind)
        if work is None:
            await self._bury(lease, "no such kind of work")
            return
        began_at = self._ports.clock.now()
        try:
            outcome = await work(self._ports, lease.job)
            self._count(lease, "again" if isinstance(outcome, Again) else "done", began_at)
        except (ChatBusy, ReviewerBusy) as busy:
            self._count(lease, "busy", began_at)
            outcome = Again(self._ports.clock.now() + timedelta(seconds=max(busy.retry_after_s, 1.0)))
        except ChatUnsure:  # an outage of the platform is no fault of the job; a post gives up by its own window
            self._count(lease, "unsure", began_at)
            outcome = Again(self._ports.clock.now() + PAUSE_AFTER_TROUBLE)
        except StoreDown:
            self._count(lease, "store-down", began_at)
            raise
        except Trouble as trouble:
            self._count(lease, "trouble", began_at)
            await self._failed(lease, f"{REFUSED}{trouble}" if isinstance(trouble, ChatRefused) else str(trouble))
            return
        except Exception as error:  # the job edge: one bad job must not stop the others
            log.exception("job %s failed", lease.job.kind)
            self._count(lease, "crashed", began_at)
            await self._failed(lease, type(error).__name__)
            return
        await self._settle(lease, outcome)

    def _count(self, lease: Lease, outcome: str, began_at: datetime) -> None:
        took = self._ports.clock.now() - began_at
        self._ports.meter.job(lease.job.kind, outcome, took.total_seconds())

    async def _failed(self, lease: Lease, why: str) -> None:
        if lease.tries >= MOST_STARTS:
            await self._bury(lease, why)
        else:
            pause = PAUSE_AFTER_TROUBLE * lease.tries
            await self._settle(lease, Again(self._ports.clock.now() + pause, fresh=False))

    async def _settle(self, lease: Lease, outcome: Outcome) -> None:
        match outcome:
            case Again(at, fresh):
                await self._ports.jobs.settle(lease, again_at=at, fresh=fresh)
            case Then(job, at):
                await self._ports.jobs.settle(lease, then=(job, at))
            case None:
                await self._ports.jobs.settle(lease)

    async def _bury(self, lease: Lease, why: str) -> None:
        log.error("job %s of group %s is given up: %s", lease.job.kind, lease.job.group_id, why)
        if await self._ports.jobs.bury(lease, why):
            await self._on_dead(lease.job)
