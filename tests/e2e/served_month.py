"""The month on Slack and on Discord, against the installed program on the stage of the week."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from bot.domain.group import Place
from bot.infra.redis.store import Store, open_store
from tests.e2e.discord_week import DiscordWeek
from tests.e2e.month_stage import Expected, Form, Look, Month
from tests.e2e.slack_week import SlackWeek
from tests.e2e.study_month import MONDAY, MONTH, day_of
from tests.e2e.study_week import Week
from tests.servers.discord_interaction import Interaction
from tests.servers.discord_world import Message as DiscordMessage

WEEKDAYS = "mon-fri"
WITHIN_S, LOOK_EVERY_S = 20.0, 0.05


class OnWeek(Month):
    """What both have in common."""

    def __init__(self, week: Week, valkey_url: str) -> None:
        self._week, self._url = week, valkey_url
        self._days = [day_of(number) for number in range(len(MONTH))]

    async def at(self, moment: datetime) -> None:
        await self._week.at(0, moment - MONDAY)
        number = sum(day <= moment.date() for day in self._days)
        await self._week.until(lambda: len(self._week.posts()) >= number)
        await self.settled(partial(_is_posted, number))

    async def settled(self, expected: Expected | None = None) -> None:
        if expected is None:
            await self._week.settled()
            return
        async with self.looked() as look, asyncio.timeout(WITHIN_S):
            while not await expected(look):  # noqa: ASYNC110  it happens in another process
                await asyncio.sleep(LOOK_EVERY_S)

    async def say(self, name: str, text: str) -> None:
        await self._week.say(name, text, self._week.posts()[-1])

    async def streaks(self, *names: str) -> dict[str, str]:
        return {name: (await self._week.streak(name)).split("\n")[0].strip("*# ") for name in names}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Store]:
        async with open_store(self._url, daily_usd=1.0, member_daily_usd=1.0) as store:
            yield store


async def _is_posted(number: int, look: Look) -> bool:
    """Whether all posts are noted as sent."""
    posts = await look.store.posts.all(look.group_id)
    return sum(post.message is not None for post in posts) >= number


class SlackMonth(OnWeek):
    """On Slack."""

    place: ClassVar[Place] = SlackWeek.place

    def __init__(self, week: SlackWeek, valkey_url: str) -> None:
        super().__init__(week, valkey_url)
        self._slack = week

    async def set_up(self) -> None:
        """Asha makes the group by its form, with a question on each weekday at nine in Paris."""
        asha, study = self._slack.people["asha"], self._slack.study
        await asha.command("/tpm-admin", "setup", study)
        await self._week.until(lambda: asha.view)
        await asha.submit(None, {"days": WEEKDAYS})
        await self._week.until(lambda: asha.whispers(study))

    async def act(self, name: str, command: str, *steps: str | Form, **options: str) -> None:
        person, study = self._slack.people[name], self._slack.study
        seen = len(person.whispers(study))
        await person.command(f"/{command}", " ".join(options.values()), study)
        for step in steps:
            if isinstance(step, str):
                await self._week.until(lambda: len(person.whispers(study)) > seen)  # noqa: B023  it is awaited here
                card = person.whispers(study)[-1]
                seen = len(person.whispers(study))
                await person.press(card, step)
            else:
                await self._week.until(lambda: person.view)
                await person.submit(None, dict(step))
                await self._week.until(lambda: person.view is None)
        await self._week.until(lambda: len(person.whispers(study)) > seen)

    async def leave(self, name: str) -> None:
        await self._slack.people[name].leave(self._slack.study)

    async def come_back(self, name: str) -> None:
        person = self._slack.people[name]
        await self._slack.people["asha"].invite(self._slack.study, person.id)


class DiscordMonth(OnWeek):
    """On Discord."""

    place: ClassVar[Place] = DiscordWeek.place

    def __init__(self, week: DiscordWeek, valkey_url: str) -> None:
        super().__init__(week, valkey_url)
        self._discord = week

    async def set_up(self) -> None:
        """Asha makes the group by its form, with a question on each weekday at nine in Paris."""
        asha = self._discord.people["asha"]
        await asha.slash("tpm-admin setup", self._discord.study)
        await self._shown(await asha.submit({"zone": "Europe/Paris", "at": "09:00", "days": WEEKDAYS}))

    async def act(self, name: str, command: str, *steps: str | Form, **options: str) -> None:
        person = self._discord.people[name]
        card = await self._shown(await person.slash(command, self._discord.study, **options))
        for step in steps:
            one = await (person.press(card, step) if isinstance(step, str) else person.submit(dict(step)))
            if person.modal is None:  # else the button opened the form that is sent next
                card = await self._shown(one)

    async def leave(self, name: str) -> None:
        self._discord.discord.leave(self._discord.people[name])

    async def come_back(self, name: str) -> None:
        self._discord.discord.user(self._discord.people[name].id)

    async def _shown(self, one: Interaction) -> DiscordMessage:
        assert one.failure is None
        await self._week.until(lambda: one.original is not None and not one.original.loading)
        original: Any = one.original
        assert isinstance(original, DiscordMessage)
        return original
