"""Draws Discord's components as an SVG picture, about as Discord's dark theme shows them. It is not Discord.

It knows the components that `handlers/discord/render.py` and `modal.py` give, and raises KeyError at any other. A
moment, which Discord shows in each reader's zone, is shown in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.pictures.discord_markdown import INK, SIZE, WHITE, lines_of
from tests.pictures.slack_type import Run, lines

Body = Mapping[str, Any]
WIDTH = 640
GREY, LINE, FIELD, BACKGROUND = "#949ba4", "#4e5058", "#1e1f22", "#313338"
BLURPLE, GREYISH = "#5865f2", "#4e5058"
LEADING, GAP = 1.375, 8.0
FONT = "'gg sans', 'Noto Sans', 'Helvetica Neue', Helvetica, Arial, sans-serif"
LIST_INDENT, QUOTE_INDENT = 20.0, 16.0
INPUT_LINES = 3
PRIMARY = 1
NOTE = "Only you can see this • Dismiss message"
"""What Discord's client says below an ephemeral message."""


class Sheet:
    """Grows downwards; `y` is how far it has come."""

    def __init__(self) -> None:
        self.y = 16.0
        self._drawn: list[str] = []

    def box(self, x: float, width: float, height: float, *, fill: str, stroke: str = "none", round_by: int = 8) -> None:
        """A rectangle with round corners from where the sheet has come."""
        self._drawn.append(
            f'<rect x="{x:.1f}" y="{self.y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_by}" '
            f'fill="{fill}" stroke="{stroke}"/>'
        )

    def text(self, runs: Sequence[Run], x: float, width: float) -> None:
        """A paragraph."""
        for line in lines(runs, width):
            size = max((run.size for run in line), default=SIZE)
            self.put(line, x, self.y + size)
            self.y += size * LEADING

    def put(self, line: Sequence[Run], x: float, baseline: float, anchor: str = "start") -> None:
        """One line where it is told to stand."""
        if spans := "".join(_span(run) for run in line if run.text):
            self._drawn.append(
                f'<text x="{x:.1f}" y="{baseline:.1f}" text-anchor="{anchor}" xml:space="preserve">{spans}</text>'
            )

    def svg(self, label: str) -> str:
        """The whole picture; `label` is what a screen reader says."""
        height = self.y + 16
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
            f'height="{height:.0f}" role="img" aria-label={quoteattr(label)} font-family="{escape(FONT)}">'
        )
        made = "<desc>Drawn by this project's tests from the components that Discord gets; not a screenshot.</desc>"
        ground = f'<rect width="{WIDTH}" height="{height:.0f}" rx="8" fill="{BACKGROUND}"/>'
        return "\n".join([head, made, ground, *self._drawn, "</svg>\n"])


def message_picture(components: Sequence[Body], *, time: str, label: str, private: bool = False) -> str:
    """A message of the bot. `private`: only one member sees it."""
    sheet, left = Sheet(), 72.0
    sheet.box(16, 40, 40, fill=BLURPLE, round_by=20)
    sheet.put([Run("T", 20, bold=True, colour="#ffffff")], 36, sheet.y + 27, "middle")
    name = [Run("tpm-bot", SIZE, bold=True, colour=WHITE), Run("  APP", 10, bold=True, colour=GREY)]
    sheet.text([*name, Run(f"  {time}", 12, colour=GREY)], left, WIDTH - left)
    sheet.y += GAP / 2
    for component in components:
        DRAWERS[component["type"]](sheet, component, left, WIDTH - left - 24)
        sheet.y += GAP
    if private:
        sheet.text([Run(NOTE, 12, colour=GREY)], left, WIDTH - left)
    return sheet.svg(label)


def modal_picture(data: Body, *, label: str) -> str:
    """A modal."""
    sheet, left = Sheet(), 24.0
    width = WIDTH - 2 * left
    sheet.text([Run(data["title"], 20, bold=True, colour=WHITE)], left, width)
    sheet.y += GAP
    for part in data["components"]:
        DRAWERS[part["type"]](sheet, part, left, width)
        sheet.y += GAP * 1.5
    right = WIDTH - left
    right -= _button_at(sheet, "Submit", right, fill=BLURPLE) + GAP
    _button_at(sheet, "Cancel", right, fill=GREYISH)
    sheet.y += 36
    return sheet.svg(label)


