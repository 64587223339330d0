"""Erasing a member from Redis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from bot.domain.group import GroupId, MemberId
from bot.infra.redis.agenda import drop_command, job_of
from bot.infra.redis.client import Client
from bot.infra.redis.codec import text
from bot.infra.redis.keys import Keys
from bot.infra.redis.scripts import Command

DAYS_AT_ONCE = 50
"""Keeps each round trip to a few hundred commands."""


async def forget(client: Client, group_id: GroupId, member_id: MemberId) -> Mapping[str, int]:
    """Erase what is kept of a member: thing -> how many.

    What is owed goes first, so that no new work starts; the member goes last, so that after a fault the whole can be
    run again. A review that was being made meanwhile finds no answer and is not kept.
    """
    erased: Counter[str] = Counter(answers=0, reviews=0, drafts=0, asides=0)
    erased["jobs"] = await _jobs(client, group_id, member_id)
    erased["outbox"] = await _outbox(client, group_id, member_id)
    days = sorted(date.fromisoformat(text(raw)) for raw in await client.call("HKEYS", Keys.posts(group_id)))
    for first in range(0, len(days), DAYS_AT_ONCE):
        things, commands = zip(*_of_days(group_id, member_id, days[first : first + DAYS_AT_ONCE]), strict=True)
        for thing, count in zip(things, await client.batch(commands), strict=True):
            erased[thing] += count
    erased["record"] = await client.call("DEL", Keys.record(group_id, member_id))
    erased["member"] = await client.call("HDEL", Keys.members(group_id), member_id)
    return dict(erased)


def _of_days(group_id: GroupId, member_id: MemberId, days: list[date]) -> Iterator[tuple[str, Command]]:
    for day in days:
        yield "answers", ("HDEL", Keys.answers(group_id, day), member_id)
        yield "reviews", ("HDEL", Keys.reviews(group_id, day), member_id)
        yield "drafts", ("DEL", Keys.draft(group_id, day, member_id))
        yield "asides", ("DEL", Keys.asides(group_id, day, member_id))


async def _jobs(client: Client, group_id: GroupId, member_id: MemberId) -> int:
    owed = [raw async for raw, _ in client.scan("ZSCAN", Keys.due())]
    owed += [raw async for raw, _ in client.scan("HSCAN", Keys.dead())]
    theirs = {raw for raw in owed if _is_job_of(raw, group_id, member_id)}
    if not theirs:
        return 0
    return sum(await client.batch([drop_command(raw) for raw in theirs]))


def _is_job_of(raw: bytes, group_id: GroupId, member_id: MemberId) -> bool:
    job = job_of(raw)
    return job.group_id == group_id and _names(job.ref, member_id)


async def _outbox(client: Client, group_id: GroupId, member_id: MemberId) -> int:
    theirs = [raw async for raw, _ in client.scan("HSCAN", Keys.outbox(group_id)) if _names(text(raw), member_id)]
    return int(await client.call("HDEL", Keys.outbox(group_id), *theirs)) if theirs else 0


def _names(ref: str, member_id: MemberId) -> bool:
    """Whether `member_id` is one of the parts of `ref`, which are parted by `|`."""
    return f"|{member_id}|" in f"|{ref}|"
