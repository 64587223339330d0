"""A walkthrough as one Markdown file, in which no text of a model or a member can form markup or a link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.framework import Framework
from bot.domain.walkthrough import Line, Piece, Shape, Source, Walkthrough
from bot.views.feedback.markdown import markdown

FENCE = "```"


def as_file(made: Walkthrough, framework: Framework) -> str:
    """The whole walkthrough with its sources, and what it lacks."""
    parts = [
        "# Walkthrough",
        f"> {markdown(made.question)}",
        f"By {markdown(made.made.model)} on {made.made_at:%Y-%m-%d} (UTC). Check what matters to you at its source.",
        *(["What it lacks, after one try to mend it:", _listed(made.faults)] if made.faults else []),
        "## In short",
        *_lines(made.text.short, made.text.sources),
    ]
    for number, section in enumerate(framework.sections, 1):
        chapter = next((each for each in made.text.chapters if each.key == section.key), None)
        if chapter is not None:
            parts += [f"## {number}. {section.title}", *_lines(chapter.lines, made.text.sources)]
    if made.text.sources:
        sources = (f"{number}. {_link(source, source.title)}" for number, source in enumerate(made.text.sources, 1))
        parts += ["## Sources", "\n".join(sources)]
    return "\n\n".join(parts) + "\n"


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(f"- {markdown(text)}" for text in texts)


def _lines(lines: Sequence[Line], sources: Sequence[Source]) -> Iterator[str]:
    """Bullets and lines of a diagram hold together; all else is parted by an empty line."""
    held: list[str] = []
    shape = Shape.TEXT
    for each in lines:
        if held and each.shape is not shape:
            yield _held(held, shape)
            held = []
        shape = each.shape
        if shape is Shape.DIAGRAM:
            held.append(each.text.replace("`", ""))
        elif shape is Shape.POINT:
            held.append(f"- {_pieces(each.pieces, sources)}")
        elif shape is Shape.HEADING:
            yield f"### {markdown(each.text)}"
        else:
            yield _pieces(each.pieces, sources)
    if held:
        yield _held(held, shape)


def _held(held: Sequence[str], shape: Shape) -> str:
    return "\n".join([FENCE, *held, FENCE] if shape is Shape.DIAGRAM else held)


def _pieces(pieces: Iterable[Piece], sources: Sequence[Source]) -> str:
    return "".join(_piece(piece, sources) for piece in pieces).strip()


def _piece(piece: Piece, sources: Sequence[Source]) -> str:
    before, after = " " * piece.text.startswith(" "), " " * (piece.text.endswith(" ") and bool(piece.text.strip()))
    words = markdown(piece.text)
    links = "".join(f" ({_link(sources[number - 1], sources[number - 1].domain)})" for number in piece.cites)
    return f"{before}{f'**{words}**' if piece.strong and words else words}{links}{after}"


def _link(source: Source, text: str) -> str:
    return f"[{markdown(text)}](<{source.url}>)"
