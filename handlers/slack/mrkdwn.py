"""Text for Slack. Nothing of ours stands as mrkdwn but the top-level `text`; there `escaped` is the one way in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot import cards
from bot.cards import Block, Card, Link, Moment, Span, spans_text
from handlers.slack.limits import TEXT_CHARS, URL_CHARS

DATE_FORMAT = "{date_short_pretty} {time}"
NOTHING = "…"
"""Stands where Slack takes no empty text."""

_KEPT = frozenset("\n\t")
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
_UNFINISHED = re.compile(r"(<[^>]*|&[^;]*)$")
_LIVE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_URL = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "&": "&amp;"})


def harmless(text: str) -> str:
    r"""`text` as Slack can carry and show it: control characters and lone surrogates become U+FFFD, line ends `\n`.

    Overrides of the writing direction go: they would turn round what stands beside a member's words.
    """
    joined = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-16-le", "surrogatepass")
    whole = joined.decode("utf-16-le", "replace")
    return whole if whole.isprintable() else "".join(map(_shown, whole))


def escaped(text: str) -> str:
    """`text` with nothing live in it: no mention, no link, no entity."""
    return harmless(text).translate(_LIVE)


def notification(card: Card) -> str:
    """The top-level `text` of a message: the whole card for notifications and screen readers, never empty."""
    text = cards.plain(tuple(map(_block, card.blocks)))
    if len(text) > TEXT_CHARS:
        text = _UNFINISHED.sub("", text[: TEXT_CHARS - len(NOTHING)]) + NOTHING
    return text if text.strip() else NOTHING


def is_web(url: str) -> bool:
    """Whether Slack takes `url` as a link."""
    return url.startswith(("https://", "http://")) and len(url) <= URL_CHARS and url.isprintable()


def fallback(moment: Moment) -> str:
    """What a client that cannot show a date in the reader's zone shows."""
    return spans_text((moment,))


def _shown(char: str) -> str:
    if char in _KEPT:
        return char
    return "" if char in _OVERRIDES else "\ufffd" if unicodedata.category(char) == "Cc" else char


def _block(block: Block) -> Block:
    """`block` with each of its texts escaped, so that its plain text is mrkdwn."""
    match block:
        case cards.Heading(text):
            return cards.Heading(escaped(text))
        case cards.Text(spans):
            return cards.Text(_spans(spans))
        case cards.Quote(text):
            return cards.Quote(escaped(text))
        case cards.Bullets(items):
            return cards.Bullets(tuple(map(_spans, items)))
        case cards.Facts(rows):
            return cards.Facts(tuple((escaped(label), _spans(value)) for label, value in rows))
        case cards.Buttons(row):
            return cards.Buttons(tuple(cards.Button(escaped(button.label), button.action) for button in row))


def _spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(map(_span, spans))


def _span(span: Span) -> str:
    match span:
        case Moment(at):
            return f"<!date^{int(at.timestamp())}^{DATE_FORMAT}|{escaped(fallback(span))}>"
        case Link(text, url) if is_web(url):
            # A bar would end the label's part of the link, as `>` would end the link.
            return f"<{url.translate(_IN_URL)}|{escaped(text).replace('|', '¦')}>"
        case _:
            return escaped(spans_text((span,)))
