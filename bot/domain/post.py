"""A daily post: the question of one group on one local date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.group import LONGEST_WINDOW_H, MessageRef

LONGEST_WINDOW = timedelta(hours=LONGEST_WINDOW_H)
CATCH_UP = timedelta(hours=3)
LATE_AFTER = timedelta(minutes=5)


class PostState(StrEnum):
    """How far a day's post has come. `sent`, `missed` and `skipped` are final."""

    CHOSEN = "chosen"
    SENT = "sent"
    MISSED = "missed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One a day and group; the pair (group, day) is its key.

    Attributes:
        day: the group's local date.
        number: counts the group's posts from 1; a member's record has one byte at each number.
        due_at: when the schedule wanted it.
        opened_at, closes_at: the window in which an answer counts for the streak; None until sent.
        message: the post itself; replies to it are the thread. None until sent.
        sealed: its answers came by form, are hidden until it closes, and stand in the thread afterwards.
    """

    day: date
    number: int
    question_id: str
    due_at: datetime
    state: PostState = PostState.CHOSEN
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    message: MessageRef | None = None
    sealed: bool = False

    def is_open(self, now: datetime) -> bool:
        """Whether an answer now is in time."""
        return self.opened_at is not None and self.closes_at is not None and self.opened_at <= now < self.closes_at

    @property
    def is_late(self) -> bool:
        """Whether it was posted noticeably later than the schedule wanted."""
        return self.opened_at is not None and self.opened_at - self.due_at > LATE_AFTER

    def is_sealed(self, now: datetime) -> bool:
        """Whether its answers are hidden now from everybody who has not answered it."""
        return self.sealed and (self.closes_at is None or now < self.closes_at)


def window_end(opened_at: datetime, next_due_at: datetime | None, window_h: int = LONGEST_WINDOW_H) -> datetime:
    """When a post opened at `opened_at` closes: at the next post or after `window_h` hours, whichever comes first.

    No window is longer than LONGEST_WINDOW.
    """
    end = opened_at + min(timedelta(hours=window_h), LONGEST_WINDOW)
    return end if next_due_at is None else min(end, next_due_at)
