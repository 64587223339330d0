from __future__ import annotations

from datetime import date, timedelta

from bot.domain.picks import Pick, Rule, Source, Why
from bot.infra.redis.store import Store
from tests.contract.store_case import DAY, G, round_trips

TOMORROW = DAY + timedelta(days=1)
NEED = Pick(DAY, "first", Why(Rule.NEED, "s6", 2, 5), Source.AGAIN)


def pinned(day: date, name: str) -> Pick:
    return Pick(day, name, Why(Rule.PINNED))


async def test_an_untouched_queue_is_empty(store: Store) -> None:
    """Where nobody decided anything there is nothing."""
    assert await store.queue.picks(G) == {}
    assert await store.queue.proposal(G, DAY) == ()


async def test_what_is_decided_stands_with_its_reason(store: Store) -> None:
    """A pick comes back as it was put, by date, and a second one for its date takes its place."""
    await store.queue.put(G, [pinned(TOMORROW, "second"), NEED])
    assert list((await store.queue.picks(G)).items()) == [(DAY, NEED), (TOMORROW, pinned(TOMORROW, "second"))]
    await store.queue.put(G, [pinned(DAY, "other")])
    assert (await store.queue.picks(G))[DAY] == pinned(DAY, "other")


async def test_days_are_decided_in_one_round_trip(store: Store) -> None:
    """A week is put as a whole or not at all: it is one command."""
    async with round_trips(store, 1):
        await store.queue.put(G, [NEED, pinned(TOMORROW, "second")])


async def test_what_is_removed_is_gone(store: Store) -> None:
    """Removed days are chosen when they come; to remove what is not there, or nothing, does no harm."""
    await store.queue.put(G, [NEED, pinned(TOMORROW, "second")])
    await store.queue.remove(G, [DAY, DAY + timedelta(days=9)])
    await store.queue.remove(G, [])
    await store.queue.put(G, [])
    assert set(await store.queue.picks(G)) == {TOMORROW}


async def test_the_first_proposal_stands(store: Store) -> None:
    """Two processes that propose a week agree on the one that came first."""
    assert await store.queue.propose(G, DAY, [NEED]) == (NEED,)
    assert await store.queue.propose(G, DAY, [pinned(DAY, "other")]) == (NEED,)
    assert await store.queue.proposal(G, DAY) == (NEED,)
    assert await store.queue.proposal(G, TOMORROW) == ()
