"""`tpm-bot try`: the core, a room and a keyboard put together."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards import Reply
from bot.commands import COMMANDS
from bot.domain.group import Group, MemberId
from bot.domain.parse import days_text
from bot.domain.post import PostState
from bot.domain.schedule import Schedule
from bot.errors import Refusal
from bot.inbound import Inbound
from bot.infra.clock import SteppedClock
from bot.infra.library import packaged_library
from bot.settings import Settings
from bot.usecases.facilitating import manage_group
from bot.usecases.facilitating.wishes import Wishes
from bot.usecases.posting import post_question
from handlers import app
from handlers.terminal.chat import RoomChat
from handlers.terminal.group_line import GroupLine
from handlers.terminal.playing import play
from handlers.terminal.room import Room
from handlers.terminal.script import parse_script

EVERY_DAY = frozenset(range(1, 8))


class TerminalHost:
    """A running core with a room for its platform; a script may kill it and start it again."""

    def __init__(self, settings: Settings, url: str, room: Room, clock: SteppedClock | None) -> None:
        self._settings = settings
        self._url = url
        self._room = room
        self._clock = clock
        self._library = packaged_library(settings.questions_dir)
        self._stack = AsyncExitStack()
        self.core: app.Core

    async def start(self) -> None:
        """Enter the core."""
        self.core = await self._stack.enter_async_context(
            app.core(
                self._settings,
                self._url,
                lambda clock: RoomChat(self._room, clock),
                clock=self._clock,
                library=self._library,
            )
        )

    async def stop(self) -> None:
        """Leave the core."""
        await self._stack.aclose()

    async def dispatch(self, event: Inbound) -> Reply:
        """Hand an event to the core; a store that does not answer is said in words."""
        return await self.core.dispatch(event)

    async def settle(self) -> None:
        """Work until no job is due now."""
        if self._clock is not None:
            await self.core.worker.drain()
        else:
            while self.core.worker.busy or await self._is_due():  # noqa: ASYNC110  work ends in Redis, which tells nobody
                await asyncio.sleep(0.05)

    async def next_due(self) -> datetime | None:
        """When the next job is due."""
        return await self.core.next_due()

    def move_to(self, at: datetime) -> None:
        """Move a script's clock."""
        if self._clock is not None:
            self._clock.move_to(at)

    async def kill_and_restart(self) -> None:
        """Drop the core as it stands and start a new one on the same data."""
        self.core.worker.abandon()
        await self._stack.aclose()
        self._stack = AsyncExitStack()
        await self.start()

    def now(self) -> datetime:
        """The aware UTC instant."""
        return self.core.ports.clock.now()

    async def _is_due(self) -> bool:
        due = await self.core.next_due()
        return due is not None and due <= self.now()


async def run_script(settings: Settings, text: str, *, start: datetime | None, as_json: bool) -> None:
    """Play a script. Raises ScriptFault before anything is played, PlayFault at the line that fails."""
    script = parse_script(text)
    wishes = script.group
    schedule = Schedule(zone=wishes.zone, at=wishes.at, days=wishes.days)
    async with app.redis_url(settings) as url:
        room = Room(settings.data_dir)
        try:
            clock = SteppedClock(start or _start(schedule))
            _check_order(room, clock.now(), schedule.zone)
            async with _host(settings, url, room, clock) as host:
                await _group(host, room, wishes)
                await play(script, host, room, ZoneInfo(wishes.zone), sys.stdout, as_json=as_json)
        finally:
            room.close()


async def run_keyboard(settings: Settings, *, start: datetime | None) -> None:
    """Let people use the bot at this keyboard until they leave; a first question is there at once."""
    from handlers.terminal.talking import talk

    async with app.redis_url(settings) as url:
        room = Room(settings.data_dir)
        try:
            clock = SteppedClock(start) if start else None
            _check_order(room, start, _local_zone())
            async with _host(settings, url, room, clock) as host:
                group = await _group(host, room, GroupLine(zone=_local_zone(), days=EVERY_DAY))
                await _first_question(host, group)
                async with app.beating(host.core):
                    await talk(host, room, ZoneInfo(group.schedule.zone), folder=settings.data_dir, commands=COMMANDS)
        finally:
            room.close()


def _check_order(room: Room, start: datetime | None, zone: str) -> None:
    """Time goes on in a room. Raises Refusal when `start` lies before what happened there."""
    newest = max((message.at for message in room.messages.values()), default=None)
    if start is not None and newest is not None and start < newest:
        shown = newest.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
        raise Refusal(
            f"This data goes on until {shown}, and time does not go back. Begin there or later with --start, "
            "or name another folder with --data DIR."
        )


@asynccontextmanager
async def _host(settings: Settings, url: str, room: Room, clock: SteppedClock | None) -> AsyncIterator[TerminalHost]:
    host = TerminalHost(settings, url, room, clock)
    await host.start()
    try:
        yield host
    finally:
        await host.stop()


async def _group(host: TerminalHost, room: Room, wishes: GroupLine) -> Group:
    """The room's group; the first time with these wishes."""
    ports = host.core.ports
    group_id = await ports.groups.at(room.place)
    standing = await ports.groups.get(group_id) if group_id else None
    admin = room.join(wishes.admin, host.now(), admin=True)
    if standing is not None:
        return standing
    wanted = Wishes(
        zone=wishes.zone,
        at=f"{wishes.at:%H:%M}",
        days=days_text(wishes.days),
        window=str(wishes.window),
        mode=wishes.mode.value,
    )
    return await manage_group.create(ports, room.place, MemberId(admin.id), room.channel, wanted)


async def _first_question(host: TerminalHost, group: Group) -> None:
    """At a keyboard nobody waits until nine: today's question is posted at once if there is none yet."""
    ports = host.core.ports
    day = group.schedule.local_day(host.now())
    post = await ports.posts.get(group.id, day)
    if not group.paused and (post is None or post.state is PostState.CHOSEN):
        await post_question.post_now(ports, group)


def _start(schedule: Schedule) -> datetime:
    """The next due post, from the real time on."""
    from bot.infra.clock import host_now

    upcoming = schedule.next_due(host_now())
    return upcoming[1] if upcoming else host_now()


def _local_zone() -> str:
    """The zone of this machine, if it has an IANA name; else UTC."""
    from tzlocal import get_localzone_name

    with suppress(Exception):
        return get_localzone_name() or "UTC"
    return "UTC"
