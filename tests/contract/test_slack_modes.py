from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from bot.domain.group import MemberId
from bot.errors import Refusal, Trouble
from bot.ports import Ports
from handlers.slack.app import READ_S, SlackPlatform
from handlers.slack.socket import Patience
from tests.contract.slack_case import (
    ANSWER,
    PLACE,
    QUICK,
    Case,
    eventually,
    no_failure,
    running,
    served,
    settings_for,
)
from tests.servers.slack import SlackServer
from tests.servers.slack_courier import signed
from tests.servers.slack_faults import slow


@pytest.fixture
async def by_http(valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode="http") as opened:
        yield opened


@pytest.fixture
async def by_socket(valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode="socket") as opened:
        yield opened


async def until(case: Case, connections: int) -> None:
    """Wait until the app holds so many connections that bring something."""

    def held() -> bool:
        standing = case.slack.sockets.connections
        return len([each for each in standing if not (each.leaving or each.muted)]) >= connections

    await eventually(held)


async def count_answers(case: Case) -> int:
    ports = case.core.ports
    group_id = await ports.groups.at(PLACE)
    assert group_id is not None
    [post] = await ports.posts.all(group_id)
    return len(await ports.answers.of_day(group_id, post.day))


# HTTP


async def post(case: Case, headers: Mapping[str, str], body: bytes) -> int:
    url = case.slack.courier.events_url
    assert url is not None
    async with ClientSession() as session, session.post(url, data=body, headers=headers) as got:
        return got.status


