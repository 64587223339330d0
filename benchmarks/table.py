"""A row of the table, and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HEADINGS = ("what", "measure", "floor", "ratio", "target", "", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement.

    Attributes:
        what: what was measured, and the floor in words.
        measure, floor: in `unit`; the floor is what the same costs without us, None where there is none.
        most: the target for the measure, or for its ratio to the floor (`of_floor`); None when it is only told.
        n: over how many.
    """

    what: str
    measure: float
    unit: str
    n: int
    floor: float | None = None
    most: float | None = None
    of_floor: bool = False

    @property
    def ratio(self) -> float | None:
        """Of the measure to its floor."""
        return self.measure / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        """Whether the target is kept; empty without one."""
        held = self.ratio if self.of_floor else self.measure
        if self.most is None or held is None:
            return ""
        return "ok" if held <= self.most else "MISSED"

    @property
    def cells(self) -> tuple[str, ...]:
        """As printed."""
        target = "" if self.most is None else f"<= {self.most:g}{'x' if self.of_floor else f' {self.unit}'}"
        floor = "" if self.floor is None else _number(self.floor, self.unit)
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        return (self.what, _number(self.measure, self.unit), floor, ratio, target, self.verdict, f"{self.n:,}")


def _number(value: float, unit: str) -> str:
    """Three digits that say something; a count as it is."""
    if value == int(value) or value >= 100:  # noqa: PLR2004
        return f"{value:,.0f} {unit}"
    return f"{value:.3g} {unit}"


def printed(rows: Sequence[Row]) -> str:
    """The table."""
    lines = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def middle(values: Sequence[float]) -> float:
    """The median."""
    return median(values)
