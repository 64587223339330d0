from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.ports import MOST_STARTS, Job, Ports
from bot.usecases.work import PAUSE_AFTER_TROUBLE, Again, Worker
from tests.usecases.study import Study


class Endless:
    """Work of which nothing ever comes to an end; how often it was started."""

    def __init__(self) -> None:
        self.starts = 0
        self.buried: list[Job] = []

    async def run(self, _ports: Ports, _job: Job) -> Again | None:
        self.starts += 1
        await asyncio.Event().wait()
        return None

    async def dead(self, job: Job) -> None:
        self.buried.append(job)

    def worker(self, study: Study) -> Worker:
        return Worker(study.ports, {"endless": self.run}, self.dead)


async def started(study: Study, endless: Endless) -> Worker:
    worker = endless.worker(study)
    assert await worker.tick() == 1
    await asyncio.sleep(0)
    return worker


@pytest.fixture
async def owed(study: Study) -> Job:
    job = Job("endless", await study.group_id(), "x")
    await study.settle()
    await study.ports.jobs.add(job, study.clock.now())
    return job


async def test_what_a_stop_drops_is_owed_again_soon(study: Study, owed: Job) -> None:
    """A job that a stop drops is owed again after half a minute: what it had on its way has arrived by then."""
    worker = await started(study, Endless())
    await worker.stop(0.05)
    assert worker.busy == 0
    assert await study.ports.jobs.owed(owed) == study.clock.now() + PAUSE_AFTER_TROUBLE


async def test_a_stop_is_no_failure_of_a_job(study: Study, owed: Job) -> None:
    """A job that is dropped by more stops than it has starts is not given up: it did not fail."""
    endless = Endless()
    for _ in range(MOST_STARTS + 2):
        worker = await started(study, endless)
        await worker.stop(0)
        study.sleep(timedelta(minutes=1))
    assert (endless.starts, endless.buried) == (MOST_STARTS + 2, [])
    assert await study.ports.jobs.owed(owed) is not None


async def test_a_death_counts_as_a_start(study: Study, owed: Job) -> None:
    """A job during which the program dies each time is given up after three starts: it may be what kills it."""
    endless = Endless()
    for _ in range(MOST_STARTS):
        worker = await started(study, endless)
        worker.abandon()
        await asyncio.sleep(0)
        study.sleep(timedelta(minutes=2))
    await endless.worker(study).drain()
    assert (endless.starts, endless.buried) == (MOST_STARTS, [owed])


async def test_reviews_leave_room_for_posts(study: Study, owed: Job) -> None:
    """While as many slow jobs run as may, the others of their kind wait their turn, and a quick one is done at once."""
    endless, done = Endless(), asyncio.Event()

    async def quick(_ports: Ports, _job: Job) -> Again | None:
        done.set()
        return None

    worker = Worker(study.ports, {"endless": endless.run, "quick": quick}, endless.dead, most_of={"endless": 2})
    for number in range(100):
        await study.ports.jobs.add(Job("endless", owed.group_id, str(number)), study.clock.now())
    await worker.tick()
    await asyncio.sleep(0)
    assert endless.starts == 2
    await study.ports.jobs.add(Job("quick", owed.group_id, "x"), study.clock.now())
    await worker.tick()
    await asyncio.wait_for(done.wait(), 1)
    assert endless.starts == 2
    await worker.stop(0)
