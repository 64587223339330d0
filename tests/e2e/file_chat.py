"""A chat platform that is one append-only file, shared by processes that are killed at any line.

The file is the outside record: what stands in it happened, whatever became of the process that did it.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from bot.cards import Card
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatUnsure
from bot.ports import Clock, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: `did` is starts, sent, deleted, held or poison; `what` the message's key or the point held at."""

    did: str
    what: str
    channel: str = ""
    message_id: str = ""
    sent_at: str = ""
    pid: int
    monotonic_s: float


class Record:
    """The file. A line is appended by one write, so that lines of several processes never mix."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    def note(self, did: str, what: str, **more: str) -> None:
        line = Line(did=did, what=what, pid=os.getpid(), monotonic_s=time.monotonic(), **more)
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(fd, json.dumps(asdict(line)).encode() + b"\n")
        finally:
            os.close(fd)

    def lines(self, *did: str, channel: str | None = None) -> list[Line]:
        # the last line may be half there yet
        whole, _, _ = self._path.read_bytes().rpartition(b"\n")
        # only what is wanted is parsed: workers look here often, and must not stand still over it
        kinds = [_field("did", each) for each in did]
        place = b"" if channel is None else _field("channel", channel)
        wanted = (raw for raw in whole.splitlines() if place in raw and (not kinds or any(k in raw for k in kinds)))
        return [Line(**json.loads(raw)) for raw in wanted]

    def standing(self, what: str, channel: str | None = None) -> list[Line]:
        """Every message with the key `what` that was sent and not deleted, oldest first."""
        lines = self.lines("sent", "deleted", channel=channel)
        gone = {line.message_id for line in lines if line.did == "deleted"}
        return [line for line in lines if line.did == "sent" and line.what == what and line.message_id not in gone]


def _field(name: str, value: str) -> bytes:
    """As it stands in a line."""
    return f"{json.dumps(name)}: {json.dumps(value)}".encode()


class Hold:
    """Stops its process at the points named, each once, until a file in `folder` says to go on."""

    def __init__(self, record: Record, points: Sequence[str], folder: Path) -> None:
        self._record, self._points, self._folder = record, list(points), folder

    async def at(self, point: str) -> None:
        if point not in self._points:
            return
        self._points.remove(point)
        self._record.note("held", point)
        while not (self._folder / f"{point}.go").exists():  # noqa: ASYNC110  another process says so
            await asyncio.sleep(0.02)


class FileChat:
    """The Chat port on that file. A call takes `slow_s` on its way there and again on its way back.

    `drops`: how many of the first replies are lost on their way back, of messages that stand.
    """

    def __init__(self, record: Record, clock: Clock, hold: Hold, *, slow_s: float, drops: int) -> None:
        self._record, self._clock, self._hold = record, clock, hold
        self._slow_s, self._drops = slow_s, drops

    async def send(self, to: Target, card: Card, *, key: str) -> MessageRef:  # noqa: ARG002  what it says is not the point
        await self._hold.at("begun")
        self._record.note("starts", key, channel=to.place.channel)
        await asyncio.sleep(self._slow_s)
        message_id = uuid4().hex
        self._record.note(
            "sent", key, channel=to.place.channel, message_id=message_id, sent_at=self._clock.now().isoformat()
        )
        await self._hold.at("sent")
        await asyncio.sleep(self._slow_s)
        if self._drops:
            self._drops -= 1
            raise ChatUnsure("the reply was lost")
        return _ref(to.place, message_id)

    async def find(self, to: Target, *, key: str, since: datetime) -> Sequence[MessageRef]:
        return [
            _ref(to.place, line.message_id)
            for line in self._record.standing(key, to.place.channel)
            if datetime.fromisoformat(line.sent_at) >= since
        ]

    async def edit(self, message: MessageRef, card: Card) -> None:
        raise NotImplementedError("no work of these tests edits")

    async def delete(self, message: MessageRef) -> None:
        self._record.note("deleted", "", channel=message.place.channel, message_id=message.message_id)

    async def status(self, thread: MessageRef, member: MemberId, text: str) -> None:
        """A file shows no passing sign."""

    async def stream(self, below: MessageRef, member: MemberId, lines: AsyncIterator[str]) -> bool:  # noqa: ARG002
        """Nor anything as it comes."""
        return False


def _ref(place: Place, message_id: str) -> MessageRef:
    return MessageRef(place, message_id)
