"""Peer reviews in Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.domain.calibration import Calibrated
from bot.domain.duty import AnswerId, Duty
from bot.domain.group import GroupId, MemberId
from bot.domain.peer_review import (
    InboxEntry,
    PeerReview,
    Reaction,
    ReactionKind,
    Settled,
    flagged_again,
    settled,
)
from bot.domain.peers import Pair
from bot.domain.streak import Took
from bot.infra.redis import scripts
from bot.infra.redis.agenda import add_command, settle_command
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, from_ms, load, now_ms, text
from bot.infra.redis.keys import EVENT_S, TALK_S, Keys
from bot.infra.redis.scripts import Argument, Command
from bot.ports import Job, ReviewerNotes, ReviewWrite

_REVIEWED_BIT = 8 - int(Took.REVIEWED).bit_length()
"""SETBIT counts the bits of a byte from its highest one."""
_GOOD, _CALIBRATED = "good", "calibrated"
_MOVED = -1
"""What a script says when something changed since it was read."""


class RedisPeers:
    """The `Peers` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def rounds(self, group_id: GroupId) -> int:
        return int(await self._redis.call("GET", Keys.rounds(group_id)) or 0)

    async def assign(
        self,
        group_id: GroupId,
        day: date,
        duties: Sequence[Duty],
        *,
        after: int,
        jobs: Sequence[tuple[Job, datetime]] = (),
    ) -> bool:
        """Store new duties, count their pairs, and owe `jobs`, in one round trip; False if others were assigned since.

        The agenda lives on another slot. Jobs that were owed though the duties were refused stay: who does them looks
        first, and finds nothing to do.
        """
        owe = [add_command(job, due_at) for job, due_at in jobs]
        stored, *_ = await self._redis.batch([_assign(group_id, day, duties, after), *owe])
        return bool(stored >= 0)

    async def duties(self, group_id: GroupId, days: Sequence[date]) -> Sequence[Duty]:
        stored = await self._of_days([Keys.duties(group_id, day) for day in days])
        found = [_duty(raw) for of_day in stored for raw in of_day.values()]
        return sorted(found, key=lambda duty: (duty.day, duty.author_id, duty.reviewer_id))

    async def duty(self, group_id: GroupId, answer: AnswerId, reviewer_id: MemberId) -> Duty | None:
        """The duty, or None."""
        raw = await self._redis.call("HGET", Keys.duties(group_id, answer.day), _pair(answer.author_id, reviewer_id))
        return None if raw is None else _duty(raw)

    async def change(self, group_id: GroupId, duty: Duty) -> bool:
        """Store what a transition made; False if another change came between (look again)."""
        key, pair = Keys.duties(group_id, duty.day), _pair(duty.author_id, duty.reviewer_id)
        return bool(await self._redis.script("duty", [key], pair, duty.version - 1, _versioned(duty)))

    async def give(self, group_id: GroupId, write: ReviewWrite) -> bool:
        """Keep a review and all that goes with it, in one round trip; False if the duty had moved (look again).

        The agenda lives on another slot, so its entry goes along as a second script. An event that comes again owes the
        posting anew: the process may have died between the two. When the first one refused, an entry that was new is
        taken back.
        """
        outcome, fence = await self._redis.batch([_give(group_id, write), add_command(write.job, write.due_at)])
        if outcome == b"moved" and fence:
            await self._redis.call(*settle_command(write.job, fence))
        return bool(outcome != b"moved")

    async def given(self, group_id: GroupId, days: Sequence[date]) -> Sequence[PeerReview]:
        stored = await self._of_days([Keys.given(group_id, day) for day in days])
        found = [load(PeerReview, raw) for of_day in stored for raw in of_day.values()]
        return sorted(found, key=lambda review: (review.day, review.given_at, review.author_id, review.reviewer_id))

    async def save_draft(
        self, group_id: GroupId, answer: AnswerId, reviewer_id: MemberId, values: Mapping[str, str]
    ) -> None:
        key, raw = Keys.review_drafts(group_id, answer.day), dump(dict[str, str], dict(values))
        keep: Command = ("HSET", key, _pair(answer.author_id, reviewer_id), raw)
        await self._redis.batch([keep, ("EXPIRE", key, TALK_S)])

    async def draft(self, group_id: GroupId, answer: AnswerId, reviewer_id: MemberId) -> Mapping[str, str]:
        """What was kept; empty if nothing is."""
        key = Keys.review_drafts(group_id, answer.day)
        raw = await self._redis.call("HGET", key, _pair(answer.author_id, reviewer_id))
        return {} if raw is None else load(dict[str, str], raw)

    async def react(self, group_id: GroupId, reaction: Reaction, entry: InboxEntry | None = None) -> bool:
        day, pair = reaction.day, _pair(reaction.author_id, reaction.reviewer_id)
        keys = [Keys.given(group_id, day), Keys.reactions(group_id, day), Keys.inbox(group_id)]
        field, at = f"{pair}|{reaction.by}|{reaction.kind}", now_ms(reaction.at)
        while True:
            filed = ("", "", "") if entry is None else await self._filed(group_id, entry)
            noted = await self._redis.script("react", keys, pair, field, at, *filed)
            if noted != _MOVED:
                return bool(noted)

    async def reactions(self, group_id: GroupId, days: Sequence[date]) -> Sequence[Reaction]:
        stored = await self._of_days([Keys.reactions(group_id, day) for day in days])
        found = [
            _reaction(day, field, raw)
            for day, of_day in zip(days, stored, strict=True)
            for field, raw in of_day.items()
        ]
        return sorted(found, key=lambda each: (each.at, each.day, each.author_id, each.reviewer_id, each.by, each.kind))

    async def met(self, group_id: GroupId) -> Mapping[Pair, int]:
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.pairs(group_id))
        return {_of_pair(field): int(raw) for field, raw in stored.items()}

    async def avoid(self, group_id: GroupId, member_id: MemberId, other_id: MemberId, *, on: bool = True) -> None:
        """Put `other_id` on the member's confidential list, or take them off it."""
        pair = _pair(member_id, other_id)
        await self._redis.call(
            *(("HSET", Keys.not_with(group_id), pair, 1) if on else ("HDEL", Keys.not_with(group_id), pair))
        )

    async def not_with(self, group_id: GroupId) -> frozenset[Pair]:
        return frozenset(map(_of_pair, await self._redis.call("HKEYS", Keys.not_with(group_id))))

    async def calibrate(self, group_id: GroupId, member_id: MemberId, made: Calibrated) -> None:
        field = f"{member_id}|{_CALIBRATED}|{made.section}"
        await self._redis.call("HSET", Keys.reviewers(group_id), field, dump(Calibrated, made))

    async def reviewer(self, group_id: GroupId, member_id: MemberId) -> ReviewerNotes:
        """What is kept of the member as a reviewer; nothing yet for a new one."""
        good = 0
        calibrated = []
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.reviewers(group_id))
        for field, raw in stored.items():
            whose, what, *_ = text(field).split("|")
            if whose == member_id and what == _GOOD:
                good = int(raw)
            elif whose == member_id:
                calibrated.append(load(Calibrated, raw))
        return ReviewerNotes(good_reviews=good, calibrated=tuple(sorted(calibrated, key=lambda made: made.at)))

    async def file(self, group_id: GroupId, entry: InboxEntry) -> bool:
        """Put `entry` into the inbox; False if one with its id is there, open or closed."""
        return bool(await self._redis.call("HSETNX", Keys.inbox(group_id), entry.id, dump(InboxEntry, entry)))

    async def inbox(self, group_id: GroupId) -> Sequence[InboxEntry]:
        stored = await self._redis.call("HVALS", Keys.inbox(group_id))
        return sorted((load(InboxEntry, raw) for raw in stored), key=lambda entry: (entry.at, entry.id))

    async def entries(self, group_id: GroupId, entry_ids: Sequence[str]) -> Sequence[InboxEntry]:
        stored = await self._redis.call("HMGET", Keys.inbox(group_id), *entry_ids) if entry_ids else []
        return [load(InboxEntry, raw) for raw in stored if raw is not None]

    async def drop_entries(self, group_id: GroupId, answer: AnswerId, *, before: datetime | None = None) -> None:
        found = [entry for entry in await self.inbox(group_id) if entry.answer_id == answer]
        gone = [entry.id for entry in found if before is None or entry.at < before]
        if gone:
            await self._redis.call("HDEL", Keys.inbox(group_id), *gone)

    async def close(self, group_id: GroupId, entry_id: str, how: Settled) -> InboxEntry | None:
        """Close an entry; as it stands then (the first to close it wins), or None if there is none."""
        while True:
            raw = await self._redis.call("HGET", Keys.inbox(group_id), entry_id)
            entry = None if raw is None else load(InboxEntry, raw)
            if entry is None or not entry.is_open:
                return entry
            new = settled(entry, how)
            if await self._redis.script("swap", [Keys.inbox(group_id)], entry_id, raw, dump(InboxEntry, new)):
                return new

    async def _filed(self, group_id: GroupId, entry: InboxEntry) -> tuple[Argument, Argument, Argument]:
        """The entry's id, what stands in its place now ('' = nothing), and what is to stand there."""
        raw = await self._redis.call("HGET", Keys.inbox(group_id), entry.id)
        if raw is None:
            return entry.id, "", dump(InboxEntry, entry)
        known = load(InboxEntry, raw)
        again = flagged_again(known, entry.at)
        return entry.id, raw, raw if again is known else dump(InboxEntry, again)

    async def _of_days(self, keys: Sequence[str]) -> Sequence[dict[bytes, bytes]]:
        return await self._redis.batch([("HGETALL", key) for key in keys]) if keys else []


