"""Jobs: the agenda, the one place for work that is owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from bot.domain.group import GroupId

MOST_STARTS = 3
"""A job that was started this often and never settled is given up: it may be what kills its workers."""
NO_LIMITS: Mapping[str, int] = MappingProxyType({})
"""Any number of jobs of each kind."""


ERASURE = "erase"
"""The kind of the one job that outlives the erasure of whom it is about: it does the erasing."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something owed: an entry of the agenda, `kind:group:ref`."""

    kind: str
    group_id: GroupId
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A claimed job. `fence` goes up with every claim; `tries` counts starts."""

    job: Job
    fence: int
    tries: int


REFUSED = "the chat refused it: "
"""How the reason begins of a job that was given up because the platform said a definite no; its own words follow."""


class Jobs(Protocol):
    """What is owed, and when. Leases with fences; any number of processes."""

    async def add(self, job: Job, due_at: datetime) -> None:
        """Owe `job` at `due_at`; a job that is already owed moves there (its tries start anew)."""
        ...

    async def restore(self, jobs: Sequence[tuple[Job, datetime]]) -> int:
        """Owe each job that is not on the agenda; how many were missing."""
        ...

    async def drop(self, job: Job) -> None: ...

    async def claim(
        self, now: datetime, *, limit: int, lease: timedelta, last_starts: int = 1, room: Mapping[str, int] = NO_LIMITS
    ) -> Sequence[Lease]:
        """Take jobs that are due; until `now + lease` nobody else can.

        At most `last_starts` of them are jobs of which this is the last start; the others of that kind wait. Of a kind
        in `room` at most so many are taken, and the others are taken past it.
        """
        ...

    async def renew(self, leases: Sequence[Lease], now: datetime, *, lease: timedelta) -> None: ...

    async def settle(
        self,
        lease: Lease,
        *,
        again_at: datetime | None = None,
        fresh: bool = False,
        then: tuple[Job, datetime] | None = None,
    ) -> bool:
        """Done, or owed again at `again_at` (`fresh`: tries start anew). False if the fence has moved.

        `then`: what is owed from now on as by `add`, whatever became of the fence; it is so before the lease ends.
        """
        ...

    async def bury(self, lease: Lease, why: str) -> bool:
        """Stop trying; it stays in the list of the dead."""
        ...

    async def dead(self) -> Sequence[tuple[Job, str]]: ...

    async def next_due(self) -> datetime | None: ...

    async def owed(self, job: Job) -> datetime | None: ...
