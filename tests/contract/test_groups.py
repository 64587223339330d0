from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.group import Group, GroupId, Place
from bot.infra.redis.codec import dump
from bot.infra.redis.keys import Keys
from bot.infra.redis.store import Store
from bot.ports import Job
from tests.contract.store_case import (
    ASHA,
    BEN,
    DAY,
    NOW,
    PLACE,
    G,
    answer,
    group,
    member,
    message,
    review,
    review_job,
    write,
)


async def test_a_group_comes_back_as_it_was_stored(store: Store) -> None:
    """What was created is found by its id and by its place, equal in every field."""
    made = group(paused=True, facilitator_ids=frozenset({ASHA}))
    assert await store.groups.create(made)
    assert await store.groups.get(G) == made
    assert await store.groups.at(PLACE) == G


async def test_what_is_not_there_is_none(store: Store) -> None:
    """An unknown group, place or member reads as None."""
    assert await store.groups.get(G) is None
    assert await store.groups.at(PLACE) is None
    assert await store.groups.member(G, ASHA) is None


async def test_a_place_has_one_group(store: Store) -> None:
    """Of many groups created at one place at once, one stands and nothing of the others stays."""
    made = [group(f"g{number}", name=str(number)) for number in range(10)]
    created = await asyncio.gather(*map(store.groups.create, made))
    stands = await store.groups.at(PLACE)
    assert [each.id for each, first in zip(made, created, strict=True) if first] == [stands]
    assert [each.id for each in made if await store.groups.get(each.id)] == [stands]


async def test_the_same_group_created_twice_stays(store: Store) -> None:
    """Creating a group again, id and all, is refused and leaves the first as it was."""
    assert await store.groups.create(group())
    assert not await store.groups.create(group(name="other"))
    assert await store.groups.get(G) == group()


async def test_all_groups_are_listed_once(store: Store) -> None:
    """Each of many groups is listed, and none twice."""
    made = [group(f"g{number}", Place("terminal", "local", f"c{number}")) for number in range(700)]
    await asyncio.gather(*map(store.groups.create, made))
    listed = [group_id async for group_id in store.groups.all_ids()]
    assert sorted(listed) == sorted(each.id for each in made)


async def test_concurrent_changes_of_a_group_all_count(store: Store) -> None:
    """Twenty changes at the same time all stand in the end."""
    await store.groups.create(group(skips=frozenset()))

    async def skip(days: int) -> None:
        def change(stands: Group) -> Group:
            return replace(stands, skips=stands.skips | {DAY + timedelta(days=days)})

        await store.groups.update(G, change)

    await asyncio.gather(*map(skip, range(20)))
    stands = await store.groups.get(G)
    assert stands is not None
    assert len(stands.skips) == 20


async def test_only_what_is_there_can_be_changed(store: Store) -> None:
    """Changing an unknown group or member raises KeyError and stores nothing."""
    with pytest.raises(KeyError):
        await store.groups.update(G, lambda stands: stands)
    with pytest.raises(KeyError):
        await store.groups.update_member(G, ASHA, lambda stands: stands)
    assert await store.groups.get(G) is None


async def test_joining_twice_keeps_the_settings_and_follows_the_name(store: Store) -> None:
    """A member who is known keeps their settings; only a new name is taken over."""
    first = await store.groups.join(G, member(auto_feedback=False))
    again = await store.groups.join(G, member(name="Asha K.", joined_at=NOW + timedelta(days=1)))
    assert again == replace(first, name="Asha K.")
    assert await store.groups.member(G, ASHA) == again


async def test_concurrent_changes_of_a_member_all_count(store: Store) -> None:
    """A setting and a new name that are changed at the same time both stand."""
    await store.groups.join(G, member())
    await asyncio.gather(
        store.groups.update_member(G, ASHA, lambda stands: replace(stands, auto_feedback=False)),
        store.groups.update_member(G, ASHA, lambda stands: replace(stands, quiet=None)),
        store.groups.join(G, member(name="Asha K.")),
    )
    assert await store.groups.member(G, ASHA) == member(name="Asha K.", auto_feedback=False, quiet=None)


async def test_members_are_listed_in_the_order_of_joining(store: Store) -> None:
    """Who joined first is listed first."""
    await store.groups.join(G, member(BEN, joined_at=NOW))
    await store.groups.join(G, member(ASHA, joined_at=NOW - timedelta(hours=1)))
    assert [each.id for each in await store.groups.members(G)] == [ASHA, BEN]


@pytest.mark.parametrize("name", ["\x00", "\ud83d half", "مرحبا \u202e", "👩‍👩‍👧", "", "x" * 5000, "@everyone"])
async def test_any_name_is_stored(store: Store, name: str) -> None:
    """A hostile name comes back as it was; half a surrogate pair becomes a replacement character."""
    await store.groups.join(G, member(name=name))
    stored = await store.groups.member(G, ASHA)
    assert stored is not None
    assert stored.name == name.replace("\ud83d", "\ufffd")


async def test_forgetting_leaves_no_trace_of_the_member(store: Store) -> None:
    """After a member is forgotten, no key, field or value in Redis but what they spent today names them."""
    await fill(store)
    erased = await store.groups.forget(G, ASHA)
    assert {thing: count for thing, count in erased.items() if count} == {
        "member": 1,
        "answers": 1,
        "reviews": 1,
        "drafts": 1,
        "asides": 1,
        "record": 1,
        "jobs": 2,
        "outbox": 1,
    }
    assert [item for item in await everything(store) if "U1" in item.replace(BEN, "")] == []


