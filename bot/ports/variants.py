"""Variants: what was put to members again, and what they made of it. Methods may raise StoreDown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Protocol

from bot.domain.group import GroupId, MemberId
from bot.domain.variant import Variant


class Variants(Protocol):
    """One for an answer, kept as long as the answer."""

    async def plan(self, group_id: GroupId, variant: Variant) -> Variant:
        """Keep a new one; the one that stands (the first writer wins)."""
        ...

    async def get(self, group_id: GroupId, day: date, member_id: MemberId) -> Variant | None: ...

    async def of_days(self, group_id: GroupId, days: Iterable[date]) -> Sequence[Variant]:
        """Every one to answers of some days, in one round trip; by day and member."""
        ...

    async def update(
        self, group_id: GroupId, day: date, member_id: MemberId, change: Callable[[Variant], Variant]
    ) -> Variant | None:
        """Change without losing a concurrent change (`change` may run again); None if it is gone."""
        ...

    async def drop(self, group_id: GroupId, day: date, member_id: MemberId) -> None:
        """Forget it: it will not be put, or its answer was withdrawn."""
        ...
