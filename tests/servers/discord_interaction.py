"""One thing that a person did with the app, and how the app answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.servers.discord_world import Message, Person

Body = dict[str, Any]

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
"""Interaction types (docs: interactions/receiving-and-responding)."""
REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""Callback types (the same page)."""
TOKEN_LIFE = timedelta(minutes=15)
"""discord.md 2."""


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """An interaction and what became of it.

    Attributes:
        payload: as the app got it.
        source: the message whose button was pressed, or whose button opened the modal.
        acknowledged: the type of the callback; None while there is none.
        original: the message that answers it.
        choices: of an autocomplete; `modal` what it opened.
        failure: what its user was told when nothing came within 3 s.
        followups: every message that came after the callback.
    """

    id: str
    token: str
    type: int
    user: Person
    channel_id: str
    guild_id: str | None
    payload: Body
    born_at: datetime
    born_s: float
    source: Message | None = None
    acknowledged: int | None = None
    ephemeral: bool = False
    original: Message | None = None
    modal: Body | None = None
    choices: list[Body] = field(default_factory=list)
    followups: list[Message] = field(default_factory=list)
    failure: str | None = None
    took_s: float | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def age_s(self, now: datetime, monotonic_s: float) -> float:
        """How old it is by the clock that says more: the real one, or the test's."""
        return max(monotonic_s - self.born_s, (now - self.born_at).total_seconds())

    def is_expired(self, now: datetime) -> bool:
        """Whether its token is of no use any more (discord.md 2: 15 min)."""
        return now - self.born_at >= TOKEN_LIFE
