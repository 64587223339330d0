"""Patience with Slack where one person waits for an answer that only they will see."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.errors import ChatBusy, ChatUnsure

TRIES = 3
MOST_WAIT_S = 30.0
"""An answer that has to wait longer than this comes too late to be one."""
UNSURE_S = 2.0
"""Before something private is shown again that Slack may have lost: seen twice is better than never."""


async def patiently(show: Callable[[], Awaitable[object]]) -> None:
    """Show it, again when Slack asked to wait or broke off. Raises what the last try raised."""
    for left in reversed(range(TRIES)):
        try:
            await show()
        except (ChatBusy, ChatUnsure) as trouble:
            wait_s = trouble.retry_after_s if isinstance(trouble, ChatBusy) else UNSURE_S
            if not left or wait_s > MOST_WAIT_S:
                raise
            await asyncio.sleep(wait_s)
        else:
            return
