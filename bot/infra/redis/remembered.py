"""What never changes once it stands in Redis, kept by the process that read it: a round trip less each time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 10_000
"""Entries; they take about 3 MB. When it is full everything is forgotten: what is in use is soon back."""


class Remembered(Generic[K, V]):
    """Values by key. That something is not there is never remembered."""

    def __init__(self) -> None:
        self._known: dict[K, V] = {}

    async def get(self, key: K, read: Callable[[], Awaitable[V | None]]) -> V | None:
        """The value, by `read` if it is not known."""
        if key in self._known:
            return self._known[key]
        value = await read()
        if value is not None:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[key] = value
        return value

    def forget(self) -> None:
        """Know nothing."""
        self._known.clear()