@pytest.mark.parametrize("how", ["forged", "expired", "missing"])
async def test_a_bad_signature(by_http: Case, how: str) -> None:
    """A request that is not signed by Slack, or was signed long ago, is refused and changes nothing."""
    root = await by_http.posted()
    event = {"type": "message", "user": "U2", "text": ANSWER, "ts": "1795593700.000001", "thread_ts": root.ts}
    body = json.dumps({"type": "event_callback", "team_id": "T1", "event": {**event, "channel": "C1"}}).encode()
    secret = by_http.slack.signing_secret
    used = "not-the-secret" if how == "forged" else secret
    headers = signed(used, body, "application/json", age_s=600 if how == "expired" else 0)
    if how == "missing":
        del headers["x-slack-signature"]
    assert await post(by_http, headers, body) == 401
    assert await count_answers(by_http) == 0
    assert await post(by_http, signed(secret, body, "application/json"), body) == 200
    assert await count_answers(by_http) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xff\xfe", {}),
        (b"{", {}),
        (b"[1]", {"content-type": "application/json"}),
        (b"payload=%5B1%5D", {}),
        (b"[" * 200_000, {"content-type": "application/json"}),
        (b"{}", {"content-type": "text/plain; charset=made-up"}),
        (b"{}", {"x-slack-request-timestamp": "yesterday"}),
        (b"{}", {"x-slack-request-timestamp": "9" * 400}),
        (b"{}", {"x-slack-signature": "v0=\u00e9"}),
    ],
)
async def test_what_anybody_may_send(
    by_http: Case, body: bytes, headers: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever somebody sends who is not Slack is refused before it is read, and leaves no line in the log."""
    with caplog.at_level(logging.WARNING):
        assert await post(by_http, {**signed("not-the-secret", body, "text/plain"), **headers}, body) == 401
    assert caplog.records == []


async def test_a_sender_who_never_ends(by_http: Case) -> None:
    """A request whose body does not come to its end within Slack's own patience is given up."""
    address = urlsplit(str(by_http.slack.courier.events_url))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 100\r\n\r\n{")
    began_s = asyncio.get_running_loop().time()
    async with asyncio.timeout(2 * READ_S):
        line = await reader.readline()
    assert line.split()[1] == b"408"
    assert asyncio.get_running_loop().time() - began_s >= READ_S - 0.1
    writer.close()
    await writer.wait_closed()


async def test_the_certificate_is_tried(by_http: Case) -> None:
    """Slack's unsigned try of the certificate is answered; that it asks for more changes nothing."""
    body = b"token=t&ssl_check=1&command=%2Ftpm-help&team_id=T1&user_id=U2&channel_id=C1"
    assert await post(by_http, {"content-type": "application/x-www-form-urlencoded"}, body) == 200
    await by_http.settle()
    assert by_http.whispers(by_http.ben) == []


async def test_the_address_is_verified(by_http: Case) -> None:
    """Slack's question whether the address is ours is answered."""
    body = json.dumps({"type": "url_verification", "challenge": "made-up", "token": "t"}).encode()
    assert await post(by_http, signed(by_http.slack.signing_secret, body, "application/json"), body) == 200


async def test_after_the_intake_has_stopped(by_http: Case) -> None:
    """After the intake has stopped an event is refused, so that Slack brings it again."""
    root = await by_http.posted()
    await by_http.platform.stop_intake()
    await by_http.ben.say(by_http.study, ANSWER, thread=root)
    await by_http.slack.settled()
    assert [each.status for each in by_http.slack.courier.deliveries[-1].attempts] == [503] * 4


# Socket Mode


async def test_two_connections(by_socket: Case) -> None:
    """Two connections are held, and the program is ready while one of them is."""
    assert len(by_socket.slack.sockets.connections) == 2
    assert by_socket.platform.ready()


async def test_a_refresh_loses_nothing(by_socket: Case) -> None:
    """While Slack renews a connection, everything that members write arrives at the first try."""
    root = await by_socket.posted()
    await by_socket.slack.sockets.refresh(by_socket.slack.sockets.connections[0])
    await by_socket.ben.say(by_socket.study, ANSWER, thread=root)
    assert {len(each.attempts) for each in by_socket.slack.courier.deliveries} == {1}
    await until(by_socket, 2)
    assert await count_answers(by_socket) == 1


async def test_broken_connections_come_back(by_socket: Case) -> None:
    """When all connections break, they come back by themselves, and the program says meanwhile that it is not ready."""
    root = await by_socket.posted()
    await by_socket.slack.sockets.drop()
    await eventually(lambda: not by_socket.platform.ready())
    await until(by_socket, 2)
    assert by_socket.platform.ready()
    await by_socket.ben.say(by_socket.study, ANSWER, thread=root)
    assert await count_answers(by_socket) == 1


async def test_connections_that_bring_nothing(valkey_url: str) -> None:
    """A connection that is open but brings nothing for long is made anew before it is closed."""
    patience = Patience(connect_s=2.0, close_s=1.0, ping_s=0.5, watch_s=0.05, lost_s=5.0, idle_s=0.3)
    async with running(valkey_url, patience=patience) as case:
        case.slack.sockets.mute()
        await until(case, 2)
        with no_failure(case.ben):
            await case.ben.command("/tpm-help", "", case.study)


async def test_slack_is_away_for_a_while(by_socket: Case) -> None:
    """After an outage the connections are there again and bring what Slack kept."""
    root = await by_socket.posted()
    by_socket.slack.courier.retry_after_s = (0.1, 0.5, 2.0)
    async with by_socket.slack.outage():
        await by_socket.ben.say(by_socket.study, ANSWER, thread=root)
        await asyncio.sleep(0.3)
    await by_socket.slack.settled()
    assert await count_answers(by_socket) == 1


async def test_closing_is_bounded(by_socket: Case) -> None:
    """The end does not wait for connections that do not close."""
    transports = [each.socket._req.transport for each in by_socket.slack.sockets.connections if each.socket._req]  # noqa: SLF001
    for transport in transports:
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()  # nobody answers that the connection may be closed
    began_s = asyncio.get_running_loop().time()
    await by_socket.platform.close()
    took_s = asyncio.get_running_loop().time() - began_s
    for transport in transports:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()
    assert QUICK.close_s <= took_s < QUICK.close_s + 1


# both


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_answers_end_before_the_program(valkey_url: str, mode: str) -> None:
    """What was acknowledged is answered before the platform is closed."""
    async with running(valkey_url, mode=mode) as case:
        await case.group()
        case.slack.fail("users.info", slow(0.4))
        await case.ben.command("/tpm-streak", "", case.study)
        assert case.whispers(case.ben) == []
        await case.platform.close()
        assert len(case.whispers(case.ben)) == 1


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_the_environment_changes_nothing(valkey_url: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of another app and a proxy in the environment change nothing."""
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN"):
        monkeypatch.setenv(name, "of-another-app")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with running(valkey_url, mode=mode) as case:
        root = await case.posted()
        with no_failure(case.ben):
            await case.ben.say(case.study, ANSWER, thread=root)
            await case.ben.command("/tpm-streak", "", case.study)
            await case.settle()
        assert await count_answers(case) == 1
        assert len(case.whispers(case.ben)) == 1


async def test_two_processes_share_the_work(valkey_url: str) -> None:
    """An event that reaches two processes is one answer."""
    async with running(valkey_url, mode="http") as case:
        other = SlackPlatform(settings_for(case.slack, "http"))
        try:
            await other.start(case.core.ports)
            root = await case.posted()
            await case.ben.say(case.study, ANSWER, thread=root)
            async with served(case.slack, other):
                await case.slack.courier.again(case.slack.courier.deliveries[-1])
            await case.settle()
        finally:
            await other.close()
        group_id = await case.core.ports.groups.at(PLACE)
        assert group_id is not None
        [post_] = await case.core.ports.posts.all(group_id)
        answer = await case.core.ports.answers.get(group_id, post_.day, MemberId("U2"))
        assert answer is not None
        assert (answer.text, answer.version) == (ANSWER, 1)


# starting


async def started(slack: SlackServer, ports: Ports, mode: str) -> None:
    platform = SlackPlatform(settings_for(slack, mode), patience=QUICK)
    try:
        await platform.start(ports)
    finally:
        await platform.close()


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_token_that_slack_does_not_take(by_http: Case, mode: str) -> None:
    """A bot token that is not valid is told to the operator with what to do, and without the token."""
    async with SlackServer().running() as slack:
        settings = settings_for(slack, mode)
        slack.workspace.token = "xoxb-another"
        platform = SlackPlatform(settings)
        try:
            with pytest.raises(Refusal, match="SLACK_BOT_TOKEN") as refusal:
                await platform.start(by_http.core.ports)
        finally:
            await platform.close()
    assert "xoxb" not in str(refusal.value)


async def test_an_app_token_that_slack_does_not_take(by_http: Case) -> None:
    """An app token that is not valid is told to the operator with what to do."""
    async with SlackServer().running() as slack:
        slack.app_token = "xapp-made-up-by-somebody"
        with pytest.raises(Refusal, match="SLACK_APP_TOKEN"):
            await started(slack, by_http.core.ports, "socket")


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_slack_is_away_at_the_start(by_http: Case, mode: str) -> None:
    """A Slack that is away at the start is trouble that passes: the start is tried again."""
    async with SlackServer().running() as slack:
        platform = SlackPlatform(settings_for(slack, mode), patience=QUICK)
        try:
            async with slack.outage():
                with pytest.raises(Trouble):
                    await platform.start(by_http.core.ports)
            assert not platform.ready()
            await platform.start(by_http.core.ports)
            assert platform.ready()
        finally:
            await platform.close()
