"""A question of the bank, with the notes that make its feedback sharp."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from bot.domain.prose import measure, sentences

READY = "ready"
RETIRED = "retired"
WARM_UP = 1

# The rules of a question file: reference content.md 2 and 8.
KIND_NAMES = {
    "design": "design",
    "rag": "RAG design",
    "tradeoff": "trade-off",
    "explain": "explanation",
    "api": "API",
    "metrics": "metrics",
    "incident": "incident",
    "estimate": "estimate",
}
"""As files have it -> as people are shown it, and may type it."""
KINDS = tuple(KIND_NAMES)
STATUSES = ("draft", READY, RETIRED)
LEVELS = (1, 2, 3)
MINUTES = (10, 15, 20, 25)
HEART = 3
MOST_HEARTS = 3
FEWEST_WEIGHTS, MOST_WEIGHTS = 8, 13
FEWEST_NUMBERS = 3
MOST_TITLE_CHARS = 60
MOST_PROMPT_SENTENCES = 2
MOST_PROMPT_WORDS = 60
CJK_CHARS_A_WORD = 2
"""As for answers, of which 40 words or 80 such letters are the fewest."""
LONGEST_FRESH = timedelta(days=180)
ASSUMED = "assumed"

_KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER = re.compile(r"\d[\d.,]*")
_WITH_UNIT = re.compile(r"[$€£¥₹]\s?\d|\d[\d.,]*[\s-]?(?:%|‰|°|[$€£¥₹]|[^\W\d_])")
_MARK = re.compile(r"\[([a-z0-9-]+)\]")
_ENDS_WITH_MARK = re.compile(r"\[[a-z0-9-]+\]\.?\s*\Z")


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


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a question breaks. `field` is its dotted path, list places from 0: `look_for.s3`, `outline.4`."""

    field: str
    rule: str


@dataclass(frozen=True, kw_only=True)
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

    @cached_property
    def hearts(self) -> tuple[str, ...]:
        """Keys of the sections that this question is mostly about. Each choice looks at those of the whole bank."""
        return tuple(key for key, weight in self.emphasis.items() if weight == HEART)


def practice(
    bank: Sequence[Question], topic: str | None, level: int | None, exclude: Collection[str], seed: str
) -> Question | None:
    """An extra question with `topic` and `level`, where given; None if no ready question outside `exclude` fits.

    A question whose main topic it is comes before one that only touches it.
    """
    fitting = [
        question
        for question in bank
        if question.status == READY
        and question.id not in exclude
        and (topic is None or topic == question.topic or topic in question.also)
        and (level is None or level == question.level)
    ]
    return min(fitting, key=lambda each: (topic is not None and each.topic != topic, lot(seed, each.id)), default=None)