async def test_forgetting_one_leaves_the_others(store: Store) -> None:
    """What belongs to other members, even with an id that begins alike, and to other groups stays."""
    await fill(store)
    await store.groups.forget(G, ASHA)
    assert await store.groups.member(G, BEN) == member(BEN)
    assert await store.answers.get(G, DAY, BEN) == answer(BEN)
    assert await store.answers.record(G, BEN) == b"\x01"
    assert await store.jobs.owed(review_job(BEN)) == NOW
    assert await store.outbox.get(G, f"feedback|{DAY}|{BEN}") == message()


async def test_forgetting_nobody_erases_nothing(store: Store) -> None:
    """Forgetting a member who was forgotten before finds nothing, and is no error."""
    await fill(store)
    await store.groups.forget(G, ASHA)
    assert set((await store.groups.forget(G, ASHA)).values()) == {0}


async def test_a_review_that_ends_after_the_forgetting_is_dropped(store: Store) -> None:
    """Work that was going on while its member was forgotten leaves nothing behind."""
    await fill(store)
    await store.groups.forget(G, ASHA)
    await store.answers.put_review(G, review())
    assert await store.answers.review(G, DAY, ASHA) is None


async def fill(store: Store) -> None:
    """Something of everything, for two members."""
    await store.groups.create(group())
    await store.posts.choose(G, DAY, NOW, "q1")
    for each in (ASHA, BEN):
        await store.groups.join(G, member(each))
        change = write(answer(each), f"event of {each[1:]}", member_id=each, job=review_job(each), due_at=NOW)
        await store.answers.write(G, change)
        await store.answers.save_draft(G, DAY, each, {"s1": "x"})
        await store.answers.set_aside(G, DAY, each, "m5", "talk")
        await store.outbox.sent(G, f"feedback|{DAY}|{each}", message())
    await store.answers.put_review(G, review())
    poison = Job("remind", G, f"{DAY}|{ASHA}")
    await store.jobs.add(poison, NOW - timedelta(hours=1))
    (lease,) = await store.jobs.claim(NOW - timedelta(minutes=1), limit=9, lease=timedelta(minutes=1))
    await store.jobs.bury(lease, "three starts")
    await store.jobs.add(Job("review", GroupId("g2"), f"{DAY}|{BEN}"), NOW)


async def everything(store: Store) -> list[str]:
    """Each key with all that it holds."""
    reads: dict[bytes, tuple[Any, ...]] = {
        b"string": ("GET",),
        b"hash": ("HGETALL",),
        b"set": ("SMEMBERS",),
        b"zset": ("ZRANGE", 0, -1),
    }
    found = []
    for key in await store.client.call("KEYS", "*"):
        kind = await store.client.call("TYPE", key)
        name, *rest = reads[kind if isinstance(kind, bytes) else kind.encode()]
        found.append(f"{key} {await store.client.call(name, key, *rest)}")
    return found


def elsewhere(number: int, **changes: Any) -> Group:
    return group(f"g{number}", Place("slack", "T1", f"C{number}"), name=str(number), **changes)


async def test_somebodys_groups_of_a_workspace(store: Store) -> None:
    """Somebody's groups are those of the workspace in which they are a member or an admin, and no others."""
    for made in (elsewhere(1), elsewhere(2), elsewhere(3, admin_ids=frozenset({ASHA})), elsewhere(4)):
        await store.groups.create(made)
    await store.groups.create(group("g5", Place("slack", "T2", "C5")))
    await store.groups.create(group("g6", Place("discord", "T1", "C6")))
    for group_id in ("g1", "g5", "g6"):
        await store.groups.join(GroupId(group_id), member(ASHA))
    assert {each.id for each in await store.groups.of("slack", "T1", ASHA)} == {"g1", "g3"}
    assert list(await store.groups.of("slack", "T3", ASHA)) == []
    assert await store.groups.of("slack", "T2", ASHA) == [group("g5", Place("slack", "T2", "C5"))]


async def test_a_group_that_was_never_finished_is_nobodys(store: Store) -> None:
    """A group that lost the race for its channel, or whose maker died before it had one, is not listed."""
    await store.groups.create(elsewhere(1, admin_ids=frozenset({ASHA})))
    rival = group("g9", Place("slack", "T1", "C1"), admin_ids=frozenset({ASHA}))
    assert not await store.groups.create(rival)
    assert await store.client.call("SMEMBERS", Keys.workspace("slack", "T1")) == {b"g1"}
    await store.client.call("HSET", Keys.group(GroupId("g9")), "json", dump(Group, rival))
    await store.client.call("SADD", Keys.workspace("slack", "T1"), "g9")
    assert [each.id for each in await store.groups.of("slack", "T1", ASHA)] == ["g1"]


async def test_other_workspaces_cost_nothing(store: Store) -> None:
    """Finding somebody's groups asks Redis the same number of commands with 2 groups elsewhere and with 300."""
    await store.groups.create(elsewhere(1, admin_ids=frozenset({ASHA})))

    async def cost() -> int:
        before = (await store.client.call("INFO", "stats"))["total_commands_processed"]
        assert len(await store.groups.of("slack", "T1", ASHA)) == 1
        return int((await store.client.call("INFO", "stats"))["total_commands_processed"]) - int(before)

    async def fill(first: int, last: int) -> None:
        await asyncio.gather(
            *(store.groups.create(group(f"o{each}", Place("slack", "T2", f"C{each}"))) for each in range(first, last))
        )

    await fill(0, 2)
    await store.groups.of("slack", "T1", ASHA)
    few = await cost()
    await fill(2, 300)
    assert await cost() == few
