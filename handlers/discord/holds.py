"""Calls that Discord has asked not to be made for now: each one made all the same is refused, and each refusal counts.

10,000 refusals in ten minutes close Discord to the whole address (discord.md 2, "invalid requests"). discord.py would
wait such a time out by itself, but a call of ours ends with its first try (see once.py), before it has learned of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.errors import ChatBusy
from bot.ports import Clock

EVERYWHERE = ""
"""What a limit of the whole bot holds: every call but the answers to interactions, which have limits of their own."""
MOST_KEPT = 1_000


class Limited(ChatBusy):
    """Discord refused a call for some time; `everywhere`: it would refuse every other too."""

    def __init__(self, message: str, retry_after_s: float, *, everywhere: bool) -> None:
        super().__init__(message, retry_after_s)
        self.everywhere = everywhere


class Holds:
    """Until when which calls are held back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def check(self, limit: str) -> None:
        """Raises ChatBusy while the calls under `limit`, or all, are held back."""
        now = self._clock.now()
        until = max((self._until[each] for each in (EVERYWHERE, limit) if each in self._until), default=now)
        if until > now:
            raise ChatBusy(f"{limit}: held back, as Discord asked", (until - now).total_seconds())

    def note(self, limit: str, limited: Limited) -> None:
        """Hold back what was refused for as long as was asked."""
        now = self._clock.now()
        if len(self._until) >= MOST_KEPT:
            self._until = {each: until for each, until in self._until.items() if until > now}
        held = EVERYWHERE if limited.everywhere else limit
        self._until[held] = max(now + timedelta(seconds=limited.retry_after_s), self._until.get(held, now))
