"""The installed program at a pipe, as a script of somebody's own would use it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.e2e.program import environment
from tests.house.programs import tool

LONGEST_S = 120.0


def tried(folder: Path, *before: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, tool("tpm-bot"), "try", "--data", str(folder / "data")],
        cwd=folder,
        env=environment({}),
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST_S,
        check=False,
    )


def test_a_command_in_a_form_is_obeyed(tmp_path: Path) -> None:
    """One of the bot's commands, typed into a form of the running program, leaves the form and is obeyed."""
    ended = tried(tmp_path, typed="/tpm-answer\na first part\n/tpm-streak\n")
    assert "You left the form; nothing was sent." in ended.stdout
    assert "No streak yet" in ended.stdout
    assert ended.returncode == 0


def test_a_closed_input_is_an_empty_one(tmp_path: Path) -> None:
    """With its input closed before the start, `try` shows what stands and ends well."""
    ended = tried(tmp_path, "sh", "-c", 'exec "$0" "$@" <&-')
    assert "This is #study-group" in ended.stdout
    assert (ended.returncode, ended.stderr) == (0, "")
