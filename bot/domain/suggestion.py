"""A question that a member proposed, and what became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.group import GroupId, MemberId

MOST_SUGGESTION_CHARS = 40_000
"""More than a message can have on any platform, so that nothing which can be typed is turned away."""
MOST_OPEN = 20
"""Of one member. The inbox is read by people."""
ID_CHARS = 10


class SuggestionState(StrEnum):
    """How far it has come; the last two are final."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One for each time that a member proposed something.

    Attributes:
        note: what the facilitator said to the member.
        question_id: what it became in the group's bank; empty until approved.
    """

    id: str
    member_id: MemberId
    text: str
    at: datetime
    state: SuggestionState = SuggestionState.OPEN
    note: str = ""
    question_id: str = ""
    closed_at: datetime | None = None


def suggestion_id(group_id: GroupId, event: str) -> str:
    """The same event gives the same id: what arrives twice is one suggestion."""
    return hashlib.sha256(f"{group_id}|{event}".encode("utf-8", "surrogatepass")).hexdigest()[:ID_CHARS]
