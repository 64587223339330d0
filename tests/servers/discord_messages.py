"""Messages: what the app writes and reads (docs: resources/message; discord.md 1 Sending, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.servers.discord_bodies import channel_body
from tests.servers.discord_content import MOST_NONCE_CHARS, compose, open_for
from tests.servers.discord_faults import No, invalid
from tests.servers.discord_hub import Hub
from tests.servers.discord_rest import Asked, Run
from tests.servers.discord_world import EPHEMERAL, REPLY, THREAD_STARTER, Body, Channel, Message, Right

NONCE_LIFE = timedelta(minutes=5)
"""discord.md 1 Sending: "the past few minutes"; Discord gives no number."""
OLD_AGE = timedelta(hours=1)
MOST_OLD_EDITS = 3
OLD_EDIT_WAIT_S = 0.05
"""discord.md 2 (edits): there is a cap, which Discord does not publish; these two numbers are made up, the first low so
that live updates are noticed. aikaterna-cogs#302 shows the 429 that it comes as, after discord.py's own five tries."""


class Messages:
    """The routes of messages."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._old_edits: dict[str, int] = {}

    def routes(self) -> Mapping[str, Run]:
        """By method and path."""
        at = "/channels/{channel}/messages"
        return {
            f"POST {at}": self._send,
            f"GET {at}": self._history,
            f"PUT {at}/pins/{{message}}": self._pin,
            f"GET {at}/{{message}}": self._get,
            f"PATCH {at}/{{message}}": self._edit,
            f"DELETE {at}/{{message}}": self._delete,
            "POST /channels/{channel}/typing": self._typing,
            "POST /users/@me/channels": self._open_direct,
        }

    def _send(self, asked: Asked) -> Body:
        hub, body = self._hub, asked.body
        channel = hub.channel(asked.at["channel"])
        open_for(hub, channel, hub.bot.id)
        if asked.files and not hub.world.rights(channel, hub.bot.id) & Right.ATTACH_FILES:
            raise No(50013)
        if channel.guild_id is None:
            self._check_takes(channel)
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        if nonce is not None and len(nonce) > MOST_NONCE_CHARS:
            raise invalid("nonce", "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        if int(body.get("flags") or 0) & EPHEMERAL:
            raise invalid("flags", "only answers to interactions can be ephemeral")
        if nonce and body.get("enforce_nonce") and (first := self._sent_with(channel, nonce)):
            return {**hub.body(first), "nonce": nonce}
        message = Message(id=hub.new_id(), channel_id=channel.id, author=hub.bot, at=hub.now(), nonce=nonce)
        self._refer(channel, message, body.get("message_reference"))
        compose(hub, message, body, asked.files)
        channel.messages[message.id] = message
        more = {"nonce": nonce} if nonce else {}
        hub.message_event("MESSAGE_CREATE", message, **more)
        return {**hub.body(message), **more}

    def _check_takes(self, channel: Channel) -> None:
        """docs: opcodes 50007: a person may take no messages from this app. 50278: they are in no guild with it."""
        world = self._hub.world
        for each in set(channel.people) - {self._hub.bot.id}:
            if not any(each in world.guilds[joined].members for joined in self._hub.joined()):
                raise No(50278)
            if not world.people[each].takes_direct:
                raise No(50007)

    def _sent_with(self, channel: Channel, nonce: str) -> Message | None:
        since = self._hub.now() - NONCE_LIFE
        mine = (each for each in channel.messages.values() if each.author is self._hub.bot and each.at >= since)
        return next((each for each in mine if each.nonce == nonce), None)

    def _refer(self, channel: Channel, message: Message, reference: Any) -> None:
        if not reference:
            return
        id_ = str(reference["message_id"])
        if id_ not in channel.messages:
            if reference.get("fail_if_not_exists", True):
                raise invalid("message_reference", "Unknown message", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE")
            return
        if not self._hub.world.rights(channel, self._hub.bot.id) & Right.READ_MESSAGE_HISTORY:
            raise No(50013)
        message.type, message.reference = REPLY, (channel.id, id_)

    def _history(self, asked: Asked) -> list[Body]:
        """Newest first; without READ_MESSAGE_HISTORY nothing (docs: resources/message "Get Channel Messages")."""
        hub = self._hub
        channel = hub.channel(asked.at["channel"])
        limit = int(asked.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise invalid("limit", "between 1 and 100")
        if not hub.world.rights(channel, hub.bot.id) & Right.READ_MESSAGE_HISTORY:
            return []
        ids = sorted(map(int, channel.messages))
        if after := asked.query.get("after"):
            ids = [each for each in ids if each > int(after)][:limit]
        elif before := asked.query.get("before"):
            ids = [each for each in ids if each < int(before)]
        elif around := asked.query.get("around"):
            ids = sorted(sorted(ids, key=lambda each: abs(each - int(around)))[:limit])
        return [hub.read(channel.messages[str(each)]) for each in reversed(ids[-limit:])]

    def _get(self, asked: Asked) -> Body:
        channel = self._hub.channel(asked.at["channel"], needs=Right.READ_MESSAGE_HISTORY)
        return self._hub.read(_found(channel, asked))

    def _edit(self, asked: Asked) -> Body:
        hub = self._hub
        channel = hub.channel(asked.at["channel"])
        message = _found(channel, asked)
        if message.author is not hub.bot:
            raise No(50005)
        if message.type == THREAD_STARTER:
            raise No(50021)
        if channel.thread and channel.thread.archived:
            raise No(50083)  # discord.md 6 Threads: sending unarchives, editing does not
        if (
            channel.thread
            and channel.thread.locked
            and not hub.world.rights(channel, hub.bot.id) & Right.MANAGE_THREADS
        ):
            raise No(160005)
        if hub.now() - message.at > OLD_AGE:
            self._old_edits[message.id] = self._old_edits.get(message.id, 0) + 1
            if self._old_edits[message.id] > MOST_OLD_EDITS:
                raise No(30046, retry_after=OLD_EDIT_WAIT_S)
        compose(hub, message, asked.body, asked.files)
        message.edited_at = hub.now()
        hub.message_event("MESSAGE_UPDATE", message)
        return hub.body(message)

    def _delete(self, asked: Asked) -> None:
        hub = self._hub
        channel = hub.channel(asked.at["channel"])
        message = _found(channel, asked)
        if message.author is not hub.bot and not hub.world.rights(channel, hub.bot.id) & Right.MANAGE_MESSAGES:
            raise No(50013)
        hub.remove_message(message)

    def _pin(self, asked: Asked) -> None:
        """discord.md 2: since 2026-02-23 this needs PIN_MESSAGES."""
        channel = self._hub.channel(asked.at["channel"], needs=Right.PIN_MESSAGES)
        _found(channel, asked).pinned = True

    def _typing(self, asked: Asked) -> None:
        channel = self._hub.channel(asked.at["channel"])
        needed = Right.SEND_MESSAGES_IN_THREADS if channel.thread else Right.SEND_MESSAGES
        if not self._hub.world.rights(channel, self._hub.bot.id) & needed:
            raise No(50013)
        self._hub.typing.append((channel.id, self._hub.now()))

    def _open_direct(self, asked: Asked) -> Body:
        person = self._hub.world.people.get(str(asked.body.get("recipient_id")))
        if person is None or person is self._hub.bot:
            raise No(50033, message="Invalid Recipient(s)")
        channel = self._hub.world.direct(self._hub.bot.id, person.id, self._hub.new_id())
        return channel_body(self._hub.world, channel, self._hub.bot.id)


def _found(channel: Channel, asked: Asked) -> Message:
    """Ephemeral messages cannot be reached here (discord.md 6 Ephemeral). Raises No."""
    message = channel.messages.get(asked.at["message"])
    if message is None:
        raise No(10008)
    return message
