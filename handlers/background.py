"""Work that goes on after something was acknowledged: kept in one set, so that a stop can wait for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot.errors import Trouble

log = logging.getLogger(__name__)


class Background:
    """A set of tasks of which none is lost sight of. What one raises is logged and goes no further."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, object], name: str) -> None:
        """Let `work` run by itself; `name` is for the log and holds no member's words."""
        task = asyncio.create_task(_guarded(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> int:
        """How many tasks run now."""
        return len(self._tasks)

    async def drain(self, within_s: float) -> None:
        """Let everything end by itself for so long, then cancel what is left."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + within_s
        while self._tasks and loop.time() < until_s:
            await asyncio.wait(set(self._tasks), timeout=until_s - loop.time())
        for task in (left := set(self._tasks)):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _guarded(work: Coroutine[Any, Any, object], name: str) -> None:
    try:
        await work
    except Trouble as trouble:
        log.warning("%s: %s", name, trouble)
    except Exception:
        log.exception("%s failed", name)
