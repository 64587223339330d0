"""A process that dies between two lines: after so many of its writes, done or not, nothing more of it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.ports import Ports

WRITES = frozenset(
    {
        "add", "adjust", "assign", "begin", "change", "close", "delete", "drop", "edit", "file", "give", "put_review",
        "judged", "keep", "plan", "react", "release", "restore", "save", "save_draft", "send", "sent", "settle", "take",
        "update", "write",
    }
)  # fmt: skip
"""The methods of ports that change something."""


@dataclass(slots=True)
class Fuse:
    """Burns down with every write.

    Attributes:
        left: writes until the process dies; `done`: the last of them still takes effect.
    """

    left: int
    done: bool
    is_burnt: bool = False

    async def through(self, call: Callable[..., Awaitable[Any]], *args: Any, counts: bool, **named: Any) -> Any:
        if self.is_burnt:
            raise asyncio.CancelledError
        if counts:
            self.left -= 1
            self.is_burnt = self.left <= 0
        if self.is_burnt and self.done:
            await call(*args, **named)
        if self.is_burnt:
            raise asyncio.CancelledError
        return await call(*args, **named)


class _Dying:
    """Any port of a process that may die."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not asyncio.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **named: Any) -> Any:
            return await self._fuse.through(found, *args, counts=name in WRITES, **named)

        return call


def dying(ports: Ports, fuse: Fuse) -> Ports:
    """`ports` of a process that dies when the fuse has burnt."""
    mortal: Any = {
        name: _Dying(getattr(ports, name), fuse)
        for name in ("chat", "groups", "posts", "answers", "peers", "shots", "variants", "drafts", "outbox", "jobs")
    }
    return replace(ports, **mortal)
