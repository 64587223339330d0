"""A pick: the question of one day, with its reason; and what a group wants and needs of its questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.question import HEART, Question


class Rule(StrEnum):
    """What decided a pick."""

    PINNED = "pinned"
    """A facilitator put it there."""
    NEED = "need"
    """The group was weak in `about`, a section or a topic: `strong` of `counted` answers at 3 or more."""
    SECTION = "section"
    """Section `about` was at the heart of no question for two weeks."""
    SHAPE = "shape"
    """The weekday asks for its kind, `about`."""
    WARM_UP = "warm-up"
    """A group begins with one."""
    CHOSEN = "chosen"
    """It was chosen already, and waits to be posted."""
    REST = "rest"
    """Nothing that the weekday asks for could be had; its kind is `about`."""


class Source(StrEnum):
    """Where a pick was taken from."""

    FRESH = "fresh"
    """Questions that the group wants and was never asked."""
    OUTSIDE = "outside"
    """All that fit the group's levels and topics were asked, so it is another one that was never asked."""
    AGAIN = "again"
    """All were asked."""


class Dry(StrEnum):
    """What a group gets when no question is left that it wants and was never asked."""

    OUTSIDE = "outside"
    """Others that it was never asked."""
    AGAIN = "again"
    """Those that it was asked longest ago."""
    EMPTY = "empty"
    """None: no question is ready."""


@dataclass(frozen=True, slots=True)
class Why:
    """The reason of a pick; `bot/views/facilitating/why.py` has the words."""

    rule: Rule
    about: str = ""
    strong: int = 0
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Pick:
    """The question of one local date."""

    day: date
    question_id: str
    why: Why
    source: Source = Source.FRESH


@dataclass(frozen=True, slots=True)
class Wants:
    """The levels and topics that a group wants; empty means all. A topic counts where it is the main one or beside."""

    levels: frozenset[int] = frozenset()
    topics: frozenset[str] = frozenset()

    def among(self, questions: Sequence[Question]) -> Sequence[Question]:
        """Those that the group wants."""
        return [each for each in questions if self.admit(each)] if self.levels or self.topics else questions

    def admit(self, question: Question) -> bool:
        """Whether the group wants `question`."""
        return (not self.levels or question.level in self.levels) and (
            not self.topics or not self.topics.isdisjoint((question.topic, *question.also))
        )


@dataclass(frozen=True, slots=True)
class Need:
    """What a group was weak in: a section's key or a topic, with `strong` of `counted` answers at 3 or more."""

    about: str
    strong: int
    counted: int

    def is_served_by(self, question: Question) -> bool:
        """Whether `question` practises it: the section is its heart, or it is its topic."""
        return question.emphasis.get(self.about) == HEART or question.topic == self.about


ANY = Wants()
