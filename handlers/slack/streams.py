"""Lines that appear below a message as they come: `chat.startStream` and its like (slack.md 1, "Streaming").

A stream stands in a thread, dies after about five minutes, and cannot be found again by a key: nothing that must be
read is in one, and it goes with the message that it stands below.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from bot.cards import Own, Text
from bot.domain.group import MemberId, MessageRef
from bot.errors import Trouble
from handlers.slack.addresses import conversation_of
from handlers.slack.api import SlackApi
from handlers.slack.limits import MESSAGE_BLOCKS
from handlers.slack.render import Json, rich_text

log = logging.getLogger(__name__)

ENDED = "This list ends here. How far I am stands in the message above."
NOT_RUNNING = frozenset({"message_not_in_streaming_state", "message_not_found", "stopped_by_user"})


class Streams:
    """For all workspaces."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._begun: dict[MessageRef, str] = {}

    async def show(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:
        """Stream lines until there are no more; False as soon as Slack takes no more of them."""
        running: str | None = None
        shown = 0
        try:
            async for line in lines:
                chunks = [{"type": "blocks", "blocks": _drawn(line)}]
                if running is None:
                    running = self._begun[below] = await self._start(below, member, chunks)
                elif shown < MESSAGE_BLOCKS:
                    await self._call("chat.appendStream", below, ts=running, chunks=chunks)
                shown += 1
            if running is not None:
                await self._call("chat.stopStream", below, ts=running)
        except Trouble as trouble:
            log.info("a stream ends early: %s", trouble)
            if running is not None:
                await self._end(below, running)
            return False
        return True

    async def clear(self, below: MessageRef, bot_user_id: str) -> None:
        """Remove what was streamed below a message, by another process too. Raises what a call raises."""
        begun = self._begun.pop(below, None)
        for ts in [begun] if begun else await self._look(below, bot_user_id):
            await self._call("chat.stopStream", below, safe=True, accept=NOT_RUNNING, ts=ts)
            await self._call("chat.delete", below, safe=True, accept=NOT_RUNNING, ts=ts)

    async def _look(self, below: MessageRef, bot_user_id: str) -> Sequence[str]:
        """What a process that died may have left. A look that fails harms nothing: some apps may look once a minute."""
        try:
            found = await self._call("conversations.replies", below, safe=True, ts=below.message_id)
        except Trouble as trouble:
            log.debug("nobody looked below a message: %s", trouble)
            return ()
        mine = [each["ts"] for each in found["messages"] if each.get("user") == bot_user_id]
        return [ts for ts in mine if ts != below.message_id]

    async def _start(self, below: MessageRef, member: MemberId, chunks: list[Json]) -> str:
        """Both recipient ids must be given in channels, and may be in direct messages."""
        begun = await self._call(
            "chat.startStream", below, thread_ts=below.message_id, chunks=chunks,
            recipient_team_id=below.place.workspace, recipient_user_id=member,
        )  # fmt: skip
        return str(begun["ts"])

    async def _end(self, below: MessageRef, running: str) -> None:
        """A dead stream becomes an ordinary message; one that only could not be added to must be stopped first."""
        try:
            await self._call("chat.stopStream", below, safe=True, accept=NOT_RUNNING, ts=running)
            await self._call(
                "chat.update", below, safe=True, accept=NOT_RUNNING, ts=running, text=ENDED, blocks=_drawn(ENDED)
            )
        except Trouble as trouble:
            log.info("a stream is left as it is: %s", trouble)

    async def _call(self, method: str, below: MessageRef, **arguments: Any) -> Mapping[str, Any]:
        channel, _ = conversation_of(below.place)
        return await self._api.call(below.place.workspace, method, channel=channel, **arguments)


def _drawn(line: str) -> list[Json]:
    return list(rich_text(Text((Own(line),)).spans))
