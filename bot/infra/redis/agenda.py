"""The agenda in Redis: what is owed, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.group import GroupId
from bot.infra.redis import scripts
from bot.infra.redis.client import Client
from bot.infra.redis.codec import due_ms, from_ms, now_ms, text
from bot.infra.redis.keys import Keys
from bot.infra.redis.scripts import Argument, Command
from bot.ports import MOST_STARTS, NO_LIMITS, Job, Lease

AT_ONCE = 250
"""Jobs in one script: about 1 ms, so that nobody else waits long."""
MOST_LOOKED_AT = 2_000
"""Due jobs that one claim looks through for kinds that it may take: likewise about 1 ms."""


class RedisJobs:
    """The `Jobs` port. Instants are kept to the millisecond, rounded up."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def add(self, job: Job, due_at: datetime) -> None:
        """Owe `job` at `due_at`; a job that is already owed moves there (its tries start anew), a dead one revives."""
        await self._redis.call(*add_command(job, due_at))

    async def restore(self, jobs: Sequence[tuple[Job, datetime]]) -> int:
        """Owe each job that is not on the agenda; how many were missing. Dead ones stay dead."""
        missing = 0
        for first in range(0, len(jobs), AT_ONCE):
            some: list[Argument] = []
            for job, due_at in jobs[first : first + AT_ONCE]:
                some += [due_ms(due_at), _entry(job)]
            missing += await self._redis.script("restore", [Keys.due(), Keys.dead()], *some)
        return missing

    async def drop(self, job: Job) -> None:
        """Owe it no more, whoever holds it; also off the list of the dead."""
        await self._redis.call(*drop_command(_entry(job)))

    async def claim(
        self, now: datetime, *, limit: int, lease: timedelta, last_starts: int = 1, room: Mapping[str, int] = NO_LIMITS
    ) -> Sequence[Lease]:
        taken: list[Lease] = []
        keys = [Keys.due(), Keys.leases(), Keys.fence()]
        while len(taken) < limit:
            wanted = min(limit - len(taken), AT_ONCE)
            left = last_starts - sum(held.tries == MOST_STARTS for held in taken)
            times = (now_ms(now), due_ms(now + lease))
            kinds = [part for kind, most in _left(room, taken).items() for part in (kind, most)]
            found = await self._redis.script("claim", keys, *times, wanted, MOST_STARTS, left, MOST_LOOKED_AT, *kinds)
            taken += map(_lease, found[::3], found[1::3], found[2::3])
            if len(found) < 3 * wanted:
                break
        return taken

    async def renew(self, leases: Sequence[Lease], now: datetime, *, lease: timedelta) -> None:
        """Hold those that are still held until `now + lease`."""
        for first in range(0, len(leases), AT_ONCE):
            some: list[Argument] = [due_ms(now + lease)]
            for held in leases[first : first + AT_ONCE]:
                some += [_entry(held.job), held.fence]
            await self._redis.script("renew", [Keys.due(), Keys.leases()], *some)

    async def settle(
        self,
        lease: Lease,
        *,
        again_at: datetime | None = None,
        fresh: bool = False,
        then: tuple[Job, datetime] | None = None,
    ) -> bool:
        again: Argument = "" if again_at is None else due_ms(again_at)
        owe = [] if then is None else [add_command(*then)]
        settled = settle_command(lease.job, lease.fence, again, "0" if fresh else "")
        return bool((await self._redis.batch([*owe, settled]))[-1])

    async def bury(self, lease: Lease, why: str) -> bool:
        """Stop trying; it stays in the list of the dead. False if the fence has moved."""
        return bool(await self._redis.call(*settle_command(lease.job, lease.fence, why=why or "given up")))

    async def dead(self) -> Sequence[tuple[Job, str]]:
        """Each job that was given up, and why."""
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.dead())
        return [(job_of(raw), text(why)) for raw, why in sorted(stored.items())]

    async def next_due(self) -> datetime | None:
        """When the earliest job is due, or its lease ends; None if nothing is owed."""
        first = await self._redis.call("ZRANGE", Keys.due(), 0, 0, "WITHSCORES")
        return from_ms(float(first[1])) if first else None

    async def owed(self, job: Job) -> datetime | None:
        """When `job` is due, or its lease ends; None if it is not owed."""
        score = await self._redis.call("ZSCORE", Keys.due(), _entry(job))
        return None if score is None else from_ms(float(score))


def _left(room: Mapping[str, int], taken: Sequence[Lease]) -> dict[str, int]:
    counts = Counter(lease.job.kind for lease in taken)
    return {kind: max(most - counts[kind], 0) for kind, most in room.items()}


def add_command(job: Job, due_at: datetime) -> Command:
    """Owes `job`; answers its fence if it is new on the agenda, else 0."""
    keys = [Keys.due(), Keys.leases(), Keys.fence(), Keys.dead()]
    return scripts.command("add", keys, due_ms(due_at), _entry(job))


def settle_command(job: Job, fence: int, again: Argument = "", tries: str = "", why: str = "") -> Command:
    """Ends the lease with `fence`; answers 0 if the fence has moved."""
    keys = [Keys.due(), Keys.leases(), Keys.fence(), Keys.dead()]
    return scripts.command("settle", keys, _entry(job), fence, again, tries, why)


def drop_command(entry: Argument) -> Command:
    """Takes an entry off the agenda; answers whether it was there."""
    return scripts.command("drop", [Keys.due(), Keys.leases(), Keys.dead()], entry)


def job_of(entry: bytes) -> Job:
    """The job of an entry `kind:group:ref`."""
    kind, group_id, ref = text(entry).split(":", 2)
    return Job(kind, GroupId(group_id), ref)


def _entry(job: Job) -> str:
    return f"{job.kind}:{job.group_id}:{job.ref}"


def _lease(entry: bytes, fence: int, tries: int) -> Lease:
    return Lease(job=job_of(entry), fence=fence, tries=tries)
