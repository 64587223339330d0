"""Runs the installed `tpm-bot` as a process, and reads the JSON lines that it prints."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.house.programs import tool

START = "2026-10-21T09:00+02:00"
"""A Wednesday, four days before clocks go back in Paris; 09:00 is when a group posts by default."""
LONGEST_S = 90.0
OURS = ("TPM_", "ANTHROPIC_", "SLACK_", "DISCORD_")
"""How the names of settings begin."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened in the room; the fields are those of `--json`."""

    at: str
    place: str
    to: str
    author: str
    kind: str
    text: str
    data: Mapping[str, Any]

    @classmethod
    def of(cls, printed: str) -> Line:
        """From one printed line."""
        record = json.loads(printed)
        return cls(author=record.pop("from"), **record)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: its exit code, each printed line, and what it said on stderr."""

    code: int
    lines: tuple[Line, ...]
    errors: str

    def of(self, *, kind: str | None = None, place: str | None = None, to: str | None = None) -> list[Line]:
        """The bot's lines that are like this, in order."""
        wanted = {"kind": kind, "place": place, "to": to, "author": "bot"}
        asked = {name: value for name, value in wanted.items() if value is not None}
        return [line for line in self.lines if all(getattr(line, name) == value for name, value in asked.items())]

    def private(self, to: str) -> list[str]:
        """What the bot said to one member alone, in order."""
        return [line.text for line in self.of(kind="reply", place="only-you", to=to)]

    def feedback(self, to: str | None = None) -> list[Line]:
        """The feedback cards in the threads, without their later edits."""
        return [line for line in self.of(kind="reply", place="thread", to=to) if "sections" in line.data]


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody at the keyboard of a running `try`."""

    process: subprocess.Popen[str]

    def type(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def until(self, words: str) -> None:
        """Read on until a line holds `words`. Raises AssertionError if the program ends before."""
        assert self.process.stdout is not None
        while words not in (line := self.process.stdout.readline()):
            if not line:
                raise AssertionError(f"it ended before it said {words!r}")

    def leave(self, *lines: str) -> tuple[int, str, str]:
        """Type these last lines, go away, and wait: exit code, and the rest of stdout and stderr."""
        printed, errors = self.process.communicate("".join(f"{line}\n" for line in lines), timeout=LONGEST_S)
        return self.process.returncode, printed, errors


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours without any setting of the bot, so that nobody's key or Redis is used; then `extra`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**ours, **(extra or {})}


def run(folder: Path, *arguments: str, env: Mapping[str, str] | None = None, typed: str = "") -> Outcome:
    """Run `tpm-bot` in `folder` (whose `.env` it would read) to its end. `typed` is what stands on its stdin."""
    ended = subprocess.run(
        [tool("tpm-bot"), *arguments],
        cwd=folder,
        env=environment(env),
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST_S,
        check=False,
    )
    printed = ended.stdout.splitlines() if "--json" in arguments else []
    return Outcome(ended.returncode, tuple(map(Line.of, printed)), ended.stderr)


def play(
    folder: Path, script: str | Path, *, data: str = "data", start: str = START, env: Mapping[str, str] | None = None
) -> Outcome:
    """Play a script, given as a file or as its text, on the data folder `data` under `folder`."""
    return run(folder, *_playing(folder, script, data, start), env=env)


def played(folder: Path, script: str | Path, **options: Any) -> Outcome:
    """The same, for a script that must play to its end. Raises AssertionError with what it said if it does not."""
    outcome = play(folder, script, **options)
    if outcome.code != 0:
        raise AssertionError(f"exit {outcome.code}: {outcome.errors}")
    return outcome


@contextmanager
def playing(
    folder: Path, script: str | Path, *, data: str = "data", start: str = START, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A script that plays meanwhile; killed at the end if it still does. Its output is line by line."""
    with subprocess.Popen(
        [tool("tpm-bot"), *_playing(folder, script, data, start)],
        cwd=folder,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def at_keyboard(folder: Path, *, data: str = "data", env: Mapping[str, str] | None = None) -> Iterator[Typing]:
    """A `try` with its keyboard at a pipe, once its first question stands; killed at the end if it still runs."""
    with subprocess.Popen(
        [tool("tpm-bot"), "try", "--data", data],
        cwd=folder,
        env=environment(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            typing = Typing(process)
            typing.until("/quit leaves")
            yield typing
        finally:
            process.kill()


def _playing(folder: Path, script: str | Path, data: str, start: str) -> list[str]:
    if isinstance(script, str):
        text, script = script, folder / "script.txt"
        script.write_text(text, encoding="utf-8")
    return ["try", "--script", str(script), "--json", "--start", start, "--data", str(folder / data)]
