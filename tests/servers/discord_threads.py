"""Channels, threads and forum posts (docs: resources/channel, topics/threads; discord.md 1 Threads, 2, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers.discord_bodies import channel_body, stamp
from tests.servers.discord_content import compose
from tests.servers.discord_faults import No, invalid
from tests.servers.discord_gateway import GUILD_MEMBERS
from tests.servers.discord_hub import Hub
from tests.servers.discord_rest import Asked, Run
from tests.servers.discord_world import HAS_THREAD, THREAD_STARTER, Body, Channel, Kind, Message, Right, Thread

MINUTES = (60, 1440, 4320, 10080)
MOST_NAME_CHARS, MOST_TAGS = 100, 5
_THREAD_OF = {Kind.TEXT: Kind.THREAD, Kind.ANNOUNCEMENTS: Kind.ANNOUNCEMENT_THREAD}
"""Where a message can have a thread, and of which type it is (docs: resources/channel "Channel Types")."""
_EDITABLE = frozenset({"name", "archived", "locked", "auto_archive_duration", "applied_tags", "rate_limit_per_user"})


class Threads:
    """The routes of channels and threads."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def routes(self) -> Mapping[str, Run]:
        """By method and path."""
        at = "/channels/{channel}"
        return {
            f"GET {at}": self._get,
            f"PATCH {at}": self._edit,
            f"DELETE {at}": self._delete,
            f"POST {at}/messages/{{message}}/threads": self._from_message,
            f"POST {at}/threads": self._start,
            f"GET {at}/threads/archived/public": self._archived,
            f"PUT {at}/thread-members/@me": self._join,
            f"PUT {at}/thread-members/{{user}}": self._add,
            f"DELETE {at}/thread-members/{{user}}": self._remove,
            f"GET {at}/thread-members": self._members,
            "GET /guilds/{guild}/threads/active": self._active,
        }

    def _get(self, asked: Asked) -> Body:
        return self._body(self._hub.channel(asked.at["channel"]))

    def _from_message(self, asked: Asked) -> Body:
        """The thread takes the id of its message (docs: topics/threads "Public & Private Threads")."""
        hub = self._hub
        channel = hub.channel(asked.at["channel"], needs=Right.VIEW_CHANNEL | Right.CREATE_PUBLIC_THREADS)
        if channel.kind not in _THREAD_OF:
            raise No(50024)
        message = channel.messages.get(asked.at["message"])
        if message is None:
            raise No(10008)
        if message.id in hub.world.channels:
            raise No(160004)
        thread = self._new(channel, message.id, asked.body, _THREAD_OF[channel.kind])
        message.flags |= HAS_THREAD
        starter = Message(
            id=hub.new_id(), channel_id=thread.id, author=hub.bot, at=hub.now(), type=THREAD_STARTER,
            reference=(channel.id, message.id),
        )  # fmt: skip
        thread.messages[starter.id] = starter
        hub.channel_event("THREAD_CREATE", thread, newly_created=True)
        hub.message_event("MESSAGE_UPDATE", message)
        hub.message_event("MESSAGE_CREATE", starter)
        return self._body(thread)

    def _start(self, asked: Asked) -> Body:
        """A forum post with its message, which has the thread's id; or a thread without a message in a text channel."""
        hub = self._hub
        channel = hub.channel(asked.at["channel"])
        if channel.kind is Kind.FORUM:
            return self._post(channel, asked)
        if channel.kind is not Kind.TEXT:
            raise No(50024)
        kind = Kind(asked.body.get("type", Kind.PRIVATE_THREAD))
        needed = Right.CREATE_PUBLIC_THREADS if kind is Kind.THREAD else Right.CREATE_PRIVATE_THREADS
        if not hub.world.rights(channel, hub.bot.id) & needed:
            raise No(50013)
        thread = self._new(channel, hub.new_id(), asked.body, kind)
        hub.channel_event("THREAD_CREATE", thread, newly_created=True)
        return self._body(thread)

    def _post(self, forum: Channel, asked: Asked) -> Body:
        """docs: topics/threads: SEND_MESSAGES is enough; no nonce is taken here (discord.md 0.5)."""
        hub = self._hub
        if not hub.world.rights(forum, hub.bot.id) & Right.SEND_MESSAGES:
            raise No(50013)
        given = asked.body.get("message")
        if not isinstance(given, dict):
            raise invalid("message", "This field is required", "BASE_TYPE_REQUIRED")
        tags = self._checked_tags(forum, asked.body.get("applied_tags"))
        id_ = hub.new_id()
        message = Message(id=id_, channel_id=id_, author=hub.bot, at=hub.now())
        thread = self._new(forum, id_, asked.body, Kind.THREAD)
        try:
            compose(hub, message, {name: each for name, each in given.items() if name != "nonce"}, asked.files)
        except No:
            del hub.world.channels[id_]
            raise
        if thread.thread:
            thread.thread.tags = tags
        thread.messages[id_] = message
        hub.channel_event("THREAD_CREATE", thread, newly_created=True)
        hub.message_event("MESSAGE_CREATE", message)
        return {**self._body(thread), "message": hub.body(message)}

    def _new(self, parent: Channel, id_: str, body: Body, kind: Kind) -> Channel:
        hub = self._hub
        minutes = body.get("auto_archive_duration") or 1440
        if minutes not in MINUTES:
            raise invalid("auto_archive_duration", f"one of {MINUTES}", "BASE_TYPE_CHOICES")
        state = Thread(owner_id=hub.bot.id, archived_at=hub.now(), auto_archive_minutes=minutes, members={hub.bot.id})
        thread = Channel(
            id=id_, name=_name(body.get("name")), kind=kind, guild_id=parent.guild_id, parent_id=parent.id, thread=state
        )
        hub.world.channels[id_] = thread
        return thread

    def _checked_tags(self, forum: Channel, given: Any) -> list[str]:
        tags = [str(each) for each in given or []]
        if len(tags) > MOST_TAGS or any(each not in forum.tags for each in tags):
            raise invalid("applied_tags", "five tags of this forum at most")
        if any(forum.tags[each] in forum.moderated_tags for each in tags):
            rights = self._hub.world.rights(forum, self._hub.bot.id)
            if not rights & Right.MANAGE_THREADS:  # docs: resources/channel "Forum Tag Object"
                raise No(50013)
        if forum.requires_tag and not tags:
            raise No(40067)
        return tags

    def _edit(self, asked: Asked) -> Body:
        """docs: topics/threads "Editing & Deleting Threads"; 50083 for all else while it is archived."""
        hub, body = self._hub, asked.body
        channel = hub.channel(asked.at["channel"])
        rights = hub.world.rights(channel, hub.bot.id)
        thread = channel.thread
        if thread is None:
            if not rights & Right.MANAGE_CHANNELS:
                raise No(50013)
            channel.name = _name(body.get("name", channel.name))
            hub.channel_event("CHANNEL_UPDATE", channel)
            return self._body(channel)
        moderates = bool(rights & Right.MANAGE_THREADS)
        if unknown := sorted(body.keys() - _EDITABLE):
            raise invalid(unknown[0], "this Discord does not know it")
        own = thread.owner_id == hub.bot.id
        if not moderates and ({"locked", "rate_limit_per_user"} & body.keys() or not own):
            raise No(50013)
        if thread.archived and body.get("archived") is not False:
            raise No(50083)
        if thread.locked and not moderates:
            raise No(160005)
        self._change(channel, thread, body)
        hub.channel_event("THREAD_UPDATE", channel)
        return self._body(channel)

    def _change(self, channel: Channel, thread: Thread, body: Body) -> None:
        channel.name = _name(body.get("name", channel.name))
        parent = self._hub.world.channels[channel.parent_id or ""]
        if "applied_tags" in body:
            thread.tags = self._checked_tags(parent, body["applied_tags"])
        if body.get("auto_archive_duration", thread.auto_archive_minutes) not in MINUTES:
            raise invalid("auto_archive_duration", f"one of {MINUTES}", "BASE_TYPE_CHOICES")
        thread.auto_archive_minutes = body.get("auto_archive_duration", thread.auto_archive_minutes)
        thread.locked = bool(body.get("locked", thread.locked))
        if "archived" in body:
            thread.archived, thread.archived_at = bool(body["archived"]), self._hub.now()

    def _delete(self, asked: Asked) -> Body:
        channel = self._hub.channel(asked.at["channel"])
        needed = Right.MANAGE_THREADS if channel.thread else Right.MANAGE_CHANNELS
        if not self._hub.world.rights(channel, self._hub.bot.id) & needed:
            raise No(50013)
        body = self._body(channel)
        self._hub.remove_channel(channel)
        return body

    def _archived(self, asked: Asked) -> Body:
        channel = self._hub.channel(asked.at["channel"], needs=Right.VIEW_CHANNEL | Right.READ_MESSAGE_HISTORY)
        old = [each for each in self._hub.world.threads(channel.id) if each.thread and each.thread.archived]
        old.sort(key=lambda each: stamp(each.thread.archived_at) if each.thread else "", reverse=True)
        return self._listed(old, has_more=False)

    def _active(self, asked: Asked) -> Body:
        hub = self._hub
        if asked.at["guild"] not in hub.joined():
            raise No(50001)
        here = [each for each in hub.world.channels.values() if each.guild_id == asked.at["guild"] and each.thread]
        return self._listed(
            [each for each in here if each.thread and not each.thread.archived and hub.world.can_see(each, hub.bot.id)]
        )

    def _listed(self, threads: list[Channel], **more: Any) -> Body:
        bodies = [self._body(each) for each in threads]
        return {"threads": bodies, "members": [each["member"] for each in bodies if "member" in each], **more}

    def _join(self, asked: Asked) -> None:
        self._active_thread(asked).members.add(self._hub.bot.id)

    def _add(self, asked: Asked) -> None:
        channel, thread = self._hub.channel(asked.at["channel"]), self._active_thread(asked)
        guild = self._hub.world.guilds[channel.guild_id or ""]
        if asked.at["user"] not in guild.members:
            raise No(10007)
        thread.members.add(asked.at["user"])

    def _remove(self, asked: Asked) -> None:
        self._active_thread(asked).members.discard(asked.at["user"].replace("@me", self._hub.bot.id))

    def _members(self, asked: Asked) -> list[Body]:
        """discord.md 6 Threads: listing needs the GUILD_MEMBERS intent."""
        thread = self._active_thread(asked)
        if not self._hub.gateway.allowed & GUILD_MEMBERS:
            raise No(50001)
        since = stamp(thread.archived_at)
        return [
            {"id": asked.at["channel"], "user_id": each, "join_timestamp": since, "flags": 0}
            for each in sorted(thread.members)
        ]

    def _active_thread(self, asked: Asked) -> Thread:
        thread = self._hub.channel(asked.at["channel"]).thread
        if thread is None:
            raise No(50024)
        if thread.archived:
            raise No(50083)
        return thread

    def _body(self, channel: Channel) -> Body:
        return channel_body(self._hub.world, channel, self._hub.bot.id)


def _name(value: Any) -> str:
    name = str(value or "")
    if not 1 <= len(name) <= MOST_NAME_CHARS:
        raise invalid("name", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
    return name
