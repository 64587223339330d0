"""Everything that the gateway brings: what is ours is taken and done, all else is let go."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.cards import Card
from bot.commands import COMMANDS
from bot.domain.group import MemberId, MessageRef
from bot.errors import ChatBusy, ChatRefused
from bot.inbound import Asked, Command, Edited, Press, Said, Submission
from bot.ports import Ports
from bot.usecases.answering import unread_message
from bot.usecases.answering.find_author import author_of, is_post, unread_edit
from bot.views import notices
from handlers.background import Background
from handlers.discord import inbound
from handlers.discord.autocomplete import Known, choices
from handlers.discord.custom_id import PLATFORM
from handlers.discord.desk import Desk, Unsaved
from handlers.discord.inbound import MENU, PRESSED, SUBMITTED, TYPING, USED, Turn
from handlers.discord.replies import Replies
from handlers.discord.rooms import Kind, Room, Rooms, room_in
from handlers.discord.told import deleted, edited, is_file, is_persons, is_unread, place_of, said
from handlers.discord.tree import focused
from handlers.seen import Seen

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
KINDS = {USED: "command", PRESSED: "press", TYPING: "suggestion", SUBMITTED: "submission"}
"""Type of an interaction -> its kind in the meter's words."""
MOST_KEPT = 20_000
"""Authors of messages: Discord says of a deleted message only which it was."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is here.

    Attributes:
        roots: the command's name in Discord -> its name in the table, for those that were renamed.
        reads: whether Discord shows it plain messages.
    """

    user_id: str
    roots: Mapping[str, str] = field(default_factory=dict)
    reads: Callable[[], bool] = bool


