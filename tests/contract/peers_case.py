"""Records of peer reviews for the store's suites."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.duty import AnswerId, Duty, assigned
from bot.domain.duty import given as review_given
from bot.domain.group import MemberId
from bot.domain.peer_review import TEXTS, InboxEntry, InboxKind, PeerReview, Reaction, ReactionKind, Settled
from bot.infra.redis.store import Store
from bot.ports import Job, ReviewWrite
from tests.contract.store_case import ASHA, BEN, DAY, NOW, G, answer, group, member, write

CY, DEE = MemberId("U2"), MemberId("U3")
HOUR = timedelta(hours=1)
NEXT = DAY + timedelta(days=1)


def duty(reviewer: MemberId = BEN, author: MemberId = ASHA, day: date = DAY, before: Duty | None = None) -> Duty:
    return assigned(AnswerId(day, author), reviewer, now=NOW, quiet=None, zone="Europe/Paris", before=before)


def review(reviewer: MemberId = BEN, author: MemberId = ASHA, text: str = "Say who waits.", **more: Any) -> PeerReview:
    made = PeerReview(
        day=DAY,
        author_id=author,
        reviewer_id=reviewer,
        version=1,
        bands={"s3": 2, "s4": 0},
        texts=dict.fromkeys(TEXTS, text),
        given_at=NOW + HOUR,
    )
    return replace(made, **more)


def post_job(reviewer: MemberId = BEN, author: MemberId = ASHA) -> Job:
    return Job("peer", G, f"{DAY}|{author}|{reviewer}")


def giving(known: Duty, event: str = "e1", made: PeerReview | None = None, number: int | None = 1) -> ReviewWrite:
    now = NOW + HOUR
    return ReviewWrite(
        event=event,
        review=made or review(known.reviewer_id, known.author_id),
        duty=review_given(known, now),
        number=number,
        job=post_job(known.reviewer_id, known.author_id),
        due_at=now,
    )


async def owing(study: Store, *duties: Duty) -> None:
    assert await study.peers.assign(G, DAY, duties, after=await study.peers.rounds(G))


def reaction(by: MemberId = ASHA, kind: ReactionKind = ReactionKind.USED, at: datetime = NOW) -> Reaction:
    return Reaction(day=DAY, author_id=ASHA, reviewer_id=BEN, by=by, kind=kind, at=at)


def flagged(at: datetime = NOW) -> InboxEntry:
    return InboxEntry(kind=InboxKind.FLAG, day=DAY, author_id=ASHA, reviewer_id=BEN, at=at)


def ended(outcome: str, by: MemberId | None = DEE) -> Settled:
    return Settled(at=NOW + HOUR, outcome=outcome, by=by)


async def fill(store: Store) -> None:
    """A group in which Asha, Ben, Cy and Dee are members and have all answered the first post."""
    await store.groups.create(group())
    await store.posts.choose(G, DAY, NOW, "q1")
    for number, each in enumerate((ASHA, BEN, CY, DEE)):
        await store.groups.join(G, member(each))
        await store.answers.write(G, write(answer(each), f"answer {number}", member_id=each))
