"""The Chat port on Discord: everything that the bot starts by itself."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatBusy, ChatClosed, ChatRefused, ChatUnsure, Trouble
from bot.ports import Clock, Target, Where
from handlers.discord.addresses import in_direct, in_thread, spot_of
from handlers.discord.api import (
    ARCHIVED_THREAD,
    NO_SERVER_IN_COMMON,
    TAKES_NO_DIRECT,
    UNKNOWN_CHANNEL,
    Closed,
    DiscordApi,
    Json,
    code_of,
)
from handlers.discord.posts import Threads, name_in, name_of
from handlers.discord.render import message
from handlers.discord.rooms import Kind, Rooms
from handlers.discord.stamps import at_of
from handlers.discord.standing import GONE, Standing
from handlers.discord.status import Typing
from handlers.seen import Seen

NONCE_CHARS = 24
"""Discord takes 25."""
NOT_NEW = timedelta(seconds=5)
"""A message older than this that answers a send was sent before, under the same nonce."""
MOST_KEPT = 10_000
UNREACHED = frozenset({TAKES_NO_DIRECT, NO_SERVER_IN_COMMON})
"""Codes that say that a person takes no direct message: they do not wish it, or are in no server with the bot."""
POST = "question"
"""The kind of card that gets a thread."""


class DiscordChat:
    """What the bot says in every server that it is in."""

    def __init__(
        self,
        api: DiscordApi,
        rooms: Rooms,
        standing: Standing,
        typing: Typing,
        clock: Clock,
        *,
        unreached: Callable[[Place, MemberId], None] = lambda *_: None,
    ) -> None:
        """`unreached` is told who of which group's place takes no direct message."""
        self._api = api
        self._rooms = rooms
        self._typing = typing
        self._clock = clock
        self._standing = standing
        self._threads = Threads(api)
        self._ended = Seen()
        self._unreached = unreached
        self._direct_ids: OrderedDict[MemberId, str] = OrderedDict()

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        """Send once. What is for one person goes directly: Discord shows nothing to one person unasked."""
        match to.where:
            case Where.CHANNEL:
                return await self._open(to.place, card, key)
            case Where.THREAD:
                return await self._reply(to.place, _thread(to), card, key)
            case Where.DIRECT | Where.ONLY_YOU:
                return await self.direct(to.place, _member(to), card, key=key)

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        """Every message of the bot there with `key`. A post found without its thread gets it."""
        match to.where:
            case Where.CHANNEL:
                return await self._find_posts(to.place, key, since)
            case Where.THREAD:
                channel_id = _thread(to).message_id
                place = in_thread(to.place, channel_id)
            case Where.DIRECT | Where.ONLY_YOU:
                channel_id = await self._direct_id(_member(to))
                place = in_direct(to.place, channel_id)
        found = self._standing.sent_with(key, channel_id, since)
        return [MessageRef(place, str(each["id"])) async for each in found]

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Replace a message, which keeps its key."""
        channel_id = await self._standing.channel_of(message)
        standing = await self._standing.mine(message, channel_id)
        if standing is None:
            return
        card = self._without_file(message.place, card)
        body = self._drawn(message.place, card)
        body["components"][0]["id"] = standing["components"][0]["id"]
        try:
            await self._replace(channel_id, message, card, body)
        except ChatRefused as refused:
            if code_of(refused) in GONE:
                return
            if code_of(refused) != ARCHIVED_THREAD:
                raise
            await self._threads.wake(channel_id)
            await self._replace(channel_id, message, card, body)

    async def delete(self, message: MessageRef) -> None:
        """Remove a message, and the thread at it."""
        channel_id = await self._standing.channel_of(message)
        if await self._standing.mine(message, channel_id) is None:
            return
        if spot_of(message.place).conversation is None:
            await self._threads.end(message.message_id)
            self._ended.first(message.message_id)
        try:
            await self._api.call(
                "DELETE", "/channels/{channel_id}/messages/{message_id}", safe=True,
                channel_id=channel_id, message_id=message.message_id,
            )  # fmt: skip
        except ChatRefused as refused:
            if code_of(refused) not in GONE:
                raise

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        self._typing.set(thread, member, working=bool(text))

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:  # noqa: ARG002
        """Discord has no streams; a message is edited there."""
        return False

    async def direct(self, place: Place, member: MemberId, card: Card, *, key: str = "") -> MessageRef:
        """Show a card to one person in their conversation with the bot; that this cannot be done closes no group."""
        direct_id = await self._direct_id(member)
        try:
            return await self._post(in_direct(place, direct_id), direct_id, card, key)
        except ChatRefused as refused:
            if code_of(refused) in UNREACHED:
                self._unreached(place, member)
            raise ChatRefused(str(refused)) from None

    async def say(self, channel_id: str, card: Card, *, to_message: str | None = None) -> None:
        """Say something once that nobody looks for again, perhaps as a reply to a message."""
        reply = {"message_reference": {"message_id": to_message, "fail_if_not_exists": False}} if to_message else {}
        await self._api.call(
            "POST", "/channels/{channel_id}/messages", {**message(card), **reply}, channel_id=channel_id
        )

    async def _open(self, place: Place, card: Card, key: str) -> MessageRef:
        room = await self._rooms.room(place.workspace, place.channel)
        if lacks := self._rooms.lacks(place.workspace, place.channel):
            raise ChatClosed(f"the bot lacks in its channel: {', '.join(lacks)}", lacks=lacks)
        card = self._without_file(place, card)
        if room.kind is Kind.FORUM:
            made = await self._threads.post(room, card, message(card, key=key), card.file)
            return MessageRef(place, made)
        sent = await self._post(place, place.channel, card, key)
        if card.kind == POST:
            await self._give_thread(sent, name_of(card))
        return sent

    async def _give_thread(self, post: MessageRef, name: str) -> None:
        """The message stands already: without its thread it is taken back, or else it must be looked for."""
        try:
            await self._threads.begin(post.place, {"id": post.message_id}, name)
        except ChatBusy as busy:
            raise ChatUnsure(f"the post stands without its thread: {busy}") from None
        except ChatRefused:
            try:
                await self.delete(post)
            except Trouble as trouble:
                raise ChatUnsure(f"a post without a thread still stands: {trouble}") from None
            raise

    async def _reply(self, place: Place, thread: MessageRef, card: Card, key: str) -> MessageRef:
        """Into the thread, which is begun (again) if somebody removed it and its message still stands.

        A message would bring a thread out of the archive, also the thread of a post that was taken back.
        """
        if self._ended.known(thread.message_id) or self._rooms.known(place.workspace, thread.message_id) is None:
            await self._standing_post(thread)
        where, card = in_thread(place, thread.message_id), self._without_file(place, card)
        try:
            return await self._post(where, thread.message_id, card, key)
        except Closed as closed:
            if closed.code != UNKNOWN_CHANNEL:
                raise
        standing = await self._standing_post(thread)
        await self._threads.begin(place, standing, name_in(standing))
        return await self._post(where, thread.message_id, card, key)

    async def _standing_post(self, post: MessageRef) -> Mapping[str, Any]:
        standing = await self._standing.mine(post, await self._standing.channel_of(post))
        if standing is None:
            raise ChatRefused("the post is gone, and its thread with it")
        return standing

    async def _post(self, place: Place, channel_id: str, card: Card, key: str) -> MessageRef:
        sent = await self._create(place, channel_id, card, key, _nonce(channel_id, key))
        message_id = str(sent["id"])
        is_old = at_of(message_id) < self._clock.now() - NOT_NEW
        if key and is_old and await self._was_removed(MessageRef(place, message_id), channel_id):
            # Discord gave the message that was sent before with this nonce, and it was removed since
            again = await self._create(place, channel_id, card, key, _nonce(channel_id, f"{key}|{message_id}"))
            message_id = str(again["id"])
        return MessageRef(place, message_id)

    async def _was_removed(self, message: MessageRef, channel_id: str) -> bool:
        try:
            return await self._standing.mine(message, channel_id) is None
        except ChatBusy as busy:
            raise ChatUnsure(str(busy)) from None

    async def _create(self, place: Place, channel_id: str, card: Card, key: str, nonce: str) -> Mapping[str, Any]:
        body = self._drawn(place, card, key or None)
        if key:
            body |= {"nonce": nonce, "enforce_nonce": True}
        created: Mapping[str, Any] = await self._api.call(
            "POST", "/channels/{channel_id}/messages", body, file=card.file, channel_id=channel_id
        )
        return created

    async def _replace(self, channel_id: str, message: MessageRef, card: Card, body: Json) -> None:
        files: Json = {} if card.file else {"attachments": []}
        await self._api.call(
            "PATCH", "/channels/{channel_id}/messages/{message_id}", {**body, **files}, safe=True, file=card.file,
            channel_id=channel_id, message_id=message.message_id,
        )  # fmt: skip

    def _drawn(self, place: Place, card: Card, key: str | None = None) -> Json:
        """What Discord takes of a card; in a direct message its buttons carry the group's place."""
        spot = spot_of(place)
        return message(card, key=key, place=spot.group if spot.is_direct else None)

    async def _find_posts(self, place: Place, key: str, since: datetime) -> list[MessageRef]:
        room = await self._rooms.room(place.workspace, place.channel)
        if room.kind is Kind.FORUM:
            return [MessageRef(place, each) async for each in self._standing.forum_posts(place, key, since)]
        found = []
        async for each in self._standing.sent_with(key, place.channel, since):
            if "thread" not in each:  # whoever sent it died before its thread
                with suppress(ChatRefused):
                    await self._threads.begin(place, each, name_in(each))
            found.append(MessageRef(place, str(each["id"])))
        return found

    async def _direct_id(self, member: MemberId) -> str:
        """Where direct messages to somebody stand."""
        if (known := self._direct_ids.get(member)) is not None:
            return known
        try:
            made = await self._api.call("POST", "/users/@me/channels", {"recipient_id": member}, safe=True)
        except ChatClosed as closed:
            raise ChatRefused(str(closed)) from None
        self._direct_ids[member] = str(made["id"])
        while len(self._direct_ids) > MOST_KEPT:
            self._direct_ids.popitem(last=False)
        return str(made["id"])

    def _without_file(self, place: Place, card: Card) -> Card:
        """The card says what it has to without its file, which needs a right of its own in a server."""
        spot = spot_of(place)
        may = card.file is None or spot.is_direct or self._rooms.may_attach(place.workspace, spot.group.channel)
        return card if may else replace(card, file=None)


def _nonce(channel_id: str, key: str) -> str:
    return hashlib.sha256(f"{channel_id}|{key}".encode()).hexdigest()[:NONCE_CHARS]


def _member(to: Target) -> MemberId:
    if to.member is None:
        raise ChatRefused(f"a message to {to.where.value} needs its member")
    return to.member


def _thread(to: Target) -> MessageRef:
    if to.thread is None:
        raise ChatRefused("a thread message needs its thread")
    return to.thread
