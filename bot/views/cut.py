"""Cutting text to fit a card, without breaking a letter."""

from __future__ import annotations

import regex

from bot.cards import MOST_CARD_CHARS, MOST_CARD_PARTS, Block, Buttons, plain

ELLIPSIS = "…"
_CLUSTER = regex.compile(r"\X")
_BLANK = regex.compile(r"\s")
_FEWEST_KEPT = 0.6
"""A cut goes back to a blank if that keeps this share; text without blanks is cut between letters."""


def cut(text: str, most_chars: int) -> str:
    """`text` within `most_chars` code points, cut at a word with an ellipsis and never inside a grapheme."""
    if len(text) <= most_chars:
        return text
    end = 0
    for cluster in _CLUSTER.finditer(text, endpos=most_chars):
        if cluster.end() > most_chars - len(ELLIPSIS):
            break
        end = cluster.end()
    blank = next((at for at in range(end, int(end * _FEWEST_KEPT), -1) if _BLANK.match(text[at])), end)
    return text[:blank].rstrip(" \n,;:-") + ELLIPSIS


def line(text: str, most_chars: int) -> str:
    """`cut` of `text` on one line."""
    return cut(" ".join(text.split()), most_chars)


def fits(blocks: tuple[Block, ...]) -> bool:
    """Whether a card can hold `blocks`."""
    parts = sum(1 + len(block.row) if isinstance(block, Buttons) else 1 for block in blocks)
    return len(plain(blocks)) <= MOST_CARD_CHARS and parts <= MOST_CARD_PARTS
