"""What the crash tests stand on: owed posts, worker processes to kill, and a server to kill."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path

from bot.domain.group import Group, GroupId, MemberId, Place
from bot.domain.post import PostState
from bot.domain.schedule import Schedule
from bot.infra.redis.embedded import FOLDER, embedded_valkey
from bot.infra.redis.store import Store
from bot.usecases import owed
from bot.usecases.posting.post_question import post_key
from tests.e2e.file_chat import Record

ROOT = Path(__file__).parents[2]
ADMIN = MemberId("admin")
DUE_AGO = timedelta(minutes=10)


async def until(true: Callable[[], bool], *, within_s: float = 30.0) -> None:
    """Wait for it. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110  what is waited for happens in other processes
            await asyncio.sleep(0.02)


class Crew:
    """Worker processes on one agenda and one record."""

    def __init__(self, url: str, record: Path, *, lease_s: float, slow_s: float = 0.0) -> None:
        self.record = Record(record)
        self._command = [sys.executable, "-m", "tests.e2e.crash_worker", url, str(record)]
        self._command += ["--lease-s", str(lease_s), "--slow-s", str(slow_s)]
        self._folder = record.parent
        self._all: list[subprocess.Popen[bytes]] = []

    def start(self, *, hold: tuple[str, ...] = (), drops: int = 0) -> subprocess.Popen[bytes]:
        """One worker more, which may be told to stop at points or to lose replies."""
        # no setting of the person who runs the tests reaches it
        environment = {"PYTHONPATH": str(ROOT)}
        more = ["--drops", str(drops), *(("--hold", *hold) if hold else ())]
        with (self._folder / "workers.log").open("ab") as log:
            worker = subprocess.Popen([*self._command, *more], cwd=self._folder, env=environment, stderr=log)
        self._all.append(worker)
        return worker

    def busy(self, worker: subprocess.Popen[bytes]) -> int:
        """How many sends it is in the middle of."""
        mine = [line.did for line in self.record.lines("starts", "sent") if line.pid == worker.pid]
        return mine.count("starts") - mine.count("sent")

    async def one_busy_of(self, workers: Sequence[subprocess.Popen[bytes]]) -> None:
        """Wait until one of them is in the middle of a send."""
        await until(lambda: any(map(self.busy, workers)))

    async def held(self, worker: subprocess.Popen[bytes], point: str) -> None:
        """Wait until it is held at `point`."""
        held = ("held", point, worker.pid)
        await until(lambda: held in {(line.did, line.what, line.pid) for line in self.record.lines("held")})

    def let_go(self, point: str) -> None:
        """Let go on whoever is held at `point`."""
        (self._folder / f"{point}.go").touch()

    def close(self) -> None:
        """Kill them all."""
        for worker in self._all:
            kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """As kill -9 does, a frozen one too."""
    worker.kill()
    worker.wait()


@asynccontextmanager
async def crew(url: str, folder: Path, *, lease_s: float, slow_s: float = 0.0) -> AsyncIterator[Crew]:
    """Workers that are gone at the end."""
    made = Crew(url, folder / "chat.jsonl", lease_s=lease_s, slow_s=slow_s)
    try:
        yield made
    finally:
        made.close()


class Server:
    """A Valkey of the test's own, on an append-only file."""

    def __init__(self, data_dir: Path, stack: AsyncExitStack) -> None:
        self._data_dir, self._stack = data_dir, stack

    async def start(self) -> str:
        """Its address; after a kill, it comes back on what it had written."""
        return await self._stack.enter_async_context(embedded_valkey(self._data_dir))

    async def kill(self) -> float:
        """As kill -9 does; when, on the monotonic clock."""
        pid = int((self._data_dir / FOLDER / "valkey.pid").read_text())
        killed_s = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not _runs(pid))
        return killed_s


def _runs(pid: int) -> bool:
    """Whether it runs: one that was killed may stay as a zombie where nobody collects it."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


class Groups:
    """Groups that all owe the post of one local day, due ten minutes ago."""

    def __init__(self, store: Store, now: datetime) -> None:
        # it is about noon there, so that the day does not change while the test runs
        east_h = 12 - now.astimezone(UTC).hour
        self._schedule_zone = f"Etc/GMT{-east_h:+d}"
        due = (now + timedelta(hours=east_h) - DUE_AGO).replace(second=0, microsecond=0)
        self.day: date = due.date()
        self._at: wall_time = due.time().replace(tzinfo=None)
        self._store, self._now = store, now
        self.all: list[Group] = []

    @property
    def key(self) -> str:
        """The key that the posts of the day are sent with."""
        return post_key(self.day)

    async def found(self, count: int) -> None:
        """Make groups more, whose posts are owed now."""
        for number in range(len(self.all), len(self.all) + count):
            group = Group(
                id=GroupId(f"g{number}"),
                place=Place("file", "crash", f"c{number}"),
                name=f"c{number}",
                schedule=Schedule(self._schedule_zone, self._at, frozenset(range(1, 8))),
                admin_ids=frozenset({ADMIN}),
                created_at=self._now - 2 * DUE_AGO,
                seed=str(number),
            )
            await self._store.groups.create(group)
            await self.owe(group)
            self.all.append(group)

    async def owe(self, group: Group) -> None:
        """Owe its post now."""
        await self._store.jobs.add(owed.post(group.id, self.day), self._now)

    async def settled(self, *, within_s: float = 30.0) -> None:
        """Wait until each post is recorded as sent and owed no more. Raises TimeoutError."""
        left = self.all.copy()
        async with asyncio.timeout(within_s):
            while left:
                if await self._is_settled(left[-1]):
                    left.pop()
                else:
                    await asyncio.sleep(0.05)

    async def _is_settled(self, group: Group) -> bool:
        post = await self._store.posts.get(group.id, self.day)
        is_sent = post is not None and post.state is PostState.SENT
        return is_sent and await self._store.jobs.owed(owed.post(group.id, self.day)) is None
