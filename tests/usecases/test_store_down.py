from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import StoreDown
from bot.inbound import Inbound
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.keys import Keys
from bot.infra.redis.store import Store, open_store
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, studying

ACTS = ("say", "form", "edit", "delete", "talk")


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[Study]:
    """A group with an open question and an answer of Asha's, on a server of its own, to be maltreated."""
    async with (
        embedded_valkey(tmp_path / "redis") as url,
        open_store(url, daily_usd=1, member_daily_usd=1, timeout_s=0.5) as store,
        studying(store, tmp_path / "room") as study,
    ):
        await store.client.call("HSET", Keys.epoch(), "doubt_ms", 0)
        await study.advance(HOUR + MINUTE)
        yield study


@asynccontextmanager
async def full(store: Store) -> AsyncIterator[None]:
    """A server without memory for a write."""
    await store.client.call("CONFIG", "SET", "maxmemory", "1mb")
    yield
    await store.client.call("CONFIG", "SET", "maxmemory", 0)


async def content(store: Store) -> dict[bytes, bytes]:
    """Every key and its value, but for what the server notes of itself."""
    keys: list[bytes] = await store.client.call("KEYS", "*")
    return {key: await store.client.call("DUMP", key) for key in sorted(keys) if key != Keys.epoch().encode()}


async def acts(study: Study) -> dict[str, Inbound]:
    """Everything that carries a member's words; Asha has answered, Ben and Chen are members."""
    for name in ("ben", "chen"):
        await study.command(name, "/tpm-streak")
    asked = await study.said("asha")
    await study.do(asked)
    await study.settle()
    first = next(iter(study.ports.library.questions[(await study.post()).question_id].weighed))
    return {
        "say": await study.said("ben"),
        "form": await study.submission("chen", MONDAY, {first: ANSWER}),
        "edit": await study.edited(asked, OTHER_ANSWER),
        "delete": await study.deleted(asked),
        "talk": await study.said("ben", "Is it open?"),
    }


@pytest.mark.parametrize("act", ACTS)
async def test_words_that_cannot_be_kept_are_not_accepted(own: Study, act: str) -> None:
    """A message, form, edit or deletion that a full store refuses raises StoreDown and leaves nothing half-written."""
    event = (await acts(own))[act]
    before = await content(own.store)
    async with full(own.store):
        with pytest.raises(StoreDown):
            await own.do(event)
    assert await content(own.store) == before


async def test_an_event_that_was_refused_is_taken_when_it_comes_again(own: Study) -> None:
    """What was not accepted is brought again by the platform, and then it is taken like any other."""
    event = (await acts(own))["say"]
    async with full(own.store):
        with pytest.raises(StoreDown):
            await own.do(event)
    await own.do(event)
    await own.settle()
    assert await own.answer("ben") is not None
    assert await own.card_about("ben") is not None


async def test_an_answer_to_a_frozen_store_is_whole_or_not_there(own: Study) -> None:
    """When the store freezes under an answer, what stands after it is the answer with its day and work, or nothing."""
    event = (await acts(own))["say"]
    pid = int((await own.store.client.call("INFO", "server"))["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreDown):
            await own.do(event)
    finally:
        os.kill(pid, signal.SIGCONT)
    await own.do(event)
    await own.settle()
    answer = await own.answer("ben")
    assert answer is not None
    assert answer.version == 1
    assert await own.marks("ben") == ["answered"]
    assert await own.card_about("ben") is not None
