"""Who writes walkthroughs, and where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.group import GroupId, MemberId
from bot.domain.question import Fact
from bot.domain.walkthrough import Ask, Grounding, Made, Text, Walkthrough


class Doing(StrEnum):
    """What the model is at."""

    SEARCHING = "searching"
    WRITING = "writing"
    MENDING = "mending"


@dataclass(frozen=True, slots=True)
class Step:
    """A sign of work. `about`: the query of a search, or the number of the section that is being written."""

    doing: Doing
    about: str = ""


Told = Callable[[Step], None]
"""Hears each step as it comes; must return at once and must not raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchRequest:
    """One question (cleaned), and the facts that stand in where the web cannot be searched."""

    question: str
    today: date
    facts: Sequence[Fact]
    member_key: str
    """An opaque hash of the member, for the model's abuse checks; no name, no platform id."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it. `faults`: what it should have and has not, after one repair."""

    text: Text
    grounding: Grounding
    faults: tuple[str, ...]
    made: Made


class Researcher(Protocol):
    """Writes a walkthrough. Raises ReviewerBusy, ReviewerDeclined or ReviewerDown."""

    def estimate_usd(self, request: ResearchRequest) -> float:
        """What a walkthrough of this request is expected to cost."""
        ...

    async def write(self, request: ResearchRequest, told: Told) -> Written: ...


class Walkthroughs(Protocol):
    """What was asked and what was written. Methods may raise StoreDown."""

    async def keep(self, group_id: GroupId, ask: Ask) -> Ask:
        """Keep a new ask; the one that stands, if its id is known."""
        ...

    async def change(self, group_id: GroupId, ask: Ask, **fields: Any) -> Ask | None:
        """Change some fields of an ask, without losing a concurrent change of others; as it stands then.

        None, and nothing is stored, if its member was forgotten meanwhile.
        """
        ...

    async def ask(self, group_id: GroupId, member_id: MemberId, ask_id: str) -> Ask | None: ...

    async def asks(self, group_id: GroupId, member_id: MemberId) -> Sequence[Ask]:
        """All that a member asked within a month, oldest first."""
        ...

    async def put(self, group_id: GroupId, made: Walkthrough) -> None:
        """Keep a walkthrough for a month; it replaces an older one of its question."""
        ...

    async def get(self, group_id: GroupId, key: str) -> Walkthrough | None: ...
