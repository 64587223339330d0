"""The Message Batches API on the loopback address (llm.md 1.6): create, look, and fetch the results as JSON lines."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from tests.servers import anthropic_rules
from tests.servers.anthropic import Body, Brain
from tests.servers.honest_reader import honest_reply

LOOKS_UNTIL_DONE = 2


class BatchServer:
    """Takes batches and answers them by its brain.

    Attributes:
        batches: id -> its requests, as they came.
        expired: custom ids that come to nothing.
        looks: how often anybody asked how far a batch is.
    """

    def __init__(self, *, brain: Brain = honest_reply) -> None:
        self.batches: dict[str, list[Body]] = {}
        self.expired: set[str] = set()
        self.looks = 0
        self.url = ""
        self._brain = brain

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[BatchServer]:
        """Serve; `url` holds where."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/messages/batches", self._create)
        app.router.add_get("/v1/messages/batches/{id}", self._look)
        app.router.add_get("/v1/messages/batches/{id}/results", self._results)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _create(self, request: web.Request) -> web.Response:
        requests: list[Body] = (await request.json())["requests"]
        headers = {name.lower(): value for name, value in request.headers.items()}
        for each in requests:
            if fault := next(anthropic_rules.faults(headers, each["params"]), None):
                return _refused(fault)
        if len({each["custom_id"] for each in requests}) < len(requests):
            return _refused("custom_id must be unique")
        name = f"msgbatch_{len(self.batches) + 1}"
        self.batches[name] = requests
        return web.json_response(self._batch(name, ended=False))

    async def _look(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if name not in self.batches:
            error = {"type": "error", "error": {"type": "not_found_error", "message": "no such batch"}}
            return web.json_response(error, status=404)
        self.looks += 1
        return web.json_response(self._batch(name, ended=self.looks >= LOOKS_UNTIL_DONE))

    async def _results(self, request: web.Request) -> web.Response:
        lines = [json.dumps(self._result(each)) for each in reversed(self.batches[request.match_info["id"]])]
        return web.Response(text="\n".join(lines) + "\n", content_type="application/x-jsonl")

    def _batch(self, name: str, *, ended: bool) -> Body:
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "request_counts": {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0},
            "created_at": "2026-11-23T09:00:00Z",
            "expires_at": "2026-11-24T09:00:00Z",
            "ended_at": None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{self.url}/v1/messages/batches/{name}/results" if ended else None,
        }

    def _result(self, each: Body) -> Body:
        if each["custom_id"] in self.expired:
            return {"custom_id": each["custom_id"], "result": {"type": "expired"}}
        text = self._brain(each["params"])
        message: dict[str, Any] = {
            "id": f"msg_{each['custom_id']}",
            "type": "message",
            "role": "assistant",
            "model": each["params"]["model"],
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 5000, "output_tokens": len(text) // 4},
        }
        return {"custom_id": each["custom_id"], "result": {"type": "succeeded", "message": message}}


def _refused(why: str) -> web.Response:
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": why}}
    return web.json_response(error, status=400)
