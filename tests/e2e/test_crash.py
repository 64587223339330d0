from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.infra.redis.store import Store, open_store
from bot.ports import Job
from bot.usecases import owed
from bot.usecases.posting.post_question import AUDIT_AFTER
from tests.e2e.crash_scene import Crew, Groups, Server, crew, kill, until
from tests.e2e.file_chat import Record

POSTS = 500
KILLS = ("worker", "worker", "server", "worker", "worker")
NEIGHBOURS = 12
LEASE_S = 2.0
MEMORY_S = 2.0
"""What an append-only file with `everysec` may lose (reliability.md 1.1)."""


async def test_what_is_owed_is_done_once_whoever_is_killed(tmp_path: Path) -> None:
    """Of 500 owed posts none is lost and none is sent twice, but for those in flight when the server was killed."""
    async with AsyncExitStack() as stack:
        server = Server(tmp_path / "data", stack)
        url = await server.start()
        store = await stack.enter_async_context(open_store(url, daily_usd=1.0, member_daily_usd=1.0))
        groups = Groups(store, await store.client.time())
        workers = await stack.enter_async_context(crew(url, tmp_path, lease_s=LEASE_S, slow_s=0.2))
        server_killed_s = await _kill_all(workers, server, groups)
        record, key = workers.record, groups.key
        standing = {line.channel: line.message_id for line in record.standing(key)}
        recorded = {
            group.place.channel: post.message.message_id
            for group in groups.all
            if (post := await store.posts.get(group.id, groups.day)) and post.message
        }
        assert standing == recorded
        assert len(record.standing(key)) == POSTS
        assert _sent_twice(record, key) <= _in_flight(record, key, server_killed_s)
        assert await store.jobs.dead() == []


