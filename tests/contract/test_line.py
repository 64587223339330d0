from __future__ import annotations

import asyncio

import pytest

from bot.errors import StoreDown
from bot.infra.redis.client import Client
from bot.infra.redis.store import Store
from tests.contract.store_case import round_trips


async def test_tasks_that_ask_at_once_share_round_trips(store: Store) -> None:
    """Fifty commands of fifty tasks that run at the same time take one round trip."""
    async with round_trips(store, 1):
        answers = await asyncio.gather(*(store.client.call("INCR", "n") for _ in range(50)))
    assert answers == list(range(1, 51))


async def test_a_refused_command_leaves_its_neighbours_alone(store: Store) -> None:
    """A command that Redis refuses fails for its own task, and the answers beside it are the right ones."""
    await store.client.call("SET", "word", "no number")
    wrong, *right = await asyncio.gather(
        store.client.call("INCR", "word"),
        *(store.client.call("INCR", f"n{number}") for number in range(5)),
        store.client.batch([("GET", "word"), ("ECHO", "batch")]),
        return_exceptions=True,
    )
    assert isinstance(wrong, StoreDown)
    assert right == [1, 1, 1, 1, 1, [b"no number", b"batch"]]


async def test_a_command_that_cannot_be_sent_fails_alone(store: Store) -> None:
    """What is no command is refused where it is asked for, and others go on."""
    wrong, right = await asyncio.gather(
        store.client.call("SET", "n", object()),  # type: ignore[arg-type]  # the wrong type is what is tried
        store.client.call("ECHO", "hello"),
        return_exceptions=True,
    )
    assert isinstance(wrong, Exception)
    assert right == b"hello"


async def test_who_gives_up_does_not_mix_up_the_others(store: Store) -> None:
    """A task that is cancelled while it waits leaves to each of the others its own answer."""
    tasks = [asyncio.create_task(store.client.call("ECHO", str(number))) for number in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    for number, answer in enumerate(answers):
        assert isinstance(answer, asyncio.CancelledError) if number % 3 == 0 else answer == str(number).encode()


@pytest.mark.usefixtures("store")
async def test_a_server_that_hangs_is_not_waited_for(valkey_url: str) -> None:
    """Each task whose answer does not come in time is told so, and the next command finds a good connection."""
    client = Client(valkey_url, timeout_s=0.2)
    try:
        await client.call("CLIENT", "PAUSE", "600", "WRITE")
        held = await asyncio.gather(*(client.call("INCR", "n") for _ in range(3)), return_exceptions=True)
        assert all(isinstance(error, StoreDown) and "in time" in str(error) for error in held)
        await client.call("CLIENT", "UNPAUSE")
        assert await client.call("ECHO", "again") == b"again"
    finally:
        await client.close()


async def test_closing_leaves_nobody_waiting(valkey_url: str) -> None:
    """Tasks that wait when the client is closed are told that it is."""
    client = Client(valkey_url, timeout_s=5.0)
    waiting = [asyncio.create_task(client.call("BLPOP", "nothing", "0")) for _ in range(2)]
    await asyncio.sleep(0.05)
    await client.close()
    for task in waiting:
        with pytest.raises(StoreDown):
            await task
