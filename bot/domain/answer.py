"""An answer: what a member wrote for one post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.group import MemberId

JOIN_WITHIN = timedelta(minutes=10)
FEWEST_WORDS = 40
FEWEST_CJK_CHARS = 80
MOST_CHARS = 40_000
"""Longer text is refused whole, never cut."""
JUDGED_CHARS = 12_000
"""The reviewer reads this much; the card says so when there is more."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an answer. `section` is a section key when the text came from a form field."""

    message_id: str
    text: str
    sent_at: datetime
    section: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One for a member and post.

    Attributes:
        parts: in the order in which they were sent; a thread answer may have several messages.
        late: sent after the window: it gets feedback and reviewers, but no streak.
        version: goes up with every change of the text.
    """

    member_id: MemberId
    day: date
    parts: tuple[Part, ...]
    late: bool = False
    version: int = 1

    @property
    def text(self) -> str:
        """The whole answer as one text."""
        return "\n".join(part.text for part in self.parts)
