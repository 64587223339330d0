from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e import discord_week, slack_week
from tests.e2e.discord_week import DiscordWeek
from tests.e2e.second_look import Hands, check, play
from tests.e2e.slack_week import SlackWeek
from tests.e2e.test_run_slack import free_port
from tests.servers.discord_interaction import Interaction


class SlackHands(Hands):
    """People at Slack's client."""

    def __init__(self, week: SlackWeek) -> None:
        self.week = self._week = week

    async def press(self, name: str, message: Any, label: str) -> Any:
        person, seen = self._week.people[name], len(self._whispers(name))
        await person.press(message, label)
        await self._week.until(lambda: person.view or len(self._whispers(name)) > seen)
        return None if person.view else self._whispers(name)[-1]

    async def command(self, name: str, command: str, text: str) -> Any:
        seen = len(self._whispers(name))
        await self._week.people[name].command(f"/{command}", text, self._week.study)
        await self._week.until(lambda: len(self._whispers(name)) > seen)
        return self._whispers(name)[-1]

    async def send(self, name: str, values: dict[str, str]) -> Any:
        person, seen = self._week.people[name], len(self._whispers(name))
        await person.submit(None, values)
        await self._week.until(lambda: person.view is None and len(self._whispers(name)) > seen)
        return self._whispers(name)[seen]

    def private(self, name: str) -> list[Any]:
        person = self._week.people[name]
        return [*self._whispers(name), *person.sees(person.direct)]

    def _whispers(self, name: str) -> list[Any]:
        return list(self._week.people[name].whispers(self._week.study))


class DiscordHands(Hands):
    """People at Discord's client."""

    def __init__(self, week: DiscordWeek) -> None:
        self.week = self._week = week

    async def press(self, name: str, message: Any, label: str) -> Any:
        person = self._week.people[name]
        one = await person.press(message, label)
        return None if person.modal is not None else await self._shown(one)

    async def command(self, name: str, command: str, text: str) -> Any:
        called = f"{command} {text}".strip()
        return await self._shown(await self._week.people[name].slash(called, self._week.study))

    async def send(self, name: str, values: dict[str, str]) -> Any:
        return await self._shown(await self._week.people[name].submit(values))

    def private(self, name: str) -> list[Any]:
        person = self._week.people[name]
        return [*person.whispers(self._week.study), *person.sees(person.direct)]

    async def _shown(self, one: Interaction) -> Any:
        assert one.failure is None
        await self._week.until(lambda: one.original is not None and not one.original.loading)
        return one.original


@pytest.mark.timeout(180)
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_on_slack(tmp_path: Path, valkey_url: str, mode: str) -> None:
    """On Slack a second shot and a dispute go through by their buttons and forms, and nobody else sees a word of it."""
    async with slack_week.stage(tmp_path, mode, free_port(), valkey_url) as week:
        hands = SlackHands(week)
        await check(hands, *await play(hands))


@pytest.mark.timeout(180)
async def test_on_discord(tmp_path: Path, valkey_url: str) -> None:
    """On Discord a second shot and a dispute go through by their buttons and forms, in direct messages too."""
    async with discord_week.stage(tmp_path, valkey_url) as week:
        hands = DiscordHands(week)
        await check(hands, *await play(hands))
