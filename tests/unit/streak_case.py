"""Posts for the tests of the streak."""

from __future__ import annotations

from datetime import date, datetime

from bot.domain.post import Post, PostState


def sent(number: int, opened_at: datetime, closes_at: datetime, day: date | None = None) -> Post:
    return Post(
        day=day or opened_at.date(),
        number=number,
        question_id="q",
        due_at=opened_at,
        state=PostState.SENT,
        opened_at=opened_at,
        closes_at=closes_at,
    )
