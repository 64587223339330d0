"""A fake Discord with a discord.py client on it, and the Chat port's bench for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands
from discord.http import Route

from bot.domain.group import MemberId, MessageRef, Place
from bot.ports import Chat, Where
from handlers.discord.endpoint import Endpoint
from tests.servers.discord import GUILD_ID, DiscordServer
from tests.servers.discord_interaction import Interaction
from tests.servers.discord_messages import NONCE_LIFE
from tests.servers.discord_people import User
from tests.servers.discord_world import THREAD_STARTER, Channel

STUDY = "2000"
ZERO_WIDTH_SPACE = "\u200b"
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
READING = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)


class Client(discord.Client):
    """A client that notes what it gets, and answers interactions as a test says."""

    def __init__(self, intents: discord.Intents, **options: Any) -> None:
        # else the client waits 2 s for more guilds
        super().__init__(intents=intents, guild_ready_timeout=0.05, **options)
        self.tree = app_commands.CommandTree(self)
        self.seen: list[str] = []
        self.said: list[discord.Message] = []
        self.edited: list[discord.RawMessageUpdateEvent] = []
        self.answers: Callable[[discord.Interaction], Any] | None = None

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.seen.append(event)
        super().dispatch(event, *args, **kwargs)

    async def on_message(self, message: discord.Message) -> None:
        self.said.append(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        self.edited.append(event)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if self.answers is not None:
            await self.answers(interaction)

    def texts(self) -> list[str]:
        """The contents of what came from people, oldest first."""
        me = self.user
        return [each.content for each in self.said if each.author != me]


class Bench:
    """A Discord with a guild, a text channel, an admin and a member in it."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.asha: User = server.user("1", name="asha", admin=True)
        self.ben: User = server.user("2", name="ben")
        self.study: Channel = server.channel(STUDY, name="study")
        self.client: Client

    @asynccontextmanager
    async def connected(
        self, intents: discord.Intents = INTENTS, *, ready: bool = True, **options: Any
    ) -> AsyncIterator[Client]:
        """One more client, logged in and ready."""
        async with Client(intents, **options) as client:
            task = asyncio.create_task(client.start(self.server.token))
            try:
                if ready:
                    await self.server.until(lambda: "ready" in client.seen or task.done())
                yield client
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def call(self, method: str, path: str, body: Any = None, **query: object) -> Any:
        """A REST call by the client's own HTTP layer."""
        more: dict[str, Any] = {} if body is None else {"json": body}
        return await self.client.http.request(Route(method, path), params=query, **more)

    async def code_of(self, method: str, path: str, body: Any = None) -> int:
        """The error code that a call answers; 0 if it took effect."""
        try:
            await self.call(method, path, body)
        except discord.HTTPException as error:
            return error.code
        return 0

    async def send(self, **body: object) -> Any:
        """Send a message to the channel."""
        return await self.call("POST", f"/channels/{STUDY}/messages", body)

    async def refused(self, **body: object) -> int:
        """The code with which a message to the channel is refused."""
        return await self.code_of("POST", f"/channels/{STUDY}/messages", body)

    def answering(self, kind: int, **data: object) -> None:
        """Answer every interaction alike, by a bare call."""

        async def answer(interaction: discord.Interaction) -> None:
            await self.callback(interaction, kind, data)

        self.client.answers = answer

    async def callback(self, one: discord.Interaction | Interaction, kind: int, data: Mapping[str, object]) -> Any:
        """The callback of an interaction."""
        path = f"/interactions/{one.id}/{one.token}/callback"
        return await self.call("POST", path, {"type": kind, "data": dict(data)}, with_response=1)

    async def callback_code(self, one: Interaction, kind: int = 4, **data: object) -> int:
        """The code with which a callback is refused; 0 if it took effect."""
        try:
            await self.callback(one, kind, data or {"content": "x"})
        except discord.HTTPException as error:
            return error.code
        return 0


@asynccontextmanager
async def bench(intents: discord.Intents = INTENTS, **options: Any) -> AsyncIterator[Bench]:
    """A fresh one, with a client connected."""
    async with DiscordServer().running() as server:
        on = Bench(server)
        with Endpoint.of(server.api_url, server.gateway_url).applied():
            async with on.connected(intents, **options) as client:
                on.client = client
                yield on


class ChatBench:
    """The Chat contract suite's view of the fake: a text channel, asha and ben. Set `chat` to the adapter's."""

    chat: Chat
    takes_again_after = NONCE_LIFE

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        people = server.user("1", name="asha"), server.user("2", name="ben")
        self._users = {MemberId(each.id): each for each in people}
        self._channel = server.channel(STUDY, name="study")
        self.place = Place("discord", GUILD_ID, STUDY)
        self.asha, self.ben = self._users

    def now(self) -> Any:
        return self._server.hub.now()

    def wait(self, span: timedelta) -> None:
        self._server.pass_time(span)

    def seen_by(self, person: MemberId, where: Where) -> list[str]:
        user = self._users[person]
        if where is Where.DIRECT:
            messages = user.sees(user.direct)
        elif where is Where.ONLY_YOU:  # what no interaction asked for can only come as a direct message
            messages = [*user.whispers(self._channel), *user.sees(user.direct)]
        elif where is Where.THREAD:
            threads = self._server.hub.world.threads(STUDY)
            messages = [each for thread in threads for each in user.sees(thread)]
        else:
            messages = user.sees(self._channel)
        standing = [each for each in messages if each.type != THREAD_STARTER]
        shown = [each.shown for each in standing if where in (Where.DIRECT, Where.ONLY_YOU) or not each.only_for]
        return [each.replace(ZERO_WIDTH_SPACE, "") for each in shown]  # nobody sees it; it keeps @everyone quiet

    async def written_by(self, person: MemberId, thread: MessageRef, text: str) -> MessageRef:
        message = await self._users[person].say(self._channel, text, thread=thread.message_id)
        return MessageRef(Place("discord", GUILD_ID, thread.message_id), message.id)


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def button(label: str, custom_id: str, **more: object) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": label, "custom_id": custom_id, **more}


def row(*inner: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(inner)}


def field(label: str, custom_id: str, **more: object) -> dict[str, Any]:
    return {"type": 18, "label": label, "component": {"type": 4, "custom_id": custom_id, "style": 2, **more}}


def modal(*parts: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"title": "Answer", "custom_id": "answer", "components": list(parts), **more}


def command(name: str, *options: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"name": name, "description": "d", "type": 1, "options": list(options), **more}


def option(name: str, kind: int = 3, **more: object) -> dict[str, Any]:
    return {"name": name, "description": "d", "type": kind, **more}
