"""Discord's ids hold the time at which they were made: milliseconds since 2015 in their upper 42 bits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_LOWER_BITS = 22


def at_of(snowflake: str) -> datetime:
    """The aware UTC instant of an id, to the millisecond. Raises ValueError when it is none."""
    return _EPOCH + timedelta(milliseconds=int(snowflake) >> _LOWER_BITS)


def id_before(at: datetime) -> str:
    """An id just below every id that was made at `at` or later."""
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    return str(max((milliseconds << _LOWER_BITS) - 1, 0))


def instant(text: str) -> datetime:
    """Discord's ISO time, aware."""
    return datetime.fromisoformat(text)
