"""The composition root: the one place where the core meets its adapters."""

from __future__ import annotations

import gc
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import prompts
from bot.cards import Reply
from bot.commands import dispatch
from bot.domain.group import GroupId, MemberId
from bot.inbound import Inbound
from bot.infra import doctor
from bot.infra.clock import RedisClock, SteppedClock
from bot.infra.library import FileLibrary, packaged_library
from bot.infra.offline import OfflineSelfCheck
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.store import Store, open_store
from bot.infra.timetable import Wake, heartbeat
from bot.ports import Chat, Check, Clock, Meter, Ports, Unmetered
from bot.settings import Settings
from bot.usecases import agenda
from bot.usecases.recover import sweep
from bot.usecases.work import Worker

if TYPE_CHECKING:
    from bot.infra.claude.reviewer import ClaudeReviewer

DRAIN_S = 25.0
"""How long running work may finish at a stop; what is left is owed again (reliability.md 4, 46)."""

OWN_SERVER_FIRST_S = 600.0
"""A server of one's own may be a small machine, or a person who plays the model."""

ChatOf = Callable[[Clock], Chat]


@dataclass(frozen=True, slots=True)
class Core:
    """The running core: what platforms dispatch to, and what works by itself."""

    ports: Ports
    worker: Worker
    store: Store
    clock: RedisClock | SteppedClock

    async def dispatch(self, event: Inbound) -> Reply:
        """Do what a person asked for."""
        return await dispatch(self.ports, event)

    async def beat(self) -> int:
        """One beat of the heart: agree on the time with Redis, then start what is due."""
        if isinstance(self.clock, RedisClock):
            await self.clock.sync(self.store.client)
        return await self.worker.tick()

    async def next_due(self) -> datetime | None:
        """When the next job is due."""
        return await self.ports.jobs.next_due()


@asynccontextmanager
async def redis_url(settings: Settings) -> AsyncIterator[str]:
    """The Redis that is set, or an embedded Valkey under the data folder."""
    if settings.redis_url is not None:
        yield settings.redis_url
    else:
        async with embedded_valkey(settings.data_dir) as url:
            yield url


@asynccontextmanager
async def core(
    settings: Settings,
    url: str,
    chat_of: ChatOf,
    *,
    clock: SteppedClock | None = None,
    library: FileLibrary | None = None,
    meter: Meter | None = None,
) -> AsyncIterator[Core]:
    """The core on the Redis at `url`; what the state says is owed is on the agenda when it is entered.

    `clock`: a script's own time, instead of that of Redis.
    """
    library = library or packaged_library()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            open_store(url, daily_usd=settings.daily_budget_usd, member_daily_usd=settings.member_daily_budget_usd)
        )
        time = clock or await RedisClock.start(store.client)
        reviewer = await stack.enter_async_context(_reviewer(settings, library))
        wake = Wake()
        ports = Ports(
            clock=time,
            chat=chat_of(time),
            groups=store.groups,
            posts=store.posts,
            answers=store.answers,
            outbox=store.outbox,
            jobs=store.jobs,
            purse=store.purse,
            library=library,
            reviewer=reviewer,
            self_check=OfflineSelfCheck(library.framework),
            wake=wake,
            checks=lambda: checks(settings, store, reviewer, time),
            member_key=_member_key(settings),
            meter=meter or Unmetered(),
        )
        worker = Worker(ports, agenda.WORKS, lambda job: agenda.report_dead(ports, job))
        await sweep(ports)
        try:
            yield Core(ports, worker, store, time)
        finally:
            # also when a fault ends the program: a job must not outlive the connections that it uses
            await worker.stop(0)


async def checks(settings: Settings, store: Store, reviewer: ClaudeReviewer | None, clock: Clock) -> Sequence[Check]:
    """Everything that `doctor` looks at outside a group."""
    return (settings_check(settings), *await doctor.checks(store, reviewer, settings.model_review, clock))


def settings_check(settings: Settings) -> Check:
    """That the settings could be read, and what they say."""
    return Check(name="Settings", ok=True, detail=settings.described)


@asynccontextmanager
async def beating(running: Core) -> AsyncIterator[None]:
    """Let the core work by itself; at the end running work may finish within 25 s."""
    wake = running.ports.wake
    if not isinstance(wake, Wake):
        raise TypeError("the core was not made here")
    # what was loaded by now stays: looking through it for garbage again and again stops the loop for 60 ms each time
    gc.freeze()
    async with heartbeat(running.beat, lambda: sweep(running.ports), wake):
        wake()
        yield
    await running.worker.stop(DRAIN_S)


@asynccontextmanager
async def _reviewer(settings: Settings, library: FileLibrary) -> AsyncIterator[ClaudeReviewer | None]:
    made = claude(settings, library)
    try:
        yield made
    finally:
        if made is not None:
            await made.aclose()


def claude(settings: Settings, library: FileLibrary) -> ClaudeReviewer | None:
    """The reviewer, or None when no model is set up. The model's SDK is imported at its first use."""
    if not settings.has_model:
        return None
    from bot.infra.claude.endpoint import Timeouts
    from bot.infra.claude.request import ReviewPrompt
    from bot.infra.claude.reviewer import ClaudeReviewer

    text = prompts.prompt("review")
    key = settings.anthropic_api_key
    first_s = settings.model_timeout_s or (OWN_SERVER_FIRST_S if settings.anthropic_base_url else None)
    return ClaudeReviewer(
        api_key=key.get_secret_value() if key else None,
        base_url=settings.anthropic_base_url,
        model=settings.model_review,
        other_model=settings.model_fallback,
        timeouts=Timeouts.patient(first_s) if first_s else Timeouts(),
        prompt=ReviewPrompt(
            name=text.name, version=text.version, hash=text.hash, instructions=text.body, framework=library.framework
        ),
    )


def _member_key(settings: Settings) -> Callable[[GroupId, MemberId], str]:
    """Opaque ids for the model's abuse checks: stable with TPM_SECRET_KEY, new at each start without it."""
    secret = settings.secret_key.get_secret_value().encode() if settings.secret_key else secrets.token_bytes(32)

    def key(group_id: GroupId, member_id: MemberId) -> str:
        return hmac.new(secret, f"{group_id}|{member_id}".encode(), hashlib.sha256).hexdigest()[:32]

    return key
