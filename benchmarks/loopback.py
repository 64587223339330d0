"""A chat on the loopback: the client that posts to Slack, and a server of another process that takes anything.

`python -m benchmarks.loopback` is that server; it prints its port.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef
from bot.ports import Target
from handlers.slack.api import SlackApi, new_session
from handlers.slack.render import message
from handlers.slack.tokens import Tokens

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class LoopbackChat:
    """The Chat port by the client and the renderer for Slack. Nothing ever has to be looked for or changed here."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self.sent = 0

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:
        drawn = message(card, key=key)
        answer = await self._api.call_with("xoxb-loopback", "chat.postMessage", channel=to.place.channel, **drawn)
        self.sent += 1
        return MessageRef(to.place, str(answer["ts"]))

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:  # noqa: ARG002
        return ()

    async def edit(self, message: MessageRef, card: Card) -> None: ...

    async def delete(self, message: MessageRef) -> None: ...

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None: ...

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:
        """Nothing."""
        del below, member, lines
        return False


@asynccontextmanager
async def loopback_chat() -> AsyncIterator[LoopbackChat]:
    """A chat whose server runs as long as it is used."""
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.loopback"], stdout=subprocess.PIPE)  # noqa: ASYNC220
    try:
        if server.stdout is None:
            raise RuntimeError("the server has no output to read its port from")
        with server.stdout:
            port = int(server.stdout.readline())
        url = f"http://127.0.0.1:{port}/api/"
        async with new_session(url) as session:
            yield LoopbackChat(SlackApi(session, url, Tokens()))
    finally:
        server.kill()
        server.wait()


async def _serve() -> None:
    numbers = count(1)

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                await reader.readexactly(int(length.split(b":")[1]))
                body = b'{"ok":true,"channel":"C1","ts":"1.%06d"}' % next(numbers)
                writer.write(HEAD % len(body) + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
