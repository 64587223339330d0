"""The month on Slack and on Discord, against the installed program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from bot.infra.redis.store import Store, open_store
from tests.e2e.discord_week import DiscordWeek
from tests.e2e.slack_week import SlackWeek
from tests.e2e.study_month import DAYS, Month
from tests.e2e.study_week import Week

MOMENT_S = 0.6


class OnWeek(Month):
    """What both have in common: the stage of the week."""

    def __init__(self, week: Week, valkey_url: str) -> None:
        self._week, self._url = week, valkey_url

    async def at(self, day: int, after: timedelta) -> None:
        await self._week.at(day, after)
        await self._week.until(lambda: len(self._week.posts()) > min(day, DAYS))
        await self.settled()

    async def settled(self) -> None:
        """What is due by the platform's clock may be due a moment later by Redis's."""
        await self._week.settled()
        await asyncio.sleep(MOMENT_S)
        await self._week.settled()

    async def say(self, name: str, text: str) -> None:
        await self._week.say(name, text, self._week.posts()[-1])

    async def streak(self, name: str) -> str:
        return (await self._week.streak(name)).split("\n")[0].strip("*# ")

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        async with open_store(self._url, daily_usd=1.0, member_daily_usd=1.0) as store:
            yield store


class SlackMonth(OnWeek):
    """Over the stage of the week on Slack."""

    def __init__(self, week: SlackWeek, valkey_url: str) -> None:
        super().__init__(week, valkey_url)
        self.place, self._slack = week.place, week

    async def act(self, name: str, *labels: str, forms: tuple[Mapping[str, str], ...] = ()) -> None:
        person, study, left = self._slack.people[name], self._slack.study, list(forms)
        seen = len(person.whispers(study))
        await person.command("/tpm-review", "", study)
        for label in labels:
            await self._week.until(lambda: len(person.whispers(study)) > seen)  # noqa: B023  it is awaited here
            card = person.whispers(study)[-1]
            seen = len(person.whispers(study))
            await person.press(card, label)
            if label == "Write my review":
                await self._week.until(lambda: person.view)
                view = person.view
                assert view is not None
                await person.submit(view, dict(left.pop(0)))
                await self._week.until(lambda: person.view is None)
        await self._week.until(lambda: len(person.whispers(study)) > seen)

    async def leave(self, name: str) -> None:
        await self._slack.people[name].leave(self._slack.study)


class DiscordMonth(OnWeek):
    """Over the stage of the week on Discord, which tells of a leaver only when the bot writes to them."""

    leaves_unnoticed = True

    def __init__(self, week: DiscordWeek, valkey_url: str) -> None:
        super().__init__(week, valkey_url)
        self.place, self._discord = week.place, week

    async def act(self, name: str, *labels: str, forms: tuple[Mapping[str, str], ...] = ()) -> None:
        person, left = self._discord.people[name], list(forms)
        card = await self._shown(await person.slash("tpm-review", self._discord.study))
        for label in labels:
            shown = next((each for each in card.labels if each.lower() == label.lower()), label)
            one = await person.press(card, shown)
            if label == "Write my review":
                assert person.modal is not None
                one = await person.submit(dict(left.pop(0)))
            card = await self._shown(one)

    async def leave(self, name: str) -> None:
        self._discord.discord.leave(self._discord.people[name])

    async def _shown(self, one: Any) -> Any:
        assert one.failure is None
        await self._week.until(lambda: one.original is not None and not one.original.loading)
        return one.original
