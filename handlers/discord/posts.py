"""A message in a channel that has a thread of its own: in a text channel with a thread at it, in a forum as a post."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.cards import Attachment, Card, Heading
from bot.domain.group import Place
from bot.errors import ChatClosed, ChatRefused
from bot.views.cut import line
from handlers.discord.api import THREAD_EXISTS, UNKNOWN_CHANNEL, DiscordApi, Json, code_of
from handlers.discord.render import TEXT_DISPLAY
from handlers.discord.rooms import Room

THREAD_NAME_CHARS = 100
KEPT_OPEN_MIN = 4_320
"""Three days without a word, then Discord archives the thread: a post is open for 36 h at most."""
UNNAMED = "Question"


class Threads:
    """Begins and ends threads."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api

    async def begin(self, place: Place, message: Mapping[str, Any], name: str) -> None:
        """A thread at a message; one that is there already is what is wanted (160004: discord.md 6)."""
        try:
            await self._api.call(
                "POST", "/channels/{channel_id}/messages/{message_id}/threads",
                {"name": name, "auto_archive_duration": KEPT_OPEN_MIN}, safe=True,
                channel_id=place.channel, message_id=str(message["id"]),
            )  # fmt: skip
        except ChatRefused as refused:
            if code_of(refused) != THREAD_EXISTS:
                raise

    async def post(self, forum: Room, card: Card, body: Json, file: Attachment | None) -> str:
        """A post in a forum; its id, which is that of its thread and of its first message."""
        made = await self._api.call(
            "POST", "/channels/{channel_id}/threads",
            {
                "name": name_of(card), "auto_archive_duration": KEPT_OPEN_MIN, "message": body,
                "applied_tags": _tags(forum, card),
            },
            file=file, channel_id=forum.id,
        )  # fmt: skip
        return str(made["id"])

    async def wake(self, thread_id: str) -> None:
        """Bring a thread out of the archive: nothing in there can be changed (50083: discord.md 6).

        Raises ChatRefused: whoever locks one thread has not closed its channel.
        """
        try:
            await self._set_archived(thread_id, archived=False)
        except ChatClosed as closed:
            raise ChatRefused(str(closed)) from None

    async def end(self, thread_id: str) -> None:
        """Remove a thread. Without the right to manage threads the bot archives its own; none at all is no error."""
        try:
            await self._api.call("DELETE", "/channels/{channel_id}", safe=True, channel_id=thread_id)
        except ChatRefused as refused:
            if code_of(refused) == UNKNOWN_CHANNEL:
                return
            with suppress(ChatRefused):  # a member began it
                await self._set_archived(thread_id, archived=True)

    async def _set_archived(self, thread_id: str, *, archived: bool) -> None:
        await self._api.call("PATCH", "/channels/{channel_id}", {"archived": archived}, safe=True, channel_id=thread_id)


def name_of(card: Card) -> str:
    """What the thread of a card is called: its heading, else how it begins."""
    heading = next((block.text for block in card.blocks if isinstance(block, Heading)), "")
    return _named(heading or card.plain.partition("\n")[0])


def name_in(message: Mapping[str, Any]) -> str:
    """The same, from a message that stands."""
    texts = (each.get("content", "") for each in message.get("components") or () if each.get("type") == TEXT_DISPLAY)
    first = next(texts, "").partition("\n")[0]
    return _named(first.replace("\\", "").strip("#* "))


def _named(text: str) -> str:
    return line(" ".join(text.split()), THREAD_NAME_CHARS).strip() or UNNAMED


def _tags(forum: Room, card: Card) -> list[str]:
    """The forum's tag of the topic, else of the question's kind; any where one is required (40067: discord.md 2)."""
    tags = forum.tags or {}
    wanted = [str(card.data.get(name, "")).lower() for name in ("topic", "kind")]
    found = [tags[name] for name in wanted if name in tags] or (list(tags.values()) if forum.needs_tag else [])
    return found[:1]
