"""Where the reviews of an answer stand, as a line on another card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.cards import MOST_BUTTONS, Block, Bold, Button, Buttons, Card, Span, Text
from bot.views.cut import fits


def status(line: Sequence[Span]) -> Text:
    """The line alone."""
    return Text((Bold("Reviews: "), *line))


def added(card: Card, line: Sequence[Span], day: date, *, readable: bool) -> Card:
    """`card` with the line at its end, before its last row of buttons; `readable`: there is something to read.

    On a card that is full the line takes the place of the last paragraph, which such a card says for completeness.
    """
    last = card.blocks[-1] if card.blocks and isinstance(card.blocks[-1], Buttons) else None
    kept = card.blocks[:-1] if last is not None else card.blocks
    row = (*(last.row if last is not None else ()), *((Button("Peer reviews", f"reviews:{day}"),) if readable else ()))
    rows = (Buttons(row[first : first + MOST_BUTTONS]) for first in range(0, len(row), MOST_BUTTONS))
    end: tuple[Block, ...] = (status(line), *rows)
    while not fits((*kept, *end)):
        kept = kept[:-1]
    return replace(card, blocks=(*kept, *end))
