"""A member's streak: a pure function of recorded events, never a counter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntFlag, StrEnum
from zoneinfo import ZoneInfo

from bot.domain.group import AwayRange
from bot.domain.post import Post, PostState


class Took(IntFlag):
    """How a member took part in one post: the byte at the post's number in the member's record."""

    NOTHING = 0
    ANSWERED = 1
    REVIEWED = 2
    LATE = 4


class Mark(StrEnum):
    """What one post means for the streak."""

    ANSWERED = "answered"
    REVIEWED = "reviewed"
    OPEN = "open"
    FROZEN = "frozen"
    AWAY = "away"
    LATE = "late"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One post of the ledger and the run after it."""

    day: date
    mark: Mark
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """What `/tpm-streak` shows.

    Attributes:
        current: posts in a row, up to now.
        best: the longest run ever.
        freezes_left: of the current calendar month in the group's zone.
        ledger: one line a post that concerns the member, oldest first.
    """

    current: int
    best: int
    freezes_left: int
    ledger: tuple[LedgerLine, ...]


FREEZES_A_MONTH = 2


def streak_of(
    posts: Sequence[Post],
    record: bytes,
    *,
    away: Sequence[AwayRange],
    joined_at: datetime,
    zone: ZoneInfo,
    now: datetime,
) -> Streak:
    """Recount a streak from the group's posts (oldest first) and the member's record.

    A post counts as taken part when its byte holds ANSWERED or REVIEWED. The open post never breaks a run. Posts that
    were not sent, that closed before the member joined, or whose day lies in an away range are neutral (taking part in
    one of the latter two counts all the same). A freeze keeps a run of at least 1 at a close and adds nothing; there
    are two a calendar month (of the close, in `zone`). An answer after the close (LATE) alone does not count.
    """
    ledger: list[LedgerLine] = []
    freezes: Counter[tuple[int, int]] = Counter()
    run = best = 0
    for post in posts:
        took = _took(record, post.number)
        if not _concerns(post, took, joined_at, now):
            continue
        mark = _mark(post, took, away, now)
        if mark in _LOST and run >= 1 and post.closes_at is not None:
            month = _month(post.closes_at, zone)
            if freezes[month] < FREEZES_A_MONTH:
                freezes[month] += 1
                mark = Mark.FROZEN
        run = run + 1 if mark in _TAKEN else 0 if mark in _LOST else run
        best = max(best, run)
        ledger.append(LedgerLine(post.day, mark, run))
    left = FREEZES_A_MONTH - freezes[_month(now, zone)]
    return Streak(current=run, best=best, freezes_left=left, ledger=tuple(ledger))


_TAKEN = frozenset({Mark.ANSWERED, Mark.REVIEWED})
_LOST = frozenset({Mark.LATE, Mark.MISSED})
_TOOK_PART = Took.ANSWERED | Took.REVIEWED


def took_part(record: bytes, number: int) -> bool:
    """Whether the record says that its member answered post `number` in its window, or reviewed while it was open."""
    return bool(_took(record, number) & _TOOK_PART)


def _concerns(post: Post, took: Took, joined_at: datetime, now: datetime) -> bool:
    """Whether the post has a line in the member's ledger."""
    if post.state is not PostState.SENT or post.opened_at is None or post.closes_at is None:
        return False
    # An answer may be recorded a moment after the close that it was sent before, and make its author a member then.
    return bool(took & _TOOK_PART) or (post.opened_at <= now and post.closes_at > joined_at)


def _mark(post: Post, took: Took, away: Sequence[AwayRange], now: datetime) -> Mark:
    """What the post means before any freeze."""
    if took & _TOOK_PART:
        return Mark.ANSWERED if took & Took.ANSWERED else Mark.REVIEWED
    if post.is_open(now):
        return Mark.OPEN
    if any(stay.covers(post.day) for stay in away):
        return Mark.AWAY
    return Mark.LATE if took & Took.LATE else Mark.MISSED


def _took(record: bytes, number: int) -> Took:
    """The record may be shorter than the number of posts: the rest is NOTHING."""
    return Took(record[number - 1]) if 1 <= number <= len(record) else Took.NOTHING


def _month(moment: datetime, zone: ZoneInfo) -> tuple[int, int]:
    local = moment.astimezone(zone)
    return local.year, local.month
