"""What must work outside a group: settings, questions, Redis, the clock, the model. One line each, with its fix."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.domain.question import READY
from bot.errors import StoreDown, Trouble
from bot.infra.claude import pricing
from bot.infra.clock import MOST_SKEW, RedisClock, SteppedClock
from bot.infra.library import FileLibrary
from bot.infra.redis.store import Store
from bot.ports import Check, Clock
from bot.settings import Settings

SLOW_REDIS_S = 0.1
OLDEST_REDIS = (6, 2)


class Pinged(Protocol):
    """A model endpoint that can be tried with one token."""

    async def ping(self) -> float:
        """Seconds that it took. Raises ReviewerDown with what to do."""
        ...


async def checks(
    settings: Settings, store: Store, library: FileLibrary, reviewer: Pinged | None, clock: Clock
) -> Sequence[Check]:
    """All of it, in the order in which an operator would go through it."""
    return (
        settings_check(settings),
        questions_check(library),
        *await connection_checks(store, reviewer, settings.model_review, clock),
    )


def settings_check(settings: Settings) -> Check:
    """That the settings could be read, and what they say."""
    return Check(name="Settings", ok=True, detail=settings.described)


def questions_check(library: FileLibrary) -> Check:
    """That every question file of the operator's own can be read."""
    if library.faults:
        detail = f"{len(library.faults)} faults; first {library.faults[0]}"
        return Check(name="Questions", ok=False, detail=detail, fix="correct the file: it is read again within an hour")
    ready = sum(question.status == READY for question in library.questions.values())
    return Check(name="Questions", ok=True, detail=f"{ready} are ready")


async def connection_checks(store: Store, reviewer: Pinged | None, model: str, clock: Clock) -> Sequence[Check]:
    """Redis, the clock and the model endpoint."""
    return (
        *await _redis(store),
        await _clock(store, clock),
        await model_check(reviewer, model, clock.now().date()),
    )


async def _redis(store: Store) -> Sequence[Check]:
    try:
        began_s = time.perf_counter()
        await store.client.call("PING")
        took_s = time.perf_counter() - began_s
        info = await store.client.call("INFO")
    except StoreDown as down:
        return (Check(name="Redis", ok=False, detail=str(down), fix="start Redis, or correct TPM_REDIS_URL"),)
    version = str(info.get("valkey_version") or info["redis_version"])
    old = tuple(int(part) for part in str(info["redis_version"]).split(".")[:2]) < OLDEST_REDIS
    kept = bool(info.get("aof_enabled"))
    return (
        Check(
            name="Redis",
            ok=not old and took_s <= SLOW_REDIS_S,
            detail=f"version {version}, answers in {took_s * 1000:.1f} ms",
            fix="use Redis 6.2 or newer" if old else "move Redis closer" if took_s > SLOW_REDIS_S else "",
        ),
        Check(
            name="Persistence",
            ok=kept,
            detail="append-only file on" if kept else "append-only file off: a crash loses what was not saved",
            fix="" if kept else "set appendonly yes in Redis",
        ),
    )


async def _clock(store: Store, clock: Clock) -> Check:
    if isinstance(clock, SteppedClock):
        return Check(name="Clock", ok=True, detail=f"stands at {clock.now():%Y-%m-%d %H:%M} UTC, moved by a script")
    try:
        skew = await clock.sync(store.client) if isinstance(clock, RedisClock) else None
    except StoreDown as down:
        return Check(name="Clock", ok=False, detail=str(down), fix="start Redis")
    seconds = skew.total_seconds() if skew is not None else 0.0
    ok = abs(seconds) <= MOST_SKEW.total_seconds()
    fix = "" if ok else "set the host's clock (NTP)"
    return Check(
        name="Clock", ok=ok, detail=f"{clock.now():%Y-%m-%d %H:%M} UTC, host off by {abs(seconds):.1f} s", fix=fix
    )


async def model_check(reviewer: Pinged | None, model: str, today: date) -> Check:
    """Whether the model answers a call of one token."""
    if reviewer is None:
        return Check(
            name="Model",
            ok=False,
            detail="none is set up: members get the self-check instead of feedback",
            fix="set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a server of your own",
        )
    try:
        took_s = await reviewer.ping()
    except Trouble as trouble:
        return Check(name="Model", ok=False, detail=model, fix=str(trouble))
    old = pricing.warn_if_old(today)
    return Check(name="Model", ok=True, detail=f"{model} answers in {took_s:.1f} s" + (f"; {old}" if old else ""))
