"""Questions that are nearly the same, by rapidfuzz: the one rule for the bank's check, for imports and for the inbox.

Both the prompt and the givens are compared, each as a set of stems: neither order nor what the longer one says beside
counts. NEAR stands between what was measured: of the 1,770 pairs of 60 packaged questions the most alike reach 67 by
their prompts and 68 by their givens, while questions put in other words reach 80 or more (tests/unit/test_doubles.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any

from bot.domain.question import MOST_TITLE_CHARS, RETIRED, Question
from bot.domain.words import stems
from bot.views.cut import line

NEAR = 75.0
"""From 0 to 100."""
FEWEST_SHARED: Mapping[str, int] = MappingProxyType({"prompt": 5, "givens": 10})
"""Stems, by field. A short text stands inside many others: "What is RAG?" inside each prompt on it, "10,000 users"
inside many givens. With fewer, givens are not near, and prompts only if they are as a whole, letter by letter; this
also serves scripts without blanks."""
MOST_COMPARED = 20
"""Questions that share most with one of a file, by BM25; only these are compared with it. Of 97 copies with
words changed, planted among 10,000 questions of mixed words, 97 were found, in 8 s of CPU."""


@dataclass(frozen=True, slots=True)
class Double:
    """`later` says in its `field` nearly the same as `first`: `likeness` from NEAR to 100."""

    first: Question
    later: Question
    field: str
    likeness: float

    @property
    def rule(self) -> str:
        """What is said of `later`, without anything that a terminal would obey."""
        title = _printable(line(self.first.title, MOST_TITLE_CHARS))
        return (
            f"says nearly the same as the {self.field} of {_printable(self.first.id)}, “{title}” "
            f"({self.likeness:.0f} of 100)"
        )


def doubles(questions: Sequence[Question]) -> Iterator[Double]:
    """Every near pair, in order."""
    for field in FEWEST_SHARED:
        texts = [_text(question, field) for question in questions]
        for (one, first), (other, later) in combinations(zip(questions, texts, strict=True), 2):
            score = near(first, later, field)
            if score >= NEAR:
                yield Double(one, other, field, score)


def resembled(fresh: Sequence[Question], standing: Sequence[Question]) -> Iterator[Double]:
    """Each of `fresh` that is near to one of `standing`, or to one of `fresh` before it, with the nearest of these.

    Retired ones do not count: to change a packaged question a group retires it and adds its own. Only MOST_COMPARED
    are compared with each, so that 10,000 take seconds.
    """
    before = [each for each in standing if each.status != RETIRED]
    questions = [*before, *(each for each in fresh if each.status != RETIRED)]
    found: dict[int, Double] = {}
    for field in FEWEST_SHARED:
        texts = [_text(question, field) for question in questions]
        index = _Index(texts)
        for place in range(len(before), len(questions)):
            for other in index.sharing_most(place):
                score = near(texts[other], texts[place], field)
                best = found.get(place)
                if score >= NEAR and (best is None or score > best.likeness):
                    found[place] = Double(questions[other], questions[place], field, score)
    yield from (found[place] for place in sorted(found))


def likeness(one: Question, other: Question) -> dict[str, float]:
    """How alike two questions are, 0 to 100 by field."""
    return {field: near(_text(one, field), _text(other, field), field) for field in FEWEST_SHARED}


def near(one: frozenset[str], other: frozenset[str], field: str = "prompt") -> float:
    """How alike two sets of stems are, 0 to 100, as those of a question's `field`."""
    is_set = len(one & other) >= FEWEST_SHARED[field]
    if not is_set and (field == "givens" or not one or not other):
        return 0.0
    from rapidfuzz import fuzz

    return (fuzz.token_set_ratio if is_set else fuzz.token_sort_ratio)(" ".join(one), " ".join(other))


def stemmed(text: str) -> frozenset[str]:
    """A text as `near` takes it."""
    return frozenset(stems(text))


class _Index:
    """Which texts share most with one of them."""

    def __init__(self, texts: Sequence[frozenset[str]]) -> None:
        self._texts = texts
        self._index: Any = None
        if len(texts) > MOST_COMPARED + 1 and any(texts):
            import bm25s

            logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG and writes to stderr
            self._index = bm25s.BM25()
            self._index.index([sorted(text) for text in texts], show_progress=False)

    def sharing_most(self, place: int) -> Sequence[int]:
        """Places before `place`, at most MOST_COMPARED, in order."""
        if self._index is None or place <= MOST_COMPARED:
            return range(place)
        known = sorted(self._texts[place])
        if not known:
            return ()
        scores = self._index.get_scores(known)[:place]
        return sorted(int(other) for other in scores.argpartition(-MOST_COMPARED)[-MOST_COMPARED:])


def _text(question: Question, field: str) -> frozenset[str]:
    return stemmed(question.prompt if field == "prompt" else " ".join(question.givens))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
