"""Reads the Markdown that `handlers/discord/render.py` writes, for a picture; Discord's own has more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.pictures.slack_type import Run

INK, WHITE, BLUE = "#dbdee1", "#f2f3f5", "#00a8fc"
SIZE, HEADING_SIZE = 16.0, 20.0
_INLINE = re.compile(
    r"\\(?P<escaped>[^A-Za-z0-9\s])"
    r"|\*\*(?P<bold>(?:\\.|[^\\*])+)\*\*"
    r"|`(?P<code>[^`]+)`"
    r"|\[(?P<label>(?:\\.|[^\\\]])+)\]\((?P<url>https?://[^)\s]+)\)"
    r"|<t:(?P<at>\d+):f>"
)
_PREFIXES = (("### ", "heading"), ("> ", "quote"), ("- ", "item"), ("  ", "further"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text display; `kind` is `text`, `heading`, `quote`, `item` or `further` (of an item)."""

    kind: str
    runs: tuple[Run, ...]


def lines_of(content: str) -> Iterator[Line]:
    """Each line with its runs."""
    for line in content.split("\n"):
        prefix, kind = next((each for each in _PREFIXES if line.startswith(each[0])), ("", "text"))
        heading = kind == "heading"
        plain = Run("", HEADING_SIZE if heading else SIZE, bold=heading, colour=WHITE if heading else INK)
        yield Line(kind, tuple(_runs(line.removeprefix(prefix), plain)))


def _runs(text: str, plain: Run) -> Iterator[Run]:
    at = 0
    for mark in _INLINE.finditer(text):
        yield _like(plain, text[at : mark.start()])
        at = mark.end()
        yield from _marked(mark, plain)
    yield _like(plain, text[at:])


def _marked(mark: re.Match[str], plain: Run) -> Iterator[Run]:
    match mark.lastgroup:
        case "bold":
            yield from _runs(mark["bold"], Run("", plain.size, bold=True, colour=plain.colour))
        case "code":
            yield Run(mark["code"], plain.size * 0.9, code=True, colour=plain.colour)
        case "url":
            yield from _runs(mark["label"], Run("", plain.size, colour=BLUE))
        case "at":
            yield _like(plain, f"{datetime.fromtimestamp(int(mark['at']), UTC):%-d %B %Y %H:%M}")
        case _:
            yield _like(plain, mark["escaped"])


def _like(plain: Run, text: str) -> Run:
    return Run(text, plain.size, bold=plain.bold, colour=plain.colour)
