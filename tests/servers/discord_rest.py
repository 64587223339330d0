"""The door of the REST API: token, faults, rate limits; then the route itself. Everything is recorded."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.servers.discord_faults import Fault, No
from tests.servers.discord_hub import TOKEN, Bucket, Call, Hub
from tests.servers.discord_world import Body, File

VIA = {"Via": "1.1 google"}
"""discord.md 1 HTTP layer: a 429 without it is taken for a Cloudflare ban."""
_OPEN = ("/interactions/", "/webhooks/")
"""Their token is in the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A REST call: what stands in the path, the query and the body, and the files of a multipart body by field."""

    at: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: Mapping[str, File]


Run = Callable[[Asked], Any]
"""Gives what is answered as JSON, or None for 204. Raises No."""


class Rest:
    """Everything under /api/v10. `routes`: "METHOD /path/{name}" -> its function."""

    def __init__(self, hub: Hub, routes: Mapping[str, Run]) -> None:
        self._hub = hub
        self.routes = routes

    def add_to(self, app: web.Application) -> None:
        """Its routes, and a last one for what is not there."""
        for route, run in self.routes.items():
            method, _, path = route.partition(" ")
            app.router.add_route(method, f"/api/v10{path}", self._handler(route, run))
        app.router.add_route("*", "/api/{rest:.*}", self._unknown)

    def _handler(self, route: str, run: Run) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route, run)

        return handle

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self._hub.odd.append(f"no such route: {request.method} {request.path}")
        return web.json_response({"message": "404: Not Found", "code": 0}, status=404, headers=VIA)

    async def _serve(self, request: web.Request, route: str, run: Run) -> web.StreamResponse:
        asked = await self._read(request)
        fault = self._hub.faults.take(route)
        if fault is not None and fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault is not None and not fault.commits and not fault.late_s:
            self._record(request, route, asked, fault.code or fault.status, fault.status)
            return await self._go_wrong(request, fault)
        status, body, headers, code = self._answer(request, route, run, asked)
        self._record(request, route, asked, code, status)
        if fault is not None and fault.late_s:
            await asyncio.sleep(fault.late_s)
        if fault is not None and not (fault.delay_s or fault.late_s):
            return await self._go_wrong(request, fault)
        if body is None:
            return web.Response(status=status, headers=headers)
        return _json(body, status, headers)

    async def _read(self, request: web.Request) -> Asked:
        """docs: reference "Uploading Files": `payload_json` beside `files[n]`."""
        body: Any = {}
        files: dict[str, File] = {}
        if request.content_type == "application/json":
            text = await request.text()
            body = json.loads(text) if text else {}
        elif request.content_type == "multipart/form-data":
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[name] = File(self._hub.new_id(), value.filename, value.file.read())
                elif name == "payload_json":
                    body = json.loads(value)
        return Asked(at=dict(request.match_info), query=dict(request.query), body=body, files=files)

    def _answer(
        self, request: web.Request, route: str, run: Run, asked: Asked
    ) -> tuple[int, Any, dict[str, str], int | None]:
        headers = dict(VIA)
        try:
            self._authorize(request)
            headers |= self._limit(route, asked)
            body = run(asked)
        except _Limited as limited:
            return 429, limited.body, {**VIA, **limited.headers}, 429
        except No as no:
            return no.status, no.body, headers, no.code
        if request.path.endswith("/callback") and not asked.query.get("with_response"):
            body = None  # docs: receiving-and-responding: 204 without with_response
        return (204 if body is None else 200), body, headers, None

    def _authorize(self, request: web.Request) -> None:
        if request.path.removeprefix("/api/v10").startswith(_OPEN):
            return
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            raise No(0, status=401, message="401: Unauthorized")

    def _limit(self, route: str, asked: Asked) -> dict[str, str]:
        """Rate limit headers of a bucket (docs: topics/rate-limits); wide unless a test narrowed it."""
        bucket = self._hub.buckets.get(route, Bucket(1000, 1.0))
        major = "+".join(asked.at.get(each, "") for each in ("channel", "guild", "token"))
        now_s = self._hub.monotonic_s()
        recent = [each for each in bucket.calls_s.get(major, []) if now_s - each < bucket.span_s]
        reset_s = bucket.span_s - (now_s - recent[0]) if recent else bucket.span_s
        left = bucket.limit - len(recent) - 1
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(max(left, 0)),
            "X-RateLimit-Reset": f"{self._hub.now().timestamp() + reset_s:.3f}",
            "X-RateLimit-Reset-After": f"{reset_s:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:16],
        }
        if left < 0:
            raise _Limited(reset_s, {**headers, "X-RateLimit-Scope": "user"})
        bucket.calls_s[major] = [*recent, now_s]
        return headers

    def _record(self, request: web.Request, route: str, asked: Asked, code: int | None, status: int) -> None:
        peer = request.transport.get_extra_info("peername") if request.transport else None
        body = asked.body if isinstance(asked.body, dict) else {"list": asked.body}
        path = request.path.removeprefix("/api/v10")
        self._hub.calls.append(
            Call(
                route=route, path=path, body=body, code=code, status=status, at=self._hub.now(), connection=str(peer)
            )
        )  # fmt: skip

    async def _go_wrong(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.hangs:
            await self._hub.faults.closing.wait()
        if (fault.cuts or fault.hangs) and request.transport is not None:
            request.transport.abort()
        headers = dict(VIA) if fault.via else {}
        if fault.status == 429:
            return _too_many(fault, headers)
        body: Body = No(fault.code).body if fault.code else {"message": f"{fault.status}: fault", "code": 0}
        return _json(body, fault.status, headers)


class _Limited(Exception):  # noqa: N818  an answer, not an error of this program
    def __init__(self, retry_after_s: float, headers: dict[str, str]) -> None:
        super().__init__()
        self.headers = headers | {"Retry-After": f"{retry_after_s:.3f}"}
        self.body: Body = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": False}


def _too_many(fault: Fault, headers: dict[str, str]) -> web.Response:
    if not fault.via:  # Cloudflare's answer is a page
        return web.Response(status=429, text="error code: 1015", content_type="text/html", headers=headers)
    wait_s = fault.retry_after_s or 0.0
    more = {"Retry-After": str(wait_s), "X-RateLimit-Scope": "global" if fault.is_global else "user"}
    body = {"message": "You are being rate limited.", "retry_after": wait_s, "global": fault.is_global}
    return _json(body, 429, {**headers, **more})


def _json(body: Any, status: int, headers: Mapping[str, str]) -> web.Response:
    """discord.py reads JSON only if the type is `application/json` alone, without a charset [dpy: http.py]."""
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={**headers, "Content-Type": "application/json"}
    )
