"""The week on Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.commands import COMMANDS
from bot.domain.group import Place
from handlers.slack.manifest import COUNT_AS_ANSWER, manifest
from tests.e2e.study_week import NAMES, Week, begun, surroundings
from tests.servers.anthropic import AnthropicServer
from tests.servers.redis_clock import RedisDoor
from tests.servers.slack import SlackServer
from tests.servers.slack_world import Channel, Message


class SlackWeek(Week):
    """The week on a Slack, over `socket` or `http`."""

    place = Place("slack", "T1", "C1")

    def __init__(
        self, folder: Path, mode: str, port: int, slack: SlackServer, model: AnthropicServer, door: RedisDoor
    ) -> None:
        way = (
            {"SLACK_APP_TOKEN": slack.app_token} if mode == "socket" else {"SLACK_SIGNING_SECRET": slack.signing_secret}
        )
        env = {"SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.api_url, "TPM_HTTP_PORT": str(port), **way}
        super().__init__(folder, model, door, env)
        self.slack = slack
        self.people = {name: slack.user(f"U{number}", name=name) for number, name in enumerate(NAMES, start=1)}
        self.study: Channel = slack.channel("C1", *self.people.values(), name="study")

    async def set_up(self) -> None:
        asha = self.people["asha"]
        await asha.command("/tpm-admin", "setup", self.study)
        await self.until(lambda: asha.view)
        await asha.submit(None, {"days": "daily"})
        await self.until(lambda: asha.whispers(self.study))

    def posts(self) -> list[Message]:
        return [each for each in self.study.messages.values() if "Answer" in each.labels]

    async def say(self, name: str, text: str, post: Message) -> Message:
        return await self.people[name].say(self.study, text, thread=post)

    async def edit(self, name: str, message: Message, text: str) -> None:
        await self.people[name].edit(message, text)

    async def delete(self, name: str, message: Message) -> None:
        await self.people[name].delete(message)

    async def count(self, name: str, message: Message) -> None:
        await self.people[name].shortcut(COUNT_AS_ANSWER, message)

    async def fill(self, name: str, text: str, post: Message) -> None:
        person = self.people[name]
        await person.press(post, "Answer")
        await self.until(lambda: person.view)
        view = person.view
        assert view is not None
        keys = [block["block_id"] for block in view.blocks if block["type"] == "input"]
        await person.submit(view, {keys[0]: text})
        await self.until(lambda: person.view is None)

    async def streak(self, name: str) -> str:
        person = self.people[name]
        seen = len(person.whispers(self.study))
        await person.command("/tpm-streak", "", self.study)
        await self.until(lambda: len(person.whispers(self.study)) > seen)
        return person.whispers(self.study)[-1].shown

    def replies(self, post: Message) -> list[tuple[str, str]]:
        return [("bot" if each.bot_id else each.user, each.shown) for each in self.study.replies(post.ts)]

    def shown(self, post: Message) -> str:
        return post.shown

    def faults(self) -> list[str]:
        return [*self.slack.odd, *(str(each) for person in self.people.values() for each in person.failures)]

    async def brought(self) -> int:
        await self.slack.settled()
        return len(self.study.messages)

    def move(self, ahead: timedelta) -> None:
        self.slack.hub.ahead = ahead


@asynccontextmanager
async def stage(folder: Path, mode: str, port: int, valkey_url: str) -> AsyncIterator[SlackWeek]:
    """An empty one, on the Monday."""
    async with SlackServer().running() as slack, surroundings(valkey_url) as (model, door):
        slack.courier.retry_after_s = (0.2, 1.0, 3.0, 5.0, 8.0)
        slack.install(manifest(COMMANDS, socket=mode == "socket", url="https://bot.example.org"))
        if mode == "http":
            slack.courier.events_url = f"http://127.0.0.1:{port}/slack/events"
        week = SlackWeek(folder, mode, port, slack, model, door)
        async with begun(week):
            yield week
