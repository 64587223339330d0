"""A card as rich renderables. Colour only repeats what words and signs say already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text as RichText

from bot import cards
from bot.cards import Block, Button, Card, Span
from handlers.terminal.plain_text import safe

BAR = "> "
"""Before each line of a quote, as people mark quotes in plain text."""

GAP = "   "
_HUGGING = (cards.Bullets, cards.Facts, cards.Quote)
"""Blocks that belong to the line before them."""


class Prefixed:
    """A renderable with `prefix` before each of its lines, the wrapped ones too, and no blanks after them."""

    def __init__(self, prefix: str, inner: RenderableType) -> None:
        self._prefix = prefix
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the lines narrower by the prefix."""
        width = max(options.max_width - len(self._prefix), 1)
        for line in console.render_lines(self._inner, options.update(width=width), pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                yield Segment(self._prefix)
                yield from line[:-1]
                yield Segment(line[-1].text.rstrip(), line[-1].style)
            yield Segment.line()


def card_view(card: Card, numbers: Mapping[Button, int]) -> RenderableType:
    """The whole card, a blank line between two parts; a button in `numbers` is drawn with its number."""
    drawn: list[RenderableType] = []
    for before, block in zip((None, *card.blocks), card.blocks, strict=False):
        if before is not None and not isinstance(before, cards.Heading) and not isinstance(block, _HUGGING):
            drawn.append("")
        drawn.append(_block(block, numbers))
    return Group(*drawn)


def text_view(text: str) -> RichText:
    """Text that nothing in it can steer or style."""
    return RichText(safe(text))


def spans_view(spans: Sequence[Span]) -> RichText:
    """Spans in a row."""
    whole = RichText()
    for span in spans:
        whole.append(safe(cards.spans_text((span,))), style=_style(span))
    return whole


def _style(span: Span) -> str:
    match span:
        case cards.Bold():
            return "bold"
        case cards.Code():
            return "cyan"
        case cards.Link():
            return "underline"
        case _:
            return ""


def _block(block: Block, numbers: Mapping[Button, int]) -> RenderableType:
    match block:
        case cards.Heading(text):
            return RichText(safe(text), style="bold")
        case cards.Text(spans):
            return spans_view(spans)
        case cards.Quote(text):
            return Prefixed(BAR, RichText(safe(text), style="italic"))
        case cards.Bullets(items):
            return hanging([(RichText("-"), spans_view(item)) for item in items])
        case cards.Facts(rows):
            return Group(*(RichText.assemble((f"{safe(label)}: ", "bold"), spans_view(value)) for label, value in rows))
        case cards.Buttons(row):
            return buttons_view(row, numbers)


class Row:
    """Short pieces in a row that breaks between them, never inside one."""

    def __init__(self, pieces: Sequence[RichText]) -> None:
        self._pieces = pieces

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw as many pieces on a line as fit."""
        line = RichText()
        for piece in self._pieces:
            if line and line.cell_len + len(GAP) + piece.cell_len > options.max_width:
                yield line
                line = RichText()
            line = RichText.assemble(line, GAP, piece) if line else piece
        yield line


def buttons_view(row: Sequence[Button], numbers: Mapping[Button, int]) -> Row:
    """Buttons in a row: the number to type, then the label in brackets."""
    drawn = []
    for button in row:
        number = f"{numbers[button]} " if button in numbers else ""
        drawn.append(RichText.assemble((number, "bold cyan"), (f"[{safe(button.label)}]", "cyan")))
    return Row(drawn)


def hanging(rows: Sequence[tuple[RichText, RichText]], *, gap_chars: int = 1) -> Table:
    """Two columns, of which only the second one wraps."""
    grid = Table.grid(padding=(0, gap_chars))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for mark, text in rows:
        grid.add_row(mark, text)
    return grid