async def _kill_all(workers: Crew, server: Server, groups: Groups) -> float:
    """For each kill owe posts, kill in the middle of them, and see them done; when the server was killed."""
    running = [workers.start() for _ in range(3)]
    server_killed_s = 0.0
    for victim in KILLS:
        # one that came up while the server was down has given up
        running = [worker if worker.poll() is None else workers.start() for worker in running]
        await groups.found(POSTS // len(KILLS))
        await workers.one_busy_of(running)
        if victim == "server":
            server_killed_s = await server.kill()
            await server.start()
        else:
            busiest = max(running, key=workers.busy)
            kill(busiest)
            running[running.index(busiest)] = workers.start()
        await groups.settled()
    return server_killed_s


def _sent_twice(record: Record, key: str) -> set[str]:
    times = Counter(line.channel for line in record.lines("sent") if line.what == key)
    return {channel for channel, count in times.items() if count > 1}


def _in_flight(record: Record, key: str, killed_s: float) -> set[str]:
    """Channels whose post was on its way at that instant, or stood so shortly that the server may have forgotten."""
    mine = [line for line in record.lines("starts", "sent") if line.what == key]
    begun = {line.channel for line in mine if line.did == "starts" and line.monotonic_s < killed_s}
    over = {line.channel for line in mine if line.did == "sent" and line.monotonic_s < killed_s - MEMORY_S}
    return begun - over


async def test_poison_is_given_up_and_takes_nobody_with_it(store: Store, valkey_url: str, tmp_path: Path) -> None:
    """A job that kills its worker is started three times and ends among the dead; its neighbours are all done."""
    groups = Groups(store, await store.client.time())
    await groups.found(NEIGHBOURS)
    poison = Job("poison", groups.all[0].id, "p1")
    await store.jobs.add(poison, await store.client.time() - timedelta(hours=1))
    async with crew(valkey_url, tmp_path, lease_s=1.0, slow_s=0.2) as workers:
        keeper = asyncio.create_task(_keep_running(workers))
        await groups.settled()
        async with asyncio.timeout(15):
            while not await store.jobs.dead():  # noqa: ASYNC110  another process gives it up
                await asyncio.sleep(0.1)
        record = workers.record
        await until(lambda: any("dead:poison" in line.what for line in record.lines("sent")))
        keeper.cancel()
        assert len(record.lines("poison")) == 3
        assert [job for job, _ in await store.jobs.dead()] == [poison]
        assert await store.jobs.owed(poison) is None
        assert len(record.standing(groups.key)) == NEIGHBOURS
        assert sum("dead:poison" in line.what for line in record.lines("sent")) == 1


async def _keep_running(workers: Crew) -> None:
    """What an operator's supervisor does: start the worker again whenever it died."""
    while True:
        worker = workers.start()
        await until(lambda worker=worker: worker.poll() is not None, within_s=60.0)  # type: ignore[misc]


@pytest.mark.parametrize("point", ["claimed", "begun", "sent", "recorded"])
async def test_a_post_stands_once_wherever_its_worker_dies(
    store: Store, valkey_url: str, tmp_path: Path, point: str
) -> None:
    """A worker killed after its claim, after begin, after the bytes left or after the record leaves one post."""
    groups = Groups(store, await store.client.time())
    await groups.found(1)
    async with crew(valkey_url, tmp_path, lease_s=1.0) as workers:
        first = workers.start(hold=(point,))
        await workers.held(first, point)
        kill(first)
        workers.start()
        await groups.settled()
        await _one_post(store, groups, workers.record, sends=1)


async def test_a_post_stands_once_when_its_worker_dies_before_the_claim(
    store: Store, valkey_url: str, tmp_path: Path
) -> None:
    """A worker killed before a post is due leaves it to the next one."""
    groups = Groups(store, await store.client.time())
    await groups.found(1)
    job = owed.post(groups.all[0].id, groups.day)
    await store.jobs.add(job, await store.client.time() + timedelta(minutes=1))
    async with crew(valkey_url, tmp_path, lease_s=1.0) as workers:
        first = workers.start()
        await until(lambda: bool(workers.record.lines("works")))
        kill(first)
        assert workers.record.lines("sent") == []
        await groups.owe(groups.all[0])
        workers.start()
        await groups.settled()
        await _one_post(store, groups, workers.record, sends=1)


async def test_a_lost_reply_is_looked_for(store: Store, valkey_url: str, tmp_path: Path) -> None:
    """A post whose reply was lost is found, and not sent again."""
    groups = Groups(store, await store.client.time())
    await groups.found(1)
    async with crew(valkey_url, tmp_path, lease_s=1.0) as workers:
        workers.start(drops=1)
        await until(lambda: bool(workers.record.lines("sent")))
        await asyncio.sleep(0.5)
        await groups.owe(groups.all[0])
        await groups.settled()
        await _one_post(store, groups, workers.record, sends=1)


@pytest.mark.parametrize("dies", [False, True], ids=["lives", "dies"])
async def test_an_owner_frozen_for_longer_than_its_lease_leaves_one_post(
    store: Store, valkey_url: str, tmp_path: Path, dies: bool
) -> None:
    """Two posts of a day come down to one: the late owner removes its own, or the audit does when it died first."""
    groups = Groups(store, await store.client.time())
    await groups.found(1)
    async with crew(valkey_url, tmp_path, lease_s=1.0) as workers:
        late = workers.start(hold=("begun", "sent") if dies else ("begun",))
        await workers.held(late, "begun")
        os.kill(late.pid, signal.SIGSTOP)
        workers.start()
        await groups.settled()
        os.kill(late.pid, signal.SIGCONT)
        workers.let_go("begun")
        if dies:
            await workers.held(late, "sent")
            kill(late)
            assert len(workers.record.standing(groups.key)) == 2
            await _audit_now(store, groups)
        await until(lambda: bool(workers.record.lines("deleted")))
        await _one_post(store, groups, workers.record, sends=2)


async def _audit_now(store: Store, groups: Groups) -> None:
    """Bring forward the audit, which is owed three minutes later."""
    audit, now = owed.audit(groups.all[0].id, groups.day), await store.client.time()
    due_at = await store.jobs.owed(audit)
    assert due_at is not None
    assert timedelta(minutes=2) < due_at - now <= AUDIT_AFTER
    await store.jobs.add(audit, now)


async def _one_post(store: Store, groups: Groups, record: Record, *, sends: int) -> None:
    """The channel holds one post, the recorded one; it was sent `sends` times."""
    post = await store.posts.get(groups.all[0].id, groups.day)
    assert post is not None
    assert post.message is not None
    assert [line.message_id for line in record.standing(groups.key)] == [post.message.message_id]
    assert sum(line.what == groups.key for line in record.lines("sent")) == sends
