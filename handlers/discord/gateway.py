"""The connection to Discord, supervised: it is there again after whatever ended it, until somebody says stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import discord

from bot.errors import ChatBusy, Refusal
from handlers.discord.client import Body, DiscordClient

log = logging.getLogger(__name__)

REFUSED_SIGN_ON = (
    "Discord does not take DISCORD_TOKEN. Open the app in Discord's developer portal, press Reset Token on the page "
    "Bot, and set DISCORD_TOKEN to what it shows."
)
NO_CONTENT = (
    "Discord does not give this app the content of messages, so DISCORD_MESSAGE_CONTENT=1 has no effect: the bot goes "
    "on without plain messages. To have them, switch on Message Content Intent on the page Bot of Discord's developer "
    "portal and start again; else set DISCORD_MESSAGE_CONTENT=0."
)
AUTHENTICATION_FAILED = 4004
INTENTS_REFUSED = frozenset({4013, 4014})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds. `ready_s`: until Discord says that the connection stands. `pause_s`: before another try, doubled to 60.

    `refused_s`: before another try with a token that Discord stopped taking (1,000 sign-ons a day: discord.md 1).
    `away_s`: how long discord.py may try to be connected again before another client does.
    """

    ready_s: float = 20.0
    pause_s: float = 1.0
    refused_s: float = 300.0
    away_s: float = 60.0


LONGEST_PAUSE_S = 60.0


class Gateway:
    """One connection at a time. Whoever reads its events is told by `heard` (see client.py)."""

    def __init__(
        self, token: str, heard: Callable[[str, Body], None], *, message_content: bool, patience: Patience | None = None
    ) -> None:
        self._token = token
        self._heard = heard
        self._patience = patience or Patience()
        self._keeping: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._stopped = False
        self._away_since_s: float | None = None
        self.message_content = message_content
        self.up = False
        self.client = self._new_client()

    async def sign_on(self) -> str:
        """The bot's user id, from an open session. Raises Refusal for a token that Discord does not take, ChatBusy."""
        if self.client.user is None:
            await self._sign_on()
        return str(self.client.user.id) if self.client.user else ""

    async def connect(self) -> None:
        """Wait until events come. Raises ChatBusy when that takes too long; it is still tried then."""
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep(), name="discord gateway")
        try:
            async with asyncio.timeout(self._patience.ready_s):
                await self._ready.wait()
        except TimeoutError:
            raise ChatBusy("Discord's gateway does not answer", self._patience.pause_s) from None

    async def stop(self) -> None:
        """Take no events any more; calls can still be made."""
        self._stopped = True
        self.up = False
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self.client.ws is not None:
            with suppress(Exception):  # it is going anyway
                await self.client.ws.close(1000)

    async def close(self) -> None:
        """Leave."""
        await self.stop()
        await self.client.close()

    def _new_client(self) -> DiscordClient:
        return DiscordClient(self._told, message_content=self.message_content)

    def _told(self, name: str, body: Body) -> None:
        if self._stopped:
            return
        if name in {"READY", "RESUMED"}:
            log.info("connected to Discord: %s", name.lower())
            self.up, self._away_since_s = True, None
            self._ready.set()
        elif name == "DISCONNECT":
            log.info("the connection to Discord is lost")
            if self.up:
                self._away_since_s = asyncio.get_running_loop().time()
            self.up = False
        self._heard(name, body)

    async def _sign_on(self) -> None:
        """Open the client's session, and learn who the bot is. A client that could not is of no use any more."""
        try:
            async with asyncio.timeout(self._patience.ready_s):
                await self.client.login(self._token)
        except discord.LoginFailure:
            await self._replace_client()
            raise Refusal(REFUSED_SIGN_ON) from None
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            await self._replace_client()
            raise ChatBusy(f"Discord cannot be reached ({type(error).__name__})", self._patience.pause_s) from None

    async def _keep(self) -> None:
        """Hold the connection; discord.py itself resumes one that broke."""
        pause_s = self._patience.pause_s
        while True:
            began_s = asyncio.get_running_loop().time()
            pause_s = await self._once(pause_s)
            self.up = False
            if asyncio.get_running_loop().time() - began_s > LONGEST_PAUSE_S:
                pause_s = self._patience.pause_s
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, max(LONGEST_PAUSE_S, pause_s))
            await self._renewed()

    async def _once(self, pause_s: float) -> float:
        """Connect until something ends it; the seconds to wait before the next time."""
        try:
            await self._hold()
        except discord.PrivilegedIntentsRequired:
            return self._without_content()
        except discord.ConnectionClosed as closed:
            if closed.code in INTENTS_REFUSED:
                return self._without_content()
            if closed.code == AUTHENTICATION_FAILED:
                log.error("%s", REFUSED_SIGN_ON)  # noqa: TRY400  a stack says nothing here
                return self._patience.refused_s
            log.warning("Discord closed the connection: %s", closed.code)
        except Exception as error:  # noqa: BLE001  whatever it was, members wait for the next connection
            log.warning("the connection to Discord ended: %s", type(error).__name__)
        return pause_s

    async def _hold(self) -> None:
        """The client's connection, until something ends it. Raises what did, and TimeoutError.

        discord.py waits ever longer between its tries, up to 17 minutes (backoff.py), and members wait with it: so a
        connection that stays away is given up for a new one. Catching up reads what its session would have brought.
        """
        self._away_since_s = asyncio.get_running_loop().time()
        holding = asyncio.create_task(self.client.connect(), name="discord connection")
        try:
            while not holding.done():
                if (left_s := self._patience.away_s - self._away_s()) <= 0:
                    raise TimeoutError
                await asyncio.wait({holding}, timeout=left_s)
            await holding
        finally:
            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)

    def _away_s(self) -> float:
        """For how long there has been no connection."""
        return 0.0 if self._away_since_s is None else asyncio.get_running_loop().time() - self._away_since_s

    def _without_content(self) -> float:
        log.error("%s", NO_CONTENT)
        self.message_content = False
        return 0.0

    async def _renewed(self) -> None:
        """Another client in the place of one that ended: discord.py's cannot be used twice."""
        await self._replace_client()
        try:
            await self._sign_on()
        except (Refusal, ChatBusy) as refusal:
            log.error("%s", refusal)  # noqa: TRY400  the same

    async def _replace_client(self) -> None:
        before, self.client = self.client, self._new_client()
        with suppress(Exception):  # it has ended; what it could not close goes with it
            await before.close()
