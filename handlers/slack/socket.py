"""Socket Mode: two connections, so that Slack may renew one without a gap, and a watch over both (slack.md 4.15)."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ChatUnsure

log = logging.getLogger(__name__)

CONNECTIONS = 2
SILENT = logging.getLogger(f"{__name__}.sdk")
"""The SDK prints whole messages when it debugs, members' words among them, and a traceback for each lost connection.
What an operator has to know is logged here."""
SILENT.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long things may take, in seconds.

    Attributes:
        watch_s: between two looks at the connections.
        lost_s: without a connection before it is given up and made anew.
        idle_s: without anything that came in before it is made anew: one that looks alive may deliver nothing.
    """

    connect_s: float = 10.0
    close_s: float = 1.0
    ping_s: float = 5.0
    watch_s: float = 5.0
    lost_s: float = 30.0
    idle_s: float = 1800.0


class Connection(AsyncSocketModeHandler):
    """One connection that knows when something last came in."""

    def __init__(self, app: AsyncApp, app_token: str, web: AsyncWebClient, ping_s: float) -> None:
        super().__init__(app, app_token, logger=SILENT, web_client=web, ping_interval=ping_s)
        # The environment's proxy is not for this machine; the SDK knows no exceptions (slack.md 4.9).
        self.client.proxy = web.proxy
        self.last_s = asyncio.get_running_loop().time()
        self.seen_up_s = self.last_s

    async def handle(  # type: ignore[override]  # as its own class does
        self, client: SocketModeClient, req: SocketModeRequest
    ) -> None:
        """Take one envelope."""
        self.last_s = asyncio.get_running_loop().time()
        await super().handle(client, req)


class Sockets:
    """The app's connections."""

    def __init__(self, app: AsyncApp, app_token: str, web: AsyncWebClient, patience: Patience | None = None) -> None:
        """`web` needs no token; it asks where to connect."""
        self._app = app
        self._app_token = app_token
        self._web = web
        self._patience = patience or Patience()
        self._connections: list[Connection] = []
        self._leaving: list[Connection] = []
        self._watching: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Open all connections. Raises ChatUnsure when one does not come about in time."""
        try:
            for _ in range(CONNECTIONS):
                self._connections.append(await self._new())
        except TimeoutError:
            await self.close()
            raise ChatUnsure("Slack opened no Socket Mode connection in time") from None
        self._watching = asyncio.create_task(self._watch(), name="slack sockets")

    def up(self) -> bool:
        """Whether anything can come in."""
        return any(_is_up(each) for each in self._connections)

    async def close(self) -> None:
        """Close all of them, within a limit each."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        closing, self._connections, self._leaving = self._connections + self._leaving, [], []
        await asyncio.gather(*map(self._close, closing))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._patience.watch_s)
            for number, each in enumerate(list(self._connections)):
                if why := self._fault(each):
                    log.warning("a Socket Mode connection %s; making it anew", why)
                    await self._replace(number, each)

    def _fault(self, connection: Connection) -> str:
        now_s = asyncio.get_running_loop().time()
        if _is_up(connection):
            connection.seen_up_s = now_s
            return "was idle for long" if now_s - connection.last_s > self._patience.idle_s else ""
        return "was lost" if now_s - connection.seen_up_s > self._patience.lost_s else ""

    async def _replace(self, number: int, old: Connection) -> None:
        """The new one first, so that there is no gap."""
        try:
            self._connections[number] = await self._new()
        except TimeoutError:
            log.warning("Slack opens no Socket Mode connection yet")
            old.seen_up_s = asyncio.get_running_loop().time()
            return
        self._leaving.append(old)
        await self._close(old)
        self._leaving.remove(old)

    async def _new(self) -> Connection:
        connection = Connection(self._app, self._app_token, self._web, self._patience.ping_s)
        try:
            async with asyncio.timeout(self._patience.connect_s):
                await connection.connect_async()  # type: ignore[no-untyped-call]  # it tries until it is cancelled
        except BaseException:
            await self._close(connection)
            raise
        return connection

    async def _close(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(self._patience.close_s):
                await connection.close_async()  # type: ignore[no-untyped-call]  # slack_bolt has no types here
        except Exception as error:  # noqa: BLE001  a connection that will not close must not keep the others
            log.info("a Socket Mode connection did not close: %s", type(error).__name__)
            await connection.client.aiohttp_client_session.close()
        tasks = (connection.client.message_processor, connection.client.current_session_monitor,
                 connection.client.message_receiver)  # fmt: skip
        for task in tasks:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)


def _is_up(connection: Connection) -> bool:
    client = connection.client
    session = client.current_session
    return not client.closed and not client.stale and session is not None and not session.closed
