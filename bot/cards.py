"""The neutral view model: what a member sees, before any platform's markup.

A Card is a list of blocks; text inside a block is a tuple of spans. Nothing here is markup: each renderer escapes `str`
and `Own` text in one function, with mentions off. The budget below is what every platform can show in one message
(DESIGN 4: Discord 4,000 characters and 40 components; Slack about 12,000 characters), checked when a card is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MOST_CARD_CHARS = 3_600
MOST_CARD_PARTS = 36
MOST_BUTTONS = 5
MOST_LABEL_CHARS = 34
MOST_ACTION_CHARS = 76
"""With the place that it may have to carry, an action fills the 100 characters of a Discord custom_id."""
MOST_FORM_FIELDS = 5
MOST_FIELD_CHARS = 3_000
MOST_TITLE_CHARS = 24
MOST_HINT_CHARS = 100
MOST_OPTIONS = 25


@dataclass(frozen=True, slots=True)
class Bold:
    """Strong text."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A command or a value to be typed as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link that code chose; never one that a model or a member wrote."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (aware); a platform that can shows it in each reader's own zone, others in `zone`."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Own:
    """A member's own words, or a name: hostile until it is escaped."""

    text: str


Span = str | Bold | Code | Link | Moment | Own


@dataclass(frozen=True, slots=True)
class Heading:
    """One short line that starts a card or a part of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A member's own words, set apart."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A short list; each item is a tuple of spans."""

    items: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value, one pair a line."""

    rows: tuple[tuple[str, tuple[Span, ...]], ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Does `action` (`name` or `name:arg:...`, at most 76 characters) when pressed."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Buttons:
    """One row, at most five."""

    row: tuple[Button, ...]


Block = Heading | Text | Quote | Bullets | Facts | Buttons


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a card."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Card:
    """One message. Raises ValueError when it is over the budget: a view must cut first.

    Attributes:
        kind: what it is, such as `question` or `feedback`.
        data: what it was built from, JSON-ready; for machines, never shown.
    """

    kind: str
    blocks: tuple[Block, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    file: Attachment | None = None

    def __post_init__(self) -> None:
        """Hold the budget."""
        chars, parts = len(plain(self.blocks)), sum(map(_parts, self.blocks))
        if chars > MOST_CARD_CHARS:
            raise ValueError(f"card {self.kind!r} has {chars} characters, {MOST_CARD_CHARS} at most")
        if parts > MOST_CARD_PARTS:
            raise ValueError(f"card {self.kind!r} has {parts} parts, {MOST_CARD_PARTS} at most")
        for block in self.blocks:
            if isinstance(block, Buttons):
                _check_buttons(block)

    @property
    def plain(self) -> str:
        """The whole card as plain text, for notifications, screen readers and logs of a test."""
        return plain(self.blocks)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button, in order."""
        return tuple(button for block in self.blocks if isinstance(block, Buttons) for button in block.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A text to type. `fewest_chars` 0 means it may stay empty."""

    key: str
    label: str
    hint: str = ""
    value: str = ""
    fewest_chars: int = 0
    most_chars: int = MOST_FIELD_CHARS
    multiline: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    """One of a few options; each is (value, label)."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str = ""


Field = TextField | ChoiceField


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A modal. `action` is what its submission does; the form is one piece, at most five fields.

    Attributes:
        errors: field key -> what is wrong, when a submission came back; the values typed are in the fields.
    """

    action: str
    title: str
    fields: tuple[Field, ...]
    submit: str = "Send"
    intro: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold the budget."""
        if not 1 <= len(self.fields) <= MOST_FORM_FIELDS:
            raise ValueError(f"form {self.action!r} has {len(self.fields)} fields, 1 to {MOST_FORM_FIELDS} allowed")
        if len(self.title) > MOST_TITLE_CHARS:
            raise ValueError(f"form title {self.title!r} is longer than {MOST_TITLE_CHARS}")
        for each in self.fields:
            if isinstance(each, ChoiceField) and len(each.options) > MOST_OPTIONS:
                raise ValueError(f"field {each.key!r} has {len(each.options)} options, {MOST_OPTIONS} at most")


Reply = Card | Form | None
"""The answer to a command, a press or a submission; a Card is shown to that member only."""


def _check_buttons(block: Buttons) -> None:
    if len(block.row) > MOST_BUTTONS:
        raise ValueError(f"{len(block.row)} buttons in a row, {MOST_BUTTONS} at most")
    for button in block.row:
        if len(button.label) > MOST_LABEL_CHARS or len(button.action) > MOST_ACTION_CHARS:
            raise ValueError(f"button {button.label!r} is too long")


def _parts(block: Block) -> int:
    return 1 + len(block.row) if isinstance(block, Buttons) else 1


def spans_text(spans: Sequence[Span]) -> str:
    """Spans as plain text; a Moment as local date and time with its zone."""
    return "".join(map(_span_text, spans))


def _span_text(span: Span) -> str:
    match span:
        case str():
            return span
        case Moment(at, zone):
            from zoneinfo import ZoneInfo

            return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M} ({zone})"
        case Link(text, url):
            return f"{text} ({url})"
        case Bold(text) | Code(text) | Own(text):
            return text


def plain(blocks: Sequence[Block]) -> str:
    """Blocks as plain text, one paragraph each."""
    return "\n".join(text for text in map(_block_text, blocks) if text)


def _block_text(block: Block) -> str:
    match block:
        case Heading(text):
            return text
        case Text(spans):
            return spans_text(spans)
        case Quote(text):
            return "\n".join(f"> {line}" for line in text.splitlines() or [""])
        case Bullets(items):
            return "\n".join(f"- {spans_text(item)}" for item in items)
        case Facts(rows):
            return "\n".join(f"{label}: {spans_text(value)}" for label, value in rows)
        case Buttons(row):
            return " ".join(f"[{button.label}]" for button in row)
