"""The Chat port on Slack: everything that the bot starts by itself."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.cards import Attachment, Card
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatClosed, ChatRefused, Trouble
from bot.ports import Target, Where
from handlers.background import Background
from handlers.slack.addresses import addressed, conversation_of, direct_place
from handlers.slack.api import SlackApi
from handlers.slack.names import CommandNames
from handlers.slack.people import People
from handlers.slack.render import Json, key_of, message
from handlers.slack.stamps import at_of, ts_at
from handlers.slack.status import StatusLines
from handlers.slack.streams import Streams
from handlers.slack.tokens import Tokens

log = logging.getLogger(__name__)

_JOINT = "/"
"""Slack's ids and stamps have none."""
PAGE = 200
MOST_PAGES = 10
"""A look goes back a few minutes to a few days; a thread or a channel with more messages than this is not read."""


class SlackChat:
    """What the bot says in every workspace that it is in."""

    def __init__(
        self, api: SlackApi, tokens: Tokens, people: People, background: Background, names: CommandNames | None = None
    ) -> None:
        self._api = api
        self._tokens = tokens
        self._people = people
        self._background = background
        self._names = names or CommandNames()
        self._status = StatusLines(self._set_status, background)
        self._streams = Streams(api)

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        """Send once. A file is brought after its card; without it the message stands all the same."""
        if to.where is Where.ONLY_YOU:
            sent = await self._for_one(to, card, key)
        else:
            place = await self._standing_place(to)
            sent = await self._post(place, card, key, to.thread if to.where is Where.THREAD else None)
        if to.where is Where.CHANNEL:
            self._background.start(self._people.meet(to.place), "meet")
        return sent

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        """Every message of the bot there with `key`; a message for one person in a channel cannot be found again."""
        if to.where is Where.ONLY_YOU:
            return []
        place = await self._standing_place(to)
        channel, _ = conversation_of(place)
        arguments: dict[str, Any] = {"channel": channel, "oldest": ts_at(since), "inclusive": True}
        method = "conversations.history"
        if to.where is Where.THREAD:
            method, arguments["ts"] = "conversations.replies", _thread(to).message_id
        bot = self._tokens.of(place.workspace)
        found = [
            MessageRef(place, each["ts"])
            for each in await self._messages(place.workspace, method, arguments)
            if key_of(each) == key and bot is not None and each.get("user") == bot.bot_user_id
            and at_of(each["ts"]) >= since
        ]  # fmt: skip
        return sorted(found, key=lambda ref: ref.message_id)

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Replace a message. One for a single person cannot be changed in Slack: it is shown to them anew."""
        if (whispered := _whispered(message)) is not None:
            await self.whisper(message.place, whispered[0], card, thread=whispered[1])
            return
        channel, group = conversation_of(message.place)
        await self._api.call(
            message.place.workspace, "chat.update", safe=True, accept={"message_not_found"},
            channel=channel, ts=message.message_id, **self._drawn(card, group),
        )  # fmt: skip

    async def delete(self, message: MessageRef) -> None:
        """Remove a message. One for a single person goes by itself when they load Slack again."""
        if _whispered(message) is not None:
            return
        channel, group = conversation_of(message.place)
        bot = self._tokens.of(message.place.workspace)
        if group is not None and bot is not None:
            await self._streams.clear(message, bot.bot_user_id)
        await self._api.call(
            message.place.workspace, "chat.delete", safe=True, accept={"message_not_found"},
            channel=channel, ts=message.message_id,
        )  # fmt: skip

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        await self._status.set(thread, member, text)

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:
        return await self._streams.show(below, member, lines)

    async def whisper(
        self, place: Place, member: MemberId, card: Card, *, thread: MessageRef | None = None
    ) -> MessageRef:
        """Show a card to one person in a channel; its file goes directly, for a channel shows files to everybody."""
        body = await self._api.call(
            place.workspace, "chat.postEphemeral", channel=place.channel, user=member,
            thread_ts=thread.message_id if thread else None, **self._drawn(card, None),
        )  # fmt: skip
        if card.file is not None:
            await _tried(self.hand_over(place, member, card.file))
        return MessageRef(place, _JOINT.join((body["message_ts"], member, thread.message_id if thread else "")))

    async def direct(self, place: Place, member: MemberId, card: Card) -> None:
        """Show a card to one person in their conversation with the bot."""
        await self._post(await self._direct(place, member), card, None, None)

    async def hand_over(self, place: Place, member: MemberId, file: Attachment) -> None:
        """Bring a file to one person, in their conversation with the bot. Raises what a call raises."""
        await self._bring(await self._direct(place, member), file, None)

    async def _post(self, place: Place, card: Card, key: str | None, thread: MessageRef | None) -> MessageRef:
        channel, group = conversation_of(place)
        try:
            body = await self._api.call(
                place.workspace, "chat.postMessage", channel=channel,
                thread_ts=thread.message_id if thread else None, **self._drawn(card, group, key=key),
                unfurl_links=False, unfurl_media=False,
            )  # fmt: skip
        except ChatClosed as closed:
            raise (ChatRefused(str(closed)) if group else closed) from None
        if card.file is not None:
            await _tried(self._bring(place, card.file, thread))
        return MessageRef(place, body["ts"])

    async def _for_one(self, to: Target, card: Card, key: str) -> MessageRef:
        """In the channel; directly, to a member who is no longer in it."""
        try:
            return await self.whisper(to.place, _member(to), card, thread=to.thread)
        except ChatClosed:
            raise
        except ChatRefused:
            return await self._post(await self._direct(to.place, _member(to)), card, key, None)

    async def _standing_place(self, to: Target) -> Place:
        return await self._direct(to.place, _member(to)) if to.where is Where.DIRECT else to.place

    async def _direct(self, group: Place, member: MemberId) -> Place:
        """Where direct messages to somebody stand. That one person cannot be written to closes no group."""
        try:
            body = await self._api.call(group.workspace, "conversations.open", safe=True, users=member)
        except ChatClosed as closed:
            raise ChatRefused(str(closed)) from None
        return direct_place(group, body["channel"]["id"])

    async def _bring(self, place: Place, file: Attachment, thread: MessageRef | None) -> None:
        """Upload into the place."""
        channel, _ = conversation_of(place)
        team = place.workspace
        begun = await self._api.call(
            team, "files.getUploadURLExternal", safe=True, filename=file.name, length=len(file.content)
        )
        await self._api.upload(begun["upload_url"], file.content)
        await self._api.call(
            team, "files.completeUploadExternal", files=[{"id": begun["file_id"], "title": file.name}],
            channel_id=channel, thread_ts=thread.message_id if thread else None,
        )  # fmt: skip

    async def _messages(self, team: str, method: str, arguments: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        messages: list[Mapping[str, Any]] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            body = await self._api.call(
                team, method, safe=True, limit=PAGE, cursor=cursor, include_all_metadata=True, **arguments
            )
            messages += body["messages"]
            cursor = (body.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return messages

    async def _set_status(self, thread: MessageRef, text: str) -> None:
        await self._api.call(
            thread.place.workspace, "assistant.threads.setStatus", safe=True,
            channel_id=thread.place.channel, thread_ts=thread.message_id, status=text,
        )  # fmt: skip

    def _drawn(self, card: Card, group: str | None, *, key: str | None = None) -> Json:
        """What Slack takes of a card; outside its channel, its buttons carry the group's."""
        drawn = message(self._names.card(card), key=key)
        return {**drawn, "blocks": addressed(drawn["blocks"], group)} if group else drawn


async def _tried(bringing: Awaitable[None]) -> None:
    """A file after its card. The card stands and says what it has to without it, so a fault is only logged."""
    try:
        await bringing
    except Trouble as trouble:
        log.warning("a file is not delivered: %s", trouble)


def _whispered(message: MessageRef) -> tuple[MemberId, MessageRef | None] | None:
    """Who a message for one person was for, and in which thread; None for any other message."""
    _, joint, rest = message.message_id.partition(_JOINT)
    member, _, thread_ts = rest.partition(_JOINT)
    return (MemberId(member), MessageRef(message.place, thread_ts) if thread_ts else None) if joint else None


def _member(to: Target) -> MemberId:
    if to.member is None:
        raise ChatRefused(f"a message to {to.where.value} needs its member")
    return to.member


def _thread(to: Target) -> MessageRef:
    if to.thread is None:
        raise ChatRefused("a thread message needs its thread")
    return to.thread
