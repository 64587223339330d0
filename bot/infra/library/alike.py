"""Questions that ask nearly the same as a text, by the rule of bot/infra/library/doubles.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.question import Question
from bot.infra.library.doubles import NEAR, near, stemmed

MOST_CHARS = 4_000
"""Of a text that is compared; a question has 400."""


def alike(text: str, questions: Iterable[Question], most: int) -> Sequence[tuple[Question, float]]:
    """At most `most` of `questions` with their likeness (NEAR to 100), the most alike first."""
    asked = stemmed(text[:MOST_CHARS])
    scored = [(question, near(asked, stemmed(question.prompt))) for question in questions]
    found = [each for each in scored if each[1] >= NEAR]
    return sorted(found, key=lambda each: -each[1])[:most]
