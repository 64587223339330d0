"""The composition root: the one place where the core meets its adapters."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import prompts
from bot.cards import Reply
from bot.commands import dispatch
from bot.domain.group import GroupId, MemberId
from bot.inbound import Inbound
from bot.infra import doctor
from bot.infra.bank import GroupBank
from bot.infra.clock import RedisClock, SteppedClock
from bot.infra.library import FileLibrary, packaged_library
from bot.infra.offline import OfflineSelfCheck
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.store import Store, open_store
from bot.infra.timetable import Wake, heartbeat
from bot.ports import Chat, Check, Clock, Meter, Ports, Researcher, Unmetered
from bot.settings import Settings
from bot.usecases import agenda
from bot.usecases.recover import sweep
from bot.usecases.work import MOST_AT_ONCE, Worker

if TYPE_CHECKING:
    from bot.infra.claude.endpoint import Say
    from bot.infra.claude.request import ReviewPrompt
    from bot.infra.claude.reviewer import ClaudeReviewer

DRAIN_S = 25.0
"""How long running work may finish at a stop; what is left is owed again (reliability.md 4, 46)."""

COLLECT_AFTER = (10_000, 20, 20)
"""New objects before the youngest are looked through for garbage (Python's own: 700), and how often the older ones."""

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
    reviewer: ClaudeReviewer | None
    library: FileLibrary

    async def prepare(self) -> None:
        """Load ahead what the first review needs, before anybody waits for an ack."""
        if self.reviewer is not None:
            await self.reviewer.prepare()
            settle()

    async def dispatch(self, event: Inbound) -> Reply:
        """Do what a person asked for."""
        return await dispatch(self.ports, event)

    async def beat(self) -> int:
        """One beat of the heart: agree on the time with Redis, then start what is due."""
        if isinstance(self.clock, RedisClock):
            await self.clock.sync(self.store.client)
        return await self.worker.tick()

    async def sweep(self) -> None:
        """Every hour: read questions that changed, and restore what the state says is owed."""
        await asyncio.to_thread(self.library.refresh)
        await sweep(self.ports)

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
    library = library or packaged_library(settings.questions_dir)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            open_store(url, daily_usd=settings.daily_budget_usd, member_daily_usd=settings.member_daily_budget_usd)
        )
        time = clock or await RedisClock.start(store.client)
        reviewer = await stack.enter_async_context(open_reviewer(settings, library))
        researcher = await stack.enter_async_context(_researcher(settings, library))
        ports = bundle(
            store,
            library,
            time,
            chat_of(time),
            wake=Wake(),
            checks=lambda: doctor.checks(settings, store, library, reviewer, time),
            member_key=_member_key(settings),
        )
        ports = replace(ports, reviewer=reviewer, researcher=researcher, meter=meter or Unmetered())
        # in a script one thing comes after the other, so that the same script always plays the same
        at_once = 1 if clock else MOST_AT_ONCE
        worker = Worker(
            ports, agenda.WORKS, lambda job: agenda.report_dead(ports, job), at_once=at_once, most_of=agenda.MOST_OF
        )
        await sweep(ports)
        try:
            yield Core(ports, worker, store, time, reviewer, library)
        finally:
            # also when a fault ends the program: a job must not outlive the connections that it uses
            await worker.stop(0)


def bundle(
    store: Store,
    library: FileLibrary,
    clock: RedisClock | SteppedClock,
    chat: Chat,
    *,
    wake: Callable[[], None],
    checks: Callable[[], Awaitable[Sequence[Check]]],
    member_key: Callable[[GroupId, MemberId], str],
) -> Ports:
    """What use cases take first: each port of the core, and who serves it. Nobody reviews or researches yet."""
    return Ports(
        clock=clock,
        chat=chat,
        groups=store.groups,
        posts=store.posts,
        answers=store.answers,
        peers=store.peers,
        outbox=store.outbox,
        jobs=store.jobs,
        purse=store.purse,
        library=library,
        bank=GroupBank(library, store.shelves),
        queue=store.queue,
        walkthroughs=store.walkthroughs,
        shelves=store.shelves,
        suggestions=store.suggestions,
        drafts=store.drafts,
        shots=store.shots,
        variants=store.variants,
        hints=store.hints,
        reviewer=None,
        self_check=OfflineSelfCheck(library.framework),
        wake=wake,
        checks=checks,
        member_key=member_key,
    )


