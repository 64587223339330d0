"""What the bank as a whole covers: topic by kind, levels, and sections at the heart; and what it must cover.

The mix is reference content.md 3 and 4, drawn up for 120 questions: the numbers below. A bank must hold half of it:

- each cell of topic by kind at least half of its number, rounded down. So the cells of a single question are open: if
  they were rounded up, half of the mix would be far more than half of the bank;
- each kind at least half of its number, which puts back what the rounding left out: 60 questions in all;
- each level its share, give or take five of a hundred;
- each section at the heart of a question for each ten posts, since it is to come once in two weeks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.choosing import SECTION_GAP
from bot.domain.question import KINDS, LEVELS, READY, Question

Topics = tuple[str, ...]
_SCOPING = ("constraints-scoping", "users-personas")
MIX: Mapping[Topics, Mapping[str, int]] = {
    ("transformers-attention",): {"tradeoff": 2, "explain": 3, "estimate": 1},
    ("training-pipeline",): {"tradeoff": 3, "explain": 2},
    ("rlhf-pipeline",): {"tradeoff": 3, "explain": 4, "incident": 1},
    ("inference-optimization",): {"design": 1, "tradeoff": 4, "explain": 2, "incident": 1, "estimate": 1},
    ("latency-cost-quality",): {"design": 3, "tradeoff": 4, "estimate": 2},
    ("rag-systems",): {"rag": 12, "tradeoff": 1, "explain": 1, "metrics": 1, "incident": 1},
    ("agent-systems",): {"design": 8, "tradeoff": 2, "api": 1, "metrics": 1, "incident": 1},
    ("evals",): {"design": 2, "tradeoff": 1, "explain": 2, "metrics": 4, "incident": 1},
    ("context-memory",): {"design": 1, "rag": 2, "tradeoff": 2, "estimate": 1},
    ("hallucination",): {"design": 1, "rag": 2, "tradeoff": 1, "explain": 1, "metrics": 1, "incident": 1},
    ("safety-alignment",): {"design": 3, "tradeoff": 1, "explain": 1, "api": 1, "metrics": 1, "incident": 1},
    ("multimodal",): {"design": 5, "estimate": 1},
    ("api-design",): {"api": 9, "incident": 1},
    ("metrics",): {"api": 1, "metrics": 2, "incident": 2},
    _SCOPING: {"design": 2},
}
PART = 2
"""A bank must hold one part in so many of the mix."""
SHARES: Mapping[int, int] = {1: 25, 2: 50, 3: 25}
"""Level -> its share in percent."""
SHARE_MARGIN = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """What the bank lacks: the field that it is about, and the rule."""

    field: str
    rule: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the ready questions of a bank cover.

    Attributes:
        cells: (topic, kind) -> how many questions.
        levels: level -> how many.
        hearts: section key -> how many have it at their heart.
        ready: how many there are.
    """

    cells: Mapping[tuple[str, str], int]
    levels: Mapping[int, int]
    hearts: Mapping[str, int]
    ready: int

    @classmethod
    def of(cls, bank: Sequence[Question], section_keys: Sequence[str]) -> Coverage:
        """Of a bank, drafts and retired questions left out."""
        ready = [question for question in bank if question.status == READY]
        at_heart = Counter(key for question in ready for key in question.hearts)
        levels = Counter(question.level for question in ready)
        return cls(
            cells=Counter((question.topic, question.kind) for question in ready),
            levels={level: levels[level] for level in LEVELS},
            hearts={key: at_heart[key] for key in section_keys},
            ready=len(ready),
        )

    @property
    def data(self) -> dict[str, object]:
        """JSON-ready."""
        cells = [{"topic": topic, "kind": kind, "ready": count} for (topic, kind), count in sorted(self.cells.items())]
        return {"ready": self.ready, "cells": cells, "levels": dict(self.levels), "hearts": dict(self.hearts)}

    def count(self, topics: Topics, kind: str) -> int:
        """Questions of one kind on any of `topics`."""
        return sum(self.cells.get((topic, kind), 0) for topic in topics)

    def of_kind(self, kind: str) -> int:
        """Questions of one kind."""
        return sum(count for (_, each), count in self.cells.items() if each == kind)

    def gaps(self) -> Iterator[Gap]:
        """Everything that the bank must have and has not."""
        for topics, row in MIX.items():
            for kind, number in row.items():
                if (has := self.count(topics, kind)) < number // PART:
                    yield Gap("topic", f"must have {number // PART} {kind} on {' or '.join(topics)}, has {has}")
        for kind in KINDS:
            if (has := self.of_kind(kind)) < _total(kind) // PART:
                yield Gap("kind", f"must have {_total(kind) // PART} {kind} in all, has {has}")
        for level, share in SHARES.items():
            percent = 100 * self.levels[level] / max(self.ready, 1)
            if abs(percent - share) > SHARE_MARGIN:
                rule = f"must have {share}% of level {level}, give or take {SHARE_MARGIN}, has {percent:.0f}%"
                yield Gap("level", rule)
        for key, has in self.hearts.items():
            if (fewest := -(-self.ready // SECTION_GAP)) > has:
                yield Gap("emphasis", f"must have {key} at the heart of {fewest} (one in {SECTION_GAP}), has {has}")


def _total(kind: str) -> int:
    return sum(row.get(kind, 0) for row in MIX.values())


def printed(coverage: Coverage) -> str:
    """The tables: `has/must`, and `has` alone where nothing is required."""
    head = ("topic", *KINDS, "all")
    rows = [
        (" / ".join(topics), *(_cell(coverage, topics, row, kind) for kind in KINDS), str(_of_topics(coverage, topics)))
        for topics, row in MIX.items()
    ]
    foot = ("all", *(f"{coverage.of_kind(kind)}/{_total(kind) // PART}" for kind in KINDS), str(coverage.ready))
    widths = [max(len(line[place]) for line in (head, *rows, foot)) for place in range(len(head))]
    table = [_line(line, widths) for line in (head, *rows, foot)]
    shares = [
        f"{level}: {count} ({100 * count / max(coverage.ready, 1):.0f}%, wanted {SHARES[level]}%)"
        for level, count in coverage.levels.items()
    ]
    at_heart = [f"{key}: {count}" for key, count in coverage.hearts.items()]
    fewest = -(-coverage.ready // SECTION_GAP)
    return "\n".join(
        [*table, f"levels   {', '.join(shares)}", f"at heart {', '.join(at_heart)} (at least {fewest} each)"]
    )


def _cell(coverage: Coverage, topics: Topics, row: Mapping[str, int], kind: str) -> str:
    has, must = coverage.count(topics, kind), row.get(kind, 0) // PART
    return f"{has}/{must}" if must else str(has) if has else "."


def _of_topics(coverage: Coverage, topics: Topics) -> int:
    return sum(coverage.count(topics, kind) for kind in KINDS)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
