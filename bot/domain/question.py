"""A question of the bank, with the notes that make its feedback sharp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Facet(StrEnum):
    """What a point, or a sentence of an answer, shows."""

    NUMBER = "number"
    TRADEOFF = "tradeoff"
    IMPACT = "impact"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFor:
    """A move that can be decided from a quote.

    Attributes:
        point: what makes it `named`.
        specific: what makes it `specific`.
    """

    id: str
    point: str
    specific: str
    facets: frozenset[Facet] = frozenset()


@dataclass(frozen=True, slots=True)
class Pitfall:
    """A common mistake and words that it tends to appear in."""

    pitfall: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """A human-written follow-up question, tied to the point `point_id`."""

    point_id: str
    ask: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A checked fact with its source."""

    id: str
    text: str
    topic: str
    source: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, as `prompts/questions/<topic>/<id>.md` holds it.

    Attributes:
        level: 1 warm-up, 2 core, 3 stretch.
        minutes: how long a prepared member needs.
        emphasis: section key -> weight, 0 (out) to 3 (the heart). Empty for a question without notes.
        look_for: section key -> its points, for weighed sections.
        outline, runner_up: hidden until the member has answered.
    """

    id: str
    title: str
    kind: str
    topic: str
    level: int
    minutes: int
    prompt: str
    also: tuple[str, ...] = ()
    givens: tuple[str, ...] = ()
    emphasis: Mapping[str, int]
    look_for: Mapping[str, tuple[LookFor, ...]]
    pitfalls: tuple[Pitfall, ...] = ()
    probes: tuple[Probe, ...] = ()
    outline: tuple[str, ...] = ()
    runner_up: str = ""
    facts: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    refresh_by: date | None = None
    status: str = "ready"

    @property
    def weighed(self) -> tuple[str, ...]:
        """Keys of the sections that this question weighs, in the framework's order."""
        return tuple(key for key, weight in self.emphasis.items() if weight > 0)
