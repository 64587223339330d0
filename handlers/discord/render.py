"""A card as Discord's components, in plain dicts: what goes over the wire, and what the golden files hold.

One text display holds what belongs together, so a card needs fewer components than it has blocks. There is no container
around it: a card reads as what it is, a message of the bot.

Plain dicts and not discord.py's LayoutView: it would remember every view that is sent, to wait for presses that come
after a restart too, when it has forgotten them. A press is read from its interaction, by custom_id.

A message with components can have no `content` beside them. What a screen reader comes to is its text displays in
order, and each button by its label; what a notification shows of them is Discord's choice, and not documented. Where
components cannot be used, `contents` is the card in words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, groupby
from typing import Any, Final

from bot import cards
from bot.cards import Block, Bold, Button, Card, Code, Heading, Link, Moment, Span
from bot.domain.group import Place
from handlers.discord.custom_id import custom_id
from handlers.discord.limits import BUTTON_LABEL_CHARS, COMPONENT_ID_MOST, CONTENT_CHARS, MESSAGE_TEXT_CHARS
from handlers.discord.markdown import (
    NOTHING,
    Marks,
    at_line_starts,
    bold,
    code,
    escaped,
    harmless,
    inline,
    link,
)
from handlers.discord.pieces import pieces

Json = dict[str, Any]

ACTION_ROW: Final = 1
BUTTON: Final = 2
TEXT_DISPLAY: Final = 10
FILE: Final = 13
SECONDARY: Final = 2
IS_COMPONENTS_V2: Final = 1 << 15
NO_MENTIONS: Final[Mapping[str, Any]] = {"parse": []}
"""`allowed_mentions` of every message: whatever stands in it, nobody is pinged."""

_HUGGING = (cards.Bullets, cards.Quote)
"""Blocks that belong to the line before them: no gap between."""


def message(card: Card, *, key: str | None = None, place: Place | None = None) -> Json:
    """What Discord takes of a card: `components`, `flags`, `allowed_mentions`. See `components`."""
    return {
        "components": components(card, key=key, place=place),
        "flags": IS_COMPONENTS_V2,
        "allowed_mentions": dict(NO_MENTIONS),
    }


def components(card: Card, *, key: str | None = None, place: Place | None = None) -> list[Json]:
    """The components of a message.

    `key` stays readable in the message for good, as the id of its first component (see `carries`). `place` is the
    group's, for a card that is shown elsewhere, as in a direct message: its buttons carry it. The card's file is
    shown by its name (see `file_name`) and travels beside. Raises ValueError when an action is too long for a
    custom_id.
    """
    drawn = _drawn(card, Marks.BACKSLASH, place)
    if text_chars(drawn) > MESSAGE_TEXT_CHARS:
        drawn = _drawn(card, Marks.TWINS, place)
    if key is not None:
        drawn[0] = {**drawn[0], "id": mark_of(key)}
    return drawn


def mark_of(key: str) -> int:
    """The component id that stands for a key: 31 bits of its SHA-256, never 0, which Discord would replace."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    return digest % COMPONENT_ID_MOST + 1


def carries(drawn: Sequence[Mapping[str, Any]], key: str) -> bool:
    """Whether the components of a message that stands are those of a card that was sent with `key`."""
    return bool(drawn) and drawn[0].get("id") == mark_of(key)


def contents(card: Card) -> list[str]:
    """The whole card as the `content` of one or more messages without components, for where those cannot be used."""
    words = escaped(cards.plain(card.blocks))
    return pieces(words if words.strip() else NOTHING, CONTENT_CHARS)


def text_chars(drawn: Sequence[Mapping[str, Any]]) -> int:
    """What Discord counts: the characters of every text display."""
    return sum(len(each["content"]) for each in drawn if each["type"] == TEXT_DISPLAY)


