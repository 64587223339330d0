"""Slack's `ts`: seconds since 1970 with six decimals, which is a message's id and its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at_of(ts: str) -> datetime:
    """The aware UTC instant of a `ts`, to the microsecond. Raises ValueError when it is none."""
    seconds, _, micros = ts.partition(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(f"{micros:0<6}"[:6]))


def ts_at(at: datetime) -> str:
    """The `ts` of an aware instant."""
    seconds, micros = divmod((at - _EPOCH) // timedelta(microseconds=1), 1_000_000)
    return f"{seconds}.{micros:06d}"
