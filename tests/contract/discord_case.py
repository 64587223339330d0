"""The Discord platform on the fake Discord, with the real core on a real Valkey; shared by the tests of the adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.commands import COMMANDS
from bot.domain.group import Group, MemberId, Place
from bot.infra.clock import SteppedClock
from bot.ports import Clock, Ports
from bot.settings import Settings, read
from bot.usecases.facilitating import manage_group
from bot.usecases.facilitating.wishes import Wishes
from bot.usecases.posting import post_question
from handlers import app
from handlers.background import Background
from handlers.discord.api import DiscordApi
from handlers.discord.app import DiscordPlatform
from handlers.discord.chat import DiscordChat
from handlers.discord.desk import Limits
from handlers.discord.endpoint import Endpoint
from handlers.discord.gateway import Gateway, Patience
from handlers.discord.rooms import Rooms
from handlers.discord.standing import Standing
from handlers.discord.status import Typing
from handlers.discord.tree import payload
from handlers.switchboard import Switchboard
from tests.conftest import emptied
from tests.contract.slack_case import ANSWER, eventually
from tests.servers.discord import GUILD_ID, DiscordServer
from tests.servers.discord_people import User
from tests.servers.discord_world import THREAD_STARTER, Channel, Message

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Paris."""
STUDY = "2000"
PLACE = Place("discord", GUILD_ID, STUDY)
QUICK = Patience(ready_s=5.0, pause_s=0.05, refused_s=0.2)

__all__ = [
    "ANSWER",
    "PLACE",
    "QUICK",
    "START",
    "STUDY",
    "Case",
    "discord_chat",
    "eventually",
    "running",
    "settings_for",
]


@asynccontextmanager
async def discord_chat(server: DiscordServer, clock: Clock) -> AsyncIterator[DiscordChat]:
    """The Chat port alone, on a connected client."""
    async with chat_and_rooms(server, clock) as (chat, _):
        yield chat


@asynccontextmanager
async def chat_and_rooms(server: DiscordServer, clock: Clock) -> AsyncIterator[tuple[DiscordChat, Rooms]]:
    """The same, with what the bot knows of channels."""
    background = Background()
    with Endpoint.of(server.api_url, server.gateway_url).applied():
        gateway = Gateway(server.token, lambda *_: None, message_content=False, patience=QUICK)
        try:
            bot_id = await gateway.sign_on()
            await gateway.connect()
            api = DiscordApi(lambda: gateway.client, clock)
            rooms = Rooms(lambda: gateway.client, api)
            yield DiscordChat(api, rooms, Standing(api, rooms, bot_id), Typing(api, background), clock), rooms
        finally:
            await background.drain(1.0)
            await gateway.close()


@dataclass
class Case:
    """A running bot in the server 1000: asha manages it, ben is in it; both see the channel 2000."""

    discord: DiscordServer
    core: app.Core
    platform: DiscordPlatform
    clock: SteppedClock
    asha: User
    ben: User
    study: Channel

    async def settle(self) -> None:
        """Until no event is on its way, no answer is being made, and nothing is due."""
        await self.answered()
        await self.core.worker.drain()
        await self.answered()

    async def answered(self) -> None:
        """Until no answer is being made."""
        await self.discord.settled()
        await eventually(lambda: self._is_read() and not self.platform.busy)

    def _is_read(self) -> bool:
        """Whether the bot has read every event of its session."""
        gateway = self.platform.gateway
        read = gateway.client.ws.sequence if gateway is not None else None
        return any(
            session.connection and len(session.log) == read for session in self.discord.gateway.sessions.values()
        )

    async def group(self, place: Place = PLACE, **wishes: str) -> Group:
        """The group of the channel, with asha for its admin."""
        wanted = Wishes(**({"zone": "Europe/Paris", "at": "18:00", "days": "daily"} | wishes))
        return await manage_group.create(self.core.ports, place, MemberId(self.asha.id), "study", wanted)

    async def posted(self, **wishes: str) -> Message:
        """A group, and its question of today in the channel."""
        await post_question.post_now(self.core.ports, await self.group(PLACE, **wishes))
        await self.settle()
        return next(each for each in self.study.messages.values() if each.labels)

    def thread(self, post: Message) -> list[Message]:
        """What stands in a post's thread, oldest first."""
        channel = self.discord.hub.world.channels[post.id]
        return [each for each in channel.messages.values() if each.type != THREAD_STARTER]

    def replies(self, post: Message) -> list[str]:
        """What the bot said in a post's thread."""
        return [each.shown for each in self.thread(post) if each.author.is_bot]

    def directs(self, user: User) -> list[Message]:
        """What the bot said to one person directly."""
        return list(user.sees(user.direct))

    def pass_time(self, span: timedelta) -> None:
        """Move the one clock that Discord and the bot have here."""
        self.clock.move_to(self.clock.now() + span)

    async def answer_of(self, user_id: str) -> str | None:
        """What stands as somebody's answer to the newest post."""
        ports = self.core.ports
        group = await self.standing_group()
        post = (await ports.posts.all(group.id))[-1]
        answer = await ports.answers.get(group.id, post.day, MemberId(user_id))
        return answer.text if answer else None

    async def standing_group(self, place: Place = PLACE) -> Group:
        """The group of the channel, as it stands."""
        group_id = await self.core.ports.groups.at(place)
        assert group_id is not None
        group = await self.core.ports.groups.get(group_id)
        assert group is not None
        return group


@asynccontextmanager
async def running(
    valkey_url: str,
    *,
    patience: Patience = QUICK,
    limits: Limits | None = None,
    ports_of: Callable[[Ports], Ports] = lambda ports: ports,
    before: Callable[[DiscordServer], None] = lambda _: None,
    **more: Any,
) -> AsyncIterator[Case]:
    """The bot in this process; `more` are settings, `before` changes the fake Discord before the bot starts."""
    await emptied(valkey_url)
    clock = SteppedClock(START)
    async with DiscordServer(now=clock.now).running() as discord:
        asha, ben = discord.user("1", name="asha", admin=True), discord.user("2", name="ben")
        study = discord.channel(STUDY, name="study")
        discord.register(payload(COMMANDS))
        before(discord)
        async with started(valkey_url, discord, clock, patience, limits, ports_of, **more) as (core, platform):
            yield Case(discord, core, platform, clock, asha, ben, study)


@asynccontextmanager
async def started(
    valkey_url: str,
    discord: DiscordServer,
    clock: SteppedClock,
    patience: Patience = QUICK,
    limits: Limits | None = None,
    ports_of: Callable[[Ports], Ports] = lambda ports: ports,
    **more: Any,
) -> AsyncIterator[tuple[app.Core, DiscordPlatform]]:
    """One process of the bot, on a Discord and a Valkey that others may use too."""
    settings = settings_for(discord, **more)
    switchboard = Switchboard(["discord"], lambda *_: None)
    platform = DiscordPlatform(settings, patience=patience, limits=limits)
    async with app.core(settings, valkey_url, lambda _: switchboard, clock=clock) as core:
        try:
            await platform.start(ports_of(core.ports))
            switchboard.plug(platform.name, platform.chat)
            yield core, platform
        finally:
            await platform.close()


def settings_for(discord: DiscordServer, **more: Any) -> Settings:
    """What an operator sets for the fake Discord."""
    own: dict[str, Any] = {
        "discord_token": discord.token,
        "discord_api_base_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
    }
    return read(**{**own, **more})
