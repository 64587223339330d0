from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.programs import run, tool
from tests.house.rules import ROOT, SHIPPED

STAY_BEHIND = ROOT / "evals" / "replay"  # a model's stored replies, which only the repository holds


def shipped_files() -> Iterator[str]:
    for package in SHIPPED:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and not path.is_relative_to(STAY_BEHIND):
                yield path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(tool("uv"), "build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT), cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_every_file(wheel: Path) -> None:
    """The wheel holds each file of the four packages but stored replies, be it code, text or data, and no tests."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == set(shipped_files())
    assert {Path(name).suffix for name in names} >= {".py", ".md", ".yaml", ".lua"}


@pytest.mark.timeout(300)  # a slow network may have to bring every package
def test_the_installed_program_runs_anywhere(wheel: Path, tmp_path: Path) -> None:
    """The wheel installs into a clean environment with the versions of the lock, and the program starts from `/`."""
    lock, venv = tmp_path / "lock.txt", tmp_path / "venv"
    uv = tool("uv")
    run(uv, "export", "--frozen", "--quiet", "--no-dev", "--no-emit-project", "--output-file", str(lock), cwd=ROOT)
    run(uv, "venv", "--quiet", str(venv), cwd=tmp_path)
    python = str(venv / "bin" / "python")
    run(uv, "pip", "install", "--quiet", "--python", python, "--constraint", str(lock), str(wheel), cwd=tmp_path)
    for program in ([str(venv / "bin" / "tpm-bot")], [python, "-m", "bot"]):
        assert "Usage: " in run(*program, "--help", cwd=Path("/")).stdout
    where = run(python, "-c", "import bot, handlers, prompts; print(bot.__file__)", cwd=Path("/")).stdout
    assert Path(where.strip()).is_relative_to(venv)
