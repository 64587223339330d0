from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.group import MemberId
from bot.infra.redis.keys import Keys
from bot.infra.redis.store import Store
from tests.contract.store_case import ASHA, BEN, DAY


async def test_a_member_spends_up_to_their_budget(store: Store) -> None:
    """A member may spend exactly their day's budget of $0.25, in parts that binary fractions cannot add up."""
    taken = [await store.purse.take(DAY, ASHA, 0.05) for _ in range(6)]
    assert taken == [True] * 5 + [False]
    assert await store.purse.take(DAY, BEN, 0.25)


async def test_all_together_spend_up_to_the_daily_budget(store: Store) -> None:
    """Of thirty members that spend $0.10 at the same time, ten may, for the day's budget is $1."""
    members = [MemberId(f"U{number}") for number in range(30)]
    taken = await asyncio.gather(*(store.purse.take(DAY, each, 0.1) for each in members))
    assert taken.count(True) == 10


async def test_what_was_refused_costs_nothing(store: Store) -> None:
    """A refused sum leaves the budget as it was."""
    assert not await store.purse.take(DAY, ASHA, 0.26)
    assert await store.purse.take(DAY, ASHA, 0.25)


async def test_the_true_cost_counts(store: Store) -> None:
    """What was set aside too much can be spent again; what was too little is missing."""
    await store.purse.take(DAY, ASHA, 0.25)
    await store.purse.adjust(DAY, ASHA, -0.05)
    assert await store.purse.take(DAY, ASHA, 0.05)
    await store.purse.adjust(DAY, ASHA, 0.05)
    assert not await store.purse.take(DAY, ASHA, 0.0001)


async def test_each_day_has_its_own_budget(store: Store) -> None:
    """What was spent on one day leaves the next one whole, and is forgotten after three days."""
    await store.purse.take(DAY, ASHA, 0.25)
    assert await store.purse.take(DAY + timedelta(days=1), ASHA, 0.25)
    assert 0 < await store.client.call("TTL", Keys.purse(DAY)) <= 3 * 24 * 3600
