"""The Slack platform on the fake Slack, with the real core on a real Valkey; shared by the tests of the adapter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.commands import COMMANDS
from bot.domain.group import Group, MemberId, Place
from bot.infra.clock import SteppedClock
from bot.ports import Ports
from bot.settings import Settings, read
from bot.usecases.facilitating import manage_group
from bot.usecases.facilitating.wishes import Wishes
from bot.usecases.posting import post_question
from handlers import app
from handlers.background import Background
from handlers.slack.api import SlackApi, new_session
from handlers.slack.app import SlackPlatform
from handlers.slack.chat import SlackChat
from handlers.slack.manifest import manifest
from handlers.slack.people import People
from handlers.slack.socket import Patience
from handlers.slack.tokens import Installation, Tokens
from handlers.switchboard import Switchboard
from tests.conftest import emptied
from tests.servers.slack import SlackServer
from tests.servers.slack_people import User
from tests.servers.slack_world import Channel, Message

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Paris."""
PLACE = Place("slack", "T1", "C1")
ANSWER = (
    "I would start with the nurses on night shift, because they wait longest for an answer. The goal is to cut the "
    "time to a safe answer from nine minutes to two. I would measure it with a log of each question, and I would "
    "trade some coverage for precision, since a wrong dose is worse than no answer."
)
QUICK = Patience(connect_s=2.0, close_s=1.0, ping_s=0.5, watch_s=0.05, lost_s=0.3, idle_s=60.0)


async def eventually(holds: Callable[[], bool], within_s: float = 10.0) -> None:
    """Wait until something holds that nobody announces. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def slack_chat(server: SlackServer) -> AsyncIterator[tuple[SlackChat, SlackApi]]:
    """The Chat port alone, in T1."""
    tokens, background = Tokens(), Background()
    bot = server.workspace
    tokens.add(Installation(team_id="T1", bot_token=bot.token, bot_id=bot.bot_id, bot_user_id=bot.bot_user))
    async with new_session(server.api_url) as session:
        api = SlackApi(session, server.api_url, tokens)
        yield SlackChat(api, tokens, People(api), background), api
        await background.drain(1.0)


@dataclass
class Case:
    """A running bot in the workspace T1: asha made the channel C1, ben is in it."""

    slack: SlackServer
    core: app.Core
    platform: SlackPlatform
    clock: SteppedClock
    asha: User
    ben: User
    study: Channel

    async def settle(self) -> None:
        """Until no event is on its way, no answer is being made, and nothing is due."""
        await self.slack.settled()
        await self.answered()
        await self.core.worker.drain()
        await self.answered()

    async def answered(self) -> None:
        """Until no answer is being made."""
        await eventually(lambda: not self.platform.busy)

    async def group(self, **wishes: str) -> Group:
        """The group of C1, with asha for its admin."""
        wanted = Wishes(**({"zone": "Europe/Paris", "at": "18:00", "days": "daily"} | wishes))
        return await manage_group.create(self.core.ports, PLACE, MemberId(self.asha.id), "study", wanted)

    async def posted(self) -> Message:
        """A group, and its question of today in the channel."""
        await post_question.post_now(self.core.ports, await self.group())
        await self.settle()
        return next(each for each in self.study.messages.values() if each.labels)

    def whispers(self, user: User) -> list[str]:
        """What only this person sees in the channel."""
        return [each.shown for each in user.whispers(self.study)]

    def pass_time(self, span: timedelta) -> None:
        """Move the one clock that Slack and the bot have here."""
        self.clock.move_to(self.clock.now() + span)


@asynccontextmanager
async def running(
    valkey_url: str,
    *,
    mode: str = "socket",
    patience: Patience = QUICK,
    ports_of: Callable[[Ports], Ports] = lambda ports: ports,
    **more: Any,
) -> AsyncIterator[Case]:
    """The bot in this process, by Socket Mode or HTTP; `more` are settings, `ports_of` changes what it works with."""
    await emptied(valkey_url)
    clock = SteppedClock(START)
    async with SlackServer(now=clock.now).running() as slack:
        asha, ben = slack.user("U1", name="asha"), slack.user("U2", name="ben")
        study = slack.channel("C1", asha, ben, name="study")
        slack.courier.retry_after_s = (0.05, 0.1, 0.2)
        settings = settings_for(slack, mode, **more)
        switchboard = Switchboard(["slack"], lambda *_: None)
        platform = SlackPlatform(settings, patience=patience)
        async with app.core(settings, valkey_url, lambda _: switchboard, clock=clock) as core, served(slack, platform):
            try:
                await platform.start(ports_of(core.ports))
                switchboard.plug(platform.name, platform.chat)
                yield Case(slack, core, platform, clock, asha, ben, study)
            finally:
                await platform.close()


def settings_for(slack: SlackServer, mode: str, **more: Any) -> Settings:
    """What an operator sets for the fake Slack, which is told of the app by its manifest."""
    socket = mode == "socket"
    by_http = {"slack_signing_secret": slack.signing_secret, "http_port": 0}
    way: dict[str, Any] = {"slack_app_token": slack.app_token} if socket else by_http
    settings = read(slack_bot_token=slack.token, slack_api_url=slack.api_url, **way, **more)
    url = None if socket else "https://bot.example.org"
    slack.install(manifest(COMMANDS, socket=socket, url=url, names=settings.slack_command_names))
    return settings


@asynccontextmanager
async def served(slack: SlackServer, platform: SlackPlatform) -> AsyncIterator[None]:
    """The platform's routes on the loopback address, where it has any."""
    routes = platform.routes
    if not routes:
        yield
        return
    site = web.Application()
    site.add_routes(routes)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.courier.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@contextmanager
def no_failure(*users: User) -> Iterator[None]:
    """Checks that Slack told none of these people that something failed."""
    yield
    assert [user.failures for user in users] == [[] for _ in users]


async def answer_of(case: Case, user_id: str) -> str | None:
    """What stands as somebody's answer to the newest post."""
    ports = case.core.ports
    group_id = await ports.groups.at(PLACE)
    assert group_id is not None
    post = (await ports.posts.all(group_id))[-1]
    answer = await ports.answers.get(group_id, post.day, MemberId(user_id))
    return answer.text if answer else None


async def group_of(case: Case) -> Group:
    """The group of C1, as it stands."""
    group_id = await case.core.ports.groups.at(PLACE)
    assert group_id is not None
    group = await case.core.ports.groups.get(group_id)
    assert group is not None
    return group
