"""Work that was given up after three tries: what it was, and what an operator can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bot.domain.group import GroupId
from bot.infra.redis.store import Store
from bot.ports import Check, Clock, Job
from bot.usecases import owed
from bot.views import notices

FIX = (
    "see the log and mend the cause, then owe it again with `tpm-bot doctor --given-up retry`, or let it go with `drop`"
)


async def checks(store: Store) -> list[Check]:
    """One for each group, kind of work and reason; none when nothing was given up."""
    dead = sorted(await store.jobs.dead(), key=_likeness)
    found = []
    for (group_id, kind, why), alike in groupby(dead, key=_likeness):
        group = await store.groups.get(group_id)
        name = group.name if group else group_id
        detail = f"{notices.GIVEN_UP.get(kind, kind)}, {_how_many([job for job, _ in alike])} in group {name}: {why}"
        found.append(Check(name="Given up", ok=False, detail=detail, fix=FIX))
    return found


async def settle(store: Store, clock: Clock, *, retry: bool) -> int:
    """Owe all of it again now, with three new tries, or let all of it go; how many jobs there were."""
    dead = await store.jobs.dead()
    for job, _ in dead:
        await (store.jobs.add(job, clock.now()) if retry else store.jobs.drop(job))
    return len(dead)


def _likeness(given_up: tuple[Job, str]) -> tuple[GroupId, str, str]:
    job, why = given_up
    return job.group_id, job.kind, why


def _how_many(jobs: Sequence[Job]) -> str:
    days = sorted({job.ref[:10] for job in jobs})  # but for notices, a ref begins with its date
    span = "" if jobs[0].kind == owed.NOTICE else f" of {days[0]}" + (f" to {days[-1]}" if len(days) > 1 else "")
    return f"{len(jobs)} job{'s' if len(jobs) > 1 else ''}{span}"
