from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.infra.redis.keys import Keys
from bot.infra.redis.store import Store, open_store
from bot.ports import Outgoing
from tests.contract.store_case import NOW, G, message

KEY = "post|2026-11-23"


async def test_a_first_try_just_sends(store: Store) -> None:
    """Where nothing is known and memory is whole, there is nothing to look for."""
    begun = await store.outbox.begin(G, KEY, NOW)
    assert begun == Outgoing(message=None, look_first=False, contested=False, begun_at=NOW)
    assert await store.outbox.get(G, KEY) is None


async def test_a_second_try_looks_first(store: Store) -> None:
    """After a try that broke off, the next owner looks, back to when the first one began."""
    await store.outbox.begin(G, KEY, NOW)
    again = await store.outbox.begin(G, KEY, NOW + timedelta(minutes=2))
    assert again == Outgoing(message=None, look_first=True, contested=True, begun_at=NOW)


async def test_of_many_owners_only_one_sends_blind(store: Store) -> None:
    """Ten that begin at the same moment: one need not look."""
    begun = await asyncio.gather(*(store.outbox.begin(G, KEY, NOW) for _ in range(10)))
    assert [each.look_first for each in begun].count(False) == 1


async def test_after_a_definite_no_nothing_is_looked_for(store: Store) -> None:
    """A sole owner that surely did not send leaves the key as new."""
    await store.outbox.begin(G, KEY, NOW)
    await store.outbox.release(G, KEY)
    later = NOW + timedelta(minutes=2)
    assert await store.outbox.begin(G, KEY, later) == Outgoing(
        message=None, look_first=False, contested=False, begun_at=later
    )


async def test_the_no_of_one_owner_does_not_speak_for_the_other(store: Store) -> None:
    """Where two owners tried, one's definite no still leaves the other's message to be looked for."""
    await store.outbox.begin(G, KEY, NOW)
    await store.outbox.begin(G, KEY, NOW)
    await store.outbox.release(G, KEY)
    assert (await store.outbox.begin(G, KEY, NOW)).look_first


async def test_the_first_recorded_message_wins(store: Store) -> None:
    """All who record a message are told the one that was first."""
    await store.outbox.begin(G, KEY, NOW)
    told = await asyncio.gather(*(store.outbox.sent(G, KEY, message(f"m{number}")) for number in range(10)))
    assert set(told) == {await store.outbox.get(G, KEY)}


async def test_what_was_sent_is_not_sent_again(store: Store) -> None:
    """Who begins after it was sent gets the message, and a release changes nothing."""
    await store.outbox.begin(G, KEY, NOW)
    await store.outbox.sent(G, KEY, message())
    await store.outbox.release(G, KEY)
    begun = await store.outbox.begin(G, KEY, NOW + timedelta(days=9))
    assert begun == Outgoing(message=message(), look_first=False, contested=False, begun_at=NOW)


async def test_what_had_two_owners_stays_contested(store: Store) -> None:
    """That a message ever had two owners is still known when it was sent."""
    await store.outbox.begin(G, KEY, NOW)
    await store.outbox.begin(G, KEY, NOW)
    await store.outbox.sent(G, KEY, message())
    assert (await store.outbox.begin(G, KEY, NOW)).contested


async def test_a_message_recorded_without_a_beginning_stands(store: Store) -> None:
    """A message that was found, not sent, is recorded all the same."""
    assert await store.outbox.sent(G, KEY, message()) == message()
    assert (await store.outbox.begin(G, KEY, NOW)).message == message()


async def test_a_dropped_key_is_new(store: Store) -> None:
    """After its message was removed, a key begins anew."""
    await store.outbox.begin(G, KEY, NOW)
    await store.outbox.sent(G, KEY, message())
    await store.outbox.drop(G, KEY)
    assert await store.outbox.get(G, KEY) is None
    assert not (await store.outbox.begin(G, KEY, NOW)).look_first


async def test_lost_memory_means_looking_first_for_a_day(store: Store, valkey_url: str) -> None:
    """On data that is empty or has another server, each first message is looked for, a day back and for a day."""
    for lost in (["DEL", Keys.epoch()], ["HSET", Keys.epoch(), "run_id", "another", "doubt_ms", "0"]):
        await store.client.call(*lost)
        async with open_store(valkey_url, daily_usd=1, member_daily_usd=1) as reopened:
            now = await reopened.client.time()
            begun = await reopened.outbox.begin(G, f"{lost}", now)
            assert begun.look_first
            assert begun.begun_at == now - timedelta(days=1)
            after = await reopened.outbox.begin(G, f"{lost} later", now + timedelta(hours=24, minutes=1))
            assert not after.look_first


async def test_the_doubt_is_known_to_who_comes_later(store: Store, valkey_url: str) -> None:
    """A process that starts while memory is in doubt looks first too, though the server has not changed since."""
    await store.client.call("DEL", Keys.epoch())
    for key in ("a", "b"):
        async with open_store(valkey_url, daily_usd=1, member_daily_usd=1) as reopened:
            assert (await reopened.outbox.begin(G, key, await reopened.client.time())).look_first