def _assign(group_id: GroupId, day: date, duties: Sequence[Duty], after: int) -> Command:
    keys = [
        Keys.rounds(group_id),
        Keys.members(group_id),
        Keys.pairs(group_id),
        Keys.answers(group_id, day),
        Keys.duties(group_id, day),
    ]
    some: list[Argument] = [after]
    for duty in duties:
        some += [duty.author_id, duty.reviewer_id, duty.version - 1, _versioned(duty)]
    return scripts.command("assign", keys, *some)


def _give(group_id: GroupId, write: ReviewWrite) -> Command:
    review, day = write.review, write.review.day
    keys = [
        Keys.event(group_id, write.event),
        Keys.duties(group_id, day),
        Keys.given(group_id, day),
        Keys.record(group_id, review.reviewer_id),
        Keys.reviewers(group_id),
        Keys.review_drafts(group_id, day),
        Keys.answers(group_id, day),
    ]
    return scripts.command(
        "give",
        keys,
        EVENT_S,
        _pair(review.author_id, review.reviewer_id),
        write.duty.version - 1,
        _versioned(write.duty),
        dump(PeerReview, review),
        "" if write.number is None else 8 * (write.number - 1) + _REVIEWED_BIT,
        f"{review.reviewer_id}|{_GOOD}" if review.good else "",
        review.author_id,
    )


def _versioned(duty: Duty) -> bytes:
    return b"%d %b" % (duty.version, dump(Duty, duty))


def _duty(raw: bytes) -> Duty:
    return load(Duty, raw.partition(b" ")[2])


def _pair(one: MemberId, other: MemberId) -> str:
    return f"{one}|{other}"


def _of_pair(field: bytes) -> Pair:
    one, _, other = text(field).partition("|")
    return MemberId(one), MemberId(other)


def _reaction(day: date, field: bytes, raw: bytes) -> Reaction:
    author, reviewer, by, kind = text(field).split("|")
    return Reaction(
        day=day,
        author_id=MemberId(author),
        reviewer_id=MemberId(reviewer),
        by=MemberId(by),
        kind=ReactionKind(kind),
        at=from_ms(int(raw)),
    )
