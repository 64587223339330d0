"""Long Markdown in pieces that each stand alone."""

from __future__ import annotations

FENCE = "```"
FEWEST_CHARS = 200
_MOST_LANGUAGE_CHARS = 20


def pieces(text: str, most_chars: int) -> list[str]:
    """`text` in pieces of at most `most_chars` (at least 200), cut between paragraphs, else lines, else words.

    A code fence that is cut is closed at the end of its piece and opened again, with its language, in the next. Line
    ends where a cut falls are dropped, and blanks if they are all that a piece would hold; nothing else is.
    """
    most_chars = max(most_chars, FEWEST_CHARS)
    made: list[str] = []
    opening, rest = "", text
    while len(opening) + len(rest) > most_chars:
        at = _cut(rest, most_chars - len(opening) - len(f"\n{FENCE}"))
        piece, rest = opening + rest[:at].rstrip("\n"), rest[at:].lstrip("\n")
        fence = _open_fence(piece)
        made.append(f"{piece}\n{FENCE}" if fence else piece)
        opening = f"{fence}\n" if fence else ""
    return [piece for piece in (*made, opening + rest) if piece.strip()]


def _cut(text: str, room: int) -> int:
    """Where to cut: at the last paragraph, line or word that keeps half of the room."""
    for mark in ("\n\n", "\n", " "):
        at = text.rfind(mark, room // 2, room)
        if at >= 0:
            return at + len(mark)
    return room


def _open_fence(text: str) -> str:
    """The fence, with its language, that `text` leaves open, or nothing."""
    opened = ""
    for line in text.split("\n"):
        if line.lstrip().startswith(FENCE):
            language = line.strip().removeprefix(FENCE)
            opened = "" if opened else FENCE + (language if len(language) <= _MOST_LANGUAGE_CHARS else "")
    return opened