def _span(run: Run) -> str:
    style = ' font-weight="700"' if run.bold else ""
    family = ' font-family="monospace"' if run.code else ""
    return f'<tspan font-size="{run.size:g}" fill="{run.colour}"{style}{family}>{escape(run.text)}</tspan>'


def _text(sheet: Sheet, component: Body, x: float, width: float) -> None:
    for line in lines_of(component["content"]):
        indent = {"quote": QUOTE_INDENT, "item": LIST_INDENT, "further": LIST_INDENT}.get(line.kind, 0.0)
        top = sheet.y
        if line.kind == "item":
            sheet.put([Run("•", SIZE, colour=INK)], x + 6, sheet.y + SIZE)
        sheet.text(line.runs, x + indent, width - indent)
        if line.kind == "quote":
            bottom, sheet.y = sheet.y, top
            sheet.box(x, 4, bottom - top, fill=LINE, round_by=2)
            sheet.y = bottom


def _row(sheet: Sheet, component: Body, x: float, _width: float) -> None:
    at = x
    for button in component["components"]:
        if button["type"] != 2:
            raise KeyError(button["type"])
        fill = BLURPLE if button["style"] == PRIMARY else GREYISH
        at += _button_at(sheet, button["label"], at + _button_width(button["label"]), fill=fill) + GAP
    sheet.y += 36


def _button_at(sheet: Sheet, label: str, right: float, *, fill: str) -> float:
    """A button that ends at `right`; its width."""
    width = _button_width(label)
    sheet.box(right - width, width, 34, fill=fill)
    sheet.put([Run(label, 14, colour="#ffffff")], right - width / 2, sheet.y + 22, "middle")
    return width


def _button_width(label: str) -> float:
    return Run(label, 14).width + 30


def _label(sheet: Sheet, component: Body, x: float, width: float) -> None:
    asked = component["component"]
    star = [Run(" *", SIZE, bold=True, colour="#f23f43")] if asked.get("required", True) else []
    sheet.text([Run(component["label"], SIZE, bold=True, colour=WHITE), *star], x, width)
    if "description" in component:
        sheet.text([Run(component["description"], 14, colour=GREY)], x, width)
    sheet.y += GAP / 2
    INPUTS[asked["type"]](sheet, asked, x, width)


def _text_input(sheet: Sheet, asked: Body, x: float, width: float) -> None:
    runs = [Run(asked.get("value") or asked.get("placeholder", ""), SIZE, colour=INK if asked.get("value") else GREY)]
    shown = len(list(lines(runs, width - 24)))
    height = max(shown, INPUT_LINES if asked["style"] != PRIMARY else 1) * SIZE * LEADING + 16
    sheet.box(x, width, height, fill=FIELD, stroke=LINE)
    top = sheet.y
    sheet.y += 7
    sheet.text(runs, x + 12, width - 24)
    sheet.y = top + height


def _select(sheet: Sheet, asked: Body, x: float, width: float) -> None:
    chosen = next((option["label"] for option in asked["options"] if option["default"]), "Make a selection")
    sheet.box(x, width, 40, fill=FIELD, stroke=LINE)
    sheet.put([Run(chosen, SIZE, colour=INK)], x + 12, sheet.y + 26)
    sheet.put([Run("v", 14, colour=GREY)], x + width - 24, sheet.y + 25)
    sheet.y += 40


def _file(sheet: Sheet, component: Body, x: float, width: float) -> None:
    sheet.box(x, min(width, 420), 44, fill="#2b2d31", stroke="#1e1f22")
    name = component["file"]["url"].removeprefix("attachment://")
    sheet.put([Run(name, SIZE, colour="#00a8fc")], x + 16, sheet.y + 28)
    sheet.y += 44


Draw = Callable[[Sheet, Body, float, float], None]
DRAWERS: Mapping[int, Draw] = {1: _row, 10: _text, 13: _file, 18: _label}
INPUTS: Mapping[int, Draw] = {3: _select, 4: _text_input}
