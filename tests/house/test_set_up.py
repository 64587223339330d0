from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tests.house.programs import run
from tests.house.rules import ROOT


def set_up(folder: Path, python: str, *, path: str) -> tuple[int, str]:
    script = str(ROOT / "deploy" / "set-up.sh")
    result = run("/bin/sh", script, ".venv", cwd=folder, env={"PATH": path, "PYTHON": python}, check=False)
    return result.returncode, result.stderr


def test_an_old_python_is_named_with_the_way_out(tmp_path: Path) -> None:
    """Where Python is too old, setup says which one it found and how to name another, and makes nothing."""
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 || exit 1\n')
    old.chmod(0o700)
    code, message = set_up(tmp_path, str(old), path="/usr/bin:/bin")
    assert code == 1
    assert "3.11 or newer; this machine has Python 3.9.2" in message
    assert "make setup PYTHON=" in message
    assert not (tmp_path / ".venv").exists()


def test_a_machine_without_python_is_told_so(tmp_path: Path) -> None:
    """Where the named Python is absent, setup says so in words."""
    code, message = set_up(tmp_path, str(tmp_path / "nowhere"), path="/usr/bin:/bin")
    assert code == 1
    assert "this machine has no " in message


def test_setup_runs_again_only_when_the_lock_changed(tmp_path: Path) -> None:
    """A make leaves a finished environment alone, and sets up again when pyproject.toml or uv.lock is newer."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "uv.lock", "deploy/set-up.sh", ".venv/.set-up"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("echo setting up\n")
    done_at = (tmp_path / ".venv/.set-up").stat().st_mtime
    for name in ("pyproject.toml", "uv.lock"):
        for other in ("pyproject.toml", "uv.lock", "deploy/set-up.sh"):
            os.utime(tmp_path / other, (done_at - 10, done_at - 10))
        os.utime(tmp_path / ".venv/.set-up", (done_at, done_at))
        assert "setting up" not in run("make", "setup", cwd=tmp_path).stdout
        os.utime(tmp_path / name, (done_at + 1, done_at + 1))
        assert "setting up" in run("make", "setup", cwd=tmp_path).stdout


def test_uv_is_pinned_once() -> None:
    """The image installs the very uv that pyproject.toml pins for everyone else."""
    pins = [re.findall(r"uv==[\d.]+", (ROOT / name).read_text()) for name in ("pyproject.toml", "Dockerfile")]
    assert len(pins[0]) == 1
    assert pins[0] == pins[1]
