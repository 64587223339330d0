"""Draws Block Kit as an SVG picture, about as Slack's client shows it. It is not Slack.

It knows the blocks that `handlers/slack/render.py` and `modal.py` give, and raises KeyError at any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.pictures.slack_type import Run, lines

Body = Mapping[str, Any]
WIDTH = 640
INK, GREY, LINE, GREEN, BLUE = "#1d1c1d", "#616061", "#dddddd", "#007a5a", "#1264a3"
LEADING, GAP = 1.47, 8
FONT = "Lato, 'Helvetica Neue', Helvetica, Arial, sans-serif"
INPUT_LINES = 3
LIST_INDENT, QUOTE_INDENT = 22.0, 14.0


class Sheet:
    """Grows downwards; `y` is how far it has come."""

    def __init__(self) -> None:
        self.y = 0.0
        self._drawn: list[str] = []

    def box(self, x: float, width: float, height: float, *, fill: str = "none", stroke: str = LINE) -> None:
        """A rectangle with round corners from where the sheet has come."""
        self._drawn.append(
            f'<rect x="{x:.1f}" y="{self.y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5" fill="{fill}" '
            f'stroke="{stroke}"/>'
        )

    def bar(self, x: float, top: float, width: float, height: float) -> None:
        """A grey bar."""
        self._drawn.append(f'<rect x="{x}" y="{top:.1f}" width="{width}" height="{height:.1f}" fill="{LINE}"/>')

    def text(self, runs: Sequence[Run], x: float, width: float) -> None:
        """A paragraph."""
        for line in lines(runs, width):
            size = max((run.size for run in line), default=15.0)
            self.put(line, x, self.y + size)
            self.y += size * LEADING

    def put(self, line: Sequence[Run], x: float, baseline: float, anchor: str = "start") -> None:
        """One line where it is told to stand; its runs follow each other however wide the viewer's font is."""
        spans = "".join(map(_span, line))
        if spans:
            self._drawn.append(
                f'<text x="{x:.1f}" y="{baseline:.1f}" text-anchor="{anchor}" xml:space="preserve">{spans}</text>'
            )

    def svg(self, label: str) -> str:
        """The whole picture; `label` is what a screen reader says."""
        height = self.y + 16
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
            f'height="{height:.0f}" role="img" aria-label={quoteattr(label)} font-family="{FONT}">'
        )
        frame = (
            f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:.0f}" rx="8" fill="#fff" stroke="{LINE}"/>'
        )
        return "\n".join([head, frame, *self._drawn, "</svg>\n"])


def _span(run: Run) -> str:
    style = ' font-weight="700"' if run.bold else ""
    family = ' font-family="monospace"' if run.code else ""
    return f'<tspan font-size="{run.size:g}" fill="{run.colour}"{style}{family}>{escape(run.text)}</tspan>'


def message_picture(blocks: Sequence[Body], *, time: str, label: str, private: bool = False) -> str:
    """A message of the bot. `private`: only one member sees it."""
    sheet, left = Sheet(), 64.0
    sheet.y = 16
    if private:
        sheet.text([Run("Only visible to you", 12, colour=GREY)], left, WIDTH - left)
    top = sheet.y
    sheet.box(18, 36, 36, fill="#4a154b", stroke="#4a154b")
    sheet.put([Run("T", 20, bold=True, colour="#ffffff")], 36, top + 25, "middle")
    name = Run("tpm-study", bold=True)
    sheet.text([name, Run("  APP", 10, bold=True, colour=GREY), Run(f"  {time}", 12, colour=GREY)], left, WIDTH - left)
    for block in blocks:
        DRAWERS[block["type"]](sheet, block, left, WIDTH - left - 24)
    return sheet.svg(label)


def modal_picture(view: Body, *, label: str) -> str:
    """A modal."""
    sheet, left = Sheet(), 24.0
    width = WIDTH - 2 * left
    sheet.y = 18
    sheet.text([Run(view["title"]["text"], 20, bold=True)], left, width)
    _divider(sheet, {}, 0, WIDTH)
    for block in view["blocks"]:
        DRAWERS[block["type"]](sheet, block, left, width)
    sheet.y += GAP
    _divider(sheet, {}, 0, WIDTH)
    submit, close = view["submit"]["text"], view.get("close", {}).get("text", "Cancel")
    right = WIDTH - left
    right -= _button(sheet, submit, right, fill=GREEN, ink="#ffffff") + GAP
    _button(sheet, close, right, fill="#ffffff", ink=INK)
    sheet.y += 36
    return sheet.svg(label)


