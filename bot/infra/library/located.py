"""Faults of a text file with the line that each stands on, and the lines of what YAML holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import prompts
from bot.errors import Trouble

if TYPE_CHECKING:
    import yaml

_INDEX = re.compile(r"\[(\w+)\]")


@dataclass(frozen=True, slots=True, order=True)
class FileFault:
    """What is wrong with one field of one file: the 1-based line, the field's dotted path, the rule that it breaks."""

    path: str
    line: int
    field: str
    rule: str

    def __str__(self) -> str:
        """As compilers print it."""
        return f"{self.path}:{self.line}: {self.field}: {self.rule}"


class FileFaulty(Trouble):
    """A packaged file cannot be read; `faults` has at least one."""

    def __init__(self, faults: list[FileFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of level 2 of a Markdown body, with the lines below it, each with its number."""

    title: str
    line: int
    lines: tuple[tuple[int, str], ...]


def line_of(lines: Mapping[str, int], field: str) -> int:
    """The line of `field` (`look_for.s3[0].id`), or of the nearest thing around it; 1 if nothing is known."""
    parts = _INDEX.sub(r".\1", field).split(".")
    for size in range(len(parts), 0, -1):
        if (found := lines.get(".".join(parts[:size]))) is not None:
            return found
    return 1


def yaml_lines(text: str, first_line: int) -> dict[str, int]:
    """Dotted path -> line of everything in `text`, whose first line has the number `first_line`."""
    import yaml

    root = yaml.compose(text, Loader=prompts.yaml_loader())
    return dict(_walk(root, "", first_line)) if root else {}


def _walk(node: yaml.Node, path: str, first_line: int) -> Iterator[tuple[str, int]]:
    import yaml

    if path:
        yield path, node.start_mark.line + first_line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}".lstrip(".")
            yield from _walk(value, below, first_line)
            yield below, key.start_mark.line + first_line
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _walk(item, f"{path}.{number}".lstrip("."), first_line)


def front_matter(path: str, text: str) -> tuple[dict[str, object], prompts.Parts]:
    """The front matter as data, and both parts. Raises FileFaulty."""
    import yaml

    try:
        parts = prompts.split(text)
        data = prompts.load_yaml(parts.head)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 2
        raise FileFaulty([FileFault(path, line, "front matter", f"is not YAML: {error.problem}")]) from None
    except (ValueError, yaml.YAMLError) as error:
        raise FileFaulty([FileFault(path, 1, "front matter", str(error))]) from None
    if not isinstance(data, dict):
        raise FileFaulty([FileFault(path, 2, "front matter", "must be keys with values")])
    return data, parts


def headings(parts: prompts.Parts) -> list[Heading]:
    """The parts of a body under its headings of level 2, in order."""
    found: list[tuple[str, int, list[tuple[int, str]]]] = []
    for number, line in enumerate(parts.body.split("\n"), start=parts.body_line):
        if line.startswith("## "):
            found.append((line[3:].strip(), number, []))
        elif found:
            found[-1][2].append((number, line))
    return [Heading(title, number, tuple(lines)) for title, number, lines in found]


def bullets(lines: tuple[tuple[int, str], ...]) -> list[tuple[int, str]]:
    """Line and text of each bullet; indented lines below a bullet belong to it."""
    found: list[tuple[int, str]] = []
    for number, line in lines:
        if line.startswith(("- ", "* ")):
            found.append((number, line[2:].strip()))
        elif found and line.startswith(" ") and line.strip():
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
    return found
