"""Who has left a server.

Discord tells an app of it only with the members intent, which is privileged and which the bot does without. So it asks
when a direct message does not reach somebody: that needs no intent. Until then the duties of who left run out after a
day like anybody's. That somebody is in the server but no longer sees the channel is not noticed at all; and who comes
back is noticed with the next thing that they do.
"""

from __future__ import annotations

from bot.commands import dispatch
from bot.domain.group import MemberId, Place
from bot.errors import ChatRefused
from bot.inbound import Caller, Departed
from bot.ports import Ports
from handlers.background import Background
from handlers.discord.api import UNKNOWN_MEMBER, UNKNOWN_USER, DiscordApi, code_of

GONE = frozenset({UNKNOWN_MEMBER, UNKNOWN_USER})
"""Codes that say that somebody is not in the server, or is no account any more."""


class Leavers:
    """Looks for those whom a message did not reach, and reports those who have left."""

    def __init__(self, api: DiscordApi, ports: Ports, background: Background) -> None:
        self._api = api
        self._ports = ports
        self._background = background

    def look_later(self, place: Place, member: MemberId) -> None:
        """Ask whether `member` is still in the server of `place`; whoever is there may just want no direct messages."""
        self._background.start(self._look(place, member), "leaver")

    async def _look(self, place: Place, member: MemberId) -> None:
        asked_at = self._ports.clock.now()
        try:
            await self._api.call(
                "GET", "/guilds/{guild_id}/members/{user_id}", safe=True, guild_id=place.workspace, user_id=member
            )
        except ChatRefused as refused:
            if code_of(refused) not in GONE:
                raise
            caller = Caller(member_id=member, name=member, place=place, event=f"left:{member}:{asked_at.isoformat()}")
            await dispatch(self._ports, Departed(caller, asked_at))
