"""Domain records as JSON, and instants as milliseconds.

Unknown fields are ignored and missing ones take their defaults, so that old and new code read each other's records
while an update rolls out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.errors import StoreDown

T = TypeVar("T")

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


_made = cache(TypeAdapter)

MOST_READ = 8_192
"""Records of a few hundred bytes: groups, and the posts of a year of some twenty groups."""


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    adapter: TypeAdapter[T] = _made(kind)  # type: ignore[arg-type]  # mypy takes T's hash for that of its type
    return adapter


def dump(kind: type[T], value: T) -> bytes:
    """`value` as UTF-8 JSON. Half of a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD."""
    adapter = _adapter(kind)
    try:
        return adapter.dump_json(value)
    except PydanticSerializationError:
        written = json.dumps(adapter.dump_python(value, mode="json"), ensure_ascii=False)
        return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def load(kind: type[T], raw: bytes) -> T:
    """The `kind` that `dump` wrote. Raises StoreDown, without the record's words, if it is no such record."""
    try:
        return _adapter(kind).validate_json(raw)
    except ValidationError as error:
        faults = ", ".join(".".join(map(str, fault["loc"])) or "whole record" for fault in error.errors()[:3])
        # the library's own message quotes what the member wrote
        raise StoreDown(f"Redis holds a {kind.__name__} that this version cannot read (at {faults})") from None


_loaded = lru_cache(maxsize=MOST_READ)(load)


def load_same(kind: type[T], raw: bytes) -> T:
    """`load` for records that are read with each command and rarely change: the same bytes give the same object."""
    found: T = _loaded(kind, raw)  # type: ignore[arg-type]  # the same as above
    return found


def text(raw: bytes) -> str:
    """A plain string as Redis gave it back."""
    return raw.decode("utf-8", "surrogatepass")


def due_ms(at: datetime) -> int:
    """Milliseconds since 1970, rounded up: nothing is due before its instant."""
    return -((_START - at) // _MS)


def now_ms(at: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (at - _START) // _MS


def from_ms(stored: float) -> datetime:
    """The aware UTC instant of `stored` milliseconds since 1970."""
    return _START + timedelta(milliseconds=stored)
