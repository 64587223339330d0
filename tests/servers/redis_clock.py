"""A door to a real Redis behind which the clock can be moved: all passes as it is, but for the answers to TIME.

The bot goes by the clock of Redis alone, so a program that comes in by this door lives a week in a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from bot.infra.clock import host_now

TIME = b"TIME"
CHUNK = 65_536


def end_of(data: bytes, start: int) -> int | None:
    """Where the value that begins at `start` ends (RESP2); None if it is not all there yet."""
    line = data.find(b"\r\n", start)
    if line < 0:
        return None
    kind, size = data[start : start + 1], data[start + 1 : line]
    end = line + 2
    if kind == b"$" and int(size) >= 0:
        end += int(size) + 2
        return end if end <= len(data) else None
    for _ in range(max(int(size), 0) if kind == b"*" else 0):
        inner = end_of(data, end)
        if inner is None:
            return None
        end = inner
    return end


@dataclass(slots=True)
class Values:
    """A stream cut into whole values."""

    left: bytes = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The values that are whole now."""
        self.left += data
        values, start = [], 0
        while (end := end_of(self.left, start)) is not None and end > start:
            values.append(self.left[start:end])
            start = end
        self.left = self.left[start:]
        return values


class RedisDoor:
    """Listens on the loopback address. `ahead` is how far its clock is ahead of that of the Redis behind it."""

    def __init__(self, url: str) -> None:
        self.ahead = timedelta()
        self.url = ""
        self._path = urlsplit(url).path
        self._ends: set[asyncio.StreamWriter] = set()

    def now(self) -> datetime:
        """What a program behind this door takes for the time."""
        return host_now() + self.ahead

    def set(self, at: datetime) -> None:
        """Make it `at`, from now on; time goes on from there."""
        self.ahead = at - host_now()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[RedisDoor]:
        """Let programs in; `url` says where."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
        try:
            yield self
        finally:
            server.close()
            while self._ends:
                for end in list(self._ends):
                    end.close()
                await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside, out = await asyncio.open_unix_connection(self._path)
        self._ends |= {writer, out}
        asked: deque[bool] = deque()
        ways = [
            asyncio.create_task(self._requests(reader, out, asked)),
            asyncio.create_task(self._answers(inside, writer, asked)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, out):
                end.close()
            self._ends -= {writer, out}

    async def _requests(self, reader: asyncio.StreamReader, out: asyncio.StreamWriter, asked: deque[bool]) -> None:
        values = Values()
        while data := await reader.read(CHUNK):
            for command in values.feed(data):
                asked.append(command.split(b"\r\n", 3)[2].upper() == TIME)
            out.write(data)
            await out.drain()

    async def _answers(self, inside: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: deque[bool]) -> None:
        values = Values()
        while data := await inside.read(CHUNK):
            for answer in values.feed(data):
                writer.write(self._moved(answer) if asked.popleft() and answer.startswith(b"*2\r\n") else answer)
            await writer.drain()

    def _moved(self, answer: bytes) -> bytes:
        _, _, seconds, _, micros, _ = answer.split(b"\r\n")
        told = datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(micros)) + self.ahead
        parts = str(int(told.timestamp())).encode(), str(told.microsecond).encode()
        return b"*2\r\n" + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)
