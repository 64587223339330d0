"""Records for the store's suites."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.domain.answer import Answer, Part
from bot.domain.group import AwayRange, Group, GroupId, Member, MemberId, MessageRef, Place, QuietHours
from bot.domain.question import Facet
from bot.domain.review import (
    Claim,
    Fix,
    Met,
    PointResult,
    QuotedRemark,
    Review,
    SectionReview,
    SelfCheck,
    SelfCheckPoint,
    Stamp,
    Usage,
    Verdict,
)
from bot.domain.schedule import Schedule
from bot.domain.streak import Took
from bot.infra.redis.store import Store
from bot.ports import AnswerWrite, Job

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
G = GroupId("g1")
ASHA, BEN = MemberId("U1"), MemberId("U12")
"""One id begins like the other."""
PLACE = Place("terminal", "local", "study")


def group(group_id: str = "g1", place: Place = PLACE, **changes: Any) -> Group:
    made = Group(
        id=GroupId(group_id),
        place=place,
        name="study",
        schedule=Schedule("Europe/Paris", time(9), frozenset({1, 2, 3, 4, 5})),
        admin_ids=frozenset({BEN}),
        skips=frozenset({date(2026, 12, 25)}),
        created_at=NOW,
        seed="s",
    )
    return replace(made, **changes)


def member(member_id: MemberId = ASHA, **changes: Any) -> Member:
    made = Member(
        id=member_id,
        name=f"name of {member_id}",
        joined_at=NOW,
        quiet=QuietHours(time(22), time(7)),
        away=(AwayRange(DAY, DAY),),
    )
    return replace(made, **changes)


def message(message_id: str = "m1") -> MessageRef:
    return MessageRef(PLACE, message_id)


def answer(member_id: MemberId = ASHA, text: str = "Nurses, at night.", version: int = 1, day: date = DAY) -> Answer:
    part = Part(f"{member_id}-{version}", text, NOW + timedelta(minutes=version), section="s1")
    return Answer(member_id=member_id, day=day, parts=(part,), version=version)


def review_job(member_id: MemberId = ASHA, day: date = DAY) -> Job:
    return Job("review", G, f"{day}|{member_id}")


def write(change: Answer | None, event: str, expected: int = 0, **more: Any) -> AnswerWrite:
    """A write of Asha's, on the first post."""
    defaults: dict[str, Any] = {"member_id": ASHA, "day": DAY, "number": 1, "took": Took.ANSWERED}
    return AnswerWrite(answer=change, event=event, expected_version=expected, **(defaults | more))


def review(version: int = 1, probe: str = "Why at night?") -> Review:
    point = PointResult("p1", "names the users", Met.SPECIFIC, ("Nurses, at night.",))
    section = SectionReview(
        key="s1", title="Users", weight=3, band=2, points=(point,), facets={Facet.NUMBER: ("at night",)}
    )
    return Review(
        member_id=ASHA,
        day=DAY,
        question_id="q1",
        version=version,
        sections=(section,),
        held=QuotedRemark("Nurses", "a person, not a segment"),
        hand_waving=(),
        claims=(Claim("at night", Verdict.NO_SOURCE, "not at hand"),),
        criteria={"c1": True},
        fix=Fix("s1", "", "no number", "40 nurses a night."),
        probe=probe,
        language="en",
        off_topic=False,
        manipulation=False,
        cut=False,
        stamp=Stamp(
            model="m",
            prompt="review",
            prompt_version=1,
            prompt_hash="0",
            usage=Usage(input_tokens=9),
            cost_usd=0.01,
            rung="schema",
        ),
        made_at=NOW,
    )


def self_check(version: int = 1) -> SelfCheck:
    return SelfCheck(
        member_id=ASHA,
        day=DAY,
        question_id="q1",
        version=version,
        points=(SelfCheckPoint("s1", "Did you name the users?", ("Nurses, at night.",)),),
        probe="Why at night?",
        reason="No model is set up.",
        retried=False,
        made_at=NOW,
    )


@asynccontextmanager
async def round_trips(store: Store, expected: int) -> AsyncIterator[None]:
    """Checks how many times the server had to read from a connection meanwhile: once for each round trip."""
    before = (await store.client.call("INFO", "stats"))["total_reads_processed"]
    yield
    after = (await store.client.call("INFO", "stats"))["total_reads_processed"]
    assert after - before - 1 == expected
