from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.group import MemberId
from bot.domain.variant import Variant
from bot.infra.redis.store import Store
from bot.infra.redis.variants import RedisVariants
from tests.contract.store_case import ASHA, BEN, DAY, NOW, G, answer, member, round_trips

HOSTILE = "<@U1> {{x}} \N{GRINNING FACE} व्याख्या |\x00 " + "long " * 4_000


def variant(member_id: MemberId = ASHA, **changes: Any) -> Variant:
    made = Variant(
        member_id=member_id, day=DAY, section="s4", before=1, change="The same, but at night",
        thin_at=NOW, due_at=NOW + timedelta(days=8),
    )  # fmt: skip
    return replace(made, **changes)


async def test_the_first_plan_stands(store: Store) -> None:
    """Of many plans for one answer the first stands, and everybody is told that one."""
    plans = [variant(change=f"Change {number}") for number in range(8)]
    stand = await asyncio.gather(*(store.variants.plan(G, each) for each in plans))
    assert len(set(map(repr, stand))) == 1
    assert await store.variants.get(G, DAY, ASHA) == stand[0]
    assert await store.variants.get(G, DAY, BEN) is None


async def test_any_text_comes_back(store: Store) -> None:
    """What a member wrote is read as it was kept, in every field, and in other processes too."""
    made = variant(text=HOSTILE, event="e|1", at=NOW, asked_at=NOW, language="pt-BR")
    await store.variants.plan(G, made)
    assert await RedisVariants(store.client).get(G, DAY, ASHA) == made


async def test_changes_at_once_all_count(store: Store) -> None:
    """Two changes at the same time both stand; a change of what is gone is none."""
    await store.variants.plan(G, variant())
    await asyncio.gather(
        store.variants.update(G, DAY, ASHA, lambda known: replace(known, asked_at=NOW)),
        store.variants.update(G, DAY, ASHA, lambda known: replace(known, text="tried")),
    )
    assert await store.variants.get(G, DAY, ASHA) == variant(asked_at=NOW, text="tried")
    assert await store.variants.update(G, DAY, BEN, lambda known: known) is None
    assert await store.variants.get(G, DAY, BEN) is None


async def test_days_are_read_in_one_round_trip(store: Store) -> None:
    """Those of several days come by day and member; of no days there are none."""
    later = DAY + timedelta(days=1)
    made = [variant(), variant(BEN), variant(day=later)]
    for each in reversed(made):
        await store.variants.plan(G, each)
    async with round_trips(store, 1):
        assert await store.variants.of_days(G, [later, DAY]) == made
    assert await store.variants.of_days(G, []) == []


async def test_what_is_dropped_is_gone(store: Store) -> None:
    """A dropped one is gone and another's stays; dropping again does no harm."""
    for member_id in (ASHA, BEN):
        await store.variants.plan(G, variant(member_id))
    for _ in range(2):
        await store.variants.drop(G, DAY, ASHA)
    assert await store.variants.of_days(G, [DAY]) == [variant(BEN)]


async def test_forgetting_erases_it(store: Store) -> None:
    """Forget me erases the member's own of every day that had a post, and nobody else's."""
    await store.groups.join(G, member())
    await store.posts.choose(G, DAY, NOW, answer().day.isoformat())
    for member_id in (ASHA, BEN):
        await store.variants.plan(G, variant(member_id))
    assert (await store.groups.forget(G, ASHA))["variants"] == 1
    assert await store.variants.of_days(G, [DAY]) == [variant(BEN)]
