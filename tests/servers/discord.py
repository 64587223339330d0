"""A server on the loopback address that plays Discord for an app: REST v10 and a gateway.

It enforces Discord's rules, brings events, lets tests act as people, records what it gets, and fails when it is told
to. Run it: `python -m tests.servers.discord --port 8099`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from aiohttp import web

from bot.infra.clock import host_now
from tests.servers.discord_answers import Answers
from tests.servers.discord_faults import Fault, cut
from tests.servers.discord_guilds import Guilds
from tests.servers.discord_hub import APPLICATION_ID, TOKEN, Bucket, Call, Hub
from tests.servers.discord_interaction import Interaction
from tests.servers.discord_messages import Messages
from tests.servers.discord_rest import Rest
from tests.servers.discord_stage import GUILD_ID, Stage
from tests.servers.discord_threads import Threads

__all__ = ["GUILD_ID", "DiscordServer"]


class DiscordServer(Stage):
    """One Discord with one app, in the guild 1000 and in others by `add_guild`.

    Attributes:
        api_url, gateway_url: for DISCORD_API_BASE_URL and DISCORD_GATEWAY_URL.
        hub: the state, with the clock and the fault list.
        gateway: the app's sessions and connections.
    """

    token = TOKEN
    application_id = APPLICATION_ID

    def __init__(self, *, now: Callable[[], datetime] = host_now) -> None:
        super().__init__(Hub(now))
        parts = (Guilds(self.hub), self._commands, Messages(self.hub), Threads(self.hub), Answers(self.hub))
        self._rest = Rest(self.hub, {route: run for part in parts for route, run in part.routes().items()})

    @property
    def url(self) -> str:
        """The address that it is served at."""
        return self.hub.url

    @property
    def api_url(self) -> str:
        """The base of the REST API."""
        return f"{self.hub.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The gateway."""
        return self.hub.url.replace("http", "ws", 1) + "/gateway/"

    @property
    def calls(self) -> list[Call]:
        """Every REST call, oldest first."""
        return self.hub.calls

    @property
    def odd(self) -> list[str]:
        """What the app did that no app of this kind should; a good app leaves it empty."""
        return self.hub.odd

    @property
    def invalid_requests(self) -> int:
        """Answers of 401, 403 and 429: 10,000 in 10 minutes ban an address (discord.md 2)."""
        return sum(each.status in (401, 403, 429) for each in self.hub.calls)

    @property
    def interactions(self) -> list[Interaction]:
        """Everything that people did with the app, oldest first, and how it answered."""
        return list(self.hub.interactions.values())

    def calls_of(self, route: str) -> list[Call]:
        """The calls of one route, such as "POST /channels/{channel}/messages", oldest first."""
        self._check_route(route)
        return [each for each in self.hub.calls if each.route == route]

    def fail(self, route: str, *faults: Fault) -> None:
        """The next calls of a route go wrong like this, in order: "POST /channels/{channel}/messages"."""
        self._check_route(route)
        self.hub.faults.add(route, *faults)

    def limit(self, route: str, calls: int, span_s: float) -> None:
        """Allow so many calls of a route in a span for each channel, guild or token."""
        self._check_route(route)
        self.hub.buckets[route] = Bucket(calls, span_s)

    def _check_route(self, route: str) -> None:
        if route not in self._rest.routes:
            raise KeyError(f"{route}; there are {sorted(self._rest.routes)}")

    @contextlib.asynccontextmanager
    async def outage(self, fault: Fault | None = None) -> AsyncIterator[None]:
        """Discord is down: every call goes wrong alike, and no gateway can be reached."""
        self.hub.faults.down, self.gateway.is_down = fault or cut(), True
        await self.gateway.drop()
        try:
            yield
        finally:
            self.hub.faults.down, self.gateway.is_down = None, False

    def pass_time(self, span: timedelta) -> None:
        """Move Discord's clock on: interactions grow older, tokens and nonces run out."""
        self.hub.ahead += span

    async def settled(self) -> None:
        """Wait until everything that happened is sent to the app."""
        await self.gateway.settled()

    async def until(self, holds: Callable[[], bool], *, within_s: float = 10.0) -> None:
        """Wait until something holds, such as a message that must come. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not holds():  # noqa: ASYNC110  what holds may lie anywhere
                await asyncio.sleep(0.005)

    @contextlib.asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[DiscordServer]:
        """Serve on the loopback address; `url` holds where."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.hub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self.hub.faults.closing.set()
            await self.gateway.drop()
            await runner.cleanup()

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/gateway/resume/", self.gateway.serve)
        app.router.add_get("/attachments/{channel}/{file}/{name}", self._attachment)
        self._rest.add_to(app)
        return app

    async def _attachment(self, request: web.Request) -> web.Response:
        channel = self.hub.world.channels.get(request.match_info["channel"])
        kept = [*channel.messages.values(), *channel.whispers.values()] if channel else []
        for file in (file for message in kept for file in message.files):
            if file.id == request.match_info["file"]:
                return web.Response(body=file.content)
        return web.Response(status=404)


async def _serve(port: int) -> None:
    server = DiscordServer()
    server.user("1", name="asha", admin=True)
    server.user("2", name="ben")
    server.channel("2000", name="study")
    async with server.running(port):
        print(server.api_url, server.gateway_url, server.token, flush=True)  # noqa: T201  whoever started it reads it
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted: a channel 2000, asha (1, an admin) and ben (2) in the guild 1000."""
    parser = argparse.ArgumentParser(description="A test server that plays Discord.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments.port))


if __name__ == "__main__":
    main()
