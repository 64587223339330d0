"""A real platform, as small as one can be: members post JSON, the bot's messages go to a file.

Run it: `python -m tests.e2e.small_platform run-small FILE`, with the settings of `tpm-bot run`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from aiohttp import web

from bot.cards import Card
from bot.commands import dispatch
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatBusy, Refusal, StoreDown, Trouble
from bot.inbound import Caller, Command, Inbound, Said, said_event
from bot.ports import Chat, Ports
from bot.settings import read
from handlers.cli import main, program, serve
from tests.e2e.file_chat import FileChat, Hold, Record

PLACE = Place("small", "team", "room")


@dataclass
class SmallPlatform:
    """Attributes that differ from their defaults make it misbehave.

    Attributes:
        away: how many of its first starts find nobody there.
        refused: why an operator has to mend something first.
        hangs: its end never comes.
    """

    record: Record
    away: int = 0
    refused: str = ""
    hangs: bool = False
    name: str = "small"
    _ports: Ports | None = None
    _events: list[str] = field(default_factory=list)

    @property
    def chat(self) -> Chat:
        return FileChat(self.record, self._ready_ports.clock, Hold(self.record, (), Path()), slow_s=0.0, drops=0)

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post("/small/events", self._event)]

    async def start(self, ports: Ports) -> None:
        if self.refused:
            raise Refusal(self.refused)
        if self.away:
            self.away -= 1
            raise ChatBusy("small is away", 1.0)
        self._ports = ports

    def ready(self) -> bool:
        return self._ports is not None

    async def stop_intake(self) -> None:
        self.record.note("stopped", "")
        if self.hangs:
            await asyncio.Event().wait()

    async def close(self) -> None:
        self.record.note("closed", "")
        if self.hangs:
            await asyncio.Event().wait()

    @property
    def _ready_ports(self) -> Ports:
        if self._ports is None:
            raise RuntimeError("an event came before the start")
        return self._ports

    async def _event(self, request: web.Request) -> web.Response:
        ports, body = self._ready_ports, await request.json()
        outcome, status, text = "taken", 200, ""
        try:
            reply = await dispatch(ports, _inbound(body, ports))
            text = reply.plain if isinstance(reply, Card) else ""
        except Refusal as refusal:
            text = str(refusal)
        except (StoreDown, Trouble) as down:
            outcome, status, text = "unsaved", 503, str(down)
        ports.meter.event(self.name, str(body["do"]), outcome, 0.001)
        return web.Response(text=text, status=status)


def _inbound(body: dict[str, Any], ports: Ports) -> Inbound:
    """`{"do": "command", "who", "name", "text"}` or `{"do": "said", "who", "id", "thread", "text"}`."""
    if body["do"] not in ("command", "said"):
        raise ValueError(f"nobody knows {body}")
    thread = MessageRef(PLACE, body["thread"]) if "thread" in body else None
    event = said_event(body["id"]) if "id" in body else f"{body['name']} {body['text']}"
    caller = Caller(
        member_id=MemberId(body["who"]), name=body["who"], place=PLACE, thread=thread, may_administer=True, event=event
    )
    if body["do"] == "command":
        return Command(caller, body["name"], body["text"])
    return Said(caller=caller, message_id=body["id"], text=body["text"], sent_at=ports.clock.now())


@program.command("run-small")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--away", default=0)
@click.option("--refused", default="")
@click.option("--hangs", is_flag=True)
def run_small(file: Path, away: int, refused: str, hangs: bool) -> None:
    """`tpm-bot run`, with this platform alone."""
    serve(read(), [SmallPlatform(Record(file), away=away, refused=refused, hangs=hangs)])


if __name__ == "__main__":
    main()
