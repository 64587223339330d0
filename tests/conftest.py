"""What tests of every kind may ask for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.infra.redis.client import Client
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.keys import Keys
from bot.infra.redis.store import Store, open_store

DAILY_USD = 1.0
MEMBER_DAILY_USD = 0.25


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Valkey, one for the whole run. What it holds is anybody's: take `store` to start empty."""
    with asyncio.Runner() as runner:
        server = embedded_valkey(tmp_path_factory.mktemp("valkey"))
        yield runner.run(server.__aenter__())
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture
async def store(valkey_url: str) -> AsyncIterator[Store]:
    """An empty store on that server, with budgets of $1 a day and $0.25 a member, whose memory is to be trusted."""
    await emptied(valkey_url)
    async with open_store(valkey_url, daily_usd=DAILY_USD, member_daily_usd=MEMBER_DAILY_USD) as opened:
        yield opened


async def emptied(url: str) -> None:
    """Remove everything, and say that nothing was lost by it: else each first message would be looked for."""
    client = Client(url, timeout_s=5.0)
    try:
        await client.call("FLUSHALL")
        run_id = (await client.call("INFO", "server"))["run_id"]
        await client.call("HSET", Keys.epoch(), "born_ms", 0, "run_id", run_id, "doubt_ms", 0)
    finally:
        await client.close()