def file_name(name: str) -> str:
    """A file's name as Discord keeps it, so that a component can name it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._") or "file"


def text_display(text: str) -> Json:
    """Markdown as it is: `text` must be escaped."""
    return {"type": TEXT_DISPLAY, "content": text}


def _drawn(card: Card, marks: Marks, place: Place | None) -> list[Json]:
    numbers = count()
    drawn: list[Json] = []
    before: Block | None = None
    for block in card.blocks:
        if isinstance(block, cards.Buttons):
            drawn += _actions(block.row, numbers, place)
        elif (text := _markdown(block, marks)).strip():
            joins = isinstance(block, _HUGGING) or isinstance(before, Heading)
            if joins and drawn and drawn[-1]["type"] == TEXT_DISPLAY:
                drawn[-1]["content"] += f"\n{text}"
            else:
                drawn.append(text_display(text))
        else:
            continue
        before = block
    if card.file is not None:
        drawn.append({"type": FILE, "file": {"url": f"attachment://{file_name(card.file.name)}"}})
    return drawn or [text_display(NOTHING)]


def _actions(row: Sequence[Button], numbers: Iterator[int], place: Place | None) -> Iterator[Json]:
    if row:
        yield {"type": ACTION_ROW, "components": [_button(button, next(numbers), place) for button in row]}


def _button(button: Button, number: int, place: Place | None) -> Json:
    """Every button looks alike: which of them matters is for the words to say, and one of them may erase."""
    return {
        "type": BUTTON,
        "style": SECONDARY,
        "label": harmless(button.label).strip()[:BUTTON_LABEL_CHARS] or NOTHING,
        "custom_id": custom_id(button.action, number=number, place=place),
    }


def _markdown(block: Block, marks: Marks) -> str:
    """One block as Markdown; with twins no styles, lists and masked links are drawn, as they take room."""
    line = _line if marks is Marks.BACKSLASH else _dense
    match block:
        case Heading(text):
            drawn = _heading(text, marks)
        case cards.Text(spans):
            drawn = line(spans)
        case cards.Quote(text):
            drawn = _quoted(escaped(text, marks))
        case cards.Bullets(items):
            drawn = "\n".join(_bullet(text, marks) for text in map(line, items) if text.strip())
        case cards.Facts(rows):
            drawn = "\n".join(line((Bold(f"{label}: "), *value)) for label, value in rows)
        case cards.Buttons():
            drawn = ""
    return drawn


def _heading(text: str, marks: Marks) -> str:
    shown = " ".join(harmless(text).split())
    return f"### {escaped(shown, marks)}" if shown else ""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n")) if text.strip() else ""


def _bullet(text: str, marks: Marks) -> str:
    """Its further lines are set in, or they would end the list; that takes room too."""
    return "- " + (text.strip().replace("\n", "\n  ") if marks is Marks.BACKSLASH else text)


def _dense(spans: Sequence[Span]) -> str:
    """Spans without any style; a moment stays one, as it is shorter than its words."""
    made = (_moment(each) if isinstance(each, Moment) else inline(_words(each), Marks.TWINS) for each in spans)
    return at_line_starts("".join(made), Marks.TWINS)


def _line(spans: Sequence[Span]) -> str:
    """Spans as Markdown. Neighbours of one style become one, as marks that touch would not be read as marks."""
    drawn = []
    for kind, alike in groupby(spans, type):
        if kind in (Bold, Code):
            words = "".join(map(_words, alike))
            drawn.append(bold(words) if kind is Bold else code(words))
        else:
            drawn += map(_span, alike)
    return at_line_starts("".join(drawn))


def _span(span: Span) -> str:
    match span:
        case Moment():
            return _moment(span)
        case Link(text, url):
            return link(text, url)
        case _:
            return inline(_words(span))


def _moment(moment: Moment) -> str:
    """Shown in each reader's own zone and language."""
    return f"<t:{int(moment.at.timestamp())}:f>"


def _words(span: Span) -> str:
    return span if isinstance(span, str) else cards.spans_text((span,))
