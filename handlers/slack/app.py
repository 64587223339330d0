"""Slack as a platform: what it is made of, and how it comes and goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ChatClosed, ChatRefused, Refusal
from bot.ports import Chat, Ports
from bot.settings import Settings
from handlers.background import Background
from handlers.slack.api import SlackApi, new_session
from handlers.slack.chat import SlackChat
from handlers.slack.desk import Desk
from handlers.slack.home import HomeTab
from handlers.slack.inbound import PLATFORM
from handlers.slack.intake import Intake
from handlers.slack.manifest import EVENTS_PATH, names_set
from handlers.slack.people import People
from handlers.slack.replies import Replies
from handlers.slack.signature import is_signed, is_ssl_check
from handlers.slack.socket import Patience, Sockets
from handlers.slack.tokens import Authorize, Installation, Tokens

log = logging.getLogger(__name__)

BOLT = logging.getLogger(f"{__name__}.bolt")
"""bolt's warnings quote what came in; what an operator has to know is logged by us."""
BOLT.setLevel(logging.ERROR)

DRAIN_S = 1.5
"""For what still runs at the end; the core has had its time before."""
READ_S = 3.0
"""Slack itself gives a request up by then; whoever sends one byte a minute is not Slack."""

REFUSED_BOT = (
    "Slack does not take SLACK_BOT_TOKEN: {why}. Install the app again (OAuth & Permissions in its settings) and copy "
    "the new token."
)
REFUSED_APP = (
    "Slack does not take SLACK_APP_TOKEN: {why}. Make an app-level token with the scope connections:write (Basic "
    "Information in the app's settings), and see that Socket Mode is on."
)


class SlackPlatform:
    """Slack by Socket Mode if there is an app token, else by HTTP."""

    name = PLATFORM

    def __init__(self, settings: Settings, *, patience: Patience | None = None) -> None:
        """Raises Refusal when commands are renamed to what they cannot be called."""
        self._settings = settings
        self._names = names_set(settings)
        self._patience = patience
        self._tokens = Tokens()
        self._background = Background()
        self._session: aiohttp.ClientSession | None = None
        self._chat: SlackChat | None = None
        self._app: AsyncApp | None = None
        self._sockets: Sockets | None = None
        self._stopped = False

    @property
    def chat(self) -> Chat:
        """What the bot says."""
        if self._chat is None:
            raise RuntimeError("Slack is not started")
        return self._chat

    @property
    def busy(self) -> int:
        """How many answers are on their way to people."""
        return self._background.busy

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        """Slack's one address; none in Socket Mode."""
        return [] if self._settings.slack_app_token else [web.post(EVENTS_PATH, self._serve)]

    async def start(self, ports: Ports) -> None:
        """Learn who the bot is, and connect."""
        base_url = self._settings.slack_api_url
        if self._session is None:
            self._session = new_session(base_url)
        api = SlackApi(self._session, base_url, self._tokens)
        await self._learn(api)
        people = People(api)
        chat = SlackChat(api, self._tokens, people, self._background, self._names)
        replies, home = Replies(api, chat, self._names), HomeTab(ports, api, people, self._names)
        desk = Desk(ports, people, replies, home, self._background)
        intake = Intake(desk, ports.meter, self._names, lambda team_id: self._leave_later(api, team_id))
        web_client = _sdk_client(base_url, self._session)
        self._app = self._bolt(intake, web_client)
        self._chat = chat
        if self._settings.slack_app_token is not None:
            await self._connect(api, self._settings.slack_app_token.get_secret_value(), web_client)

    def ready(self) -> bool:
        """Whether what members do arrives here."""
        if self._app is None or self._stopped or not self._tokens.any:
            return False
        if self._settings.slack_app_token is None:
            return True
        return self._sockets is not None and self._sockets.up()

    async def stop_intake(self) -> None:
        """Take nothing more in: what Slack brings now it will bring again."""
        self._stopped = True
        if self._sockets is not None:
            await self._sockets.close()

    async def close(self) -> None:
        """Let answers end, then leave."""
        await self.stop_intake()
        await self._background.drain(DRAIN_S)
        if self._session is not None:
            await self._session.close()

    async def _learn(self, api: SlackApi) -> None:
        """Who the bot is. With many workspaces, each installation is learned when it is made."""
        secret = self._settings.slack_bot_token
        token = secret.get_secret_value() if secret else ""
        try:
            body = await api.call_with(token, "auth.test", safe=True)
        except ChatRefused as refused:
            raise Refusal(REFUSED_BOT.format(why=str(refused).rpartition(" ")[2])) from refused
        self._tokens.add(
            Installation(team_id=body["team_id"], bot_token=token, bot_id=body["bot_id"], bot_user_id=body["user_id"])
        )

    async def _connect(self, api: SlackApi, app_token: str, web_client: AsyncWebClient) -> None:
        try:
            await api.call_with(app_token, "apps.connections.open", safe=True)
        except (ChatClosed, ChatRefused) as refused:
            raise Refusal(REFUSED_APP.format(why=str(refused).rpartition(" ")[2])) from refused
        if self._app is not None:
            self._sockets = Sockets(self._app, app_token, web_client, self._patience)
            await self._sockets.connect()

    def _leave_later(self, api: SlackApi, team_id: str) -> None:
        self._background.start(self._leave(api, team_id), "leave")

    async def _leave(self, api: SlackApi, team_id: str) -> None:
        """Forget a token that is dead. Told late, of a token before this one, Slack's word of it means nothing."""
        try:
            await api.call(team_id, "auth.test", safe=True)
        except ChatClosed as closed:
            log.error("the app was removed from workspace %s, or its token revoked: %s", team_id, closed)  # noqa: TRY400
            self._tokens.drop(team_id)

    def _bolt(self, intake: Intake, web_client: AsyncWebClient) -> AsyncApp:
        """Everything explicit: what bolt finds in the environment must change nothing (slack.md 4.10)."""
        app = AsyncApp(
            name="tpm-bot",
            logger=BOLT,
            client=web_client,
            authorize=Authorize(self._tokens),  # type: ignore[arg-type]  # bolt takes its own class as well
            # bolt reads a body before it looks at the signature; `_serve` does so the other way round
            request_verification_enabled=False,
            process_before_response=False,
            ignoring_self_events_enabled=True,
        )
        app.use(intake)
        return app

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self._app is None or self._stopped:
            return web.Response(status=503)
        try:
            async with asyncio.timeout(READ_S):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        secret = self._settings.slack_signing_secret
        if secret is None or not is_signed(secret.get_secret_value(), body, request.headers):
            return web.Response(status=200 if is_ssl_check(body) else 401)
        answer = await self._app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)


def _sdk_client(base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """For bolt and the SDK's own needs; what the bot says goes through `SlackApi`."""
    client = AsyncWebClient(base_url=base_url, session=session, logger=BOLT, retry_handlers=[])
    if base_url.startswith("http://"):
        client.proxy = None
    return client