class Intake:
    """One for all servers and shards. `heard` takes each event of the gateway at once; the work goes on by itself."""

    def __init__(
        self, ports: Ports, desk: Desk, replies: Replies, rooms: Rooms, background: Background, bot: Identity
    ) -> None:
        self._ports = ports
        self._desk = desk
        self._replies = replies
        self._rooms = rooms
        self._background = background
        self._bot_id = bot.user_id
        self._roots = bot.roots
        self._reads = bot.reads
        self._seen = Seen()
        self._offered = Seen()
        self._authors: OrderedDict[str, MemberId] = OrderedDict()

    def heard(self, name: str, body: Body) -> None:
        """Take an event. Raises KeyError, TypeError or ValueError for one that is not as Discord describes it."""
        match name:
            case "INTERACTION_CREATE" if self._seen.first(str(body["id"])):
                self._start(KINDS.get(int(body["type"]), "other"), self._interaction(body))
            case "MESSAGE_CREATE" if "guild_id" in body and is_persons(body):
                self._start("said", self.message(body, str(body["guild_id"])))
            case "MESSAGE_UPDATE" if "guild_id" in body and body.get("edited_timestamp") and is_persons(body):
                self._start("edited", self._edit(body, str(body["guild_id"])))
            case "MESSAGE_DELETE" if "guild_id" in body:
                self._start("deleted", self._gone(body, [str(body["id"])]))
            case "MESSAGE_DELETE_BULK" if "guild_id" in body:
                self._start("deleted", self._gone(body, list(map(str, body["ids"]))))
            case "GUILD_DELETE" if not body.get("unavailable"):
                log.warning("the bot was removed from server %s: its groups pause when they are next due", body["id"])

    async def message(self, body: Body, guild_id: str, room: Room | None = None) -> str:
        """A message, whether it comes now or was written while nobody listened."""
        room = room or await self._spoken_in(guild_id, str(body["channel_id"]))
        event = said(body, guild_id, room, self._bot_id) if room else None
        if event is None:
            return await self._unread(body, guild_id, room) if room else "ignored"
        if not isinstance(event, Said) and not self._seen.first(event.caller.event):
            return "repeated"
        if isinstance(event, Said):
            self._note(event.message_id, event.caller.member_id)
        return await self._save(event, body)

    async def edit(self, body: Body, guild_id: str, room: Room | None = None) -> str:
        """A message with a new text."""
        room = room or await self._spoken_in(guild_id, str(body["channel_id"]))
        event = edited(body, guild_id, room, self._bot_id) if room else None
        if event is None:
            return "ignored"
        if not event.text.strip() and not body.get("content") and not self._reads():
            return await self._offer(event, body)
        self._note(event.message_id, event.caller.member_id)
        return await self._save(event, body)

    async def gone(self, thread: MessageRef, message_id: str, author: MemberId | None = None) -> str:
        """A message that was removed from the thread of a post."""
        author = author or self._authors.get(message_id)
        if author is None:
            author = await self._desk.patiently(lambda: author_of(self._ports, thread, message_id))
        if author is None:
            return "ignored"
        now = self._ports.clock.now()
        await self._desk.save(deleted(message_id, author, thread.place, thread.message_id, now))
        return "taken"

    async def _edit(self, body: Body, guild_id: str) -> str:
        return await self.edit(body, guild_id)

    async def _gone(self, body: Body, message_ids: list[str]) -> str:
        guild_id, channel_id = str(body["guild_id"]), str(body["channel_id"])
        room = await self._spoken_in(guild_id, channel_id)
        if room is None or room.kind is not Kind.THREAD or room.owner != self._bot_id:
            return "ignored"
        thread = MessageRef(place_of(guild_id, room), channel_id)
        outcomes = await asyncio.gather(*(self.gone(thread, each) for each in message_ids), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                log.warning("a deletion could not be followed: %s", type(outcome).__name__)
        return "taken" if "taken" in outcomes else "ignored"

    async def _save(self, event: Said | Edited | Asked | Command, body: Body) -> str:
        """Keep words, and show what there is to say about them to their author alone."""
        place, member, channel = event.caller.place, event.caller.member_id, str(body["channel_id"])
        try:
            reply = await self._desk.save(event)
        except Unsaved:
            log.warning("a message was not saved")
            await self._replies.openly(channel, str(body["id"]), notices.refusal(notices.STORE_DOWN_WORDS))
            return "unsaved"
        if isinstance(reply, Card):
            self._background.start(self._replies.privately(place, member, reply, channel), "reply")
        return "taken"

    async def _unread(self, body: Body, guild_id: str, room: Room) -> str:
        """A message of which Discord shows that it stands, but not its words."""
        in_file = is_file(body, room, self._bot_id)
        if not in_file and (self._reads() or not is_unread(body, room, self._bot_id)):
            return "ignored"
        thread = MessageRef(place_of(guild_id, room), room.id)
        member = MemberId(str(body["author"]["id"]))
        told = await unread_message.tell(self._ports, thread, member, is_file=in_file)
        return "taken" if told else "ignored"

    async def _offer(self, event: Edited, body: Body) -> str:
        """An edit whose words Discord does not show: its author is told once how the new text can count."""
        thread = event.caller.thread
        if thread is None or not self._offered.first(event.message_id):
            return "ignored"
        card = await unread_edit(self._ports, thread, event.caller.member_id, event.message_id)
        if card is None:
            return "ignored"
        await self._replies.privately(thread.place, event.caller.member_id, card, str(body["channel_id"]))
        return "taken"

    async def _interaction(self, body: Body) -> str:
        room = await self._room(str(body["guild_id"]), str(body["channel_id"]), body) if body.get("guild_id") else None
        turn = inbound.turn_of(body, room)
        if int(body["type"]) == TYPING:
            return await self._suggest(body, turn)
        caller = inbound.caller_of(body, turn, room, self._home(turn, room))
        event: Command | Press | Submission | Asked | None = None
        match int(body["type"]):
            case kind if kind == USED and body["data"].get("type") == MENU:
                event = inbound.menu(body, caller, self._bot_id)
            case kind if kind == USED:
                event = inbound.command(body, caller, self._roots)
            case kind if kind == PRESSED:
                event = inbound.press(body, caller)
            case kind if kind == SUBMITTED:
                event = inbound.submission(body, caller)
        return "ignored" if event is None else await self._desk.answer(event, turn)

    def _home(self, turn: Turn, room: Room | None) -> Room | None:
        """The group's channel, also where the person is in a thread of it."""
        is_there = room is not None and room.id == turn.place.channel
        return room if is_there else self._rooms.known(turn.place.workspace, turn.place.channel)

    async def _suggest(self, body: Body, turn: Turn) -> str:
        data = body["data"]
        name = self._roots.get(data["name"], data["name"])
        spec = next((row for row in COMMANDS if row.name == name), None)
        argument = focused(spec, data.get("options") or ()) if spec else None
        if argument is None:
            return "ignored"
        group_id = await self._ports.groups.at(turn.place)
        members = await self._ports.groups.members(group_id) if group_id else ()
        bank = await self._ports.bank.of(group_id) if group_id else self._ports.library.questions
        topics = {question.topic for question in bank.values()}
        known = Known(topics=sorted(topics), members=[each.name for each in members])
        await self._replies.suggest(turn, choices(argument[0].kind, argument[1], known))
        return "taken"

    async def _spoken_in(self, guild_id: str, channel_id: str) -> Room | None:
        """The channel of a message. A thread at a post is the bot's, also if a member was quicker to begin it."""
        room = await self._room(guild_id, channel_id)
        if room is None or room.kind is not Kind.THREAD or room.owner == self._bot_id:
            return room
        thread = MessageRef(place_of(guild_id, room), room.id)
        try:
            is_posts = await self._desk.patiently(lambda: is_post(self._ports, thread))
        except Unsaved:
            log.warning("whether a member's thread is that of a post cannot be told now")
            is_posts = False
        return replace(room, owner=self._bot_id) if is_posts else room

    async def _room(self, guild_id: str, channel_id: str, body: Body | None = None) -> Room | None:
        """The channel; None for one that the bot cannot see (any more)."""
        known = self._rooms.known(guild_id, channel_id)
        if known is not None:
            return known
        if body is not None and body.get("channel"):
            return room_in(body["channel"])
        try:
            return await self._rooms.room(guild_id, channel_id)
        except (ChatRefused, ChatBusy) as trouble:
            log.warning("an event in a channel that is not known is let go: %s", trouble)
            return None

    def _note(self, message_id: str, author: MemberId) -> None:
        self._authors[message_id] = author
        while len(self._authors) > MOST_KEPT:
            self._authors.popitem(last=False)

    def _start(self, kind: str, work: Awaitable[str]) -> None:
        self._background.start(self._metered(kind, work), kind)

    async def _metered(self, kind: str, work: Awaitable[str]) -> None:
        loop = asyncio.get_running_loop()
        began_s, outcome = loop.time(), "failed"
        try:
            outcome = await work
        finally:
            self._ports.meter.event(PLATFORM, kind, outcome, loop.time() - began_s)
