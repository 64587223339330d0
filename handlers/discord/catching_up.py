"""After a new connection: what was said, edited and removed in the threads of the newest posts while nobody listened.

A connection that is resumed brings what was missed by itself; a new one does not (discord.md 6, "At-least-once").
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from bot.domain.group import Group, MemberId, MessageRef
from bot.domain.post import Post
from bot.errors import ChatRefused, Trouble
from bot.ports import Ports
from bot.usecases.answering.find_author import message_ids
from handlers.background import Background
from handlers.discord.custom_id import PLATFORM
from handlers.discord.intake import Intake
from handlers.discord.rooms import Kind, Room
from handlers.discord.standing import Standing
from handlers.discord.told import is_persons

log = logging.getLogger(__name__)

RECENT_POSTS = 2
RECENT = timedelta(days=7)
"""What was said is remembered for 8 days, so nothing younger is taken twice."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Before what could not be read is read again; doubled each time."""


class CatchingUp:
    """Reads the threads again; what was taken before is known by its id."""

    def __init__(self, ports: Ports, standing: Standing, intake: Intake, bot_id: str, later: Background) -> None:
        """What cannot be read at once is read in `later`, for which nobody waits."""
        self._ports = ports
        self._standing = standing
        self._intake = intake
        self._bot_id = bot_id
        self._later = later
        self._runs = 0

    async def run(self, guild_ids: Collection[str]) -> None:
        """The groups of these servers; a shard has its own. One that cannot be read does not keep the others.

        Nobody brings these words again before the next new connection, which may be days away: what fails for a moment
        is tried until it has been read, or until there is that connection.
        """
        self._runs += 1
        if not await self._all(guild_ids):
            self._later.start(self._again(guild_ids, self._runs), "catching up")

    async def _again(self, guild_ids: Collection[str], number: int) -> None:
        pause_s = FIRST_PAUSE_S
        while number == self._runs:
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            if number == self._runs and await self._all(guild_ids):
                return

    async def _all(self, guild_ids: Collection[str]) -> bool:
        """Whether there is nothing to be tried again."""
        is_whole = True
        try:
            async for group_id in self._ports.groups.all_ids():
                group = await self._ports.groups.get(group_id)
                if group is None or group.place.platform != PLATFORM or group.place.workspace not in guild_ids:
                    continue
                for post in (await self._ports.posts.all(group.id))[-RECENT_POSTS:]:
                    is_whole &= await self._is_done_with(group, post)
        except Trouble as trouble:
            log.warning("the threads of the newest posts could not all be read yet: %s", trouble)
            return False
        return is_whole

    async def _is_done_with(self, group: Group, post: Post) -> bool:
        """Take what was said at one post; False when it may help to try again."""
        try:
            await self._post(group, post)
        except Trouble as trouble:
            log.warning("the thread of a post of group %s could not be read: %s", group.id, trouble)
            return isinstance(trouble, ChatRefused)
        except (KeyError, TypeError, ValueError) as error:  # a message that is not as Discord describes it
            log.warning("the thread of a post of group %s is not understood: %s", group.id, type(error).__name__)
        return True

    async def _post(self, group: Group, post: Post) -> None:
        if post.message is None or post.opened_at is None or post.opened_at < self._ports.clock.now() - RECENT:
            return
        thread = MessageRef(group.place, post.message.message_id)
        room = Room(id=thread.message_id, kind=Kind.THREAD, parent=group.place.channel, owner=self._bot_id)
        before = await message_ids(self._ports, thread)
        found = set()
        async for each in self._standing.history(thread.message_id, thread.message_id):
            found.add(str(each["id"]))
            if is_persons(each):
                await self._message(group, post, room, each)
        for message_id, author in before.items():
            if message_id.isdecimal() and message_id not in found and await self._standing.is_gone(thread, message_id):
                await self._intake.gone(thread, message_id, author)

    async def _message(self, group: Group, post: Post, room: Room, body: Mapping[str, Any]) -> None:
        """Talk that was read as talk before stays talk."""
        author = MemberId(str(body["author"]["id"]))
        if await self._ports.answers.aside(group.id, post.day, author, str(body["id"])) is not None:
            return
        take = self._intake.edit if body.get("edited_timestamp") else self._intake.message
        await take(body, group.place.workspace, room)
