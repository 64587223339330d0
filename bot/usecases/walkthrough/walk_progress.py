"""Shows how far a walkthrough is: line by line where the platform can, and by editing one message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.group import MemberId, MessageRef
from bot.errors import Trouble
from bot.ports import Ports, Step, Told
from bot.views.walkthrough import walkthrough_words

log = logging.getLogger(__name__)

EDIT_EVERY_S = 4.0
"""Slack takes about one edit a second in a channel, and others edit there too."""
EDIT_BESIDE_STREAM_S = 20.0
"""While each step is streamed, the message only has to be right for who does not open its thread."""
STREAM_END_S = 3.0


@asynccontextmanager
async def shown(ports: Ports, message: MessageRef | None, member_id: MemberId, question: str) -> AsyncIterator[Told]:
    """What the researcher tells is shown in `message`, if there is one; that it cannot be shown harms nothing."""
    titles = tuple(section.short for section in ports.library.framework.sections)
    steps: list[Step] = []
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    news = asyncio.Event()

    def told(step: Step) -> None:
        steps.append(step)
        lines.put_nowait(walkthrough_words.step(step, titles))
        news.set()

    if message is None:
        yield told
        return
    streaming = asyncio.create_task(ports.chat.stream(message, member_id, _until_none(lines)), name="walk-stream")
    showing = asyncio.create_task(_show(ports, message, question, steps, news, streaming), name="walk-progress")
    try:
        yield told
    finally:
        lines.put_nowait(None)
        showing.cancel()
        await asyncio.wait({showing, streaming}, timeout=STREAM_END_S)
        streaming.cancel()
        await asyncio.gather(showing, streaming, return_exceptions=True)


async def _show(
    ports: Ports,
    message: MessageRef,
    question: str,
    steps: list[Step],
    news: asyncio.Event,
    streaming: asyncio.Task[bool],
) -> None:
    titles = tuple(section.short for section in ports.library.framework.sections)
    while True:
        await news.wait()
        news.clear()
        try:
            await ports.chat.edit(message, walkthrough_words.progress(question, tuple(steps), titles))
        except Trouble as trouble:
            log.debug("the progress of a walkthrough is not shown: %s", trouble)
        if streaming.done():
            await asyncio.sleep(EDIT_EVERY_S)
            continue
        await asyncio.wait({streaming}, timeout=EDIT_BESIDE_STREAM_S)
        if streaming.done():  # what the stream shows no more is shown here, and at once
            news.set()


async def _until_none(lines: asyncio.Queue[str | None]) -> AsyncIterator[str]:
    while (line := await lines.get()) is not None:
        yield line
