"""Erasing a member from Redis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from bot.domain.group import GroupId, MemberId
from bot.domain.peer_review import InboxEntry, without_decider
from bot.domain.walkthrough import Ask
from bot.infra.redis.agenda import drop_command, job_of
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load, text
from bot.infra.redis.keys import Keys
from bot.infra.redis.scripts import Command
from bot.ports import ERASURE

DAYS_AT_ONCE = 50
"""Keeps each round trip to a few hundred commands."""
HASHES_AT_ONCE = 50
"""Keeps the answer to a few hundred KB in a group of 60."""


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
    erased.update(await _of_peers(client, group_id, member_id, days))
    erased["decisions"] = await _decisions(client, group_id, member_id)
    erased["walkthroughs"] = await _walkthroughs(client, group_id, member_id)
    erased["form_drafts"] = await client.call("DEL", Keys.form_drafts(group_id, member_id))
    erased["record"] = await client.call("DEL", Keys.record(group_id, member_id))
    erased["member"] = await client.call("HDEL", Keys.members(group_id), member_id)
    return dict(erased)


def _of_days(group_id: GroupId, member_id: MemberId, days: list[date]) -> Iterator[tuple[str, Command]]:
    for day in days:
        yield "answers", ("HDEL", Keys.answers(group_id, day), member_id)
        yield "reviews", ("HDEL", Keys.reviews(group_id, day), member_id)
        yield "drafts", ("DEL", Keys.draft(group_id, day, member_id))
        yield "asides", ("DEL", Keys.asides(group_id, day, member_id))
        yield "second_shots", ("HDEL", Keys.second_shots(group_id, day), member_id)
        yield "hints", ("HDEL", Keys.hints(group_id, day), member_id)
        yield "variants", ("HDEL", Keys.variants(group_id, day), member_id)


async def _jobs(client: Client, group_id: GroupId, member_id: MemberId) -> int:
    owed = [raw async for raw, _ in client.scan("ZSCAN", Keys.due())]
    owed += [raw async for raw, _ in client.scan("HSCAN", Keys.dead())]
    theirs = {raw for raw in owed if _is_job_of(raw, group_id, member_id)}
    if not theirs:
        return 0
    return sum(await client.batch([drop_command(raw) for raw in theirs]))


def _is_job_of(raw: bytes, group_id: GroupId, member_id: MemberId) -> bool:
    job = job_of(raw)
    return job.group_id == group_id and job.kind != ERASURE and _names(job.ref, member_id)


async def _outbox(client: Client, group_id: GroupId, member_id: MemberId) -> int:
    theirs = [raw async for raw, _ in client.scan("HSCAN", Keys.outbox(group_id)) if _names(text(raw), member_id)]
    return int(await client.call("HDEL", Keys.outbox(group_id), *theirs)) if theirs else 0


async def _of_peers(client: Client, group_id: GroupId, member_id: MemberId, days: list[date]) -> Counter[str]:
    """Erase each field of the peers' hashes that names the member: what they did, and what was done about them."""
    erased: Counter[str] = Counter()
    hashes = list(_peer_hashes(group_id, days))
    for first in range(0, len(hashes), HASHES_AT_ONCE):
        some = hashes[first : first + HASHES_AT_ONCE]
        found = await client.batch([("HKEYS", key) for _, key in some])
        for (thing, key), fields in zip(some, found, strict=True):
            theirs = [raw for raw in fields if _names(text(raw), member_id)]
            if theirs:
                erased[thing] += int(await client.call("HDEL", key, *theirs))
    return erased


async def _decisions(client: Client, group_id: GroupId, member_id: MemberId) -> int:
    """Take the member's name off what they decided in the inbox: it is about others, and stays with them."""
    key, changed = Keys.inbox(group_id), 0
    async for field, raw in client.scan("HSCAN", key):
        entry = load(InboxEntry, raw)
        nameless = without_decider(entry, member_id)
        if nameless != entry:
            changed += await client.script("swap", [key], field, raw, dump(InboxEntry, nameless))
    return changed


async def _walkthroughs(client: Client, group_id: GroupId, member_id: MemberId) -> int:
    """Erase what a member asked, and what was written about it: the questions are their words."""
    key = Keys.asks(group_id, member_id)
    asks = [load(Ask, raw) for raw in await client.call("HVALS", key)]
    await client.batch([("DEL", Keys.walkthrough(group_id, ask.key)) for ask in asks] + [("DEL", key)])
    return len(asks)


def _peer_hashes(group_id: GroupId, days: list[date]) -> Iterator[tuple[str, str]]:
    for day in days:
        yield "duties", Keys.duties(group_id, day)
        yield "peer_reviews", Keys.given(group_id, day)
        yield "review_drafts", Keys.review_drafts(group_id, day)
        yield "reactions", Keys.reactions(group_id, day)
    yield "pairs", Keys.pairs(group_id)
    yield "not_with", Keys.not_with(group_id)
    yield "reviewer_notes", Keys.reviewers(group_id)
    yield "inbox", Keys.inbox(group_id)
    yield "suggestions", Keys.suggestions(group_id)


def _names(ref: str, member_id: MemberId) -> bool:
    """Whether `member_id` is one of the parts of `ref`, which are parted by `|`."""
    return f"|{member_id}|" in f"|{ref}|"
