from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_bolt.app.async_app import AsyncApp

from tests.contract.slack_bench import Bench, bench, over_http, over_socket
from tests.servers.slack_courier import Delivery, signed
from tests.servers.slack_world import Kind


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):  # slack.md 4.9
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        opened.slack.courier.retry_after_s = (0.0, 0.02, 0.04)
        yield opened


class Listener:
    """An endpoint that answers what it is told, and keeps what it gets."""

    def __init__(self, *statuses: int, delay_s: float = 0.0, headers: dict[str, str] | None = None) -> None:
        self.got: list[tuple[dict[str, str], str]] = []
        self._statuses = list(statuses)
        self._delay_s = delay_s
        self._headers = headers

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.text()))
        await asyncio.sleep(self._delay_s)
        status = self._statuses.pop(0) if self._statuses else 200
        return web.Response(status=status, headers=self._headers)


async def listening(on: Bench, listener: Listener, delivery: str = "hi") -> Delivery:
    """What became of one message that was brought to the listener."""
    app = web.Application()
    app.router.add_post("/", listener.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    on.slack.courier.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        await on.ben.say("C1", delivery)
        await on.slack.settled()
    finally:
        await runner.cleanup()
    return on.slack.courier.deliveries[0]


def collecting(app: AsyncApp) -> list[dict[str, Any]]:
    """Every event that a bolt app hears of from now on."""
    heard: list[dict[str, Any]] = []

    @app.middleware
    async def keep(body: dict[str, Any], next_: Any) -> Any:
        heard.append(body)
        return await next_()

    @app.event({"type": "message"})
    async def message() -> None: ...

    for kind in ("app_mention", "app_home_opened", "member_joined_channel", "tokens_revoked", "app_uninstalled"):
        app.event(kind)(message)
    return heard


async def test_an_event_is_signed_and_comes_once(on: Bench) -> None:
    """Bolt takes the signature, and what is acknowledged is not brought again."""
    app = on.app()
    heard = collecting(app)
    async with over_http(on, app):
        await on.ben.say("C1", "hello & <b>")
        await on.slack.settled()
    [body] = heard
    assert (body["event"]["text"], body["event"]["channel_type"]) == ("hello &amp; &lt;b&gt;", "channel")
    assert [each.failure for each in on.slack.courier.deliveries[0].attempts] == [None]


async def test_a_forged_or_old_signature_is_told_apart(on: Bench) -> None:
    """What `signed` makes is taken by bolt when it is fresh, and refused when it is old or made with another secret."""
    app = on.app()
    collecting(app)
    body = b'{"type": "event_callback", "event": {"type": "app_mention"}}'
    good = on.slack.signing_secret
    statuses = []
    async with over_http(on, app), ClientSession() as session:
        for secret, age_s in ((good, 0), ("other", 0), (good, 301)):
            headers = signed(secret, body, "application/json", age_s=age_s)
            async with session.post(str(on.slack.courier.events_url), data=body, headers=headers) as answer:
                statuses.append(answer.status)
    assert statuses == [200, 401, 401]


async def test_an_event_is_brought_again_three_times(on: Bench) -> None:
    """Without a 2xx an event comes three times more, with a number and the reason, which it has not at first."""
    listener = Listener(500, 503, 500, 500)
    delivery = await listening(on, listener)
    numbers = [headers.get("x-slack-retry-num") for headers, _ in listener.got]
    reasons = [headers.get("x-slack-retry-reason") for headers, _ in listener.got]
    assert numbers == [None, "1", "2", "3"]
    assert reasons == [None, "http_error", "http_error", "http_error"]
    assert len({text for _, text in listener.got}) == 1
    assert not delivery.accepted


async def test_an_app_may_ask_for_no_retry(on: Bench) -> None:
    """A refusal with X-Slack-No-Retry is the last try."""
    delivery = await listening(on, Listener(500, headers={"X-Slack-No-Retry": "1"}))
    assert [each.failure for each in delivery.attempts] == ["http_error"]


async def test_a_late_ack_is_none(on: Bench) -> None:
    """An answer after the time for an ack counts as `http_timeout`, and the event comes again."""
    on.slack.courier.ack_within_s = 0.05
    delivery = await listening(on, Listener(delay_s=0.2))
    assert [each.failure for each in delivery.attempts] == ["http_timeout"] * 4


async def test_an_app_that_is_away_gets_it_later(on: Bench) -> None:
    """An event to a closed port fails, and comes again when the app is back."""
    on.slack.courier.events_url = "http://127.0.0.1:9/"
    on.slack.courier.retry_after_s = (0.3,)
    await on.ben.say("C1", "hello")
    app = on.app()
    collecting(app)
    async with over_http(on, app):
        await on.slack.settled()
    assert [each.failure for each in on.slack.courier.deliveries[0].attempts] == ["connection_failed", None]


async def test_a_mention_comes_twice(on: Bench) -> None:
    """A mention of the bot is a `message` and an `app_mention` with one ts and two event ids."""
    app = on.app()
    heard = collecting(app)
    async with over_http(on, app):
        await on.ben.say("C1", "@tpm feedback")
    assert sorted(body["event"]["type"] for body in heard) == ["app_mention", "message"]
    assert len({body["event"]["ts"] for body in heard}) == 1
    assert len({body["event_id"] for body in heard}) == 2


async def test_edits_deletions_and_the_bots_own_words_are_heard(on: Bench) -> None:
    """Edits and deletions name the message and what it was, and what the bot posts comes back with its bot_id."""
    on.slack.courier.events_url = None
    message = await on.ben.say("C1", "one")
    await on.ben.edit(message, "two")
    await on.ben.delete(message)
    await on.client.chat_postMessage(channel="C1", text="mine")
    _, edited, deleted, own = (each.payload["event"] for each in on.slack.courier.deliveries)
    assert (edited["subtype"], edited["message"]["text"], edited["previous_message"]["text"]) == (
        "message_changed", "two", "one",
    )  # fmt: skip
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", message.ts)
    assert (own["bot_id"], own["text"]) == (on.slack.workspace.bot_id, "mine")


async def test_what_the_bot_cannot_see_it_does_not_hear(on: Bench) -> None:
    """Messages where the bot is not are not brought, nor are events that its manifest does not ask for."""
    on.slack.channel("C2", on.ben, bot=False)
    await on.ben.say("C2", "secret")
    on.slack.install({"settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}})
    await on.ben.say("C1", "plain")
    await on.ben.say("C1", "@tpm hi")
    assert [each.payload["event"]["type"] for each in on.slack.courier.deliveries] == ["app_mention"]


async def test_comings_and_goings_are_heard(on: Bench) -> None:
    """Joining, opening the home, a revoked token and an uninstall bring their events; after that nothing comes."""
    on.slack.channel("C2", on.asha, bot=False)
    await on.asha.invite("C2")
    await on.ben.open_home()
    await on.slack.revoke()
    await on.slack.uninstall()
    await on.ben.say("C1", "to nobody")
    events = [each.payload["event"] for each in on.slack.courier.deliveries]
    assert [(each["type"], each.get("subtype")) for each in events] == [
        ("member_joined_channel", None), ("message", "channel_join"), ("app_home_opened", None),
        ("tokens_revoked", None), ("app_uninstalled", None), ("tokens_revoked", None),
    ]  # fmt: skip


async def test_who_leaves_is_told_where_the_app_may_see_it(on: Bench) -> None:
    """Leaving a channel is an event and a message; of a private one an app needs `groups:read` and its bot there."""
    on.slack.channel("G2", on.asha, on.ben, kind=Kind.PRIVATE)
    on.slack.channel("G3", on.asha, on.ben, kind=Kind.PRIVATE, bot=False)
    on.slack.channel("G4", on.asha, on.ben, kind=Kind.PRIVATE)
    for channel in ("C1", "G2", "G3"):
        await on.ben.leave(channel)
    on.slack.workspace.scopes.discard("groups:read")
    await on.asha.leave("G4", "U2")
    events = [each.payload["event"] for each in on.slack.courier.deliveries]
    assert [(each["type"], each.get("subtype"), each["channel"]) for each in events] == [
        ("member_left_channel", None, "C1"), ("message", "channel_leave", "C1"),
        ("member_left_channel", None, "G2"), ("message", "group_leave", "G2"), ("message", "group_leave", "G4"),
    ]  # fmt: skip
    assert {each["user"] for each in events} == {"U2"}


async def test_events_can_come_in_any_order(on: Bench) -> None:
    """Events held back are brought in the order that the test gives them."""
    app = on.app()
    heard = collecting(app)
    async with over_http(on, app):
        async with on.slack.courier.holding() as held:
            message = await on.ben.say("C1", "one")
            await on.ben.edit(message, "two")
            held.reverse()
        await on.slack.courier.again(on.slack.courier.deliveries[0])
    assert [body["event"].get("subtype") for body in heard] == ["message_changed", None, None]


async def test_socket_mode_greets_and_brings(on: Bench) -> None:
    """A connection is let in once by its ticket, and the first delivery over it carries retry number 0."""
    numbers: list[Any] = []
    app = on.app()

    @app.event("message")
    async def message(request: Any) -> None:
        numbers.append(request.headers.get("x-slack-retry-num"))

    async with over_socket(on, app):
        await on.ben.say("C1", "hello")
    assert numbers == [["0"]]
    assert on.slack.odd == []


async def test_a_ticket_is_used_once(on: Bench) -> None:
    """A Socket Mode address lets in one connection, and 10 connections are the most."""
    async with ClientSession() as session:
        url = on.slack.sockets.ticket()
        first = await session.ws_connect(url)
        assert (await first.receive_json())["type"] == "hello"
        async with session.get(url.replace("ws", "http", 1)) as answer:
            assert answer.status == 401
        rest = [await session.ws_connect(on.slack.sockets.ticket()) for _ in range(10)]
        kinds = [(await each.receive_json())["type"] for each in rest]
        assert kinds == ["hello"] * 9 + ["disconnect"]
        for each in (first, *rest):
            await each.close()


async def test_each_payload_goes_to_one_connection(on: Bench) -> None:
    """With two connections every event comes once, and both get some."""
    per_app: list[list[dict[str, Any]]] = []
    apps = [on.app(), on.app()]
    per_app = [collecting(app) for app in apps]
    async with over_socket(on, apps[0]), over_socket(on, apps[1]):
        for number in range(4):
            await on.ben.say("C1", str(number))
    assert [len(heard) for heard in per_app] == [2, 2]


async def test_a_refresh_is_followed(on: Bench) -> None:
    """When Slack asks for a refresh the app opens another connection, and events go on."""
    app = on.app()
    heard = collecting(app)
    async with over_socket(on, app):
        await on.slack.sockets.refresh(on.slack.sockets.connections[0], warn_s=0.01)
        await on.slack.until(lambda: on.slack.sockets.opened == 2 and on.slack.sockets.connected)
        await on.ben.say("C1", "hello")
        await on.slack.settled()
    assert len(heard) == 1


async def test_an_event_without_an_ack_goes_to_another_try(on: Bench) -> None:
    """A connection that is open but dead lets an event time out; after it is dropped the next try arrives."""
    app = on.app()
    heard = collecting(app)
    on.slack.courier.ack_within_s = 0.1
    on.slack.courier.retry_after_s = (0.5, 0.5)
    async with over_socket(on, app):
        on.slack.sockets.mute()
        await on.ben.say("C1", "hello")
        await on.slack.sockets.drop()
        await on.slack.settled()
    failures = [each.failure for each in on.slack.courier.deliveries[0].attempts]
    assert (failures[0], failures[-1], len(heard)) == ("timeout", None, 1)


async def test_an_ack_for_nothing_is_noticed(on: Bench) -> None:
    """An ack that fits no envelope is kept as odd."""
    async with ClientSession() as session, session.ws_connect(on.slack.sockets.ticket()) as socket:
        await socket.receive_json()
        await socket.send_json({"envelope_id": "no"})
        await on.slack.until(lambda: bool(on.slack.odd))
    assert "envelope" in on.slack.odd[0]
