"""The shape of a week of questions (reference content.md 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from bot.domain.question import LEVELS, Question

TOPIC_GAP = 5
"""A topic rests for this many posts when the bank allows."""
SECTION_GAP = 10
"""Posts within which each section is at the heart of one: two weeks of weekdays."""
STRETCH = LEVELS[-1]
SHAPE: Mapping[int, frozenset[str]] = MappingProxyType(
    {
        1: frozenset({"design", "rag"}),
        2: frozenset({"explain"}),
        3: frozenset({"tradeoff"}),
        4: frozenset({"api", "metrics", "estimate"}),
        5: frozenset({"incident"}),
    }
)
"""ISO weekday -> kinds of question. A Friday also takes a stretch design; other days take what is left over."""
FRIDAY = 5
FLEXIBLE_DAYS = frozenset({2, 6, 7})
"""ISO weekdays that take what is left over, so that a need may be served there by any kind."""


def fits(question: Question, day: date) -> bool:
    """Whether `question` is of a kind that the weekday of `day` asks for."""
    weekday = day.isoweekday()
    if question.kind in SHAPE.get(weekday, ()):
        return True
    return weekday == FRIDAY and question.kind == "design" and question.level == STRETCH