def lot(seed: str, question_id: str) -> bytes:
    """A draw that is the same in every process, which `random` and `hash()` do not promise."""
    return hashlib.blake2b(f"{seed}\0{question_id}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def faults(question: Question, known_facts: Collection[str], topics: Collection[str], today: date) -> list[Fault]:
    """Every rule that a question for the bank breaks, field by field; empty if all is well.

    Args:
        question: a question of the bank.
        known_facts: ids of the facts that may be cited (a mapping by id will do).
        topics: keys of the topics that a question may have.
        today: against which `refresh_by` is held.
    """
    return [
        *_head_faults(question, topics),
        *_weight_faults(question),
        *_text_faults(question),
        *_list_faults(question),
        *_outline_faults(question),
        *_source_faults(question, known_facts, today),
    ]


def _head_faults(question: Question, topics: Collection[str]) -> Iterator[Fault]:
    if not _KEBAB.fullmatch(question.id):
        yield Fault("id", "must be kebab-case: small letters, digits and single hyphens")
    if not 1 <= len(question.title.strip()) <= MOST_TITLE_CHARS:
        yield Fault("title", f"must have 1 to {MOST_TITLE_CHARS} characters, has {len(question.title)}")
    if question.topic not in topics:
        yield Fault("topic", f"is no known topic: {question.topic}")
    yield from _count(question.also, "also", 0, 2)
    for place, topic in enumerate(question.also):
        if topic not in topics or topic in (question.topic, *question.also[:place]):
            yield Fault(f"also.{place}", f"must be a further known topic, is {topic}")
    closed: tuple[tuple[str, object, Sequence[object]], ...] = (
        ("kind", question.kind, KINDS),
        ("level", question.level, LEVELS),
        ("minutes", question.minutes, MINUTES),
        ("status", question.status, STATUSES),
    )
    for field, value, allowed in closed:
        if value not in allowed:
            yield Fault(field, f"must be one of {', '.join(map(str, allowed))}, is {value}")


def _weight_faults(question: Question) -> Iterator[Fault]:
    weights = question.emphasis
    for key, weight in weights.items():
        if not 0 <= weight <= HEART:
            yield Fault(f"emphasis.{key}", f"must be 0 to {HEART}, is {weight}")
    hearts = sum(weight == HEART for weight in weights.values())
    if not 1 <= hearts <= MOST_HEARTS:
        yield Fault("emphasis", f"must have 1 to {MOST_HEARTS} sections of weight {HEART}, has {hearts}")
    if not FEWEST_WEIGHTS <= sum(weights.values()) <= MOST_WEIGHTS:
        yield Fault("emphasis", f"must sum to {FEWEST_WEIGHTS} to {MOST_WEIGHTS}, sums to {sum(weights.values())}")
    for key in dict.fromkeys((*weights, *question.look_for)):
        points = question.look_for.get(key, ())
        if weights.get(key, 0) > 0:
            yield from _count(points, f"look_for.{key}", 1, 4)
        elif points:
            yield Fault(f"look_for.{key}", "must have no points, its weight is 0")


def _text_faults(question: Question) -> Iterator[Fault]:
    size, whole = measure(question.prompt), len(sentences(question.prompt))
    words = size.words + -(-size.cjk_chars // CJK_CHARS_A_WORD)
    if not 1 <= words <= MOST_PROMPT_WORDS:
        yield Fault("prompt", f"must have 1 to {MOST_PROMPT_WORDS} words, has {words}")
    if whole > MOST_PROMPT_SENTENCES:
        yield Fault("prompt", f"must have at most {MOST_PROMPT_SENTENCES} sentences, has {whole}")
    yield from _count(question.givens, "givens", 2, 5)
    if not any(_WITH_UNIT.search(given) for given in question.givens):
        yield Fault("givens", "must hold a number with a unit")
    if not question.runner_up.strip():
        yield Fault("runner_up", "must name the other defensible answer")


def _list_faults(question: Question) -> Iterator[Fault]:
    points = [
        (f"look_for.{key}.{place}", point)
        for key, of_section in question.look_for.items()
        for place, point in enumerate(of_section)
    ]
    ids = [point.id for _, point in points]
    yield from _count(points, "look_for", 6, 12)
    for place, (field, point) in enumerate(points):
        if not _KEBAB.fullmatch(point.id) or point.id in ids[:place]:
            yield Fault(f"{field}.id", f"must be kebab-case and used once: {point.id}")
        if not point.point.strip() or not point.specific.strip():
            yield Fault(field, "must say what makes it named and what makes it specific")
    for facet in Facet:
        if not any(facet in point.facets for _, point in points):
            yield Fault("look_for", f"must have a point with the facet {facet}")
    yield from _count(question.pitfalls, "pitfalls", 2, 5)
    for place, pitfall in enumerate(question.pitfalls):
        if not pitfall.pitfall.strip() or not any(word.strip() for word in pitfall.words):
            yield Fault(f"pitfalls.{place}", "must name the mistake and words that it tends to appear in")
    yield from _count(question.probes, "probes", 3, 5)
    for place, probe in enumerate(question.probes):
        if probe.point_id not in ids or not probe.ask.strip():
            yield Fault(f"probes.{place}", f"must ask something for one of the points, is for {probe.point_id}")
    yield from _count(question.variants, "variants", 1, 3)


def _outline_faults(question: Question) -> Iterator[Fault]:
    yield from _count(question.outline, "outline", 6, 12)
    bare = [_MARK.sub("", bullet) for bullet in question.outline]
    numbers = sum(len(_NUMBER.findall(bullet)) for bullet in bare)
    if numbers < FEWEST_NUMBERS:
        yield Fault("outline", f"must hold at least {FEWEST_NUMBERS} numbers, holds {numbers}")
    for place, (bullet, text) in enumerate(zip(question.outline, bare, strict=True)):
        if _NUMBER.search(text) and not _ENDS_WITH_MARK.search(bullet):
            yield Fault(f"outline.{place}", f"has a number and must end with [fact-id] or [{ASSUMED}]")
        for mark in _MARK.findall(bullet):
            if mark != ASSUMED and mark not in question.facts:
                yield Fault(f"outline.{place}", f"cites {mark}, which is not in facts")


def _source_faults(question: Question, known_facts: Collection[str], today: date) -> Iterator[Fault]:
    yield from _count(question.facts, "facts", 3, 8)
    for place, fact in enumerate(question.facts):
        if fact not in known_facts or fact in question.facts[:place]:
            yield Fault(f"facts.{place}", f"must be a known fact, named once: {fact}")
    if question.refresh_by is not None and question.refresh_by > today + LONGEST_FRESH:
        yield Fault("refresh_by", f"must be at most {LONGEST_FRESH.days} days ahead, is {question.refresh_by}")
    if question.refresh_by is not None and question.refresh_by < today:
        yield Fault("refresh_by", f"has passed on {question.refresh_by}: check the facts and set a new date")


def _count(values: Sized, field: str, fewest: int, most: int) -> Iterator[Fault]:
    if not fewest <= len(values) <= most:
        yield Fault(field, f"must have {fewest} to {most} entries, has {len(values)}")
