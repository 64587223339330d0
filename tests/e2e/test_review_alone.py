from __future__ import annotations

import subprocess
from pathlib import Path

from tests.e2e.program import environment
from tests.house.programs import tool


def test_a_self_check_at_the_command_line_addresses_nobody(tmp_path: Path) -> None:
    """Without a model, `review` prints the card to check it yourself without a name, says why, and fails."""
    ended = subprocess.run(
        [tool("tpm-bot"), "review", "--question", "nurse-line-label-source", "--answer", "-"],
        cwd=tmp_path,
        env=environment({}),
        input="I would ask the nurses first, and measure how often two of them agree.",
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.stdout.splitlines()[0] == "Check it yourself"
    assert ended.stderr.startswith("Not judged: no model is set up")
    assert ended.returncode == 1
