from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.group import MemberId
from bot.domain.needs import FEWEST_ANSWERS, MOST_NEEDS, Banded, weak_in
from bot.domain.picks import Need
from tests.reviews import a_question, a_review


def banded(who: str, topic: str = "evals", bands: Mapping[str, int] | None = None) -> Banded:
    return Banded(MemberId(who), topic, bands or {"s6": 1}, frozenset({"s6"}))


def test_a_cell_needs_five_answers_by_three_people() -> None:
    """Four answers, or five by two people, say nothing about a group."""
    five = [banded(who) for who in ("a", "b", "c", "a", "b")]
    assert Need("s6", 0, 5) in weak_in(five)
    assert weak_in(five[: FEWEST_ANSWERS - 1]) == []
    assert weak_in([banded(who) for who in "ababa"]) == []


def test_half_of_the_answers_at_three_is_not_weak() -> None:
    """A group is weak where fewer than half of its answers reach band 3."""
    strong, weak = {"s6": 3}, {"s6": 2}
    half = [banded(who, bands=bands) for who, bands in zip("abcdef", [strong, weak] * 3, strict=True)]
    assert weak_in(half) == []
    assert weak_in([*half, banded("g", bands=weak)]) == [Need("s6", 3, 7)]


def test_a_topic_is_weak_for_more_than_a_weak_section() -> None:
    """A topic is named when its answers were weak in sections that are fine elsewhere, and not for a weak section."""
    elsewhere = [banded(f"m{n}", "metrics", {"s6": 0, "s3": 4}) for n in range(6)]
    elsewhere = [replace(each, hearts=frozenset({"s3", "s6"})) for each in elsewhere]
    here = [Banded(MemberId(f"m{n}"), "evals", {"s3": 1}, frozenset({"s3"})) for n in range(5)]
    assert [need.about for need in weak_in([*elsewhere, *here])] == ["s6", "evals"]


def test_the_weakest_comes_first() -> None:
    """What fewest were strong in comes first, and no more than a few are named."""
    rows = [{"s1": 3 if n < 2 else 0, "s2": 3 if n < 1 else 0, "s3": 0, "s6": 4} for n in range(5)]
    found = weak_in([banded(f"m{n}", bands=bands) for n, bands in enumerate(rows)])
    assert [(need.about, need.strong) for need in found] == [("s3", 0), ("s2", 1), ("s1", 2)]
    assert len(found) == MOST_NEEDS


def test_a_light_section_is_not_held_against_anybody() -> None:
    """A section that a question only touches does not count, and one that was not checked neither."""
    review = a_review(question=a_question())
    weights = {section.key: section.weight for section in review.sections}
    counted = Banded.of(review, a_question())
    assert set(counted.bands) == {key for key, weight in weights.items() if weight >= 2}
    assert counted.hearts == {"s1", "s4"}
