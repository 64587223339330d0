"""A walkthrough as cards: a summary, and its sections in as many cards as they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from math import ceil
from typing import Any

from bot.cards import (
    MOST_CARD_CHARS,
    Attachment,
    Block,
    Bold,
    Bullets,
    Button,
    Buttons,
    Card,
    Facts,
    Heading,
    Link,
    Own,
    Span,
    Text,
    plain,
)
from bot.domain.framework import Framework
from bot.domain.walkthrough import Grounding, Line, Piece, Shape, Source, Walkthrough
from bot.views.cut import fits, line
from bot.views.walkthrough.walkthrough_file import as_file
from bot.views.when import day_text

READING_CHARS = MOST_CARD_CHARS - 300
"""Room is left for the heading and for a button."""
_QUESTION_CHARS = 300
_FAULT_CHARS = 160
_SHOWN_FAULTS = 6
_ROW = 3


def summary(
    made: Walkthrough, framework: Framework, *, buttons: bool, readable: bool = False, shared: bool = False
) -> Card:
    """The short answer, what it rests on, and what it lacks, with the whole as a file.

    Args:
        made: the walkthrough.
        framework: whose sections it follows.
        buttons: whether its reader may share it or ask afresh.
        readable: with a button for each section; else the sections follow as messages.
        shared: for everybody: it says nothing of who asked.
    """
    rows: list[Block] = []
    if readable:
        rows += _section_rows(made, framework)
    if buttons:
        row = [Button("Ask afresh", f"walk-fresh:{made.key}")]
        rows.append(Buttons((Button("Share in the channel", f"walk-share:{made.key}"), *row)))
    follows = (
        () if readable else (Text((f"The {len(made.text.chapters)} sections follow, and all of it is in the file.",)),)
    )
    for most_lines in (99, 3, 1, 0):
        blocks = (
            Heading("Walkthrough"),
            Text((Own(line(made.question, _QUESTION_CHARS)),)),
            *_blocks(made.text.short[:most_lines], made.text.sources),
            Facts(_about(made)),
            *_lacks(made),
            *follows,
            *rows,
        )
        if fits(blocks):
            break
    name = f"walkthrough-{made.made_at:%Y-%m-%d}-{made.key[:6]}.md"
    file = Attachment(name, as_file(made, framework).encode("utf-8", "replace"))
    return Card("walkthrough", blocks, {**walkthrough_data(made), "shared": shared}, file)


def chapter_cards(made: Walkthrough, framework: Framework) -> tuple[Card, ...]:
    """Each section in one card, or in several of about the same size where one cannot hold it."""
    return tuple(card for number, _ in enumerate(framework.sections, 1) for card in _chapter(made, framework, number))


def reading_card(made: Walkthrough, framework: Framework, at: int) -> Card | None:
    """One of `chapter_cards` for reading on demand, with a button for the next; None if there is no such one."""
    cards = chapter_cards(made, framework)
    if not 0 <= at < len(cards):
        return None
    card = cards[at]
    if at + 1 < len(cards):
        return Card(
            card.kind, (*card.blocks, Buttons((Button("Read on", f"walk-read:{made.key}:{at + 1}"),))), card.data
        )
    return card


def comparison(title: str, inside: Sequence[str], outside: Sequence[str], *, of: str) -> Card:
    """What of a question's points is in the member's own text, and what is not. `of`: `sketch` or `answer`."""
    most, chars = 6, 220
    none = ("None of them, as far as I can tell.",)
    return Card(
        "walkthrough-comparison",
        (
            Heading(line(f"Yours beside it: {title}", 140)),
            Text((Bold(f"In your {of}:"),)),
            Bullets(tuple((line(point, chars),) for point in inside[:most]) or (none,)),
            Text((Bold(f"Not in your {of}:"),)),
            Bullets(tuple((line(point, chars),) for point in outside[:most]) or (none,)),
            Text(("These are points of the question's authors. Another route can be as good.",)),
        ),
        data={"in_yours": list(inside), "not_in_yours": list(outside)},
    )


def walkthrough_data(made: Walkthrough) -> dict[str, Any]:
    """What a machine may want to know of it."""
    return {
        "kind": "walkthrough",
        "key": made.key,
        "question": made.question,
        "grounding": made.grounding.value,
        "words": made.text.words,
        "sections": [{"key": chapter.key, "words": chapter.words} for chapter in made.text.chapters],
        "sources": [asdict(source) for source in made.text.sources],
        "domains": sorted(made.text.domains),
        "faults": list(made.faults),
        "made_at": made.made_at.isoformat(),
        "made": asdict(made.made),
    }


def _about(made: Walkthrough) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    text, count = made.text, len(made.text.sources)
    if made.grounding is Grounding.WEB:
        basis = f"{made.made.searches} web searches; {count} pages cited, from {len(text.domains)} sites"
    elif count:
        basis = f"no web search was possible; {count} checked facts of this bot are cited"
    else:
        basis = "no web search was possible and no checked fact was at hand: all of it is the model's judgement"
    return (
        ("Length", (f"{text.words:,} words in {len(text.chapters)} sections",)),
        ("Rests on", (basis,)),
        ("Made", (f"{day_text(made.made_at.date())} {made.made_at.year} by {line(made.made.model, 60)}",)),
    )


def _lacks(made: Walkthrough) -> Iterator[Block]:
    if made.faults:
        yield Text((Bold("What it lacks, after one try to mend it:"),))
        yield Bullets(tuple((line(fault, _FAULT_CHARS),) for fault in made.faults[:_SHOWN_FAULTS]))


def _section_rows(made: Walkthrough, framework: Framework) -> Iterator[Buttons]:
    first: dict[str, int] = {}
    for at, card in enumerate(chapter_cards(made, framework)):
        first.setdefault(str(card.data["section"]), at)
    row = [
        Button(f"{number} {section.short}", f"walk-read:{made.key}:{first[section.key]}")
        for number, section in enumerate(framework.sections, 1)
        if section.key in first
    ]
    for at in range(0, len(row), _ROW):
        yield Buttons(tuple(row[at : at + _ROW]))


def _chapter(made: Walkthrough, framework: Framework, number: int) -> Iterator[Card]:
    section = framework.sections[number - 1]
    chapter = next((each for each in made.text.chapters if each.key == section.key), None)
    if chapter is None:
        return
    parts = _parted(chapter.lines, made.text.sources)
    for at, lines in enumerate(parts, 1):
        which = f" ({at} of {len(parts)})" if len(parts) > 1 else ""
        heading = Heading(f"{number}. {section.title}{which}")
        data = {"key": made.key, "section": section.key, "part": at, "of": len(parts)}
        yield Card("walkthrough-section", (heading, *_blocks(lines, made.text.sources)), data)


def _parted(lines: Sequence[Line], sources: Sequence[Source]) -> list[list[Line]]:
    """The lines in as few parts as fit, of about the same size; a small heading goes with what follows it."""
    sizes = [len(plain(tuple(_blocks([each], sources)))) + 1 for each in lines]
    count = max(1, ceil(sum(sizes) / READING_CHARS))
    while True:
        parts = _split(lines, sizes, sum(sizes) / count)
        if all(sum(size for _, size in part) <= READING_CHARS for part in parts):
            return [[each for each, _ in part] for part in parts]
        count += 1


def _split(lines: Sequence[Line], sizes: Sequence[int], target: float) -> list[list[tuple[Line, int]]]:
    parts: list[list[tuple[Line, int]]] = [[]]
    filled = 0.0
    for each, size in zip(lines, sizes, strict=True):
        if parts[-1] and filled + size / 2 > target * len(parts):
            held = [parts[-1].pop()] if parts[-1][-1][0].shape is Shape.HEADING and len(parts[-1]) > 1 else []
            parts.append(held)
        parts[-1].append((each, size))
        filled += size
    return parts


def _blocks(lines: Iterable[Line], sources: Sequence[Source]) -> Iterator[Block]:
    """Lines that belong together as one block."""
    held: list[tuple[Span, ...]] = []
    for each in lines:
        spans = tuple(_spans(each.pieces, sources))
        if each.shape in (Shape.POINT, Shape.DIAGRAM):
            held.append(spans)
            continue
        if held:
            yield Bullets(tuple(held))
            held = []
        yield Text((Bold(each.text),)) if each.shape is Shape.HEADING else Text(spans)
    if held:
        yield Bullets(tuple(held))


def _spans(pieces: Iterable[Piece], sources: Sequence[Source]) -> Iterator[Span]:
    for piece in pieces:
        if piece.text:
            yield Bold(piece.text) if piece.strong else piece.text
        for number in piece.cites:
            source = sources[number - 1]
            yield from (" [", Link(source.domain or "source", source.url), "]")
