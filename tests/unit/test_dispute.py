from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.dispute import about, counted, found_at
from bot.domain.peer_review import CHANGED, KEPT, InboxEntry
from bot.domain.review import Review
from tests.contract.store_case import NOW, review


def two() -> Review:
    """Feedback with a section of band 2 and one of band 1."""
    made = review()
    return replace(made, sections=(made.sections[0], replace(made.sections[0], key="s6", band=1)))


def decided(band: int | None, *, section: int = 0) -> InboxEntry:
    made = two()
    entry = about(made, made.sections[section])
    return entry if band is None else replace(entry, decided=band, closed_at=NOW + timedelta(hours=1))


def bands(made: Review) -> list[int | None]:
    return [section.band for section in made.sections]


@pytest.mark.parametrize(("band", "counts"), [(None, [2, 1]), (0, [0, 1]), (2, [2, 1]), (4, [4, 1])])
def test_the_facilitator_s_band_counts(band: int | None, counts: list[int]) -> None:
    """What a facilitator decided counts, zero too; until then the model's does; the stored one stays."""
    made = two()
    assert bands(counted(made, [decided(band)])) == counts
    assert bands(made) == [2, 1]


def test_each_section_counts_for_itself() -> None:
    """A decision about one section moves no other."""
    assert bands(counted(two(), [decided(4, section=1)])) == [2, 4]
    assert bands(counted(two(), [])) == [2, 1]


def test_newer_feedback_counts_as_the_model_said() -> None:
    """A decision about an older version of the answer says nothing about the newer feedback."""
    assert bands(counted(replace(two(), version=2), [decided(4)])) == [2, 1]


def test_a_changed_band_counts_from_its_decision_on() -> None:
    """A band counts since the feedback, and one that a facilitator changed since they decided."""
    made, at = two(), NOW + timedelta(hours=1)
    changed = replace(decided(0), outcome=CHANGED)
    assert found_at(made, [changed], changed.section) == at
    assert found_at(made, [changed], "s6") == made.made_at
    assert found_at(made, [replace(changed, outcome=KEPT)], changed.section) == made.made_at
    assert found_at(replace(made, version=2), [changed], changed.section) == made.made_at


def test_an_entry_is_one_for_a_feedback_and_section() -> None:
    """Entries differ by section, version, day and member, and by nothing else."""
    made = two()
    same = replace(made, made_at=NOW + timedelta(days=1))
    assert about(made, made.sections[0]).id == about(same, same.sections[0]).id
    others = [about(made, made.sections[1]), about(replace(made, version=2), made.sections[0])]
    assert len({entry.id for entry in (about(made, made.sections[0]), *others)}) == 3
