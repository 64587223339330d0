"""Blocks of a card as Markdown for a file; text of members and models can form neither markup nor links."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.cards import Block, Bold, Bullets, Facts, Heading, Link, Quote, Span, Text

_MARKUP = re.compile(r"[\\`*_\[\]<>~@|]|:(?=//)|(?<=www)\.|^[#+=-]|(?<=^\d)[.)]", re.IGNORECASE)


def as_text(blocks: Iterable[Block]) -> str:
    """The blocks, an empty line between two of them."""
    return "\n\n".join(map(_block, blocks)) + "\n"


def markdown(text: str) -> str:
    """`text` on one line, with every character escaped that Markdown could read as markup or as a link."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"# {markdown(text)}"
        case Text(spans):
            return _spans(spans)
        case Quote(text):
            return f"> {markdown(text)}"
        case Bullets(items):
            return "\n".join(f"- {_spans(item)}" for item in items)
        case Facts(rows):
            return "\n".join(f"- {markdown(label)}: {_spans(value)}" for label, value in rows)
        case _:
            return ""


def _spans(spans: tuple[Span, ...]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    match span:
        case str():
            return _spaced(span)
        case Bold(text):
            return f"**{markdown(text)}**{' ' if text.endswith(' ') else ''}"
        case Link(text, url):
            return f"[{markdown(text)}](<{url}>)"
        case _:
            return markdown(getattr(span, "text", ""))


def _spaced(text: str) -> str:
    """`text` escaped, with the blanks around it that separate it from its neighbours."""
    before, after = " " * text.startswith(" "), " " * (text.endswith(" ") and bool(text.strip()))
    return f"{before}{markdown(text)}{after}"
