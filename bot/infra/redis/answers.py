"""Answers, drafts, asides, records and reviews in Redis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.domain.answer import Answer
from bot.domain.group import GroupId, Member, MemberId
from bot.domain.post import Post
from bot.domain.review import Review, SelfCheck
from bot.domain.streak import Took
from bot.infra.redis import scripts
from bot.infra.redis.agenda import add_command, settle_command
from bot.infra.redis.client import Client
from bot.infra.redis.codec import dump, load, load_same, text
from bot.infra.redis.keys import EVENT_S, TALK_S, Keys
from bot.infra.redis.scripts import Command
from bot.ports import AnswerWrite, Look

_ANSWERING = Took.ANSWERED | Took.LATE
"""The bits that a write of an answer sets and clears; a review that was given meanwhile keeps its own."""


class RedisAnswers:
    """The `Answers` port."""

    def __init__(self, client: Client) -> None:
        self._redis = client

    async def look(self, group_id: GroupId, day: date, member_id: MemberId, event: str) -> Look:
        seen, post, member, answer = await self._redis.batch(
            [
                ("EXISTS", Keys.event(group_id, event)),
                ("HGET", Keys.posts(group_id), str(day)),
                ("HGET", Keys.members(group_id), member_id),
                ("HGET", Keys.answers(group_id, day), member_id),
            ]
        )
        return Look(
            seen=bool(seen),
            post=None if post is None else load_same(Post, post),
            member=None if member is None else load(Member, member),
            answer=None if answer is None else _answer(answer),
        )

    async def write(self, group_id: GroupId, change: AnswerWrite) -> bool:
        """Write once for each event, in one round trip; False if the version had moved (look again).

        The agenda lives on another slot, so its entries go along as scripts of their own. When the first one refused,
        an entry that was new is taken back; one that was owed already stays moved, which repeats work but loses none.
        """
        jobs = [job for job in (change.job, change.second_job) if job is not None and change.due_at is not None]
        owe = [add_command(job, change.due_at) for job in jobs if change.due_at is not None]
        outcome, *fences = await self._redis.batch([_write(group_id, change), *owe])
        for job, fence in zip(jobs, fences, strict=True):
            if outcome != b"done" and fence:
                await self._redis.call(*settle_command(job, fence))
        return bool(outcome != b"moved")

    async def get(self, group_id: GroupId, day: date, member_id: MemberId) -> Answer | None:
        """The answer that stands, or None."""
        raw = await self._redis.call("HGET", Keys.answers(group_id, day), member_id)
        return None if raw is None else _answer(raw)

    async def of_day(self, group_id: GroupId, day: date) -> Mapping[MemberId, Answer]:
        """All answers to the post of `day`."""
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.answers(group_id, day))
        return {MemberId(text(member)): _answer(raw) for member, raw in stored.items()}

    async def record(self, group_id: GroupId, member_id: MemberId) -> bytes:
        return await self._redis.call("GET", Keys.record(group_id, member_id)) or b""

    async def save_draft(self, group_id: GroupId, day: date, member_id: MemberId, values: Mapping[str, str]) -> None:
        """Keep what stands in the form for 8 days."""
        raw = dump(dict[str, str], dict(values))
        await self._redis.call("SET", Keys.draft(group_id, day, member_id), raw, "EX", TALK_S)

    async def draft(self, group_id: GroupId, day: date, member_id: MemberId) -> Mapping[str, str]:
        """What was kept; empty if nothing is."""
        raw = await self._redis.call("GET", Keys.draft(group_id, day, member_id))
        return {} if raw is None else load(dict[str, str], raw)

    async def set_aside(self, group_id: GroupId, day: date, member_id: MemberId, message_id: str, text: str) -> bool:
        """Keep talk for 8 days so that it can still be counted; False if this member had talk kept this day."""
        key = Keys.asides(group_id, day, member_id)
        return bool(await self._redis.script("aside", [key], message_id, text, TALK_S))

    async def aside(self, group_id: GroupId, day: date, member_id: MemberId, message_id: str) -> str | None:
        """The text of talk that was kept, or None."""
        raw = await self._redis.call("HGET", Keys.asides(group_id, day, member_id), message_id)
        return None if raw is None else text(raw)

    async def asides(self, group_id: GroupId, day: date, member_id: MemberId) -> Mapping[str, str]:
        """All talk that is kept; talk that its author removed is blank and left out."""
        stored: dict[bytes, bytes] = await self._redis.call("HGETALL", Keys.asides(group_id, day, member_id))
        return {text(message_id): text(raw) for message_id, raw in stored.items() if raw}

    async def put_review(self, group_id: GroupId, review: Review | SelfCheck) -> None:
        """Keep the newest review of an answer; a SelfCheck never replaces a Review of the same version.

        Nothing is kept if the answer was withdrawn or its member forgotten meanwhile.
        """
        raw = dump(Review, review) if isinstance(review, Review) else dump(SelfCheck, review)
        keys = [Keys.answers(group_id, review.day), Keys.reviews(group_id, review.day)]
        rank = review.version * 2 + isinstance(review, Review)
        await self._redis.script("review", keys, review.member_id, review.version, rank, raw)

    async def review(self, group_id: GroupId, day: date, member_id: MemberId) -> Review | SelfCheck | None:
        """The newest review of the member's answer, or None."""
        raw: bytes | None = await self._redis.call("HGET", Keys.reviews(group_id, day), member_id)
        if raw is None:
            return None
        rank, _, body = raw.partition(b" ")
        return load(Review, body) if int(rank) % 2 else load(SelfCheck, body)


def _write(group_id: GroupId, change: AnswerWrite) -> Command:
    answer = change.answer
    return scripts.command(
        "answer",
        [
            Keys.event(group_id, change.event),
            Keys.answers(group_id, change.day),
            Keys.reviews(group_id, change.day),
            Keys.record(group_id, change.member_id),
        ],
        EVENT_S,
        change.member_id,
        change.expected_version,
        b"" if answer is None else b"%d %b" % (answer.version, dump(Answer, answer)),
        change.number - 1,
        "" if change.took is None else int(_ANSWERING),
        "" if change.took is None else int(change.took),
    )


def _answer(raw: bytes) -> Answer:
    return load(Answer, raw.partition(b" ")[2])
