"""Shows how far a walkthrough is, by editing one message every few seconds at most."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.domain.group import MessageRef
from bot.errors import Trouble
from bot.ports import Ports, Step, Told
from bot.views import walkthrough_words

log = logging.getLogger(__name__)

EDIT_EVERY_S = 4.0
"""Slack takes about one edit a second in a channel, and others edit there too."""


@asynccontextmanager
async def shown(ports: Ports, message: MessageRef | None, question: str) -> AsyncIterator[Told]:
    """What the researcher tells is shown in `message`, if there is one; that it cannot be shown harms nothing."""
    steps: list[Step] = []
    news = asyncio.Event()

    def told(step: Step) -> None:
        steps.append(step)
        news.set()

    if message is None:
        yield told
        return
    showing = asyncio.create_task(_show(ports, message, question, steps, news), name="walk-progress")
    try:
        yield told
    finally:
        showing.cancel()
        with suppress(asyncio.CancelledError):
            await showing


async def _show(ports: Ports, message: MessageRef, question: str, steps: list[Step], news: asyncio.Event) -> None:
    titles = tuple(section.short for section in ports.library.framework.sections)
    while True:
        await news.wait()
        news.clear()
        try:
            await ports.chat.edit(message, walkthrough_words.progress(question, tuple(steps), titles))
        except Trouble as trouble:
            log.debug("the progress of a walkthrough is not shown: %s", trouble)
        await asyncio.sleep(EDIT_EVERY_S)
