"""A card as Block Kit, in plain dicts.

Every text stands in a `rich_text` or a `plain_text` object: Slack never parses those, so a member's words and a model's
can neither mention, link nor format, and nothing grows by being escaped. Only the top-level `text` is parsed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from bot import cards
from bot.cards import Block, Bold, Button, Card, Code, Heading, Link, Moment, Own, Span, plain
from bot.views.cut import line
from handlers.slack.limits import HEADER_CHARS, LABEL_CHARS, MESSAGE_BLOCKS_CHARS, VIEW_TITLE_CHARS
from handlers.slack.mrkdwn import DATE_FORMAT, NOTHING, fallback, harmless, is_web, notification

Json = dict[str, Any]

PRESS = "press:"
"""Every button's action_id is this and a number, unique in its message; what it does is its `value`."""
EVENT_TYPE = "tpm_message"
"""Of the metadata that a message is found by again."""

_HUGGING = (cards.Bullets, cards.Quote)
"""Blocks that belong to the line before them: no gap between."""


def message(card: Card, *, key: str | None = None) -> Json:
    """What chat.postMessage, chat.postEphemeral and chat.update take of a card: `text`, `blocks`, perhaps `metadata`.

    `key` travels as metadata, which every app in the workspace can read: it must be made of ids only. The card's file
    does not travel here.
    """
    drawn = blocks(card)
    if len(json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))) > MESSAGE_BLOCKS_CHARS:
        drawn = blocks(card, dense=True)
    metadata = {} if key is None else {"metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}}}
    return {"text": notification(card), "blocks": drawn, **metadata}


def key_of(message: Mapping[str, Any]) -> str | None:
    """The key that a message (from conversations.history with its metadata) was sent with, if one of ours."""
    metadata = message.get("metadata") or {}
    key = (metadata.get("event_payload") or {}).get("key")
    return key if metadata.get("event_type") == EVENT_TYPE and isinstance(key, str) else None


def blocks(*shown: Card, dense: bool = False) -> list[Json]:
    """Cards one after the other, for a message, a modal or a home tab.

    `dense` gives up lists, styles and live dates, which take room, and keeps the words.
    """
    numbers = count()
    drawn: list[Json] = []
    for card in shown:
        for block in card.blocks:
            for each in _block(block, card, numbers, dense=dense):
                if isinstance(block, _HUGGING) and drawn and drawn[-1]["type"] == each["type"] == "rich_text":
                    drawn[-1]["elements"] += each["elements"]
                else:
                    drawn.append(each)
    return drawn


def card_modal(card: Card) -> Json:
    """A view in which a card is only read."""
    title = line(harmless(_subject(card)), VIEW_TITLE_CHARS).strip() or card.kind[:VIEW_TITLE_CHARS]
    return {"type": "modal", "title": plain_text(title), "blocks": blocks(card) or [*rich_text((NOTHING,))]}


def plain_text(text: str) -> Json:
    """Text that is shown as it is; `:100:` stays what it says."""
    return {"type": "plain_text", "text": text, "emoji": False}


def rich_text(spans: Sequence[Span], *, kind: str = "rich_text_section") -> Iterator[Json]:
    """One block with `spans`, or none when they hold nothing: Slack takes no empty element."""
    if elements := _elements(spans):
        yield {"type": "rich_text", "elements": [{"type": kind, "elements": elements}]}


def _block(block: Block, card: Card, numbers: Iterator[int], *, dense: bool) -> Iterator[Json]:
    match block:
        case cards.Buttons(row):
            yield from _actions(row, "" if dense else _subject(card), numbers)
        case cards.Heading(text):
            yield from _heading(text)
        case cards.Text() | cards.Quote() | cards.Bullets() | cards.Facts() if dense:
            yield from rich_text((plain((block,)),))
        case cards.Text(spans):
            yield from rich_text(spans)
        case cards.Quote(text):
            yield from rich_text((Own(text),), kind="rich_text_quote")
        case cards.Bullets(items):
            yield from _bullets(items)
        case cards.Facts(rows):
            yield from rich_text(_facts(rows))


def _heading(text: str) -> Iterator[Json]:
    shown = " ".join(harmless(text).split())
    if len(shown) > HEADER_CHARS:
        yield from rich_text((Bold(shown),))
    elif shown:
        yield {"type": "header", "text": plain_text(shown)}


def _bullets(items: Sequence[Sequence[Span]]) -> Iterator[Json]:
    rows = [{"type": "rich_text_section", "elements": drawn} for drawn in map(_elements, items) if drawn]
    if rows:
        yield {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": rows}]}


def _facts(rows: Sequence[tuple[str, Sequence[Span]]]) -> list[Span]:
    spans: list[Span] = []
    for label, value in rows:
        spans += [*(["\n"] if spans else []), Bold(f"{label}: "), *value]
    return spans


def _actions(row: Sequence[Button], subject: str, numbers: Iterator[int]) -> Iterator[Json]:
    if row:
        yield {"type": "actions", "elements": [_button(button, subject, next(numbers)) for button in row]}


def _button(button: Button, subject: str, number: int) -> Json:
    label = harmless(button.label).strip() or NOTHING
    drawn = {"type": "button", "action_id": f"{PRESS}{number}", "text": plain_text(label), "value": button.action}
    # Heard alone, "Answer" does not say what of.
    return {**drawn, "accessibility_label": line(f"{label}: {subject}", LABEL_CHARS)} if subject else drawn


def _subject(card: Card) -> str:
    heading = next((block.text for block in card.blocks if isinstance(block, Heading)), "")
    return " ".join(harmless(heading).split())


def _elements(spans: Sequence[Span]) -> list[Json]:
    """Spans as elements of a rich text; neighbours of one style become one element."""
    elements: list[Json] = []
    for element in map(_element, spans):
        before = elements[-1] if elements else {}
        if element["type"] == before.get("type") == "text" and element.get("style") == before.get("style"):
            before["text"] += element["text"]
        elif element["type"] != "text" or element["text"]:
            elements.append(element)
    return elements


def _element(span: Span) -> Json:
    match span:
        case Moment(at):
            at_s = int(at.timestamp())
            return {"type": "date", "timestamp": at_s, "format": DATE_FORMAT, "fallback": fallback(span)}
        case Link(text, url) if is_web(url):
            return {"type": "link", "url": url, "text": harmless(text) or url}
        case Bold(text):
            return {"type": "text", "text": harmless(text), "style": {"bold": True}}
        case Code(text):
            return {"type": "text", "text": harmless(text), "style": {"code": True}}
        case _:
            return {"type": "text", "text": harmless(cards.spans_text((span,)))}
