from __future__ import annotations

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.group import GroupId
from bot.infra.redis.store import Store
from bot.ports import Job
from tests.contract.store_case import group
from tests.e2e.program import environment
from tests.house.programs import tool

JOBS = [Job("review", GroupId("g1"), f"2026-11-{day}|U{day}") for day in (23, 24)]
JOBS += [Job("notice", GroupId("gone"), "empty:2026-11-23|U1")]
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
async def broken(store: Store) -> Store:
    """A store with a group, and work that was given up."""
    await store.groups.create(group(paused=True))
    for job in JOBS:
        await store.jobs.add(job, NOW)
    for lease in await store.jobs.claim(NOW, limit=9, lease=timedelta(minutes=1)):
        await store.jobs.bury(lease, "KeyError")
    return store


async def doctor(folder: Path, valkey_url: str, *arguments: str) -> list[dict[str, str]]:
    """What is told of work that was given up."""
    process = await asyncio.create_subprocess_exec(
        tool("tpm-bot"), "doctor", "--json", *arguments, cwd=folder, stdout=subprocess.PIPE,
        env=environment({"TPM_REDIS_URL": valkey_url}),
    )  # fmt: skip
    told, _ = await process.communicate()
    return [check for check in json.loads(told) if check["name"] == "Given up"]


async def test_the_doctor_says_what_was_given_up(tmp_path: Path, valkey_url: str, broken: Store) -> None:
    """Work that was given up is told by group, kind and reason, with its days and the way out; nothing is changed."""
    told = await doctor(tmp_path, valkey_url)
    assert [check["detail"] for check in told] == [
        "feedback on an answer, 2 jobs of 2026-11-23 to 2026-11-24 in group study: KeyError",
        "a notice to a facilitator, 1 job in group gone: KeyError",
    ]
    assert all("tpm-bot doctor --given-up retry" in check["fix"] for check in told)
    assert len(await broken.jobs.dead()) == 3


async def test_what_was_given_up_is_tried_again(tmp_path: Path, valkey_url: str, broken: Store) -> None:
    """`--given-up retry` owes all of it now, with all its starts, and the doctor has no more to tell of it."""
    assert await doctor(tmp_path, valkey_url, "--given-up", "retry") == []
    assert list(await broken.jobs.dead()) == []
    leases = await broken.jobs.claim(await broken.client.time(), limit=9, lease=timedelta(minutes=1))
    assert {lease.job for lease in leases} == set(JOBS)
    assert {lease.tries for lease in leases} == {1}


async def test_what_was_given_up_is_let_go(tmp_path: Path, valkey_url: str, broken: Store) -> None:
    """`--given-up drop` forgets all of it."""
    assert await doctor(tmp_path, valkey_url, "--given-up", "drop") == []
    assert list(await broken.jobs.dead()) == []
    assert await broken.jobs.next_due() is None
