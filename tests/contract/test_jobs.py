from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.domain.group import GroupId
from bot.infra.redis.agenda import MOST_LOOKED_AT
from bot.infra.redis.store import Store, open_store
from bot.ports import Job, Lease
from tests.contract.store_case import DAY, NOW, G, review_job, round_trips

JOB = review_job()
NEXT = Job("post", G, str(DAY))
LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
SLOW_US = 50_000


async def claimed(store: Store, now: datetime = NOW) -> Lease:
    """The one job that is due."""
    (lease,) = await store.jobs.claim(now, limit=10, lease=LEASE)
    return lease


async def test_a_job_is_taken_when_it_is_due(store: Store) -> None:
    """Nobody gets a job before its instant, not by a microsecond; then somebody does, for the first time."""
    due_at = NOW + timedelta(microseconds=500)
    await store.jobs.add(JOB, due_at)
    assert await store.jobs.claim(NOW, limit=10, lease=LEASE) == []
    lease = await claimed(store, due_at + timedelta(milliseconds=1))
    assert (lease.job, lease.tries) == (JOB, 1)


@pytest.mark.parametrize("ref", ["", "a:b:c", "2026-11-23|U:1|x", "\ud83d \x00 '{}"])
async def test_any_ref_comes_back(store: Store, ref: str) -> None:
    """What a job is about comes back as it was."""
    await store.jobs.add(Job("post", G, ref), NOW)
    assert (await claimed(store)).job == Job("post", G, ref)


async def test_a_leased_job_is_nobody_elses(store: Store) -> None:
    """Until its lease ends a job cannot be taken; then it can, with a higher fence and one more start."""
    await store.jobs.add(JOB, NOW)
    first = await claimed(store)
    assert await store.jobs.claim(NOW + LEASE - SECOND, limit=10, lease=LEASE) == []
    second = await claimed(store, NOW + LEASE)
    assert second.fence > first.fence
    assert second.tries == 2


async def test_many_workers_take_each_job_once(store: Store, valkey_url: str) -> None:
    """Workers of two processes that claim at the same time share the jobs, none twice and none left."""
    jobs = [Job("review", G, str(number)) for number in range(300)]
    await store.jobs.restore([(job, NOW) for job in jobs])
    async with open_store(valkey_url, daily_usd=1, member_daily_usd=1) as other:
        claims = [each.jobs.claim(NOW, limit=20, lease=LEASE) for each in (store, other) * 10]
        taken = [lease for leases in await asyncio.gather(*claims) for lease in leases]
    assert sorted(lease.job.ref for lease in taken) == sorted(job.ref for job in jobs)
    assert len({lease.fence for lease in taken}) == len(jobs)


async def test_the_earliest_jobs_are_taken_first(store: Store) -> None:
    """A claim takes at most its limit, earliest due first."""
    for minutes in (3, 1, 2):
        await store.jobs.add(Job("remind", G, str(minutes)), NOW - timedelta(minutes=minutes))
    assert [lease.job.ref for lease in await store.jobs.claim(NOW, limit=2, lease=LEASE)] == ["3", "2"]


async def test_a_settled_job_is_gone(store: Store) -> None:
    """A job that is done is owed no more."""
    await store.jobs.add(JOB, NOW)
    assert await store.jobs.settle(await claimed(store))
    assert await store.jobs.owed(JOB) is None
    assert await store.jobs.next_due() is None


async def test_a_lost_lease_settles_nothing(store: Store) -> None:
    """A worker that was frozen past its lease can neither end, move, bury nor hold the job of its successor."""
    await store.jobs.add(JOB, NOW)
    frozen = await claimed(store)
    successor = await claimed(store, NOW + LEASE)
    held_until = await store.jobs.owed(JOB)
    assert not await store.jobs.settle(frozen)
    assert not await store.jobs.settle(frozen, again_at=NOW)
    assert not await store.jobs.bury(frozen, "x")
    await store.jobs.renew([frozen], NOW, lease=timedelta(days=1))
    assert await store.jobs.owed(JOB) == held_until
    assert await store.jobs.settle(successor)


async def test_a_fence_is_never_given_twice(store: Store) -> None:
    """A lease on a job that was done and is owed anew does not fit the new job."""
    await store.jobs.add(JOB, NOW)
    old = await claimed(store)
    await store.jobs.settle(old)
    await store.jobs.add(JOB, NOW)
    await claimed(store)
    assert not await store.jobs.settle(old)
    assert await store.jobs.owed(JOB) is not None


async def test_work_added_during_a_lease_is_not_lost(store: Store) -> None:
    """A job that becomes owed again while it is worked on is still owed when that work ends."""
    await store.jobs.add(JOB, NOW)
    lease = await claimed(store)
    again_at = NOW + timedelta(seconds=5)
    await store.jobs.add(JOB, again_at)
    assert not await store.jobs.settle(lease)
    assert await store.jobs.owed(JOB) == again_at


