"""Walkthroughs as members get them on a platform, from the installed program: what people do and see."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.e2e import discord_week, slack_week
from tests.e2e.discord_week import DiscordWeek
from tests.e2e.slack_week import SlackWeek
from tests.e2e.study_week import POST_AT, Week
from tests.e2e.test_run_slack import free_port
from tests.servers.discord_world import Message as DiscordMessage
from tests.servers.honest_researcher import is_walkthrough
from tests.servers.slack_world import Message as SlackMessage

QUESTION = "How would you test a voice assistant that books repair visits for a housing office?"
SECTIONS = 6
Message = DiscordMessage | SlackMessage


class Walkers(ABC):
    """Members of a group with an open question. What they do is done by their names."""

    week: Week

    @abstractmethod
    async def ask(self, name: str, question: str, action: str = "") -> Message:
        """Give /technical-pm in the channel; the answer, for that member alone."""

    @abstractmethod
    async def press(self, name: str, message: Message, label: str) -> Message:
        """Press a button; the answer, for that member alone."""

    @abstractmethod
    async def sketch(self, name: str, message: Message, text: str) -> Message:
        """Press the button of the sketch and send the form; the answer, for that member alone."""

    @abstractmethod
    def direct(self, name: str) -> list[Message]:
        """What stands between a member and the bot, oldest first, but for threads."""

    @abstractmethod
    def progress(self, name: str) -> str:
        """All that a member is shown directly, threads too."""

    @abstractmethod
    def channel(self) -> list[Message]:
        """What the bot put before everybody, oldest first, but for the daily questions."""

    @abstractmethod
    def below(self, message: Message) -> list[Message]:
        """What the bot said in the thread of a message."""

    def asked(self) -> int:
        """How often a model was asked for a walkthrough."""
        return sum(is_walkthrough(each.body) for each in self.week.model.requests)

    def files(self, messages: list[Message]) -> dict[str, str]:
        """The files of some messages: name -> text."""
        found = [each for message in messages for each in message.files]
        return {each.name: (each.content or b"").decode() for each in found}

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something is so."""
        await self.week.until(true)


class SlackWalkers(Walkers):
    """On Slack. A file stands there as a message of its own."""

    def __init__(self, week: SlackWeek) -> None:
        self.week = week
        self._people, self._study = week.people, week.study

    async def ask(self, name: str, question: str, action: str = "") -> Message:
        person, seen = self._people[name], len(self._people[name].whispers(self._study))
        await person.command("/technical-pm", f"action={action} {question}" if action else question, self._study)
        return await self._told(name, seen)

    async def press(self, name: str, message: Message, label: str) -> Message:
        assert isinstance(message, SlackMessage)
        person, place = self._people[name], message.channel_id
        seen = len(person.whispers(place))
        await person.press(message, label)
        await self.until(lambda: len(person.whispers(place)) > seen)
        return person.whispers(place)[-1]

    async def sketch(self, name: str, message: Message, text: str) -> Message:
        assert isinstance(message, SlackMessage)
        person, seen = self._people[name], len(self._people[name].whispers(self._study))
        await person.press(message, "Sketch it in five minutes")
        await self.until(lambda: person.view)
        await person.submit(None, {"sketch": text})
        return await self._told(name, seen)

    def direct(self, name: str) -> list[Message]:
        person = self._people[name]
        return [each for each in person.sees(person.direct) if each.only_for is None and not each.is_reply]

    def progress(self, name: str) -> str:
        person = self._people[name]
        return "\n".join(each.shown for each in person.sees(person.direct))

    def channel(self) -> list[Message]:
        mine = [each for each in self._study.messages.values() if each.bot_id and not each.is_reply]
        return [each for each in mine if "Answer" not in each.labels]

    def below(self, message: Message) -> list[Message]:
        assert isinstance(message, SlackMessage)
        return [each for each in self._study.messages.values() if each.thread_ts == message.ts and each.is_reply]

    async def _told(self, name: str, seen: int) -> Message:
        await self.until(lambda: len(self._people[name].whispers(self._study)) > seen)
        return self._people[name].whispers(self._study)[-1]


class DiscordWalkers(Walkers):
    """On Discord."""

    def __init__(self, week: DiscordWeek) -> None:
        self.week = week
        self._own = week
        self._people, self._study = week.people, week.study

    async def ask(self, name: str, question: str, action: str = "") -> Message:
        options = {"question": question, **({"action": action} if action else {})}
        one = await self._people[name].slash("technical-pm", self._study, **options)
        return await self._own.answered(one)

    async def press(self, name: str, message: Message, label: str) -> Message:
        assert isinstance(message, DiscordMessage)
        return await self._own.answered(await self._people[name].press(message, label))

    async def sketch(self, name: str, message: Message, text: str) -> Message:
        assert isinstance(message, DiscordMessage)
        person = self._people[name]
        await person.press(message, "Sketch it in five minutes")
        return await self._own.answered(await person.submit({"Your sketch": text}))

    def direct(self, name: str) -> list[Message]:
        person = self._people[name]
        return [each for each in person.sees(person.direct) if each.only_for is None]

    def progress(self, name: str) -> str:
        return "\n".join(each.shown for each in self.direct(name))

    def channel(self) -> list[Message]:
        mine = [each for each in self._study.messages.values() if each.author.is_bot]
        return [each for each in mine if "Answer" not in each.labels]

    def below(self, message: Message) -> list[Message]:
        assert isinstance(message, DiscordMessage)
        thread = self._own.discord.hub.world.channels.get(message.id)
        return [each for each in thread.messages.values() if each.author.is_bot and each.shown] if thread else []


@asynccontextmanager
async def walkers(platform: str, folder: Path, valkey_url: str) -> AsyncIterator[Walkers]:
    """A group on a platform, on its first day, with the question open."""
    if platform == "slack":
        async with slack_week.stage(folder, "socket", free_port(), valkey_url) as slack:
            yield await _begun(SlackWalkers(slack))
    else:
        async with discord_week.stage(folder, valkey_url) as discord:
            yield await _begun(DiscordWalkers(discord))


async def _begun(made: Walkers) -> Walkers:
    week = made.week
    await week.set_up()
    await week.at(0, POST_AT)
    await week.until(week.posts)
    await week.settled()
    return made
