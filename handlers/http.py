"""What the program serves over HTTP: its health, its metrics, and the routes that platforms bring."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict

from aiohttp import web

from bot.errors import Refusal
from bot.ports import Check

SHUTDOWN_S = 1.0
"""How long a request that runs may still take at the end; members' requests have been acknowledged long before."""
AGAIN_AFTER_S = 5
"""When a platform is asked to bring an event again, where it follows such advice."""

Readiness = Callable[[], Awaitable[Sequence[Check]]]
Page = Callable[[], Awaitable[web.Response]]


def application(readiness: Readiness, metrics: Page, routes: Sequence[web.RouteDef]) -> web.Application:
    """All routes: `/healthz` (the process is up), `/readyz` (everything works), `/metrics`, and those of platforms."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_request: web.Request) -> web.Response:
        checks = await readiness()
        ready = all(check.ok for check in checks)
        body = {"ready": ready, "checks": [asdict(check) for check in checks]}
        return web.json_response(body, status=200 if ready else 503)

    async def page(_request: web.Request) -> web.Response:
        return await metrics()

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", page), *routes])
    return app


def gated(route: web.RouteDef, is_open: Callable[[], bool]) -> web.RouteDef:
    """`route`, answered with 503 while it is not open, so that the platform brings the event again."""

    async def handler(request: web.Request) -> web.StreamResponse:
        if not is_open():
            return web.Response(status=503, headers={"Retry-After": str(AGAIN_AFTER_S)})
        answer: web.StreamResponse = await route.handler(request)
        return answer

    return web.RouteDef(route.method, route.path, handler, route.kwargs)


@asynccontextmanager
async def served(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve it; the address, such as `http://127.0.0.1:8080`. Port 0 takes a free one. Raises Refusal if taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise Refusal(
                f"{host}:{port} cannot be served ({error.strerror or 'no such host'}). "
                "Choose another TPM_HTTP_HOST or TPM_HTTP_PORT."
            ) from error
        shown_host = f"[{host}]" if ":" in host else host
        yield f"http://{shown_host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
