"""An operator's own question files: read again when they change, and the last good ones stay."""

from __future__ import annotations

import logging
import os
from datetime import date
from pathlib import Path

import pytest

import prompts
from bot.infra.library import check_packaged, packaged_library

SOURCE = prompts.question_sources()["prompts/questions/rlhf-pipeline/nurse-line-label-source.md"]
NAME = "nurse-line-label-source"
TODAY = date(2026, 11, 22)


def write(folder: Path, text: str, name: str = "own-nurse-line", stamp_s: int = 1) -> Path:
    """A file of the topic rlhf-pipeline; its time is set, for two writes may come within one tick of the clock."""
    file = folder / "rlhf-pipeline" / f"{name}.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text.replace(f"id: {NAME}", f"id: {name}"), encoding="utf-8")
    os.utime(file, (stamp_s, stamp_s))
    return file


def test_a_folder_adds_to_the_packaged_bank(tmp_path: Path) -> None:
    """A file of the folder is a question beside the packaged ones, and one that comes later is found."""
    library = packaged_library(tmp_path)
    assert "own-nurse-line" not in library.questions
    write(tmp_path, SOURCE)
    library.refresh()
    assert {"own-nurse-line", NAME} <= library.questions.keys()
    assert library.faults == ()


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """After a change the new text is asked."""
    write(tmp_path, SOURCE)
    library = packaged_library(tmp_path)
    write(tmp_path, SOURCE.replace("minutes: 25", "minutes: 20"), stamp_s=2)
    library.refresh()
    assert library.questions["own-nurse-line"].minutes == 20


def test_a_malformed_file_leaves_the_last_good_bank(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file that breaks is named with line, field and rule, and its question stays as it was until it is mended."""
    file = write(tmp_path, SOURCE)
    library = packaged_library(tmp_path)
    before = library.questions
    line = next(number for number, text in enumerate(SOURCE.splitlines(), start=1) if text.startswith("level:"))
    with caplog.at_level(logging.ERROR):
        write(tmp_path, SOURCE.replace("level: 3", "level: three"), stamp_s=2)
        library.refresh()
    assert library.questions == before
    (fault,) = library.faults
    assert str(fault).startswith(f"{file}:{line}: level: ")
    assert str(fault) in caplog.text
    write(tmp_path, SOURCE, stamp_s=3)
    library.refresh()
    assert library.faults == ()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"---\nid: [x\n---\n", b"---\n" + b"a" * 100_000])
def test_a_file_that_is_no_question_harms_no_other(tmp_path: Path, content: bytes) -> None:
    """Whatever stands in one file, the others are asked and it is a fault."""
    write(tmp_path, SOURCE)
    (tmp_path / "rlhf-pipeline" / "other.md").write_bytes(content)
    library = packaged_library(tmp_path)
    assert "own-nurse-line" in library.questions
    assert {fault.path for fault in library.faults} == {str(tmp_path / "rlhf-pipeline" / "other.md")}


def test_a_removed_file_is_retired(tmp_path: Path) -> None:
    """The question of a file that was removed is asked no more, and an old post still finds it."""
    file = write(tmp_path, SOURCE)
    library = packaged_library(tmp_path)
    file.unlink()
    library.refresh()
    assert library.questions["own-nurse-line"].status == "retired"


def test_a_file_with_a_packaged_id_replaces_it(tmp_path: Path) -> None:
    """An operator can put a better version in the place of a packaged question."""
    write(tmp_path, SOURCE.replace("minutes: 25", "minutes: 20"), NAME)
    assert packaged_library(tmp_path).questions[NAME].minutes == 20
    own = [fault for fault in check_packaged(TODAY, tmp_path) if str(tmp_path) in fault.path]
    assert own == []


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """A wrong path is told, and the packaged bank is served."""
    library = packaged_library(tmp_path / "nowhere")
    assert [fault.rule for fault in library.faults] == ["is no folder (TPM_QUESTIONS_DIR)"]
    assert NAME in library.questions


def test_the_check_reads_the_folder_too(tmp_path: Path) -> None:
    """A rule that an operator's question breaks is named with its file, and so is a file that holds no text."""
    file = write(tmp_path, SOURCE.replace("minutes: 25", "minutes: 26"))
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals" / "bad.md").write_bytes(b"\xff")
    found = [str(fault) for fault in check_packaged(TODAY, tmp_path)]
    assert any(fault.startswith(f"{file}:") and ": minutes: " in fault for fault in found)
    assert any(fault.startswith(f"{tmp_path / 'evals' / 'bad.md'}:1: file: cannot be read") for fault in found)
