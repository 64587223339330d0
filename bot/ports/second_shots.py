"""Second shots: what members wrote again after their feedback. Methods may raise StoreDown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.domain.group import GroupId, MemberId
from bot.domain.second_shot import SecondShot


class SecondShots(Protocol):
    """One for an answer, kept as long as the answer."""

    async def keep(self, group_id: GroupId, shot: SecondShot) -> SecondShot:
        """Keep a new one; the one that stands (the first writer wins)."""
        ...

    async def get(self, group_id: GroupId, day: date, member_id: MemberId) -> SecondShot | None: ...

    async def of_day(self, group_id: GroupId, day: date) -> Sequence[SecondShot]:
        """Every one to answers of a day."""
        ...

    async def judged(self, group_id: GroupId, shot: SecondShot) -> SecondShot | None:
        """Store what came of it; as it stands then, or None if it is gone. What is settled stays as it is."""
        ...

    async def drop(self, group_id: GroupId, day: date, member_id: MemberId) -> None:
        """Forget it: its answer was withdrawn."""
        ...