def _button(sheet: Sheet, label: str, right: float, *, fill: str, ink: str) -> float:
    """A button that ends at `right`; its width."""
    run = Run(label, 14, bold=True, colour=ink)
    width = run.width + 26
    sheet.box(right - width, width, 34, fill=fill, stroke=GREEN if fill == GREEN else LINE)
    sheet.put([run], right - width / 2, sheet.y + 22, "middle")
    return width


def _header(sheet: Sheet, block: Body, x: float, width: float) -> None:
    sheet.y += GAP / 2
    sheet.text([Run(block["text"]["text"], 18, bold=True)], x, width)
    sheet.y += GAP / 2


def _divider(sheet: Sheet, _block: Body, x: float, width: float) -> None:
    sheet.y += GAP
    sheet.bar(x, sheet.y, width, 1)
    sheet.y += GAP


def _rich_text(sheet: Sheet, block: Body, x: float, width: float) -> None:
    for element in block["elements"]:
        RICH[element["type"]](sheet, element, x, width)
    sheet.y += GAP


def _section(sheet: Sheet, element: Body, x: float, width: float) -> None:
    sheet.text(list(map(_run_of, element["elements"])), x, width)


def _quote(sheet: Sheet, element: Body, x: float, width: float) -> None:
    top = sheet.y
    _section(sheet, element, x + QUOTE_INDENT, width - QUOTE_INDENT)
    sheet.bar(x, top, 4, sheet.y - top)


def _list(sheet: Sheet, element: Body, x: float, width: float) -> None:
    for item in element["elements"]:
        sheet.put([Run("•")], x + 8, sheet.y + 15)
        _section(sheet, item, x + LIST_INDENT, width - LIST_INDENT)


def _run_of(element: Body) -> Run:
    """A piece of rich text. A date shows its fallback: Slack's client would show it in the reader's zone."""
    match element["type"]:
        case "text":
            style = element.get("style", {})
            return Run(element["text"], bold=style.get("bold", False), code=style.get("code", False))
        case "link":
            return Run(element["text"], colour=BLUE)
        case "date":
            return Run(element["fallback"])
        case unknown:
            raise KeyError(unknown)


def _actions(sheet: Sheet, block: Body, x: float, _width: float) -> None:
    at = x
    for button in block["elements"]:
        if button["type"] != "button":
            raise KeyError(button["type"])
        width = Run(button["text"]["text"], 14, bold=True).width + 26
        _button(sheet, button["text"]["text"], at + width, fill="#ffffff", ink=INK)
        at += width + GAP
    sheet.y += 34 + GAP


def _input(sheet: Sheet, block: Body, x: float, width: float) -> None:
    optional = [Run("  (optional)", colour=GREY)] if block.get("optional") else []
    sheet.text([Run(block["label"]["text"], bold=True), *optional], x, width)
    INPUTS[block["element"]["type"]](sheet, block["element"], x, width)
    if "hint" in block:
        sheet.text([Run(block["hint"]["text"], 13, colour=GREY)], x, width)
    sheet.y += GAP


def _text_input(sheet: Sheet, element: Body, x: float, width: float) -> None:
    typed = [Run(element.get("initial_value", ""))]
    shown = len(list(lines(typed, width - 24)))
    height = max(shown, INPUT_LINES if element["multiline"] else 1) * 15 * LEADING + 14
    sheet.box(x, width, height, stroke="#868686")
    top = sheet.y
    sheet.y += 6
    sheet.text(typed, x + 12, width - 24)
    sheet.y = top + height + 4


def _select(sheet: Sheet, element: Body, x: float, width: float) -> None:
    chosen = element.get("initial_option", {}).get("text", {}).get("text", "Select an option")
    sheet.box(x, width, 36, stroke="#868686")
    sheet.put([Run(chosen)], x + 12, sheet.y + 23)
    sheet.put([Run("v", 12, colour=GREY)], x + width - 22, sheet.y + 22)
    sheet.y += 40


Draw = Callable[[Sheet, Body, float, float], None]
DRAWERS: Mapping[str, Draw] = {
    "header": _header, "divider": _divider, "rich_text": _rich_text, "actions": _actions, "input": _input,
}  # fmt: skip
RICH: Mapping[str, Draw] = {
    "rich_text_section": _section, "rich_text_quote": _quote, "rich_text_list": _list,
}  # fmt: skip
INPUTS: Mapping[str, Draw] = {"plain_text_input": _text_input, "static_select": _select}
