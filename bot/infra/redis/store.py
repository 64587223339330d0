"""The whole store behind one door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.infra.redis.agenda import RedisJobs
from bot.infra.redis.answers import RedisAnswers
from bot.infra.redis.bank import RedisFormDrafts, RedisHints, RedisShelves, RedisSuggestions
from bot.infra.redis.client import Client
from bot.infra.redis.connect import TIMEOUT_S, WAIT_S, connect
from bot.infra.redis.epoch import Epoch
from bot.infra.redis.groups import RedisGroups
from bot.infra.redis.outbox import RedisOutbox
from bot.infra.redis.peers import RedisPeers
from bot.infra.redis.posts import RedisPosts
from bot.infra.redis.purse import RedisPurse
from bot.infra.redis.queue import RedisQueue
from bot.infra.redis.second_shots import RedisSecondShots
from bot.infra.redis.variants import RedisVariants
from bot.infra.redis.walkthroughs import RedisWalkthroughs


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Each port of the store, on one client."""

    client: Client
    groups: RedisGroups
    posts: RedisPosts
    answers: RedisAnswers
    outbox: RedisOutbox
    jobs: RedisJobs
    purse: RedisPurse
    peers: RedisPeers
    shots: RedisSecondShots
    variants: RedisVariants
    queue: RedisQueue
    shelves: RedisShelves
    suggestions: RedisSuggestions
    drafts: RedisFormDrafts
    hints: RedisHints
    walkthroughs: RedisWalkthroughs


@asynccontextmanager
async def open_store(
    url: str, *, daily_usd: float, member_daily_usd: float, timeout_s: float = TIMEOUT_S, wait_s: float = WAIT_S
) -> AsyncIterator[Store]:
    """The store at `url`, closed at the end. Budgets are for one UTC day. Raises what `connect` raises."""
    epoch = Epoch()
    client = await connect(url, timeout_s=timeout_s, wait_s=wait_s, epoch=epoch)
    try:
        yield Store(
            client=client,
            groups=RedisGroups(client),
            posts=RedisPosts(client),
            answers=RedisAnswers(client),
            outbox=RedisOutbox(client, epoch),
            jobs=RedisJobs(client),
            purse=RedisPurse(client, daily_usd=daily_usd, member_daily_usd=member_daily_usd),
            peers=RedisPeers(client),
            shots=RedisSecondShots(client),
            variants=RedisVariants(client),
            queue=RedisQueue(client),
            shelves=RedisShelves(client),
            suggestions=RedisSuggestions(client),
            drafts=RedisFormDrafts(client),
            hints=RedisHints(client),
            walkthroughs=RedisWalkthroughs(client),
        )
    finally:
        await client.close()
