"""What the terminal needs of the running bot."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.cards import Reply
from bot.inbound import Inbound


class Host(Protocol):
    """One running bot."""

    async def dispatch(self, event: Inbound) -> Reply:
        """Handle what a person did."""
        ...

    async def settle(self) -> None:
        """Work until no job is due now."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next job is due, or None."""
        ...

    def move_to(self, at: datetime) -> None:
        """Set the clock; only a script may."""
        ...

    async def kill_and_restart(self) -> None:
        """Drop everything at once, as kill -9 would, and start again on the same data."""
        ...

    def now(self) -> datetime:
        """The aware UTC instant."""
        ...
