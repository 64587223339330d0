"""The faults that a test asks of a fake chat: which calls go wrong, in which order. What a fault is, each chat says."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import Generic, TypeVar

FaultT = TypeVar("FaultT")


class Faults(Generic[FaultT]):
    """The faults to come, by method or route, and whether all of it is down."""

    def __init__(self) -> None:
        self.down: FaultT | None = None
        self.closing = asyncio.Event()
        self._next: defaultdict[str, deque[FaultT]] = defaultdict(deque)

    def add(self, method: str, *faults: FaultT) -> None:
        """The next calls of `method` go wrong like this, in order."""
        self._next[method].extend(faults)

    def take(self, method: str) -> FaultT | None:
        """The fault of the call that has come in, if it has one."""
        if self.down is not None:
            return self.down
        waiting = self._next[method]
        return waiting.popleft() if waiting else None
