"""What Slack's side costs at least: a bolt app that does nothing, and a Web API that takes anything.

`python -m benchmarks.slack_floor api` or `bare SIGNING_SECRET API_URL` serves until it is killed, and prints its port.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import Any

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
BOT = {"team_id": "T1", "user_id": "UBOT", "bot_id": "BBOT"}
PERSON = {"id": "U1", "real_name": "Ada", "tz": "Europe/Paris", "profile": {"display_name": "Ada"}}
ROOM = {"id": "C1", "name": "study", "creator": "U1", "is_member": True}


class AnyApi:
    """Answers each method with what every method answers; GET tells what came, by the end of its path."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._connections = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as long as it stands."""
        is_counted = False
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                verb, path, _ = head.split(b" ", 2)
                if verb == b"GET":
                    body = json.dumps({"connections": self._connections, "calls": self._calls}).encode()
                else:
                    self._connections += not is_counted
                    is_counted = True
                    await reader.readexactly(_length(head))
                    body = self._answer(path.decode().rpartition("/")[2])
                writer.write(HEAD % (len(body), body))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, method: str) -> bytes:
        self._calls[method] += 1
        channel: Any = "C1" if method.startswith("chat.") else ROOM
        ts = f"1.{sum(self._calls.values()):06d}"
        told = {**BOT, "channel": channel, "user": PERSON, "members": [], "messages": [], "ts": ts}
        return json.dumps({"ok": True, **told}).encode()


def _length(head: bytes) -> int:
    line = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(line.split(b":")[1])


async def _api() -> None:
    server = await asyncio.start_server(AnyApi().take, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _bare(signing_secret: str, api_url: str) -> None:
    """A bolt app as its guide makes it: one command and one event, and nothing done in either."""
    client = AsyncWebClient(token="xoxb-made-up", base_url=api_url)  # noqa: S106
    app = AsyncApp(client=client, signing_secret=signing_secret)

    @app.command("/tpm-question")
    async def _command(ack: Any) -> None:
        await ack()

    @app.event("message")
    async def _message() -> None: ...

    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_api() if sys.argv[1] == "api" else _bare(*sys.argv[2:]))
