"""What is added to the full feedback: buttons, and lines that must be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import Block, Button, Buttons, Card
from bot.views.cut import fits


def added(card: Card, lines: Sequence[Block], buttons: Sequence[Button]) -> Card:
    """`card` with `lines` and a row of `buttons` at its end.

    On a card that is full they take the place of its last paragraphs, which stand in its file.
    """
    end: tuple[Block, ...] = (*lines, *((Buttons(tuple(buttons)),) if buttons else ()))
    kept = card.blocks
    while kept and not fits((*kept, *end)):
        kept = kept[:-1]
    return replace(card, blocks=(*kept, *end))