async def test_adding_moves_and_starts_the_tries_anew(store: Store) -> None:
    """Owing a job again moves it and forgets its failed starts."""
    await store.jobs.add(JOB, NOW)
    await claimed(store)
    await store.jobs.add(JOB, NOW + 2 * LEASE)
    lease = await claimed(store, NOW + 2 * LEASE)
    assert lease.tries == 1


@pytest.mark.parametrize(("fresh", "tries"), [(False, 2), (True, 1)])
async def test_a_job_can_be_owed_again(store: Store, fresh: bool, tries: int) -> None:
    """Settled with a new time, a job comes back then, and its starts go on or begin anew as asked."""
    await store.jobs.add(JOB, NOW)
    lease = await claimed(store)
    again_at = NOW + timedelta(hours=1)
    assert await store.jobs.settle(lease, again_at=again_at, fresh=fresh)
    assert await store.jobs.owed(JOB) == again_at
    assert not await store.jobs.settle(lease)
    assert (await claimed(store, again_at)).tries == tries


async def test_what_comes_next_is_owed_with_the_end(store: Store) -> None:
    """A settled job may leave another behind: one is gone and the other is owed."""
    await store.jobs.add(JOB, NOW)
    lease = await claimed(store)
    async with round_trips(store, 1):
        assert await store.jobs.settle(lease, then=(NEXT, NOW + LEASE))
    assert (await store.jobs.owed(JOB), await store.jobs.owed(NEXT)) == (None, NOW + LEASE)


async def test_what_comes_next_is_owed_though_the_lease_is_lost(store: Store) -> None:
    """A worker that lost its lease ends nothing, and what comes next is owed all the same: it may be the only one."""
    await store.jobs.add(JOB, NOW)
    frozen = await claimed(store)
    await claimed(store, NOW + LEASE)
    assert not await store.jobs.settle(frozen, then=(NEXT, NOW))
    assert await store.jobs.owed(JOB) is not None
    assert await store.jobs.owed(NEXT) == NOW


async def test_a_job_may_come_next_to_itself(store: Store) -> None:
    """A job that is to come next after itself is owed then, as if it had been added while it was worked on."""
    await store.jobs.add(JOB, NOW)
    await store.jobs.settle(await claimed(store), then=(JOB, NOW + LEASE))
    assert await store.jobs.owed(JOB) == NOW + LEASE


async def test_a_renewed_lease_holds_longer(store: Store) -> None:
    """Renewed leases hold from now on for the time asked."""
    await store.jobs.add(JOB, NOW)
    await store.jobs.add(Job("post", G, "2"), NOW)
    leases = await store.jobs.claim(NOW, limit=10, lease=LEASE)
    await store.jobs.renew(leases, NOW + LEASE - SECOND, lease=LEASE)
    assert await store.jobs.claim(NOW + 2 * LEASE - 2 * SECOND, limit=10, lease=LEASE) == []
    assert len(await store.jobs.claim(NOW + 2 * LEASE, limit=10, lease=LEASE)) == 2


async def test_renewing_a_settled_job_does_not_bring_it_back(store: Store) -> None:
    """A renewal that comes after the end changes nothing."""
    await store.jobs.add(JOB, NOW)
    lease = await claimed(store)
    await store.jobs.settle(lease)
    await store.jobs.renew([lease], NOW, lease=LEASE)
    assert await store.jobs.next_due() is None


async def test_a_buried_job_is_dead(store: Store) -> None:
    """A buried job is not due any more and is listed with its reason; the sweep does not wake it."""
    await store.jobs.add(JOB, NOW)
    assert await store.jobs.bury(await claimed(store), "started 3 times")
    assert await store.jobs.owed(JOB) is None
    assert await store.jobs.dead() == [(JOB, "started 3 times")]
    assert await store.jobs.restore([(JOB, NOW)]) == 0
    assert await store.jobs.owed(JOB) is None


async def test_owing_a_dead_job_revives_it(store: Store) -> None:
    """A dead job that is owed anew starts from its first try and is dead no more."""
    await store.jobs.add(JOB, NOW)
    await store.jobs.bury(await claimed(store), "x")
    await store.jobs.add(JOB, NOW)
    assert await store.jobs.dead() == []
    assert (await claimed(store)).tries == 1


async def test_a_dropped_job_is_gone_from_everywhere(store: Store) -> None:
    """Dropping takes a job off the agenda though it is leased, and off the list of the dead."""
    await store.jobs.add(JOB, NOW)
    lease = await claimed(store)
    await store.jobs.drop(JOB)
    assert not await store.jobs.settle(lease, again_at=NOW)
    assert await store.jobs.next_due() is None
    await store.jobs.add(JOB, NOW)
    await store.jobs.bury(await claimed(store), "x")
    await store.jobs.drop(JOB)
    assert await store.jobs.dead() == []


