"""`tpm-bot run`: every platform whose tokens are set, on one core, until somebody says stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import chain, repeat

from aiohttp import web

from bot.errors import StoreDown, Trouble
from bot.ports import Check
from bot.settings import Settings
from handlers import app, http, logs
from handlers.metrics import CONTENT_TYPE, Metrics
from handlers.platform import Platform
from handlers.switchboard import Switchboard

log = logging.getLogger(__name__)

INTAKE_S = 2.0
CLOSE_S = 2.0
"""With the 25 s for running work (`app.DRAIN_S`) and the 1 s for requests, a stop takes 30 s at most."""
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)
LONGEST_PAUSE_S = 30.0
"""Between tries to reach a platform that is away at the start."""

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

NOTHING_TO_RUN = (
    "No platform is set up. For Slack set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode), or SLACK_BOT_TOKEN, "
    "SLACK_SIGNING_SECRET and TPM_HTTP_PORT (HTTP). For Discord set DISCORD_TOKEN. Without any account: tpm-bot try."
)


def platforms(settings: Settings) -> Sequence[Platform]:
    """Each platform whose tokens are set."""
    found: list[Platform] = []
    if settings.slack_bot_token is not None:
        from handlers.slack import slack

        found.append(slack(settings))
    if settings.discord_token is not None:
        from handlers.discord import discord

        found.append(discord(settings))
    return found


class Program:
    """The running program. `run` returns after a stop; Refusal and Trouble say why it could not go on."""

    def __init__(self, settings: Settings, its_platforms: Sequence[Platform]) -> None:
        self._settings = settings
        self._platforms = its_platforms
        self._metrics = Metrics()
        self._switchboard = Switchboard((each.name for each in its_platforms), self._metrics.chat_call)
        self._started: set[str] = set()
        self._stopping = asyncio.Event()
        self._core: app.Core | None = None

    async def run(self) -> None:
        """Serve until SIGTERM, SIGINT or SIGHUP, then let running work end; a second signal ends it at once."""
        asyncio.get_running_loop().set_exception_handler(logs.unhandled(log))
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._served())
            url = await stack.enter_async_context(app.redis_url(self._settings))
            core = await stack.enter_async_context(
                app.core(self._settings, url, lambda _clock: self._switchboard, meter=self._metrics)
            )
            self._core = core
            stack.enter_context(self._signals())
            stack.push_async_callback(self._close)
            async with app.beating(core):
                await self._until_stopped(core)
        log.info("stopped")

    async def _until_stopped(self, core: app.Core) -> None:
        """Bring up the platforms and keep them, then let nothing more in. A platform that cannot be started raises."""
        told = asyncio.create_task(self._stopping.wait())
        starting = [asyncio.create_task(self._start(each, core)) for each in self._platforms]
        starting.append(asyncio.create_task(core.prepare()))
        waiting: set[asyncio.Task[object]] = {told, *starting}
        try:
            while not told.done():
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            self._stopping.set()
            await self._each("stop_intake", INTAKE_S)

    async def _start(self, platform: Platform, core: app.Core) -> None:
        for pause_s in chain(PAUSES_S, repeat(LONGEST_PAUSE_S)):
            try:
                await platform.start(core.ports)
            except Trouble as trouble:
                log.warning("%s cannot be reached, next try in %g s: %s", platform.name, pause_s, trouble)
                await asyncio.sleep(pause_s)
            else:
                break
        self._switchboard.plug(platform.name, platform.chat)
        self._started.add(platform.name)
        core.ports.wake()
        log.info("connected", extra={"platform": platform.name})

    async def _close(self) -> None:
        await self._each("close", CLOSE_S)

    async def _each(self, step: str, within_s: float) -> None:
        """Do one step of the end on every platform; one that fails or hangs must not keep the others."""

        async def bounded(platform: Platform) -> None:
            try:
                async with asyncio.timeout(within_s):
                    await (platform.close() if step == "close" else platform.stop_intake())
            except Exception:
                log.exception("%s: %s failed", platform.name, step)

        await asyncio.gather(*map(bounded, self._platforms))

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """The first signal asks for a stop, the second cancels whatever still runs."""
        loop, main = asyncio.get_running_loop(), asyncio.current_task()

        def heard(name: str) -> None:
            if self._stopping.is_set() and main is not None:
                log.warning("stopping at once", extra={"signal": name})
                main.cancel()
            else:
                running = self._core.worker.busy if self._core else 0
                log.info("stopping", extra={"signal": name, "running_jobs": running})
            self._stopping.set()

        for each in STOP_SIGNALS:
            loop.add_signal_handler(each, heard, each.name)
        try:
            yield
        finally:
            for each in STOP_SIGNALS:
                loop.remove_signal_handler(each)

    @asynccontextmanager
    async def _served(self) -> AsyncIterator[None]:
        """Over HTTP, from before Redis is there, if a port is set."""
        host, port = self._settings.http_host, self._settings.http_port
        if port is None:
            yield
            return
        routes = [
            http.gated(route, lambda name=each.name: self._is_open(name))  # type: ignore[misc]
            for each in self._platforms
            for route in each.routes
        ]
        async with http.served(http.application(self._readiness, self._page, routes), host, port) as address:
            log.info("serving", extra={"address": address})
            yield

    def _is_open(self, name: str) -> bool:
        return name in self._started and not self._stopping.is_set()

    async def _readiness(self) -> Sequence[Check]:
        checks = [await self._redis(), *map(self._platform, self._platforms)]
        if self._stopping.is_set():
            checks.append(Check(name="running", ok=False, detail="the program is stopping"))
        return checks

    def _platform(self, platform: Platform) -> Check:
        ok = platform.name in self._started and platform.ready()
        return Check(name=platform.name, ok=ok, detail="connected" if ok else "not connected")

    async def _redis(self) -> Check:
        if self._core is None:
            return Check(name="redis", ok=False, detail="not reached yet")
        try:
            await self._core.store.client.call("PING")
        except StoreDown as down:
            return Check(name="redis", ok=False, detail=str(down))
        return Check(name="redis", ok=True, detail="answers")

    async def _page(self) -> web.Response:
        redis = await self._redis()
        self._metrics.part("redis", ready=redis.ok)
        for each in self._platforms:
            self._metrics.part(each.name, ready=self._platform(each).ok)
        if self._core is not None:
            self._metrics.running(self._core.worker.busy)
            if redis.ok:
                await self._measure_agenda(self._core)
        return web.Response(body=self._metrics.page(), headers={"Content-Type": CONTENT_TYPE})

    async def _measure_agenda(self, core: app.Core) -> None:
        due_at = await core.next_due()
        late_s = (core.ports.clock.now() - due_at).total_seconds() if due_at else 0.0
        self._metrics.agenda(lag_s=max(late_s, 0.0), dead=len(await core.ports.jobs.dead()))
