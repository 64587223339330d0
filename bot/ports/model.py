"""The reviewer, what it needs, and what it may cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.answer import Answer
from bot.domain.calibration import Calibration
from bot.domain.framework import Framework
from bot.domain.group import MemberId
from bot.domain.question import Fact, Question
from bot.domain.review import Reading, SelfCheck, Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """One answer to be read: its numbered `sentences` (first is 1), and the `facts` that claims are held against."""

    question: Question
    sentences: Sequence[str]
    facts: Sequence[Fact]
    member_key: str
    """An opaque hash of the member, for the model's abuse checks; no name, no platform id."""


class Reviewer(Protocol):
    """Reads an answer. Raises ReviewerBusy, ReviewerDeclined or ReviewerDown."""

    def estimate_usd(self, request: ReviewRequest) -> float:
        """What a review of this request is expected to cost."""
        ...

    async def read(self, request: ReviewRequest) -> tuple[Reading, Stamp]: ...


class Library(Protocol):
    """Framework, questions and facts. Reading it never fails after start."""

    @property
    def framework(self) -> Framework: ...

    @property
    def questions(self) -> Mapping[str, Question]:
        """The bank by id, retired ones included (an old post may need its question)."""
        ...

    @property
    def facts(self) -> Mapping[str, Fact]: ...

    @property
    def topics(self) -> Mapping[str, str]:
        """Key -> name of each topic that a question may have."""
        ...

    @property
    def calibrations(self) -> Mapping[str, Calibration]:
        """Section key -> two rated excerpts; maybe none."""
        ...

    async def nearest_facts(self, text: str, count: int) -> Sequence[Fact]: ...


class SelfChecker(Protocol):
    """The last rung of feedback: the question's points as questions to oneself. It judges nothing and never fails."""

    def __call__(
        self, question: Question, answer: Answer, *, reason: str, retried: bool, made_at: datetime
    ) -> SelfCheck: ...


class Purse(Protocol):
    """What the model may cost on one UTC day."""

    async def take(self, day: date, member: MemberId, usd: float, *, of_day: float = 1.0) -> bool:
        """Set `usd` aside; False (and nothing taken) if the day's or the member's budget would be passed.

        `of_day`: the part of the day's budget that counts here, so that what is dear leaves some for the rest.
        """
        ...

    async def adjust(self, day: date, member: MemberId, usd: float) -> None:
        """Add `usd` (may be negative) when the true cost is known; to the day alone, if the member was forgotten."""
        ...

    async def forget(self, member: MemberId, today: date) -> None:
        """Erase what is noted under the member's id; what the day has cost stays."""
        ...
