"""Cards and forms as JSON and back, so that a card can be drawn and pressed after a restart.

Every dataclass carries its class name, because `Heading("x")` and `Quote("x")` have the same fields. `data` of a card
and `errors` of a form are JSON already and are kept as they are.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from bot import cards

CLASS = "_"
_CLASSES: tuple[type[Any], ...] = (
    cards.Bold, cards.Code, cards.Link, cards.Moment, cards.Own,
    cards.Heading, cards.Text, cards.Quote, cards.Bullets, cards.Facts, cards.Button, cards.Buttons,
    cards.Attachment, cards.Card, cards.TextField, cards.ChoiceField, cards.Form,
)  # fmt: skip
_BY_NAME = {each.__name__: each for each in _CLASSES}


def pack(value: Any) -> Any:
    """`value` as JSON-ready data."""
    if isinstance(value, datetime):
        return {CLASS: "datetime", "value": value.isoformat()}
    if isinstance(value, bytes):
        return {CLASS: "bytes", "value": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {CLASS: "json", "value": dict(value)}
    if isinstance(value, tuple | list):
        return [pack(item) for item in value]
    if is_dataclass(value):
        return {CLASS: type(value).__name__} | {each.name: pack(getattr(value, each.name)) for each in fields(value)}
    return value


def unpack(packed: Any) -> Any:
    """What `pack` was given. Raises KeyError, TypeError or ValueError on what it never made."""
    if isinstance(packed, list):
        return tuple(map(unpack, packed))
    if not isinstance(packed, dict):
        return packed
    match packed[CLASS]:
        case "datetime":
            return datetime.fromisoformat(packed["value"])
        case "bytes":
            return base64.b64decode(packed["value"])
        case "json":
            return packed["value"]
        case name:
            return _BY_NAME[name](**{key: unpack(item) for key, item in packed.items() if key != CLASS})
