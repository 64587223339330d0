from __future__ import annotations

from dataclasses import replace

from bot.domain.question import KINDS
from bot.infra.library.check import packaged_coverage
from bot.infra.library.coverage import MIX, PART, Coverage, printed
from tests.reviews import library

KEYS = ("s1", "s2", "s3", "s4", "s5", "s6")
BANK = tuple(library().questions.values())


def rules(bank: tuple[object, ...]) -> list[str]:
    kept = [each for each in BANK if each in bank]
    return [f"{gap.field}: {gap.rule}" for gap in Coverage.of(kept, KEYS).gaps()]


def test_the_mix_is_that_of_120_questions() -> None:
    """The numbers add up to 120, and the half of each kind to 60."""
    totals = {kind: sum(row.get(kind, 0) for row in MIX.values()) for kind in KINDS}
    assert totals == {
        "design": 26, "rag": 16, "tradeoff": 24, "explain": 16, "api": 12, "metrics": 10, "incident": 10, "estimate": 6,
    }  # fmt: skip
    assert sum(total // PART for total in totals.values()) == 60


def test_a_cell_that_is_empty_is_named() -> None:
    """Without its questions a cell of the table is missing, with how many it must have."""
    kept = tuple(each for each in BANK if (each.topic, each.kind) != ("rag-systems", "rag"))
    assert "topic: must have 6 rag on rag-systems, has 0" in rules(kept)
    assert "kind: must have 8 rag in all, has 2" in rules(kept)


def test_a_cell_of_one_question_is_open() -> None:
    """Half of a single question is none: that cell alone is not required."""
    kept = tuple(each for each in BANK if (each.topic, each.kind) != ("safety-alignment", "metrics"))
    assert not [rule for rule in rules(kept) if "safety-alignment" in rule]


def test_levels_that_are_out_of_proportion_are_named() -> None:
    """A bank that is too easy or too hard by more than five in a hundred says by how much."""
    kept = tuple(each for each in BANK if each.level != 3)
    assert "level: must have 25% of level 3, give or take 5, has 0%" in rules(kept)


def test_a_section_that_is_too_seldom_at_the_heart_is_named() -> None:
    """Each section is at the heart of one question in ten, or two weeks would pass without it."""
    kept = tuple(each for each in BANK if each.emphasis.get("s5") != 3)
    fewest = -(-len(kept) // 10)
    assert f"emphasis: must have s5 at the heart of {fewest} (one in 10), has 0" in rules(kept)


def test_drafts_and_retired_questions_cover_nothing() -> None:
    """Only what can be asked counts."""
    retired = [replace(each, status="retired") for each in BANK]
    assert Coverage.of(retired, KEYS).ready == 0
    assert len(list(Coverage.of(retired, KEYS).gaps())) == len(list(Coverage.of([], KEYS).gaps()))


def test_the_table_shows_what_is_there_and_what_must_be() -> None:
    """The printed table has each topic with its kinds, the levels' shares, and the sections at the heart."""
    lines = printed(packaged_coverage()).splitlines()
    assert lines[0].split() == ["topic", *KINDS, "all"]
    assert any(line.startswith("rag-systems") and "6/6" in line for line in lines)
    assert lines[-3].startswith("all")
    assert lines[-2].startswith("levels   1: ")
    assert lines[-1].startswith("at heart s1: ")
