"""From what a model wrote to chapters: a small part of Markdown, and marks where its sources belong.

A mark is a number between two characters that no text has; whoever joins the model's text puts them in, so that a
citation of the API and a number in brackets go the same way. A link that the model typed itself is never kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.prose import clean
from bot.domain.walkthrough import Chapter, Line, Piece, Shape, Source, Text

OPEN, CLOSE = "\ue000", "\ue001"
NO_QUESTION = "NO QUESTION"
OPENING = frozenset("([*\"'“")
"""After a citation these begin something new, where other marks end what was cited."""
MOST_LINE_CHARS = 900
"""A longer paragraph is parted after a sentence, so that it fits a card with others."""
LONGEST_LINE_CHARS = 1_800
"""One without such a place is parted here."""

_CHAPTER = re.compile(r"^(?:#{1,4}\s*\**|\*\*)\s*(?:section\s+)?([0-9])\s*[.):]\s*\S", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_POINT = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+(.*)$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$")
_MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
_STRAY = re.compile(f"[{OPEN}{CLOSE}]")
_NAMED_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\(\s*<?(?:https?:)?[^)\s]{0,2000}[^)\n]{0,200}\)")
_BARE_LINK = re.compile(r"<?\b(?:https?://|www\.)[^\s<>)\]]*[^\s<>)\].,;:!?]>?", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t]{2,}")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_NUMBERED = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


def mark(number: int) -> str:
    """Says that source `number` (from 1) carries the words before it."""
    return f"{OPEN}{number}{CLOSE}"


def unmarked(text: str) -> str:
    """A model's text without anything that could pass for a mark."""
    return _STRAY.sub("", text)


def numbers_as_marks(text: str) -> str:
    """`[3]` and `[3, 5]` as marks; a number that names no source falls away later."""
    return _NUMBERED.sub(lambda match: "".join(mark(int(n)) for n in re.findall(r"\d+", match[1])), text)


def without_links(text: str) -> tuple[str, int]:
    """The text without links that were typed into it, and how many there were; the words of a named link stay."""
    text, named = _NAMED_LINK.subn(r"\1", text)
    text, bare = _BARE_LINK.subn("", text)
    return text, named + bare


def take_apart(text: str, keys: Sequence[str], sources: Sequence[Source]) -> Text:
    """The chapters of a marked text.

    Args:
        text: with chapters under headings that begin with their numbers: 0 the short answer, 1 to `len(keys)`.
        keys: the sections of the framework, in order.
        sources: what the marks number. Those that no mark names are left out, and the rest is numbered anew.
    """
    if unmarked(text).strip().upper().startswith(NO_QUESTION):
        return Text(short=(), chapters=(), sources=(), no_question=True)
    text, strange = without_links(text)
    parts: dict[int, list[Line]] = {}
    for number, line in _lines(clean_marked(text)):
        if number <= len(keys):
            parts.setdefault(number, []).append(line)
    kept, renumbered = _cited(parts, sources)
    return Text(
        short=tuple(_renumbered(parts.get(0, ()), renumbered)),
        chapters=tuple(
            Chapter(key, tuple(_renumbered(parts[number], renumbered)))
            for number, key in enumerate(keys, 1)
            if parts.get(number)
        ),
        sources=kept,
        strange_links=strange,
    )


def clean_marked(text: str) -> str:
    """`clean`, which would leave the marks anyway: they are private characters, neither control nor invisible."""
    return clean(text)


def _lines(text: str) -> Iterator[tuple[int, Line]]:
    """Each line with the number of its chapter; what stands before the first chapter is small talk."""
    number, in_fence = -1, False
    for raw in text.split("\n"):
        if _FENCE.match(raw):
            in_fence = not in_fence
            continue
        chapter = None if in_fence else _CHAPTER.match(raw.strip())
        if chapter:
            number = int(chapter[1])
        elif number >= 0 and raw.strip() and not _RULE.match(raw):
            for line in _line(raw, in_fence=in_fence):
                yield number, line


def _line(raw: str, *, in_fence: bool) -> Iterator[Line]:
    if in_fence:
        yield Line(Shape.DIAGRAM, (Piece(_MARK.sub("", raw).rstrip()),))
        return
    if heading := _HEADING.match(raw.strip()):
        yield from _whole(Shape.HEADING, heading[1].replace("**", ""))
    elif point := _POINT.match(raw):
        yield from _whole(Shape.POINT, point[1])
    else:
        yield from _whole(Shape.TEXT, raw.strip())


def _whole(shape: Shape, text: str) -> Iterator[Line]:
    """One line, or several where it is very long; a bullet stays one bullet and goes on as text."""
    held: list[Piece] = []
    for piece in _pieces(text):
        chars = sum(len(each.text) for each in held)
        is_whole = bool(held) and held[-1].text.rstrip().endswith((".", "!", "?"))
        if chars + len(piece.text) > (MOST_LINE_CHARS if is_whole else LONGEST_LINE_CHARS) and held:
            yield Line(shape, tuple(held))
            shape, held = Shape.TEXT, []
        held.append(piece)
    if any(piece.text.strip() for piece in held):
        yield Line(shape, tuple(held))


def _pieces(text: str) -> Iterator[Piece]:
    """Words up to the next marks, parted where they become strong or too long."""
    position = 0
    for cited in re.finditer(f"(?:{OPEN}\\d+{CLOSE}\\s*)+", text):
        numbers = tuple(dict.fromkeys(int(number) for number in _MARK.findall(cited[0])))
        words = list(_styled(text[position : cited.start()]))
        yield from words[:-1]
        last = words[-1] if words else Piece("")
        yield Piece(last.text.rstrip(), numbers, last.strong)
        position = cited.end()
        if text[position : position + 1].isalnum() or (
            cited[0][-1].isspace() and text[position : position + 1] in OPENING
        ):
            yield Piece(" ")
    yield from _styled(text[position:])


def _styled(text: str) -> Iterator[Piece]:
    position = 0
    for strong in _STRONG.finditer(text):
        yield from _parted(text[position : strong.start()])
        yield Piece(_plain(strong[1]), strong=True)
        position = strong.end()
    yield from _parted(text[position:])


def _parted(text: str) -> Iterator[Piece]:
    held = ""
    for sentence in _SENTENCE_END.split(_plain(text)):
        for at in range(0, max(len(sentence), 1), MOST_LINE_CHARS):
            part = sentence[at : at + MOST_LINE_CHARS]
            if held and len(held) + len(part) >= MOST_LINE_CHARS:
                yield Piece(held + " ")
                held = ""
            held = f"{held} {part}" if held else part
    if held:
        yield Piece(held)


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", _STRAY.sub("", text).replace("**", "").replace("`", ""))


def _cited(parts: dict[int, list[Line]], sources: Sequence[Source]) -> tuple[tuple[Source, ...], dict[int, int]]:
    """The sources that are cited, by first mention, and old number -> new number."""
    lines: Iterable[Line] = (line for number in sorted(parts) for line in parts[number])
    order: dict[int, int] = {}
    for number in (number for line in lines for piece in line.pieces for number in piece.cites):
        if 1 <= number <= len(sources):
            order.setdefault(number, len(order) + 1)
    return tuple(sources[number - 1] for number in order), order


def _renumbered(lines: Iterable[Line], order: dict[int, int]) -> Iterator[Line]:
    for line in lines:
        pieces = (
            Piece(piece.text, tuple(order[number] for number in piece.cites if number in order), piece.strong)
            for piece in line.pieces
        )
        yield Line(line.shape, tuple(piece for piece in pieces if piece.text or piece.cites))
