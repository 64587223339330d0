from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.infra.library import FileFaulty
from evals.golden import of_24, read_golden, read_one
from evals.labels import read_labels, read_twins
from tests.golden_answers import FOLDER, answers, strong, weak
from tests.reviews import library

TEXT = (FOLDER / "t01.md").read_text(encoding="utf-8")


def faults(change: Callable[[str], str]) -> list[str]:
    with pytest.raises(FileFaulty) as faulty:
        read_one("t01.md", change(TEXT), library())
    return [str(fault) for fault in faulty.value.faults]


def test_a_golden_answer_is_read() -> None:
    """A file gives the question, the numbered sentences, the labels of the weighed sections and the planted errors."""
    golden = weak()
    assert golden.question.id == "tax-letters-season-cost"
    assert list(golden.labels) == ["s1", "s2", "s3", "s4", "s6"]
    assert golden.sentence(golden.planted[0].sentence).startswith("All the providers charge")
    assert golden.total == pytest.approx(6 * (1 + 0 + 0 + 1 + 1) / 5)


def test_a_total_is_of_24() -> None:
    """Totals are scaled as if all six sections were weighed."""
    assert of_24([4, 4, 4]) == 24
    assert of_24([4, 0, 2]) == 12
    assert of_24([]) == 0


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (lambda text: text.replace("id: t01", "id: t09"), 2, "must equal the file's name"),
        (lambda text: text.replace("question: tax", "question: no-tax"), 3, "is not in the bank"),
        (lambda text: text.replace("band: weak", "band: poor"), 4, "Input should be 'weak'"),
        (lambda text: text.replace("sentences: [2]", "sentences: [29]"), 8, "29 is not a sentence of the answer"),
        (lambda text: text.replace("sentences: [2]", "sentences: []"), 8, "band 1 needs the sentences"),
        (lambda text: text.replace("s1: {band: 1", "s1: {band: 5"), 8, "less than or equal to 4"),
        (lambda text: text.replace("  s5: null", "  s5: {band: 0}"), 12, "must be null"),
        (lambda text: text.replace("  s2: {", "  s9: {"), 9, "does not weigh this section"),
        (lambda text: text.replace("fact: output", "fact: no-output"), 15, "is no known fact"),
        (lambda text: text.replace("sentence: 6", "sentence: 60"), 15, "60 is not a sentence"),
        (lambda text: text.replace("author: test", "writer: test"), 16, "Extra inputs"),
        (lambda text: text.replace("labels:", "labels: ["), 9, "is not YAML"),
    ],
)
def test_a_fault_names_its_line(change: Callable[[str], str], line: int, said: str) -> None:
    """Each fault of a golden file names the file, the line and the rule."""
    assert any(fault.startswith(f"t01.md:{line}: ") and said in fault for fault in faults(change)), faults(change)


def test_a_section_without_its_label_is_a_fault() -> None:
    """Every section that the question weighs has a label."""
    assert any(
        "labels.s3: must have a label" in fault for fault in faults(lambda text: text.replace("  s3:", "  s5x:"))
    )


def test_all_faults_come_together(tmp_path: Path) -> None:
    """A folder is refused with the faults of all its files, an id that is taken among them."""
    (tmp_path / "t01.md").write_text(TEXT.replace("sentence: 6", "sentence: 60"), encoding="utf-8")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for folder in ("a", "b"):
        (tmp_path / folder / "t02.md").write_text((FOLDER / "t02.md").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(FileFaulty) as faulty:
        read_golden(tmp_path, library())
    rules = [fault.rule for fault in faulty.value.faults]
    assert len(rules) == 2
    assert any(rule.startswith("60 is not") for rule in rules)
    assert any(rule.startswith("is taken by") for rule in rules)


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    """A folder without golden answers is refused rather than measured."""
    with pytest.raises(FileFaulty, match="holds no golden answer"):
        read_golden(tmp_path, library())


def test_second_labels_are_read(tmp_path: Path) -> None:
    """The labels of another labeller are bands by answer and section; unweighed sections are null."""
    (tmp_path / "b.yaml").write_text("t01: {s1: 2, s2: 0, s5: null}\nz99: {s1: 4}\n", encoding="utf-8")
    (labeller,) = read_labels(tmp_path, answers())
    assert labeller.name == "b"
    assert labeller.bands == {"t01": {"s1": 2, "s2": 0}}


@pytest.mark.parametrize(
    ("line", "said"),
    [("t01: {s1: 7}", "must be 0 to 4"), ("t01: {s5: 1}", "must be null"), ("t01: 3", "sections with bands")],
)
def test_a_faulty_second_label_names_its_line(tmp_path: Path, line: str, said: str) -> None:
    """A band that cannot be, or that belongs to no weighed section, is named with file and line."""
    path = tmp_path / "b.yaml"
    path.write_text(f"t02: {{s1: 2}}\n{line}\n", encoding="utf-8")
    with pytest.raises(FileFaulty) as faulty:
        read_labels(tmp_path, answers())
    assert f"{path}:2: " in str(faulty.value)
    assert said in str(faulty.value)


def test_twins_are_of_answers_at_hand(tmp_path: Path) -> None:
    """A twin belongs to a golden answer; those of other answers are left out."""
    for name, of in (("a", "t02"), ("b", "z99")):
        (tmp_path / f"{name}.md").write_text(f"---\ntwin_of: {of}\n---\nThe same, said otherwise.\n", encoding="utf-8")
    assert [(twin.of, twin.text) for twin in read_twins(tmp_path, [strong()])] == [("t02", "The same, said otherwise.")]
