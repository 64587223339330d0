"""A sign of work in a thread: Discord shows that the bot is typing, for ten seconds (docs: resources/channel)."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from bot.domain.group import MemberId, MessageRef
from bot.errors import Trouble
from handlers.background import Background
from handlers.discord.api import DiscordApi

log = logging.getLogger(__name__)

REFRESH_S = 8.0
MOST_REFRESHES = 20
"""After 160 s nobody believes it any more; whoever set it may have died before taking it back."""


@dataclass(slots=True)
class _Work:
    """For whom something is done in a thread; `over` when nobody is left."""

    members: set[MemberId] = field(default_factory=set)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Typing:
    """Threads in which the bot types. It has no words: Discord shows none."""

    def __init__(self, api: DiscordApi, background: Background, *, refresh_s: float = REFRESH_S) -> None:
        self._api = api
        self._background = background
        self._refresh_s = refresh_s
        self._threads: dict[MessageRef, _Work] = {}

    def set(self, thread: MessageRef, member: MemberId, *, working: bool) -> None:
        """Something is done for a member, or no longer. Never raises."""
        work = self._threads.get(thread)
        if working and work is None and thread.message_id.isdecimal():
            work = self._threads[thread] = _Work()
            self._background.start(self._type(thread, work), "typing")
        if work is None:
            return
        (work.members.add if working else work.members.discard)(member)
        if not work.members:
            work.over.set()

    async def _type(self, thread: MessageRef, work: _Work) -> None:
        try:
            for _ in range(MOST_REFRESHES):
                await self._show(thread)
                with suppress(TimeoutError):
                    await asyncio.wait_for(work.over.wait(), self._refresh_s)
                    return
        finally:
            self._threads.pop(thread, None)

    async def _show(self, thread: MessageRef) -> None:
        try:
            await self._api.call("POST", "/channels/{channel_id}/typing", safe=True, channel_id=thread.message_id)
        except Trouble as trouble:
            log.debug("typing: %s", trouble)
