"""The heartbeat: APScheduler calls the worker, and a wake-up makes fresh work start at once (DESIGN 5)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import StoreDown

log = logging.getLogger(__name__)

BEAT_S = 1.0
SWEEP_S = 3600.0

Beat = Callable[[], Awaitable[object]]


class Wake:
    """Says that there is fresh work; many calls before it is heard are one."""

    def __init__(self) -> None:
        """Quiet at first."""
        self._event = asyncio.Event()

    def __call__(self) -> None:
        """Wake the worker."""
        self._event.set()

    async def wait(self) -> None:
        """Until woken; the next wait sleeps again."""
        await self._event.wait()
        self._event.clear()


@asynccontextmanager
async def heartbeat(beat: Beat, sweep: Beat, wake: Wake) -> AsyncIterator[None]:
    """Call `beat` every second and at each wake-up, `sweep` every hour, until left.

    One in-memory job each, never one for a group: `reliability.md` 3c measured why.
    """
    once = _one_at_a_time(beat)
    # A beat that still waits for the one before is no fault; APScheduler would warn of it each second.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    scheduler.add_job(once, "interval", seconds=BEAT_S)
    scheduler.add_job(_one_at_a_time(sweep), "interval", seconds=SWEEP_S)
    scheduler.start()
    waking = asyncio.create_task(_on_wake(once, wake), name="wake")
    try:
        yield
    finally:
        waking.cancel()
        await asyncio.gather(waking, return_exceptions=True)
        scheduler.shutdown(wait=False)


async def _on_wake(beat: Callable[[], Awaitable[None]], wake: Wake) -> None:
    while True:
        await wake.wait()
        await beat()


def _one_at_a_time(beat: Beat) -> Callable[[], Awaitable[None]]:
    """A beat that waits for the one before, and survives a storage that does not answer; each outage is told once."""
    lock = asyncio.Lock()
    is_down = False

    async def call() -> None:
        nonlocal is_down
        async with lock:
            try:
                await beat()
            except StoreDown as down:
                if not is_down:
                    log.warning("the heartbeat found no storage, and tries on: %s", down)
                is_down = True
            else:
                if is_down:
                    log.warning("the heartbeat found its storage again")
                is_down = False

    return call
