"""Pairs of questions that are nearly the same, by rapidfuzz.

Both the prompt and the givens are compared, each as a set of stems: neither order nor what the longer one says beside
counts. NEAR stands between what was measured: of the 1,770 pairs of 60 packaged questions the most alike reach 67 by
their prompts and 68 by their givens, while questions put in other words reach 80 or more (tests/unit/test_doubles.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.domain.question import Question
from bot.domain.words import stems

NEAR = 75.0
"""From 0 to 100."""


@dataclass(frozen=True, slots=True)
class Double:
    """`later` says in its `field` nearly the same as `first`: `likeness` from NEAR to 100."""

    first: Question
    later: Question
    field: str
    likeness: float


def doubles(questions: Sequence[Question]) -> Iterator[Double]:
    """Every near pair, in order."""
    for field in ("prompt", "givens"):
        texts = [_text(question, field) for question in questions]
        for (one, first), (other, later) in combinations(zip(questions, texts, strict=True), 2):
            likeness = _likeness(first, later)
            if likeness >= NEAR:
                yield Double(one, other, field, likeness)


def likeness(one: Question, other: Question) -> dict[str, float]:
    """How alike two questions are, 0 to 100 by field."""
    return {field: _likeness(_text(one, field), _text(other, field)) for field in ("prompt", "givens")}


def _text(question: Question, field: str) -> str:
    return " ".join(stems(question.prompt if field == "prompt" else " ".join(question.givens)))


def _likeness(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.token_set_ratio(one, other)
