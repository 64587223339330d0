"""Socket Mode (slack.md 1 Transport, 4.3, 4.15): at most 10 connections an app, each payload to one of them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.slack_courier import Attempt, Delivery
from tests.servers.slack_hub import APP_ID, Hub

MOST_CONNECTIONS = 10


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket of the app. `waiting` holds the envelopes that it has not acknowledged."""

    request: web.Request
    socket: web.WebSocketResponse
    waiting: dict[str, tuple[Delivery, asyncio.Future[Any]]] = field(default_factory=dict)
    leaving: bool = False
    """Told to go: it gets nothing new."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    muted: bool = False
    """Open but dead: what it is given never arrives."""


class SocketMode:
    """The connections of the app.

    Attributes:
        connections: those that are open now, oldest first.
        opened: how many there ever were.
    """

    def __init__(self, hub: Hub) -> None:
        self.connections: list[Connection] = []
        self.opened = 0
        self._hub = hub
        self._tickets: set[str] = set()
        self._envelopes = count(1)
        self._turn = 0

    @property
    def connected(self) -> bool:
        """Whether the app can get anything."""
        return any(not each.leaving for each in self.connections)

    def ticket(self) -> str:
        """An address that lets in one connection, as `apps.connections.open` gives it."""
        ticket = self._hub.new_id("ticket")
        self._tickets.add(ticket)
        return f"{self._hub.url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or self._hub.faults.down:
            return web.Response(status=401 if ticket not in self._tickets else 503)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        connection = Connection(request, socket)
        self.connections.append(connection)
        self.opened += 1
        try:
            await self._talk(connection)
        finally:
            self._end(connection)
        return socket

    async def _talk(self, connection: Connection) -> None:
        info = {"app_id": APP_ID}
        debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}
        hello = {"type": "hello", "connection_info": info, "debug_info": debug}
        await connection.socket.send_json({**hello, "num_connections": len(self.connections)})
        async for message in connection.socket:
            if message.type == WSMsgType.TEXT:
                self._acknowledged(connection, message.data)

    def _end(self, connection: Connection) -> None:
        self.connections.remove(connection)
        connection.ended.set()
        for _, future in connection.waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError())

    def _acknowledged(self, connection: Connection, text: str) -> None:
        try:
            ack = json.loads(text)
        except json.JSONDecodeError:
            self._hub.odd.append(f"not JSON over Socket Mode: {text[:50]!r}")
            return
        delivery, future = connection.waiting.get(ack.get("envelope_id"), (None, None))
        if delivery is None or future is None:
            self._hub.odd.append("an ack for an envelope that this connection was not given, or too late")
            return
        if "payload" in ack and delivery.kind == "events_api":
            self._hub.odd.append("a payload in the ack of an event (accepts_response_payload is false)")
        if not future.done():
            future.set_result(ack.get("payload"))

    async def bring(self, delivery: Delivery, number: int, reason: str, within_s: float) -> Attempt:
        """Send over one connection, in turn, and wait for the ack. slack.md 4.3: retry_attempt is 0 at first."""
        ready = [each for each in self.connections if not each.leaving]
        self._turn += 1
        connection = ready[self._turn % len(ready)]
        id_ = f"envelope-{next(self._envelopes)}"
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[id_] = (delivery, future)
        envelope = {
            "envelope_id": id_,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        began_s = self._hub.courier.monotonic_s()
        failure, answer = None, None
        try:
            if not connection.muted:
                await connection.socket.send_json(envelope)
            answer = await asyncio.wait_for(future, within_s)
        except TimeoutError:
            failure = "timeout"
        except ConnectionError:
            failure = "connection_failed"
        finally:
            connection.waiting.pop(id_, None)
        took_s = self._hub.courier.monotonic_s() - began_s
        return Attempt(number=number, failure=failure, answer=answer, took_s=took_s)

    async def refresh(self, connection: Connection, *, warn_s: float | None = None) -> None:
        """Send a connection away as Slack does now and then: a warning first if `warn_s` is given, then the request."""
        if warn_s is not None:
            await connection.socket.send_json({"type": "disconnect", "reason": "warning", "debug_info": {}})
            await asyncio.sleep(warn_s)
        if connection.ended.is_set():  # gone at the warning already, as slack_sdk does
            return
        connection.leaving = True
        await connection.socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    async def drop(self) -> None:
        """Break every connection without a word."""
        for connection in self.connections:
            if connection.request.transport is not None:
                connection.request.transport.abort()
        await asyncio.gather(*(each.ended.wait() for each in self.connections))

    def mute(self) -> None:
        """Let every connection stand and answer pings, but bring nothing any more (slack.md 4.15)."""
        for connection in self.connections:
            connection.muted = True
