"""A bot without people, as a process to be killed: the real core and worker on a real Valkey, and a file for its chat.

python -m tests.e2e.crash_worker URL RECORD --lease-s 2 [--hold POINT ...] [--drops N] [--slow-s S]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.group import GroupId, MessageRef
from bot.infra.clock import RedisClock
from bot.infra.timetable import Wake, heartbeat
from bot.ports import Clock, Job, Outbox, Outgoing, Ports
from bot.settings import read
from bot.usecases import agenda
from bot.usecases.recover import sweep
from bot.usecases.work import Again, Work, Worker
from handlers import app
from tests.e2e.file_chat import FileChat, Hold, Record


@dataclass(frozen=True, slots=True)
class HeldOutbox:
    """The real outbox, with points before its first write and after its last at which the process can be held."""

    outbox: Outbox
    hold: Hold

    async def begin(self, group_id: GroupId, key: str, now: datetime) -> Outgoing:
        await self.hold.at("claimed")
        return await self.outbox.begin(group_id, key, now)

    async def sent(self, group_id: GroupId, key: str, message: MessageRef) -> MessageRef:
        winner = await self.outbox.sent(group_id, key, message)
        await self.hold.at("recorded")
        return winner

    async def release(self, group_id: GroupId, key: str) -> None:
        await self.outbox.release(group_id, key)

    async def get(self, group_id: GroupId, key: str) -> MessageRef | None:
        return await self.outbox.get(group_id, key)

    async def drop(self, group_id: GroupId, key: str) -> None:
        await self.outbox.drop(group_id, key)


def poison(record: Record) -> Work:
    """Work that kills its worker each time."""

    async def die(ports: Ports, job: Job) -> Again | None:  # noqa: ARG001  nothing of it matters
        record.note("poison", job.ref)
        os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.Event().wait()
        return None

    return die


async def run(url: str, record: Record, hold: Hold, wished: argparse.Namespace) -> None:
    """Work until killed."""
    settings = read(redis_url=url)

    def chat_of(clock: Clock) -> FileChat:
        return FileChat(record, clock, hold, slow_s=wished.slow_s, drops=wished.drops)

    async with app.core(settings, url, chat_of) as core:
        ports = replace(core.ports, outbox=HeldOutbox(core.ports.outbox, hold))
        works = {**agenda.WORKS, "poison": poison(record)}
        worker = Worker(
            ports, works, lambda job: agenda.report_dead(ports, job), lease=timedelta(seconds=wished.lease_s)
        )

        async def beat() -> None:
            if isinstance(core.clock, RedisClock):
                await core.clock.sync(core.store.client)
            await worker.tick()

        wake = ports.wake
        if not isinstance(wake, Wake):
            raise TypeError("the core was not made by handlers.app")
        async with heartbeat(beat, lambda: sweep(ports), wake):
            wake()
            record.note("works", "")
            await asyncio.Event().wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("record", type=Path)
    parser.add_argument("--lease-s", type=float, required=True)
    parser.add_argument("--hold", nargs="*", default=[])
    parser.add_argument("--drops", type=int, default=0)
    parser.add_argument("--slow-s", type=float, default=0.0)
    wished = parser.parse_args(arguments)
    record = Record(wished.record)
    asyncio.run(run(wished.url, record, Hold(record, wished.hold, wished.record.parent), wished))


if __name__ == "__main__":
    main()
