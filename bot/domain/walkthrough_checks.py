"""What a walkthrough must have (issue 5, B 5), found out by code: each fault in words for the model and its reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.framework import Framework
from bot.domain.walkthrough import Chapter, Grounding, Line, Shape, Text

FEWEST_WORDS, MOST_WORDS = 2_000, 3_000
FEWEST_SEARCHES, MOST_SEARCHES = 5, 10
FEWEST_DOMAINS = 8
FEWEST_CHAPTER_WORDS = 100
FEWEST_TRADEOFFS = 3
DESIGN, TRADEOFFS = 3, 4
"""Numbers of the sections that need a diagram and trade-offs."""
_NUMBER = re.compile(r"\d")
_TRADEOFF_NAME_CHARS = 60


def faults(text: Text, framework: Framework, grounding: Grounding, searches: int) -> tuple[str, ...]:
    """Everything that is missing; empty if all is well. A text without a question has no faults."""
    if text.no_question:
        return ()
    found = [*_section_faults(text, framework), *_length_faults(text), *_tradeoff_faults(text, framework)]
    if grounding is Grounding.WEB:
        found += _source_faults(text, searches)
    return tuple(found)


def _section_faults(text: Text, framework: Framework) -> Iterator[str]:
    by_key = {chapter.key: chapter for chapter in text.chapters}
    for number, section in enumerate(framework.sections, 1):
        chapter = by_key.get(section.key)
        if chapter is None:
            yield f"section {number}, {section.title}, is missing"
        elif chapter.words < FEWEST_CHAPTER_WORDS:
            yield f"section {number}, {section.title}, has only {chapter.words} words"
        elif number == DESIGN and not any(line.shape is Shape.DIAGRAM for line in chapter.lines):
            yield f"section {number}, {section.title}, has no diagram"
    if not text.short:
        yield "the short answer at the start is missing"


def _length_faults(text: Text) -> Iterator[str]:
    if not FEWEST_WORDS <= text.words <= MOST_WORDS:
        yield f"it has {text.words:,} words; {FEWEST_WORDS:,} to {MOST_WORDS:,} were asked for"


def _tradeoff_faults(text: Text, framework: Framework) -> Iterator[str]:
    key = framework.sections[TRADEOFFS - 1].key if len(framework.sections) >= TRADEOFFS else ""
    chapter = next((chapter for chapter in text.chapters if chapter.key == key), None)
    if chapter is None:
        return
    found = list(tradeoffs(chapter))
    if len(found) < FEWEST_TRADEOFFS:
        yield f"section {TRADEOFFS} names {len(found)} trade-offs; {FEWEST_TRADEOFFS} or more were asked for"
    for line in found:
        if not _NUMBER.search(line.text):
            yield f"a trade-off has no number: {name_of(line)}"


def _source_faults(text: Text, searches: int) -> Iterator[str]:
    if not FEWEST_SEARCHES <= searches <= MOST_SEARCHES:
        yield f"it rests on {searches} web searches; {FEWEST_SEARCHES} to {MOST_SEARCHES} were asked for"
    if len(text.domains) < FEWEST_DOMAINS:
        yield f"it cites {len(text.domains)} sites; {FEWEST_DOMAINS} or more were asked for"
    if text.strange_links:
        yield f"{text.strange_links} links that no search had found were left out"


def tradeoffs(chapter: Chapter) -> Iterator[Line]:
    """The bullets of the section on trade-offs that begin with a name in strong letters."""
    for line in chapter.lines:
        first = next((piece for piece in line.pieces if piece.text.strip()), None)
        if line.shape is Shape.POINT and first is not None and first.strong:
            yield line


def name_of(line: Line) -> str:
    """What a trade-off is called."""
    name = next((piece.text for piece in line.pieces if piece.strong), line.text)
    return " ".join(name.split())[:_TRADEOFF_NAME_CHARS].rstrip(" .:")
