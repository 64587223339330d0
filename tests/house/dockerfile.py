"""Reads a Dockerfile and plays one stage of it in a folder, without an engine."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.house.programs import run


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction, such as `RUN` with the rest of its line; continued lines are joined."""

    word: str
    rest: str


def stages(text: str) -> list[list[Step]]:
    """The steps of each stage, the first of each being its FROM."""
    found: list[list[Step]] = []
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Step(word, rest.strip()))
    return found


@dataclass
class Stage:
    """A stage being played: `/name` in the image is `root/name` here, and system paths stay as they are.

    Attributes:
        context: the build's context.
        env: the variables that a RUN step sees.
        ran: the RUN steps that were played, as they stand in the file.
    """

    root: Path
    context: Path
    own: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)

    def play(self, steps: list[Step]) -> None:
        """Do every step in order. Raises AssertionError when one fails, ValueError for one that is unknown."""
        folder = self.root
        for step in steps:
            match step.word:
                case "FROM":
                    pass
                case "ENV":
                    self.env |= {name: self._here(value) for name, value in variables(step.rest).items()}
                case "WORKDIR":
                    folder = Path(self._here(step.rest))
                    folder.mkdir(parents=True, exist_ok=True)
                case "COPY":
                    self._copy(step.rest.split(), folder)
                case "RUN":
                    run("sh", "-ec", self._here(step.rest), cwd=folder, env=self.env)
                    self.ran.append(step.rest)
                case word:
                    raise ValueError(f"no way to play {word} without an engine")

    def _here(self, text: str) -> str:
        return re.sub(rf"(?<![\w./])/({'|'.join(self.own)})(?!\w)", lambda found: f"{self.root}/{found[1]}", text)

    def _copy(self, words: list[str], folder: Path) -> None:
        *names, target = words
        for name in names:
            source, goal = self.context / name, folder / target
            if source.is_dir():
                shutil.copytree(source, goal, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, goal)


def variables(rest: str) -> Mapping[str, str]:
    """The variables of an ENV step."""
    return dict(pair.split("=", 1) for pair in shlex.split(rest))


def arguments(rest: str) -> list[str]:
    """The words of an ENTRYPOINT or CMD step in its JSON form."""
    words: list[str] = json.loads(rest)
    return words


def copied(steps: list[Step]) -> Iterator[str]:
    """What a stage takes from the build's context."""
    for step in steps:
        if step.word == "COPY" and not step.rest.startswith("--from"):
            yield from step.rest.split()[:-1]
