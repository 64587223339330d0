"""The rules of a question file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.question import Facet, Fault, LookFor, Pitfall, Probe, Question, faults
from tests.unit.question_case import FACTS, GOOD, TOPICS, point

TODAY = date(2026, 11, 21)


def found(changed: Question, today: date = TODAY) -> list[Fault]:
    return faults(changed, dict.fromkeys(FACTS, ""), TOPICS, today)


def many(*names: str) -> tuple[LookFor, ...]:
    return tuple(point(name) for name in names)


def test_a_good_question_has_no_fault() -> None:
    """A question that keeps every rule is not accused of anything."""
    assert found(GOOD) == []


WEIGHTS = GOOD.emphasis
POINTS = GOOD.look_for
OUTLINE = GOOD.outline
BROKEN: list[tuple[str, str, dict[str, object]]] = [
    ("id", "kebab-case", {"id": "Support_RAG"}),
    ("title", "60 characters", {"title": "x" * 61}),
    ("title", "60 characters", {"title": " "}),
    ("kind", "must be one of", {"kind": "quiz"}),
    ("topic", "no known topic", {"topic": "rag"}),
    ("also.0", "further known topic", {"also": ("cooking",)}),
    ("also.0", "further known topic", {"also": ("rag-systems",)}),
    ("also.1", "further known topic", {"also": ("evals", "evals")}),
    ("also", "0 to 2", {"also": ("evals", "metrics", "hallucination")}),
    ("level", "must be one of 1, 2, 3", {"level": 4}),
    ("minutes", "must be one of 10, 15, 20, 25", {"minutes": 30}),
    ("status", "must be one of draft, ready, retired", {"status": "done"}),
    ("emphasis.s3", "must be 0 to 3", {"emphasis": {**WEIGHTS, "s3": 4}}),
    ("emphasis.s2", "must be 0 to 3", {"emphasis": {**WEIGHTS, "s2": -1}}),
    ("emphasis", "1 to 3 sections of weight 3", {"emphasis": {"s1": 2, "s2": 0, "s3": 2, "s4": 2, "s6": 2}}),
    ("emphasis", "1 to 3 sections of weight 3", {"emphasis": {"s1": 3, "s3": 3, "s4": 3, "s6": 3}}),
    ("emphasis", "sum to 8 to 13", {"emphasis": {"s1": 1, "s3": 3, "s4": 1, "s6": 2}}),
    ("emphasis", "sum to 8 to 13", {"emphasis": {"s1": 3, "s3": 3, "s4": 3, "s5": 3, "s6": 2}}),
    ("emphasis", "sum to 8 to 13", {"emphasis": {}}),
    ("look_for.s2", "no points", {"look_for": {**POINTS, "s2": many("e-1")}}),
    ("look_for.s9", "no points", {"look_for": {**POINTS, "s9": many("e-1")}}),
    ("look_for.s1", "1 to 4", {"look_for": {**POINTS, "s1": ()}}),
    ("look_for.s1", "1 to 4", {"look_for": {**POINTS, "s1": many("a-1", "a-2", "a-3", "a-4", "a-5")}}),
    ("look_for", "6 to 12", {"look_for": {**POINTS, "s3": (point("b-1", Facet.NUMBER),)}}),
    ("look_for.s6.1.id", "used once: a-1", {"look_for": {**POINTS, "s6": (*POINTS["s6"], point("a-1"))}}),
    ("look_for.s6.1.id", "kebab-case", {"look_for": {**POINTS, "s6": (*POINTS["s6"], point("D 2"))}}),
    ("look_for.s1.0", "what makes it", {"look_for": {**POINTS, "s1": (replace(point("a-1"), specific=" "),)}}),
    ("look_for", "facet impact", {"look_for": {**POINTS, "s6": many("d-1")}}),
    ("look_for", "facet tradeoff", {"look_for": {**POINTS, "s4": many("c-1", "c-2")}}),
    ("look_for", "facet number", {"look_for": {**POINTS, "s3": many("b-1", "b-2")}}),
    ("pitfalls", "2 to 5", {"pitfalls": GOOD.pitfalls[:1]}),
    ("pitfalls.1", "words", {"pitfalls": (GOOD.pitfalls[0], Pitfall("Skips tests"))}),
    ("probes", "3 to 5", {"probes": GOOD.probes[:2]}),
    ("probes.2", "for one of the points", {"probes": (*GOOD.probes[:2], Probe("z-9", "Why?"))}),
    ("probes.2", "must ask", {"probes": (*GOOD.probes[:2], Probe("c-1", ""))}),
    ("variants", "1 to 3", {"variants": ()}),
    ("prompt", "1 to 60 words", {"prompt": "word " * 61}),
    ("prompt", "1 to 60 words", {"prompt": ""}),
    ("prompt", "2 sentences", {"prompt": "One. Two. Three."}),
    ("givens", "2 to 5", {"givens": GOOD.givens[:1]}),
    ("givens", "number with a unit", {"givens": ("many pages", "version 2")}),
    ("runner_up", "other defensible answer", {"runner_up": ""}),
    ("outline", "6 to 12", {"outline": OUTLINE[:5]}),
    ("outline", "at least 3 numbers", {"outline": (*OUTLINE[2:5], *OUTLINE[2:5])}),
    ("outline.2", "must end with", {"outline": (*OUTLINE[:2], "Recall at 20", *OUTLINE[3:])}),
    ("outline.2", "must end with", {"outline": (*OUTLINE[:2], "About [assumed] 20 of them", *OUTLINE[3:])}),
    ("outline.1", "cites other-fact", {"outline": (OUTLINE[0], "k of 60 [other-fact]", *OUTLINE[2:])}),
    ("facts", "3 to 8", {"facts": FACTS[:2]}),
    ("facts.3", "known fact", {"facts": (*FACTS, "no-such-fact")}),
    ("facts.3", "named once", {"facts": (*FACTS, FACTS[0])}),
    ("refresh_by", "180 days ahead", {"refresh_by": TODAY + timedelta(days=181)}),
    ("refresh_by", "has passed", {"refresh_by": TODAY - timedelta(days=1)}),
]


@pytest.mark.parametrize(("field", "rule", "changes"), BROKEN)
def test_each_rule_names_its_field(field: str, rule: str, changes: dict[str, object]) -> None:
    """A question that breaks one rule is told which field breaks it and what the rule is."""
    accused = found(replace(GOOD, **changes))  # type: ignore[arg-type]  # the fields of a dataclass by name
    assert any(fault.field == field and rule in fault.rule for fault in accused), accused


@pytest.mark.parametrize(
    "changes",
    [
        {"refresh_by": TODAY},
        {"refresh_by": TODAY + timedelta(days=180)},
        {"title": "x" * 60},
        {"prompt": "word " * 60},
        {"also": ()},
        {"givens": ("$5 a month", "few people")},
        {"givens": ("a budget of 60.000€", "few people")},
        {"emphasis": {"s1": 3, "s2": 0, "s3": 3, "s4": 3, "s6": 3 - 1}},
    ],
)
def test_the_edge_of_a_rule_is_allowed(changes: dict[str, object]) -> None:
    """What stands exactly at the edge of a rule keeps it."""
    assert found(replace(GOOD, **changes)) == []  # type: ignore[arg-type]  # the fields of a dataclass by name
