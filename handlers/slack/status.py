"""Status lines in threads: Slack shows one a thread, and lets it go after two minutes (slack.md 1, setStatus)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.domain.group import MemberId, MessageRef
from bot.errors import Trouble
from handlers.background import Background

log = logging.getLogger(__name__)

REFRESH_S = 90.0
MOST_REFRESHES = 8
"""After 12 minutes nobody reads any more; whoever set the line died before clearing it."""

Show = Callable[[MessageRef, str], Awaitable[object]]


@dataclass(slots=True)
class _Lines:
    """What is being done for whom, newest last; `cleared` when nothing is left."""

    texts: dict[MemberId, str] = field(default_factory=dict)
    cleared: asyncio.Event = field(default_factory=asyncio.Event)


class StatusLines:
    """What is being done in which thread, for whom. A thread shows the newest line that has not been cleared."""

    def __init__(self, show: Show, background: Background, *, refresh_s: float = REFRESH_S) -> None:
        self._show = show
        self._background = background
        self._refresh_s = refresh_s
        self._threads: dict[MessageRef, _Lines] = {}

    async def set(self, thread: MessageRef, member: MemberId, text: str) -> None:
        """Show `text`; an empty one takes back what was shown for that member. Never raises."""
        lines = self._threads.get(thread)
        if lines is None and text:
            lines = self._threads[thread] = _Lines()
            self._background.start(self._keep_up(thread, lines), "status")
        if lines is None or (lines.texts.pop(member, None) is None and not text):
            return
        if text:
            lines.texts[member] = text
        else:
            self._forget_if_empty(thread, lines)
        await self._try_to_show(thread)

    async def _try_to_show(self, thread: MessageRef) -> None:
        lines = self._threads.get(thread)
        try:
            await self._show(thread, list(lines.texts.values())[-1] if lines else "")
        except Trouble as trouble:
            log.debug("status: %s", trouble)

    async def _keep_up(self, thread: MessageRef, lines: _Lines) -> None:
        """Show the line again before Slack lets it go, until it is cleared."""
        for _ in range(MOST_REFRESHES):
            with suppress(TimeoutError):
                await asyncio.wait_for(lines.cleared.wait(), self._refresh_s)
                return
            await self._try_to_show(thread)
        lines.texts.clear()
        self._forget_if_empty(thread, lines)

    def _forget_if_empty(self, thread: MessageRef, lines: _Lines) -> None:
        if not lines.texts:
            lines.cleared.set()
            self._threads.pop(thread, None)
