"""A member's streak: a pure function of recorded events, never a counter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntFlag, StrEnum
from zoneinfo import ZoneInfo

from bot.domain.group import AwayRange
from bot.domain.post import Post


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
    """Attributes:
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

    A post counts as taken part when its byte holds ANSWERED or REVIEWED. The open post never breaks a run. Posts that were
    not sent, that closed before the member joined, or whose day lies in an away range are neutral. A freeze keeps a run of
    at least 1 at a close and adds nothing; there are two a calendar month (of the close, in `zone`).
    """
    raise NotImplementedError
