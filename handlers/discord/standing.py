"""What stands on Discord: messages read one by one, in order, or by the key that they were sent with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from bot.domain.group import MessageRef, Place
from bot.errors import ChatRefused
from handlers.discord.addresses import spot_of
from handlers.discord.api import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, Closed, DiscordApi, code_of
from handlers.discord.render import carries
from handlers.discord.rooms import Kind, Rooms
from handlers.discord.stamps import at_of, id_before

PAGE = 100
MOST_PAGES = 10
"""A look goes back a few minutes to a few days; a thread or a channel with more messages than this is not read."""
GONE = frozenset({UNKNOWN_MESSAGE, UNKNOWN_CHANNEL})


class Standing:
    """Reads messages; it changes nothing, so every call may be made again."""

    def __init__(self, api: DiscordApi, rooms: Rooms, bot_id: str) -> None:
        self._api = api
        self._rooms = rooms
        self._bot_id = bot_id

    async def history(self, channel_id: str, after: str) -> AsyncIterator[Mapping[str, Any]]:
        """The messages of a channel or thread whose id is above `after`, oldest first; none of one that is gone."""
        for _ in range(MOST_PAGES):
            try:
                page: list[Mapping[str, Any]] = await self._api.call(
                    "GET", "/channels/{channel_id}/messages", safe=True, params={"after": after, "limit": PAGE},
                    channel_id=channel_id,
                )  # fmt: skip
            except Closed as closed:
                if closed.code != UNKNOWN_CHANNEL:
                    raise
                return
            for each in sorted(page, key=lambda message: int(message["id"])):
                yield each
            if len(page) < PAGE:
                return
            after = max((str(each["id"]) for each in page), key=int)

    async def is_gone(self, thread: MessageRef, message_id: str) -> bool:
        """Whether a message of anybody was removed from a thread; one that went with its whole thread was not."""
        try:
            await self._fetch(thread.message_id, message_id)
        except ChatRefused as refused:
            return code_of(refused) == UNKNOWN_MESSAGE
        return False

    async def mine(self, message: MessageRef, channel_id: str) -> Mapping[str, Any] | None:
        """The message, or None if it is gone. Raises ChatRefused when it is not the bot's."""
        if not message.message_id.isdecimal():
            return None
        try:
            standing = await self._fetch(channel_id, message.message_id)
        except ChatRefused as refused:
            if code_of(refused) in GONE:
                return None
            raise
        if str(standing["author"]["id"]) != self._bot_id:
            raise ChatRefused("the message is not the bot's own")
        return standing

    async def sent_with(self, key: str, channel_id: str, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
        async for each in self.history(channel_id, id_before(since)):
            if str(each["author"]["id"]) == self._bot_id and carries(each.get("components") or (), key):
                yield each

    async def forum_posts(self, place: Place, key: str, since: datetime) -> AsyncIterator[str]:
        """The bot's among the forum's running threads: a post is looked for within days, and kept open for three."""
        body = await self._api.call("GET", "/guilds/{guild_id}/threads/active", safe=True, guild_id=place.workspace)
        ours = sorted(
            str(each["id"]) for each in body["threads"]
            if str(each.get("parent_id")) == place.channel and str(each.get("owner_id")) == self._bot_id
            and at_of(each["id"]) >= since
        )  # fmt: skip
        for thread_id in ours:
            standing = await self.mine(MessageRef(place, thread_id), thread_id)
            if standing is not None and carries(standing.get("components") or (), key):
                yield thread_id

    async def channel_of(self, message: MessageRef) -> str:
        """The channel that Discord knows for a message: in a forum each post is one of its own."""
        spot = spot_of(message.place)
        if spot.conversation is not None:
            return spot.conversation
        room = await self._rooms.room(spot.group.workspace, spot.group.channel)
        return message.message_id if room.kind is Kind.FORUM else room.id

    async def _fetch(self, channel_id: str, message_id: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = await self._api.call(
            "GET", "/channels/{channel_id}/messages/{message_id}", safe=True,
            channel_id=channel_id, message_id=message_id,
        )  # fmt: skip
        return found
