from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

import prompts
from tests.e2e.program import environment, played
from tests.house.programs import tool

NAME = "nurse-line-label-source"
SOURCE = prompts.question_sources()[f"prompts/questions/rlhf-pipeline/{NAME}.md"]
COUNT = len(prompts.question_sources())
LEVEL_LINE = next(number for number, line in enumerate(SOURCE.splitlines(), start=1) if line.startswith("level:"))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """An operator's file whose level is no number; its folder is `own`."""
    file = tmp_path / "own" / "rlhf-pipeline" / "own-nurse-line.md"
    file.parent.mkdir(parents=True)
    text = SOURCE.replace(f"id: {NAME}", "id: own-nurse-line").replace("level: 3", "level: three")
    file.write_text(text, encoding="utf-8")
    return file


def check(folder: Path, *arguments: str, own: bool) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tool("tpm-bot"), "questions", "check", *arguments],
        cwd=folder,
        env=environment({"TPM_QUESTIONS_DIR": "own"} if own else {}),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_check_prints_what_the_bank_covers(tmp_path: Path) -> None:
    """The table comes with the faults, and the exit code says whether there is one."""
    ended = check(tmp_path, own=False)
    lines = ended.stdout.splitlines()
    table = next(number for number, line in enumerate(lines) if line.startswith("topic "))
    assert ended.returncode == (1 if lines[:table] else 0)
    assert f"{COUNT} questions ready, {table} faults" in ended.stderr


def test_a_faulty_file_of_an_operator_is_named(tmp_path: Path, broken: Path) -> None:
    """A file that cannot be read makes the check fail, with file, line, field and rule, as text and as data."""
    place = str(broken.relative_to(tmp_path))
    ended = check(tmp_path, own=True)
    assert ended.returncode == 1
    assert f"{place}:{LEVEL_LINE}: level: Input should be a valid integer" in ended.stdout
    data = json.loads(check(tmp_path, "--json", own=True).stdout)
    assert [fault["line"] for fault in data["faults"] if fault["path"] == place] == [LEVEL_LINE]
    assert data["coverage"]["ready"] == COUNT


def test_the_bot_runs_beside_a_faulty_file(tmp_path: Path, broken: Path) -> None:
    """With a file that cannot be read the bot starts, posts from what it can read, and says on stderr what is wrong."""
    outcome = played(tmp_path, "! advance 1m\nasha> /tpm-admin doctor\n", env={"TPM_QUESTIONS_DIR": "own"})
    assert len(outcome.of(kind="post")) == 1
    place = f"{broken.relative_to(tmp_path)}:{LEVEL_LINE}: level: "
    assert place in outcome.errors
    assert "Questions: needs you, 1 faults; first " + place in outcome.private("asha")[-1]
