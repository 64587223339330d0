"""A fake Slack with a bolt app on it, for the tests of the fake itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack import SlackServer
from tests.servers.slack_people import User
from tests.servers.slack_world import Channel

Body = dict[str, Any]


class Bench:
    """A Slack with a channel, an admin and a member in it."""

    def __init__(self, slack: SlackServer, client: AsyncWebClient) -> None:
        self.slack = slack
        self.client = client
        self.asha: User = slack.user("U1", name="asha", admin=True)
        self.ben: User = slack.user("U2", name="ben")
        self.study: Channel = slack.channel("C1", self.asha, self.ben, name="study")

    def app(self) -> AsyncApp:
        """A bolt app that handles nothing yet."""
        return AsyncApp(client=self.client, signing_secret=self.slack.signing_secret)

    async def error_of(self, method: str, **arguments: object) -> str:
        """The error that a call answers; empty if it took effect."""
        try:
            await self.client.api_call(method, json=arguments)
        except SlackApiError as error:
            return str(error.response["error"])
        return ""


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """A fresh one, with a client whose calls are never repeated by itself."""
    timeout = ClientTimeout(total=2.0)  # the client's own is not used once it is given a session
    async with SlackServer().running() as slack, ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(slack.token, base_url=slack.api_url, session=session, retry_handlers=[])
        yield Bench(slack, client)


@asynccontextmanager
async def over_http(on: Bench, app: AsyncApp) -> AsyncIterator[None]:
    """The app serves HTTP, and Slack brings everything there."""
    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    on.slack.courier.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(on: Bench, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app holds one Socket Mode connection."""
    handler = AsyncSocketModeHandler(app, on.slack.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt has no hints here
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # nor here
        await asyncio.sleep(0)


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, **more: str) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def field(key: str, **more: object) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": key, **more}
    return {"type": "input", "block_id": key, "label": {"type": "plain_text", "text": key}, "element": element}


def modal(*blocks: dict[str, Any], **more: object) -> dict[str, Any]:
    texts = {name: {"type": "plain_text", "text": name} for name in ("title", "submit")}
    return {"type": "modal", **texts, "blocks": list(blocks), **more}


async def opened(on: Bench, view: dict[str, Any]) -> None:
    """Ben has this modal open."""
    trigger = on.slack.hub.new_trigger(on.slack.workspace, "U2")
    await on.client.views_open(trigger_id=trigger, view=view)
