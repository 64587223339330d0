"""Discord as a platform: what it is made of, and how it comes and goes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from aiohttp import web

from bot.ports import Chat, Ports
from bot.settings import Settings
from handlers.background import Background
from handlers.discord.api import DiscordApi
from handlers.discord.catching_up import CatchingUp
from handlers.discord.chat import DiscordChat
from handlers.discord.client import Body
from handlers.discord.custom_id import PLATFORM
from handlers.discord.desk import Desk, Limits
from handlers.discord.endpoint import Endpoint
from handlers.discord.gateway import Gateway, Patience
from handlers.discord.intake import Identity, Intake
from handlers.discord.leavers import Leavers
from handlers.discord.replies import Replies
from handlers.discord.rooms import Rooms
from handlers.discord.standing import Standing
from handlers.discord.status import Typing

log = logging.getLogger(__name__)

LIBRARY = logging.getLogger("discord")
"""discord.py's warnings quote what came in; what an operator has to know is logged by us."""
LIBRARY.setLevel(logging.CRITICAL)

DRAIN_S = 1.5
"""For what still runs at the end; the core has had its time before."""
ELSEWHERE = "Discord is reached at %s, as DISCORD_API_BASE_URL says: the bot's token goes there"


class DiscordPlatform:
    """Discord by its gateway."""

    name = PLATFORM

    def __init__(
        self,
        settings: Settings,
        *,
        roots: Mapping[str, str] | None = None,
        patience: Patience | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`roots`: the command's name in Discord -> its name in the table, for those that were renamed."""
        self._settings = settings
        self._roots = roots
        self._patience = patience
        self._limits = limits
        self._background = Background()
        self._signs = Background()  # of work: nobody waits for them
        self._stack = ExitStack()
        self.gateway: Gateway | None = None
        self._chat: DiscordChat | None = None
        self._intake: Intake | None = None
        self._catching_up: CatchingUp | None = None

    @property
    def chat(self) -> Chat:
        """What the bot says."""
        if self._chat is None:
            raise RuntimeError("Discord is not started")
        return self._chat

    @property
    def busy(self) -> int:
        """How many answers are on their way to people."""
        return self._background.busy

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        """None: everything comes by the gateway."""
        return []

    async def start(self, ports: Ports) -> None:
        """Sign on, learn who the bot is, and connect."""
        if self.gateway is None:
            self.gateway = self._new_gateway()
        gateway = self.gateway
        bot_id = await gateway.sign_on()
        if self._intake is None:
            api = DiscordApi(lambda: gateway.client, ports.clock)
            rooms = Rooms(lambda: gateway.client, api)
            standing = Standing(api, rooms, bot_id)
            leavers = Leavers(api, ports, self._background)
            typing = Typing(api, self._signs)
            chat = DiscordChat(api, rooms, standing, typing, ports.clock, unreached=leavers.look_later)
            self._chat = chat
            replies = Replies(api, chat)
            desk = Desk(ports, replies, self._limits)
            bot = Identity(bot_id, self._roots or {}, lambda: gateway.message_content)
            self._intake = Intake(ports, desk, replies, rooms, self._background, bot)
            self._catching_up = CatchingUp(ports, standing, self._intake, bot_id, self._signs)
        await gateway.connect()

    def ready(self) -> bool:
        """Whether what members do arrives here."""
        return self.gateway is not None and self.gateway.up

    async def stop_intake(self) -> None:
        """Take nothing more in; what is said meanwhile is read in its thread at the next start."""
        if self.gateway is not None:
            await self.gateway.stop()

    async def close(self) -> None:
        """Let answers end, then leave."""
        await self.stop_intake()
        await self._background.drain(DRAIN_S)
        await self._signs.drain(0)
        if self.gateway is not None:
            await self.gateway.close()
        self._stack.close()

    def _new_gateway(self) -> Gateway:
        endpoint = Endpoint.of(self._settings.discord_api_base_url, self._settings.discord_gateway_url)
        if not endpoint.is_discord:
            log.warning(ELSEWHERE, endpoint.api_base_url)
        self._stack.enter_context(endpoint.applied())
        secret = self._settings.discord_token
        return Gateway(
            secret.get_secret_value() if secret else "",
            self._heard,
            message_content=self._settings.discord_message_content,
            patience=self._patience,
        )

    def _heard(self, name: str, body: Body) -> None:
        if self._intake is None or self._catching_up is None:
            return
        if name == "READY":
            guild_ids = {str(each["id"]) for each in body.get("guilds") or ()}
            self._background.start(self._catching_up.run(guild_ids), "catching up")
        else:
            self._intake.heard(name, body)
