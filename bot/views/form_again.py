"""A form that cannot be taken as it is, where a platform cannot keep it open: what is wrong, and the way back to it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Bold, Button, Buttons, Card, Heading, Text
from bot.views.cut import cut, line

KEPT = "What you typed is kept: it stands in the form when you open it again."
NOT_KEPT = "Please open the form again and fill it in once more."
BUTTON = "Open the form again"
MOST_LABEL_CHARS = 100
MOST_ERROR_CHARS = 500


def refused(title: str, errors: Sequence[tuple[str, str]], action: str, *, kept: bool) -> Card:
    """`errors` are label and what is wrong with it; `action` opens the form; `kept`: with all that was typed."""
    rows = tuple(
        Text((Bold(f"{line(label, MOST_LABEL_CHARS)}:"), f" {cut(error, MOST_ERROR_CHARS)}")) for label, error in errors
    )
    heading = Heading(f"{title}: something is missing or wrong")
    return Card(
        "form-refused", (heading, *rows, Text((KEPT if kept else NOT_KEPT,)), Buttons((Button(BUTTON, action),)))
    )
