"""Runs the programs that the house is built with, from the environment that runs the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LONGEST_S = 240.0


def tool(name: str) -> str:
    """The program `name` of the environment that runs the tests."""
    return str(Path(sys.executable).parent / name)


def run(
    *command: str, cwd: Path, env: Mapping[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run to the end, with `env` added to ours. Raises AssertionError with all output if `check` and it fails."""
    result = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    if check and result.returncode != 0:
        raise AssertionError(f"{command} exited {result.returncode}\n{result.stdout}\n{result.stderr}")
    return result
