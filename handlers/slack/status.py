"""Status lines in threads: Slack shows one a thread, and lets it go after two minutes (slack.md 1, setStatus)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.domain.group import MemberId, MessageRef
from bot.errors import Trouble
from handlers.slack.background import Background

log = logging.getLogger(__name__)

REFRESH_S = 90.0
MOST_REFRESHES = 8
"""After 12 minutes nobody reads any more; whoever set the line died before clearing it."""

Show = Callable[[MessageRef, str], Awaitable[object]]


class StatusLines:
    """What is being done in which thread, for whom. A thread shows the newest line that has not been cleared."""

    def __init__(self, show: Show, background: Background, *, refresh_s: float = REFRESH_S) -> None:
        self._show = show
        self._background = background
        self._refresh_s = refresh_s
        self._lines: dict[MessageRef, dict[MemberId, str]] = {}

    async def set(self, thread: MessageRef, member: MemberId, text: str) -> None:
        """Show `text`; an empty one takes back what was shown for that member."""
        lines = self._lines.setdefault(thread, {})
        is_new = not lines
        lines.pop(member, None)
        if text:
            lines[member] = text
        if not lines:
            del self._lines[thread]
        await self._try_to_show(thread)
        if is_new and text:
            self._background.start(self._keep_up(thread, lines), "status")

    async def _try_to_show(self, thread: MessageRef) -> None:
        lines = self._lines.get(thread)
        try:
            await self._show(thread, list(lines.values())[-1] if lines else "")
        except Trouble as trouble:
            log.debug("status: %s", trouble)

    async def _keep_up(self, thread: MessageRef, lines: dict[MemberId, str]) -> None:
        for _ in range(MOST_REFRESHES):
            await asyncio.sleep(self._refresh_s)
            if self._lines.get(thread) is not lines:
                return
            await self._try_to_show(thread)
        if self._lines.get(thread) is lines:
            del self._lines[thread]
