"""Text for a picture: how wide it is, and where its lines break."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
WIDTHS = dict(zip(map(chr, range(32, 127)), map(int, _WIDTHS.split()), strict=True))
"""Thousandths of the size, from the metrics of Helvetica that Adobe published."""
OTHER_WIDTH, CODE_WIDTH = 600, 600
WIDER, BOLDER = 1.15, 1.1
"""A viewer may lack the font, and show one as wide as Verdana or DejaVu Sans."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style. `size` is in pixels, `colour` as CSS has it."""

    text: str
    size: float = 15.0
    bold: bool = False
    code: bool = False
    colour: str = "#1d1c1d"

    @property
    def width(self) -> float:
        """In pixels, at most."""
        each = (CODE_WIDTH if self.code else WIDTHS.get(char, OTHER_WIDTH) for char in self.text)
        return sum(each) * self.size / 1000 * WIDER * (BOLDER if self.bold else 1.0)


Line = tuple[Run, ...]


def lines(runs: Sequence[Run], width: float) -> Iterator[Line]:
    """`runs` as lines that are at most `width` pixels wide, broken at blanks; a line end of the text ends a line."""
    line: list[Run] = []
    for word in _words(runs):
        if word.text == "\n":
            yield _joined(line)
            line = []
        elif line and sum(run.width for run in line) + replace(word, text=word.text.rstrip()).width > width:
            yield _joined(line)
            line = [word]
        else:
            line.append(word)
    yield _joined(line)


def _words(runs: Sequence[Run]) -> Iterator[Run]:
    for run in runs:
        for word in re.findall(r"\n|[^\n ]+ *| +", run.text):
            yield replace(run, text=word)


def _joined(words: Sequence[Run]) -> Line:
    """Neighbours of one style as one run."""
    joined: list[Run] = []
    for word in words:
        if joined and replace(joined[-1], text="") == replace(word, text=""):
            joined[-1] = replace(word, text=joined[-1].text + word.text)
        else:
            joined.append(word)
    return tuple(joined)
