"""The gateway: sessions, intents, heartbeats, resuming (discord.md 1 Gateway; docs: events/gateway)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

Body = dict[str, Any]

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRESENCE, VOICE, REQUEST_MEMBERS = 3, 4, 8
GUILDS, GUILD_MEMBERS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 1, 1 << 9, 1 << 12
GUILD_PRESENCES, MESSAGE_CONTENT = 1 << 8, 1 << 15
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
KNOWN_INTENTS = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))
_NEEDS = {"CHANNEL": GUILDS, "GUILD_MEMBER": GUILD_MEMBERS, "THREAD": GUILDS, "GUILD": GUILDS}
"""The beginning of an event's name -> its intent (docs: events/gateway "List of Intents"); the longest fits first."""


def intent_of(event: str, guild_id: str | None) -> int:
    """The intent that an event needs; 0 for those that everybody gets, such as interactions."""
    if event.startswith("MESSAGE_"):
        return GUILD_MESSAGES if guild_id else DIRECT_MESSAGES
    fits = [name for name in _NEEDS if event.startswith(name)]
    return _NEEDS[max(fits, key=len)] if fits else 0


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket. `muted`: open but dead, what it is given never arrives and nothing is acknowledged."""

    request: web.Request
    socket: web.WebSocketResponse
    deflate: Any = None
    frames: asyncio.Queue[Body | None] = field(default_factory=asyncio.Queue)
    muted: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, op: int, data: Any = None, *, event: str | None = None, number: int | None = None) -> None:
        self.frames.put_nowait({"op": op, "d": data, "s": number, "t": event})

    async def write(self) -> None:
        """Send what is queued, in order, compressed over the whole connection if it asked for that."""
        while (frame := await self.frames.get()) is not None:
            if not (self.muted or self.socket.closed):
                with contextlib.suppress(ConnectionError):
                    await self._write(json.dumps(frame))
            self.frames.task_done()
        self.frames.task_done()

    async def _write(self, text: str) -> None:
        if self.deflate is None:
            await self.socket.send_str(text)
        else:
            data = self.deflate.compress(text.encode()) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(data)


@dataclass(slots=True, eq=False)
class Session:
    """What an IDENTIFY begins and a RESUME goes on with. `log` holds every event: number, name, data."""

    id: str
    intents: int
    shard: tuple[int, int]
    connection: Connection | None
    log: list[tuple[int, str, Any]] = field(default_factory=list)

    @property
    def reads_content(self) -> bool:
        """Whether it gets what people write."""
        return bool(self.intents & MESSAGE_CONTENT)

    def holds(self, guild_id: str | None) -> bool:
        """docs: events/gateway "Sharding": shard_id = (guild_id >> 22) % num_shards; direct messages go to shard 0."""
        number, of = self.shard
        return (int(guild_id) >> 22) % of == number if guild_id else number == 0

    def dispatch(self, event: str, data: Any) -> None:
        """Bring an event, now or when the session is resumed."""
        self.log.append((len(self.log) + 1, event, data))
        if self.connection is not None:
            self.connection.send(DISPATCH, data, event=event, number=len(self.log))


class Gateway:
    """Every session of the app.

    Attributes:
        token, allowed: the right token, and the privileged intents that the portal's switches allow.
        heartbeat_s: asked of the app in HELLO; whoever is silent for twice as long is closed with 4009.
        replays_again: how many events too many a RESUME brings: a resume may bring what came already (discord.md 6).
        turned_away: how many connections were tried while it was down.
        identifies: what each IDENTIFY said, oldest first; `resumed` counts those that were taken up again.
    """

    def __init__(self, token: str, ready: Callable[[Session], list[tuple[str, Body]]]) -> None:
        self.token = token
        self.allowed = PRIVILEGED
        self.heartbeat_s = 41.25
        self.replays_again = 0
        self.is_down = False
        self.turned_away = 0
        self.identifies: list[Body] = []
        self.resumed = 0
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self._ready = ready
        self._numbers = count(1)

    @property
    def is_connected(self) -> bool:
        """Whether the app gets anything now."""
        return any(each.connection for each in self.sessions.values())

    def emit(self, event: str, data: Body, *, guild_id: str | None = None, blank: Body | None = None) -> None:
        """Bring an event to every session that asked for it; `blank` to those that may not read content."""
        for session in self.sessions.values():
            need = intent_of(event, guild_id)
            if session.holds(guild_id) and (not need or session.intents & need):
                session.dispatch(event, data if blank is None or session.reads_content else blank)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its HELLO to its end."""
        if self.is_down:
            self.turned_away += 1
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        # zstd-stream is answered in plain text, which discord.py takes too (discord.md 1 Gateway)
        deflate = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        connection = Connection(request, socket, deflate)
        self.connections.append(connection)
        writer = asyncio.create_task(connection.write())
        try:
            connection.send(HELLO, {"heartbeat_interval": round(self.heartbeat_s * 1000), "_trace": []})
            await self._listen(connection)
        finally:
            self._end(connection)
            connection.frames.put_nowait(None)
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def _listen(self, connection: Connection) -> None:
        while True:
            try:
                message = await connection.socket.receive(timeout=self.heartbeat_s * 2)
            except TimeoutError:
                await connection.socket.close(code=4009)  # docs: opcodes "Session timed out"
                return
            if message.type is not WSMsgType.TEXT:
                return
            frame = json.loads(message.data)
            code = self._heard(connection, frame["op"], frame.get("d"))
            if code is not None:
                await connection.frames.join()
                await connection.socket.close(code=code)
                return

    def _heard(self, connection: Connection, op: int, data: Any) -> int | None:
        """Take one frame; a code closes the connection with it (docs: opcodes "Gateway Close Event Codes")."""
        if op == HEARTBEAT:
            connection.send(ACK)
            return None
        if op == IDENTIFY:
            return self._identify(connection, data)
        if op == RESUME:
            return self._resume(connection, data)
        if op in (PRESENCE, VOICE, REQUEST_MEMBERS):
            return None if self._session_of(connection) else 4003
        return 4001

    def _identify(self, connection: Connection, data: Body) -> int | None:
        self.identifies.append(data)
        if self._session_of(connection):
            return 4005
        if data.get("token") != self.token:
            return 4004
        intents = int(data.get("intents", 0))
        if intents & ~KNOWN_INTENTS:
            return 4013
        if intents & PRIVILEGED & ~self.allowed:
            return 4014  # discord.md 2: asking without the portal's switch
        number, of = data.get("shard", (0, 1))
        if not 0 <= number < of:
            return 4010
        session = Session(f"session-{next(self._numbers)}", intents, (number, of), connection)
        self.sessions[session.id] = session
        for event, body in self._ready(session):
            session.dispatch(event, body)
        return None

    def _resume(self, connection: Connection, data: Body) -> int | None:
        session = self.sessions.get(str(data.get("session_id")))
        if data.get("token") != self.token:
            return 4004
        if session is None:
            connection.send(INVALID_SESSION, data=False)
            return None
        seq = int(data.get("seq") or 0)
        if seq > len(session.log):
            return 4007
        self.resumed += 1
        session.connection = connection
        for number, event, body in session.log[max(0, seq - self.replays_again) :]:
            connection.send(DISPATCH, body, event=event, number=number)
        session.dispatch("RESUMED", {"_trace": []})
        return None

    def _session_of(self, connection: Connection) -> Session | None:
        return next((each for each in self.sessions.values() if each.connection is connection), None)

    def _end(self, connection: Connection) -> None:
        self.connections.remove(connection)
        connection.ended.set()
        session = self._session_of(connection)
        if session is not None:
            session.connection = None
            if connection.socket.close_code in (1000, 1001):  # discord.md 6: code 1000 drops the session
                del self.sessions[session.id]

    async def reconnect(self) -> None:
        """Ask every connection to come again and resume (op 7)."""
        for connection in list(self.connections):
            connection.send(RECONNECT)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """INVALID_SESSION: what is not resumable is forgotten, and what happens meanwhile is lost (discord.md 6)."""
        for connection in list(self.connections):
            if not resumable:
                self.sessions = {id_: each for id_, each in self.sessions.items() if each.connection is not connection}
            connection.send(INVALID_SESSION, data=resumable)

    async def drop(self, *, forget: bool = False) -> None:
        """Break every connection without a word; `forget` the sessions too."""
        connections = list(self.connections)
        for connection in connections:
            if connection.request.transport is not None:
                connection.request.transport.abort()
        await asyncio.gather(*(each.ended.wait() for each in connections))
        if forget:
            self.sessions.clear()

    async def close(self, code: int) -> None:
        """Close every connection with a code."""
        for connection in list(self.connections):
            await connection.socket.close(code=code)

    def mute(self) -> None:
        """Let every connection stand, but bring and acknowledge nothing any more."""
        for connection in self.connections:
            connection.muted = True

    async def settled(self) -> None:
        """Until everything that was emitted is sent."""
        for connection in list(self.connections):
            await connection.frames.join()
