"""The facts that speak of the same things as a text, by BM25."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Any

from bot.domain.question import Fact
from bot.domain.words import stems


class NearestFacts:
    """An index over `facts`, built when first asked. Safe to use from several threads.

    The package takes time and memory to import (numpy), so neither happens before the first question.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._lock = threading.Lock()
        self._index: Any = None

    def find(self, text: str, count: int) -> Sequence[Fact]:
        """At most `count` facts that share a word with `text`, the nearest first."""
        tokens = stems(text)
        with self._lock:
            index = self._index = self._index or self._built()
        tokens = [token for token in tokens if token in index.vocab_dict]
        if not tokens or count < 1:
            return ()
        found, scores = index.retrieve(
            [tokens], k=min(count, len(self._facts)), show_progress=False, return_as="tuple", n_threads=0
        )
        return tuple(
            self._facts[int(number)] for number, score in zip(found[0], scores[0], strict=True) if float(score) > 0
        )

    def _built(self) -> Any:
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG and writes to stderr
        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for DEBUG, and members read this terminal
        index = bm25s.BM25()
        index.index([stems(f"{fact.text} {fact.topic}") for fact in self._facts], show_progress=False)
        return index