async def test_the_sweep_adds_only_what_is_missing(store: Store) -> None:
    """Jobs that are owed, leased ones too, stay as they are; the others are added and counted."""
    await store.jobs.add(JOB, NOW)
    lease = await claimed(store)
    missing = [Job("post", GroupId(f"g{number}"), "") for number in range(600)]
    assert await store.jobs.restore([(job, NOW) for job in (JOB, *missing)]) == 600
    assert await store.jobs.restore([(job, NOW) for job in (JOB, *missing)]) == 0
    assert await store.jobs.owed(JOB) == NOW + LEASE
    assert await store.jobs.settle(lease)


async def test_the_next_due_is_the_earliest(store: Store) -> None:
    """The earliest of all due times and ends of leases is the next one."""
    assert await store.jobs.next_due() is None
    await store.jobs.add(JOB, NOW)
    await store.jobs.add(Job("close", G, str(DAY)), NOW + timedelta(hours=1))
    assert await store.jobs.next_due() == NOW
    await claimed(store)
    assert await store.jobs.next_due() == NOW + LEASE


async def test_a_long_agenda_is_quick(store: Store) -> None:
    """With 100,000 jobs owed no script takes 50 ms: not to add them, to find none due, or to take 10,000 that are."""
    await store.client.call("CONFIG", "SET", "slowlog-log-slower-than", SLOW_US)
    await store.client.call("SLOWLOG", "RESET")
    jobs = [(Job("post", GroupId(f"g{number}"), ""), NOW + number * SECOND) for number in range(100_000)]
    assert await store.jobs.restore(jobs) == 100_000
    assert await store.jobs.claim(NOW - SECOND, limit=10_000, lease=LEASE) == []
    taken = await store.jobs.claim(NOW + 9_999 * SECOND, limit=20_000, lease=LEASE)
    assert [lease.job.group_id for lease in taken] == [f"g{number}" for number in range(10_000)]
    assert await store.client.call("SLOWLOG", "LEN") == 0


async def test_last_starts_are_taken_as_far_as_they_are_allowed(store: Store) -> None:
    """Of jobs whose last start this is only as many are taken as are asked for; the others end and block nothing."""
    worn = [Job("review", G, f"{DAY}|{number}") for number in range(3)]
    await store.jobs.restore([(job, NOW) for job in worn])
    for start in range(2):
        assert len(await store.jobs.claim(NOW + start * LEASE, limit=3, lease=LEASE)) == 3
    now = NOW + 2 * LEASE
    (first,) = await store.jobs.claim(now, limit=3, lease=LEASE)
    assert (first.job in worn, first.tries) == (True, 3)
    await store.jobs.add(JOB, now + SECOND)
    assert await store.jobs.claim(now + 2 * SECOND, limit=2, lease=LEASE, last_starts=0) == []
    (fresh,) = await store.jobs.claim(now + 2 * SECOND, limit=2, lease=LEASE, last_starts=0)
    assert fresh.job == JOB
    (second,) = await store.jobs.claim(now + 2 * SECOND, limit=3, lease=LEASE)
    (third,) = await store.jobs.claim(now + 2 * SECOND, limit=3, lease=LEASE)
    assert {first.job, second.job, third.job} == set(worn)


async def test_the_slow_leave_room_for_the_quick(store: Store) -> None:
    """Of a kind with room for a few, the earliest few are taken, and so is what is due behind all of them."""
    reviews = [Job("review", G, f"{number:03}") for number in range(600)]
    for minute, job in enumerate([*reviews, Job("post", G, "a"), Job("post", G, "b")]):
        await store.jobs.add(job, NOW - timedelta(hours=24) + timedelta(minutes=minute))
    taken = await store.jobs.claim(NOW, limit=10, lease=LEASE, room={"review": 2})
    assert [lease.job for lease in taken] == [*reviews[:2], Job("post", G, "a"), Job("post", G, "b")]
    assert await store.jobs.claim(NOW, limit=10, lease=LEASE, room={"review": 0}) == []
    assert len(await store.jobs.claim(NOW, limit=300, lease=LEASE, room={"review": 280})) == 280
    assert [lease.job for lease in await store.jobs.claim(NOW, limit=1, lease=LEASE)] == [reviews[282]]


async def test_a_look_for_the_quick_is_bounded(store: Store) -> None:
    """A claim looks through no more than some thousands of jobs that it may not take, so that it blocks nobody."""
    await store.jobs.restore([(Job("review", G, str(number)), NOW - SECOND) for number in range(MOST_LOOKED_AT)])
    await store.jobs.add(Job("post", G, "a"), NOW)
    assert await store.jobs.claim(NOW, limit=10, lease=LEASE, room={"review": 0}) == []
    [lease] = await store.jobs.claim(NOW, limit=1, lease=LEASE, room={"review": 1})
    assert lease.job.kind == "review"
    [lease] = await store.jobs.claim(NOW, limit=1, lease=LEASE, room={"review": 0})
    assert lease.job.kind == "post"
