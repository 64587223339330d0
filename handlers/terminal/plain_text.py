"""Text from people and models, made harmless for a terminal."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")


def safe(text: str) -> str:
    r"""`text` with nothing left that steers a terminal.

    Control characters become a visible mark, and overrides of the writing direction go (right-to-left words stay
    readable without them). Line ends become `\n`.
    """
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(map(_shown, joined)) if not joined.isprintable() else joined


def _shown(char: str) -> str:
    if char in _KEPT:
        return char
    if char in _OVERRIDES:
        return ""
    if unicodedata.category(char) == "Cc":
        return "\u241b" if char == "\x1b" else "\ufffd"
    return "\ufffd" if unicodedata.category(char) == "Cs" else char


def whole(text: str) -> str:
    """`text` with lone surrogates replaced, so that it can be stored and sent as UTF-8."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
