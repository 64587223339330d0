"""A server on the loopback address that plays Slack for an app, for tests and for playing without an account.

It enforces Slack's rules, brings events, lets tests act as people, records what it gets, and fails when it is told
to. Run it: `python -m tests.servers.slack --port 8098`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.infra.clock import host_now
from tests.servers.slack_chat import ChatMethods
from tests.servers.slack_conversations import ConversationMethods
from tests.servers.slack_courier import Courier, Delivery
from tests.servers.slack_door import Door
from tests.servers.slack_events import announce_revoked, announce_uninstalled
from tests.servers.slack_faults import Fault, cut
from tests.servers.slack_files import FileMethods
from tests.servers.slack_hub import APP_TOKEN, SIGNING_SECRET, Call, Hub, Rules
from tests.servers.slack_people import User
from tests.servers.slack_seat import tried
from tests.servers.slack_socket import SocketMode
from tests.servers.slack_streams import StreamMethods
from tests.servers.slack_views import ViewMethods
from tests.servers.slack_web import WebApi
from tests.servers.slack_world import Body, Channel, Kind, Person, Workspace


class SlackServer:
    """One Slack with one app, installed in the workspace T1 and in others by `add_workspace`.

    Attributes:
        url, api_url: where it is served; `api_url` is for SLACK_API_URL.
        hub: the state, with the clock and the fault list.
        courier: what was brought to the app and how that went; set its `events_url` for HTTP, else it is Socket Mode.
        sockets: the app's connections.
    """

    app_token = APP_TOKEN
    signing_secret = SIGNING_SECRET

    def __init__(self, *, now: Callable[[], datetime] = host_now) -> None:
        self.courier = Courier(SIGNING_SECRET)
        self.hub = Hub(self.courier, now)
        self.sockets = SocketMode(self.hub)
        self.courier.sockets = self.sockets
        self.courier.down = lambda: self.hub.faults.down is not None
        self._chat = ChatMethods(self.hub)
        self._views = ViewMethods(self.hub)
        self._files = FileMethods(self.hub)
        self._users: dict[tuple[str, str], User] = {}
        self.workspace = self.add_workspace("T1")

    @property
    def url(self) -> str:
        """The address that it is served at."""
        return self.hub.url

    @property
    def api_url(self) -> str:
        """The base of the Web API, with its last slash."""
        return f"{self.hub.url}/api/"

    @property
    def token(self) -> str:
        """The bot token of T1."""
        return self.workspace.token

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API, oldest first."""
        return self.hub.calls

    @property
    def tcp_connections(self) -> int:
        """Over how many TCP connections the Web API was called (slack.md 4.6)."""
        return len({each.connection for each in self.hub.calls})

    @property
    def odd(self) -> list[str]:
        """What the app did that Slack passes over in silence; a good app leaves it empty."""
        return self.hub.odd

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [each for each in self.hub.calls if each.method == method]

    def add_workspace(self, id_: str) -> Workspace:
        """Another workspace that has the app, with a token of its own."""
        workspace = Workspace(id=id_, domain=f"study-{id_.lower()}", token=f"xoxb-{id_}-made-up")
        bot = Person(id=workspace.bot_user, name="tpm", is_bot=True)
        workspace.people[bot.id] = bot
        self.hub.workspaces[id_] = workspace
        return workspace

    def install(self, manifest: Mapping[str, Any]) -> None:
        """Go by a manifest: its scopes, commands, shortcuts and events, and nothing else."""
        self.hub.rules = Rules.of(manifest)
        for workspace in self.hub.workspaces.values():
            workspace.scopes = set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []))

    def user(
        self,
        id_: str,
        *,
        name: str = "",
        tz: str = "Europe/Paris",
        admin: bool = False,
        team: str = "T1",
        home: str | None = None,
        teams: tuple[str, ...] = (),
    ) -> User:
        """A person; the same one for the same id. `home` and `teams` as in Person."""
        workspace = self.hub.workspaces[team]
        if (team, id_) not in self._users:
            person = workspace.people[id_] = Person(
                id=id_, name=name or id_.lower(), tz=tz, is_admin=admin, home=home, teams=teams
            )
            self._users[team, id_] = User(self.hub, workspace, person, self._chat, self._views)
        return self._users[team, id_]

    def channel(
        self, id_: str, *users: User, name: str = "", kind: Kind = Kind.PUBLIC, bot: bool = True, team: str = "T1"
    ) -> Channel:
        """A channel with these people in it, made by the first, and the bot if it was invited."""
        workspace = self.hub.workspaces[team]
        members = {each.id for each in users} | ({workspace.bot_user} if bot else set())
        creator = users[0].id if users else ""
        channel = Channel(id=id_, name=name or id_.lower(), kind=kind, creator=creator, members=members)
        workspace.channels[id_] = channel
        return channel

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of `method` go wrong like this, in order."""
        self.hub.faults.add(method, *faults)

    @contextlib.asynccontextmanager
    async def outage(self, fault: Fault | None = None) -> AsyncIterator[None]:
        """Slack is down: every call goes wrong alike, sockets break, nothing is brought."""
        self.hub.faults.down = fault or cut()
        await self.sockets.drop()
        try:
            yield
        finally:
            self.hub.faults.down = None

    def outage_for(self, span_s: float, fault: Fault | None = None) -> asyncio.Task[None]:
        """An outage that ends by itself."""

        async def down() -> None:
            async with self.outage(fault):
                await asyncio.sleep(span_s)

        return asyncio.create_task(down())

    def pass_time(self, span: timedelta) -> None:
        """Move Slack's clock on; what has been measured in real seconds (acks, triggers) stays so."""
        self.hub.ahead += span

    async def emit(self, event: Body, team: str = "T1") -> Delivery:
        """Bring any event whatever, asked for or not."""
        delivery = self.hub.bring(self.hub.workspaces[team], event)
        await delivery.first_try.wait()
        return delivery

    async def revoke(self, team: str = "T1") -> None:
        """The token dies, and the app hears of it (slack.md 4.18)."""
        workspace = self.hub.workspaces[team]
        workspace.revoked = "token_revoked"
        await tried(announce_revoked(self.hub, workspace))

    async def uninstall(self, team: str = "T1") -> None:
        """The app is removed from a workspace (slack.md 4.18)."""
        workspace = self.hub.workspaces[team]
        workspace.revoked = "account_inactive"
        await tried(announce_uninstalled(self.hub, workspace))

    async def settled(self) -> None:
        """Wait until no event is on its way, retries included."""
        await self.courier.settled()

    async def until(self, holds: Callable[[], bool], *, within_s: float = 10.0) -> None:
        """Wait until something holds, such as a message that must come. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not holds():  # noqa: ASYNC110  what holds may lie anywhere
                await asyncio.sleep(0.005)

    @contextlib.asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[SlackServer]:
        """Serve on the loopback address; `url` holds where."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.hub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with self.courier.running():
                yield self
        finally:
            self.hub.faults.closing.set()
            for connection in list(self.sockets.connections):
                await connection.socket.close()
            await runner.cleanup()

    def _application(self) -> web.Application:
        asked = ConversationMethods(self.hub, self.sockets.ticket)
        streams = StreamMethods(self.hub).methods()
        methods = {
            **self._chat.methods(),
            **streams,
            **self._views.methods(),
            **self._files.methods(),
            **asked.methods(),
        }
        app = web.Application(client_max_size=32 * 2**20)
        app.router.add_route("*", "/api/{method}", WebApi(self.hub, methods).serve)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/response/{id}", self._chat.respond)
        app.router.add_post("/upload/{team}/{file}", self._files.upload)
        Door(self.hub, self._users).add_to(app)
        return app


async def _serve(port: int, events_url: str | None, manifest: Mapping[str, Any] | None) -> None:
    server = SlackServer()
    server.courier.events_url = events_url
    asha, ben = server.user("U1", name="asha", admin=True), server.user("U2", name="ben")
    server.channel("C1", asha, ben, name="study")
    if manifest is not None:
        server.install(manifest)
    async with server.running(port):
        print(server.url, flush=True)  # noqa: T201  whoever started it reads the address here
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted: a channel C1 with the bot, asha (U1, an admin) and ben (U2)."""
    parser = argparse.ArgumentParser(description="A test server that plays Slack. State: GET /test/state.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--events-url", help="where the app serves HTTP; without it, Socket Mode")
    parser.add_argument("--manifest", type=Path, help="the app's manifest as JSON; without it, all is allowed")
    arguments = parser.parse_args()
    path: Path | None = arguments.manifest
    manifest = None if path is None else json.loads(path.read_text(encoding="utf-8"))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments.port, arguments.events_url, manifest))


if __name__ == "__main__":
    main()
