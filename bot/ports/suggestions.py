"""What members propose, what they left in forms, and which hints they took. Methods may raise StoreDown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.group import GroupId, MemberId
from bot.domain.suggestion import Suggestion, SuggestionState


class Suggestions(Protocol):
    """Questions that members proposed."""

    async def keep(self, group_id: GroupId, suggestion: Suggestion) -> bool:
        """Keep a new one; False if one with its id is there: it arrived before."""
        ...

    async def all(self, group_id: GroupId) -> Sequence[Suggestion]:
        """Every suggestion, closed ones too, oldest first."""
        ...

    async def close(
        self, group_id: GroupId, suggestion_id: str, state: SuggestionState, closed_at: datetime, *,
        note: str = "", question_id: str = "",
    ) -> Suggestion | None:  # fmt: skip
        """Settle one; as it stands then (the first to settle it wins), or None if there is none."""
        ...


class FormDrafts(Protocol):
    """What somebody left in a form but that of an answer or a review: a question for the bank, a note, a reason."""

    async def save(self, group_id: GroupId, member_id: MemberId, form: str, values: Mapping[str, str]) -> None:
        """Keep what stands in `form`, an action, for 8 days after the last change; empty values forget it."""
        ...

    async def get(self, group_id: GroupId, member_id: MemberId, form: str) -> Mapping[str, str]:
        """What was kept; empty if nothing is."""
        ...

    async def all(self, group_id: GroupId, member_id: MemberId) -> Mapping[str, Mapping[str, str]]:
        """Everything that a member left: form -> what stands in it."""
        ...


class HintsTaken(Protocol):
    """How many hints members have seen of a day's question."""

    async def see(self, group_id: GroupId, day: date, member_id: MemberId, level: int) -> int:
        """Note that hints up to `level` were seen; how many were seen by now. Seeing one again adds nothing."""
        ...

    async def seen(self, group_id: GroupId, day: date, member_id: MemberId) -> int: ...
