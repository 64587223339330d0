"""`tpm-bot export` and `tpm-bot forget`, by the installed program on a terminal's data."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.program import environment
from tests.house.programs import tool

ANSWER = (
    "I would take the small model for the calls and keep the large one for the night, because 4 ms leave room for a "
    "retry and 90 % of the callers ask for opening hours. I would test it on 200 calls of last week and go back when "
    "more than 2 of them are wrong."
)
SCRIPT = f"! group zone=UTC at=09:00 days=mon-fri admin=asha\nben> {ANSWER}\ncleo> {ANSWER}\n! settle\n"


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = environment({"TPM_DATA_DIR": str(folder / "data")})
    command = [tool("tpm-bot"), *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=90, check=False)


def play(folder: Path, script: str, start: str) -> str:
    (folder / "script.txt").write_text(script)
    played = ran(folder, "try", "--script", "script.txt", "--json", "--data", str(folder / "data"), "--start", start)
    assert played.returncode == 0, played.stderr
    return played.stdout


@pytest.mark.timeout(300)
def test_a_member_is_exported_and_erased(tmp_path: Path) -> None:
    """Export prints all that is kept of one member; forget is owed, and the next bot erases that member alone."""
    play(tmp_path, SCRIPT, "2026-11-23T09:00+00:00")
    exported = ran(tmp_path, "export", "--member", "Ben")
    assert exported.returncode == 0, exported.stderr
    kept = json.loads(exported.stdout)
    assert kept["member"] == "ben"
    assert ANSWER in json.dumps(kept["days"])
    owed = ran(tmp_path, "forget", "--member", "ben", "--yes", "--json")
    assert (owed.returncode, json.loads(owed.stdout)["erased"]) == (0, False), owed.stderr
    play(tmp_path, "! settle\n", "2026-11-23T10:00+00:00")
    gone = ran(tmp_path, "export", "--member", "ben")
    assert gone.returncode == 1
    assert "Nobody here is called ben. Members: cleo" in gone.stderr
    assert ANSWER in ran(tmp_path, "export", "--member", "cleo").stdout


@pytest.mark.timeout(120)
def test_erasing_is_agreed_to(tmp_path: Path) -> None:
    """Without a yes nobody is erased, and a name that nobody has is refused with those that there are."""
    play(tmp_path, SCRIPT, "2026-11-23T09:00+00:00")
    assert ran(tmp_path, "forget", "--member", "ben").returncode == 1
    unknown = ran(tmp_path, "forget", "--member", "bob", "--yes")
    assert (unknown.returncode, "Nobody here is called bob" in unknown.stderr) == (1, True)
    assert ran(tmp_path, "export", "--member", "ben").returncode == 0