@asynccontextmanager
async def beating(running: Core) -> AsyncIterator[None]:
    """Let the core work by itself; at the end running work may finish within 25 s."""
    wake = running.ports.wake
    if not isinstance(wake, Wake):
        raise TypeError("the core was not made here")
    settle()
    async with heartbeat(running.beat, running.sweep, wake):
        wake()
        yield
    await running.worker.stop(DRAIN_S)


def settle() -> None:
    """Look for garbage less often, and not in what is loaded by now: that stops the loop for 60 ms, with an SDK 180."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@asynccontextmanager
async def open_reviewer(settings: Settings, library: FileLibrary) -> AsyncIterator[ClaudeReviewer | None]:
    """The reviewer, or None when no model is set up; its connections are closed at the end."""
    made = claude(settings, library)
    try:
        yield made
    finally:
        if made is not None:
            await made.aclose()


def claude(
    settings: Settings, library: FileLibrary, around: Callable[[Say], Say] | None = None
) -> ClaudeReviewer | None:
    """The reviewer, or None when no model is set up. The model's SDK is imported at its first use.

    `around` may put something between the reviewer and its calls; then there is a reviewer without a model too.
    """
    if not settings.has_model and around is None:
        return None
    from bot.infra.claude.endpoint import Timeouts
    from bot.infra.claude.reviewer import ClaudeReviewer

    key = settings.anthropic_api_key
    first_s = _first_s(settings)
    return ClaudeReviewer(
        api_key=key.get_secret_value() if key else None,
        base_url=settings.anthropic_base_url,
        models=_models(settings.model_review, settings),
        timeouts=Timeouts.patient(first_s) if first_s else Timeouts(),
        prompt=review_prompt(library),
        around=around,
    )


def _first_s(settings: Settings) -> float | None:
    """How long a model is waited for at first; None for what the Claude API needs."""
    return settings.model_timeout_s or (OWN_SERVER_FIRST_S if settings.anthropic_base_url else None)


def _models(first: str, settings: Settings) -> Sequence[str]:
    """What is asked first, and what else there is when that fails."""
    return [first, *filter(None, [settings.model_fallback])]


def review_prompt(library: FileLibrary) -> ReviewPrompt:
    """The instructions of a review, as packaged."""
    from bot.infra.claude.request import ReviewPrompt

    text = prompts.prompt("review")
    return ReviewPrompt(
        name=text.name, version=text.version, hash=text.hash, instructions=text.body, framework=library.framework
    )


@asynccontextmanager
async def _researcher(settings: Settings, library: FileLibrary) -> AsyncIterator[Researcher | None]:
    """Who writes walkthroughs, or None when no model is set up."""
    if not settings.has_model:
        yield None
        return
    from bot.infra.claude.research_request import ResearchPrompt
    from bot.infra.claude.researcher import LIMITS, ClaudeResearcher, patient

    text = prompts.prompt("walkthrough")
    key = settings.anthropic_api_key
    first_s = _first_s(settings)
    made = ClaudeResearcher(
        api_key=key.get_secret_value() if key else None,
        base_url=settings.anthropic_base_url,
        models=_models(settings.model_walkthrough, settings),
        timeouts=patient(first_s) if first_s else LIMITS,
        prompt=ResearchPrompt(
            name=text.name, version=text.version, hash=text.hash, instructions=text.body, framework=library.framework
        ),
    )
    try:
        yield made
    finally:
        await made.aclose()


def _member_key(settings: Settings) -> Callable[[GroupId, MemberId], str]:
    """Opaque ids for the model's abuse checks: stable with TPM_SECRET_KEY, new at each start without it."""
    secret = settings.secret_key.get_secret_value().encode() if settings.secret_key else secrets.token_bytes(32)

    def key(group_id: GroupId, member_id: MemberId) -> str:
        return hmac.new(secret, f"{group_id}|{member_id}".encode(), hashlib.sha256).hexdigest()[:32]

    return key
