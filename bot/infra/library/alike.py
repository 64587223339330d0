"""Questions that ask nearly the same as a text, by rapidfuzz."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.question import Question
from bot.domain.words import stems

LIKE = 70.0
"""From here on two questions are shown side by side, 0 to 100. No two prompts of the packaged bank reach 67, while a
prompt put in other words reached 83 or more (tests/unit/test_alike.py)."""
MOST_CHARS = 4_000
"""Of a text that is compared; a question has 400."""


def alike(text: str, questions: Iterable[Question], most: int) -> Sequence[tuple[Question, float]]:
    """At most `most` of `questions` with their likeness (LIKE to 100), the most alike first.

    Stems are compared as sets: neither the order of words nor what the longer text says beside counts.
    """
    from rapidfuzz import fuzz, process

    known = {question.id: question for question in questions}
    choices = {name: _stems(question.prompt) for name, question in known.items()}
    found = process.extract(
        _stems(text[:MOST_CHARS]), choices, scorer=fuzz.token_set_ratio, limit=most, score_cutoff=LIKE
    )
    return [(known[name], score) for _, score, name in found]


def _stems(text: str) -> str:
    return " ".join(stems(text))
