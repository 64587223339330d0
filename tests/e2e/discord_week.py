"""The week on Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.commands import COMMANDS
from bot.domain.group import Place
from handlers.discord.tree import payload
from tests.e2e.study_week import NAMES, Week, begun, surroundings
from tests.servers.anthropic import AnthropicServer
from tests.servers.discord import GUILD_ID, DiscordServer
from tests.servers.discord_interaction import Interaction
from tests.servers.discord_world import THREAD_STARTER, Channel, Message
from tests.servers.redis_clock import RedisDoor


def settings(discord: DiscordServer, *, reads_content: bool = False) -> dict[str, str]:
    """What an operator sets for this Discord."""
    return {
        "DISCORD_TOKEN": discord.token, "DISCORD_API_BASE_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url, "DISCORD_MESSAGE_CONTENT": "1" if reads_content else "0",
    }  # fmt: skip


class DiscordWeek(Week):
    """The week on a Discord. Where the bot may not read plain messages, people mention it in what they write."""

    place = Place("discord", GUILD_ID, "2000")

    def __init__(
        self, folder: Path, discord: DiscordServer, model: AnthropicServer, door: RedisDoor, *, reads_content: bool
    ) -> None:
        super().__init__(folder, model, door, settings(discord, reads_content=reads_content))
        self.discord = discord
        self._to_bot = "" if reads_content else "@tpm "
        self.people = {
            name: discord.user(str(number), name=name, admin=name == "asha")
            for number, name in enumerate(NAMES, start=1)
        }
        self.study: Channel = discord.channel("2000", name="study")

    async def set_up(self) -> None:
        asha = self.people["asha"]
        await asha.slash("tpm-admin setup", self.study)
        done = await asha.submit({"zone": "Europe/Paris", "at": "09:00", "days": "daily"})
        await self.answered(done)

    def posts(self) -> list[Message]:
        threads = self.discord.hub.world.channels
        return [each for each in self.study.messages.values() if "Answer" in each.labels and each.id in threads]

    async def say(self, name: str, text: str, post: Message) -> Message:
        return await self.people[name].say(self.study, f"{self._to_bot}{text}", thread=post)

    async def edit(self, name: str, message: Message, text: str) -> None:
        await self.people[name].edit(message, f"{self._to_bot}{text}")

    async def delete(self, name: str, message: Message) -> None:
        await self.people[name].delete(message)

    async def count(self, name: str, message: Message) -> None:
        await self.answered(await self.people[name].use_menu("Count as my answer", message))

    async def fill(self, name: str, text: str, post: Message) -> None:
        person = self.people[name]
        await person.press(post, "Answer")
        assert person.modal is not None
        first, *others = (each["custom_id"] for _, each in person.modal.fields)
        await self.answered(await person.submit({first: text, **dict.fromkeys(others, "")}))

    async def streak(self, name: str) -> str:
        shown = await self.answered(await self.people[name].slash("tpm-streak", self.study))
        return shown.shown

    def replies(self, post: Message) -> list[tuple[str, str]]:
        thread = self.discord.hub.world.channels[post.id].messages.values()
        return [(_author(each), each.shown) for each in thread if each.type != THREAD_STARTER]

    def shown(self, post: Message) -> str:
        return post.shown

    def faults(self) -> list[str]:
        return [*self.discord.odd, *(each for person in self.people.values() for each in person.failures)]

    async def brought(self) -> int:
        await self.discord.settled()
        return len(self.discord.calls)

    def move(self, ahead: timedelta) -> None:
        self.discord.hub.ahead = ahead

    async def answered(self, one: Interaction) -> Message:
        """The message that answers it, once it is there."""
        assert one.failure is None
        await self.until(lambda: one.original is not None and not one.original.loading)
        assert one.original is not None
        return one.original


def _author(message: Message) -> str:
    return "bot" if message.author.is_bot else f"U{message.author.id}"


@asynccontextmanager
async def stage(folder: Path, valkey_url: str, *, reads_content: bool = False) -> AsyncIterator[DiscordWeek]:
    """An empty one, on the Monday, with the commands registered; `reads_content`: with the privileged intent."""
    async with DiscordServer().running() as discord, surroundings(valkey_url) as (model, door):
        discord.portal(message_content=reads_content)
        discord.register(payload(COMMANDS))
        week = DiscordWeek(folder, discord, model, door, reads_content=reads_content)
        async with begun(week):
            yield week
