"""A server on the loopback address that speaks the Messages API, for tests and for playing without an account.

It enforces the API's rules, records what it gets, and answers what it is told, else what its brain makes of the
request. Run it: `python -m tests.servers.anthropic --port 8099`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

from tests.servers import anthropic_rules
from tests.servers.honest_reader import honest_reply
from tests.servers.honest_researcher import honest_walkthrough, is_walkthrough

Body = dict[str, Any]
Brain = Callable[[Body], str | list[Body]]
"""Makes a text, or whole blocks, of a request."""


class Fault(StrEnum):
    """How a reply goes wrong on its way (llm.md 1.8)."""

    NONE = "none"
    ERROR_EVENT = "an error event in the stream"
    CUT = "the connection is cut in the stream"
    END = "the stream ends without its last events"
    HANG = "silence in the stream"
    CUT_BEFORE_HEADERS = "the connection is cut before the headers"
    BROKEN_JSON = "the JSON is broken"
    JSON_FOR_SSE = "JSON where events are expected"
    HTML = "a page of a proxy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer.

    Attributes:
        text: None asks the brain, unless there is `content`.
        content: whole blocks, in place of a text.
        status, error, headers: another status than 200 answers an error; `error` is its type.
        category: of a refusal.
        delay_s: before the first byte; `search_s` before each search, which takes as long.
    """

    text: str | None = None
    content: Sequence[Body] | None = None
    stop_reason: str = "end_turn"
    category: str | None = None
    status: int = 200
    error: str = "api_error"
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = Fault.NONE
    delay_s: float = 0.0
    search_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it came, header names in lower case."""

    headers: Mapping[str, str]
    body: Body


class AnthropicServer:
    """One server; several may run at once.

    Attributes:
        key: the only key that is let in; None lets in any.
        models: those that exist here.
        takes_schema: whether `output_config` is known here.
        takes_search: whether the web search tool is known here; if not, it is refused, or else ignored.
        counts_tokens: whether replies say what they took.
        requests: everything that came, oldest first.
    """

    def __init__(self, *, brain: Brain | None = None, key: str | None = None) -> None:
        self.key = key
        self.models = set(anthropic_rules.MODELS)
        self.takes_schema = True
        self.takes_search = True
        self.counts_tokens = True
        self.requests: list[Recorded] = []
        self.url = ""
        self._brain = brain or _honest
        self._script: deque[Reply] = deque()
        self._cached: set[str] = set()
        self._closing = asyncio.Event()
        self._news = asyncio.Condition()

    @contextlib.asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[AnthropicServer]:
        """Serve on the loopback address; `url` holds where."""
        app = web.Application(client_max_size=32 * 2**20)
        app.router.add_post("/v1/messages", self._messages)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.url = site.name if port else f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self._closing.set()
            await runner.cleanup()

    async def asked(self, count: int, *, within_s: float = 10.0) -> None:
        """Wait until `count` requests have come, answered or not. Raises TimeoutError."""
        async with asyncio.timeout(within_s), self._news:
            await self._news.wait_for(lambda: len(self.requests) >= count)

    def script(self, *replies: Reply) -> None:
        """Answer the next requests with these, in order; then the brain answers."""
        self._script.extend(replies)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body: Body = await request.json()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Recorded(headers, body))
        async with self._news:
            self._news.notify_all()
        if anthropic_rules.unauthenticated(headers, self.key):
            return _error(401, "authentication_error", "invalid key")
        if body.get("model") not in self.models:
            return _error(404, "not_found_error", f"model: {body.get('model')}")
        if "output_config" in body and not self.takes_schema:
            return _error(400, "invalid_request_error", "output_config: unknown field (llm.md 2: not all servers do)")
        if "tools" in body and not self.takes_search:
            return _error(
                400, "invalid_request_error", "tools: web search is unknown (llm.md 2: no self-hosted server)"
            )
        if fault := next(anthropic_rules.faults(headers, body), None):
            return _error(400, "invalid_request_error", fault)
        return await self._answer(request, body, self._script.popleft() if self._script else Reply())

    async def _answer(self, request: web.Request, body: Body, reply: Reply) -> web.StreamResponse:
        await asyncio.sleep(reply.delay_s)
        if reply.fault is Fault.CUT_BEFORE_HEADERS:
            _cut(request)
        if reply.status != 200:
            return _error(reply.status, reply.error, "as told", reply.headers)
        if reply.fault is Fault.HTML:
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        message = self._message(body, reply)
        if not body.get("stream") or reply.fault is Fault.JSON_FOR_SSE:
            text = json.dumps(message)
            if reply.fault is Fault.BROKEN_JSON:
                text = text[: len(text) // 2]
            return web.Response(text=text, content_type="application/json")
        return await self._stream(request, message, reply)

    def _message(self, body: Body, reply: Reply) -> Body:
        content, stop = self._content(body, reply), reply.stop_reason
        if len(content) == 1 and len(content[0].get("text", "")) > body["max_tokens"] * 4:
            content, stop = [{"type": "text", "text": content[0]["text"][: body["max_tokens"] * 4]}], "max_tokens"
        searches = sum(block["type"] == "server_tool_use" for block in content)
        details = {"type": "refusal", "category": reply.category, "explanation": None}
        return {
            "id": f"msg_{len(self.requests)}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "stop_details": details if stop == "refusal" else None,
            "usage": self._usage(body, content, searches),
        }

    def _content(self, body: Body, reply: Reply) -> list[Body]:
        if reply.content is not None:
            return list(reply.content)
        made = self._brain(body) if reply.text is None else reply.text
        return made if isinstance(made, list) else [{"type": "text", "text": made}] if made else []

    def _usage(self, body: Body, content: Sequence[Body], searches: int) -> Body:
        """llm.md 1.5: what a reply took; llm.md 2: other servers may count nothing."""
        if not self.counts_tokens:
            return {"input_tokens": 0, "output_tokens": 0}
        used = {"server_tool_use": {"web_search_requests": searches, "web_fetch_requests": 0}} if searches else {}
        return {**self._input_usage(body), "output_tokens": sum(map(_tokens, content)), **used}

    def _input_usage(self, body: Body) -> Body:
        """llm.md 1.6: a prefix is cached byte for byte; 1.5: the three counts exclude each other."""
        if "cache_control" in body:
            return self._cached_whole(body)
        usage = {"input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
        prefix = hashlib.sha256(body["model"].encode())
        for block in body.get("system", []):
            prefix.update(block["text"].encode())
            name = "input_tokens"
            if "cache_control" in block:
                known = prefix.hexdigest() in self._cached
                name = "cache_read_input_tokens" if known else "cache_creation_input_tokens"
                self._cached.add(prefix.hexdigest())
            usage[name] += _tokens(block["text"])
        usage["input_tokens"] += sum(_tokens(turn["content"]) for turn in body["messages"])
        return usage

    def _cached_whole(self, body: Body) -> Body:
        """llm.md 1.6: top-level `cache_control` caches up to the last block, for five minutes by default."""
        prefix = hashlib.sha256(body["model"].encode())
        usage: Body = {"input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
        for block in (*body.get("system", []), *body["messages"]):
            prefix.update(json.dumps(block).encode())
            known = prefix.hexdigest() in self._cached
            usage["cache_read_input_tokens" if known else "cache_creation_input_tokens"] += _tokens(block)
            self._cached.add(prefix.hexdigest())
        written = usage["cache_creation_input_tokens"]
        return {**usage, "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0}}

    async def _stream(self, request: web.Request, message: Body, reply: Reply) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream", "request-id": "req_test"})
        await response.prepare(request)
        events = _events(message)
        for at, event in enumerate(events):
            if reply.fault is not Fault.NONE and at == len(events) // 2:
                await self._go_wrong(request, response, reply)
                return response
            if event.get("content_block", {}).get("type") == "server_tool_use":
                await asyncio.sleep(reply.search_s)
            await response.write(_sse(event))
        return response

    async def _go_wrong(self, request: web.Request, response: web.StreamResponse, reply: Reply) -> None:
        match reply.fault:
            case Fault.ERROR_EVENT:
                await response.write(_sse({"type": "error", "error": {"type": reply.error, "message": "as told"}}))
            case Fault.BROKEN_JSON:
                await response.write(b'event: content_block_delta\ndata: {"type": "content_bl\n\n')
            case Fault.HANG:
                await self._closing.wait()
            case Fault.CUT:
                _cut(request)


def _events(message: Body) -> list[Body]:
    """llm.md 1.5: the events of one message."""
    usage = message["usage"]
    begun = {
        **message,
        "content": [],
        "stop_reason": None,
        "stop_details": None,
        "usage": {**usage, "output_tokens": 1},
    }
    events: list[Body] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    for index, block in enumerate(message["content"]):
        start, deltas = _told(block)
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    last = {name: message[name] for name in ("stop_reason", "stop_sequence", "stop_details")}
    used = {name: usage[name] for name in ("output_tokens", "server_tool_use") if name in usage}
    events.append({"type": "message_delta", "delta": last, "usage": used})
    events.append({"type": "message_stop"})
    return events


def _told(block: Body) -> tuple[Body, Iterator[Body]]:
    """llm.md 1.5 and 1.7: how a block begins, and what is added to it piece by piece."""
    match block["type"]:
        case "text":
            pieces = (block["text"][at : at + 200] for at in range(0, len(block["text"]), 200))
            told = [{"type": "text_delta", "text": piece} for piece in pieces]
            told += [{"type": "citations_delta", "citation": each} for each in block.get("citations") or ()]
            return {"type": "text", "text": "", **({"citations": []} if block.get("citations") else {})}, iter(told)
        case "thinking":
            told = [{"type": "thinking_delta", "thinking": block["thinking"]}]
            return {**block, "thinking": "", "signature": ""}, iter(
                [*told, {"type": "signature_delta", "signature": block["signature"]}]
            )
        case "server_tool_use":
            given = json.dumps(block["input"])
            halves = (given[: len(given) // 2], given[len(given) // 2 :])
            return {**block, "input": {}}, iter([{"type": "input_json_delta", "partial_json": each} for each in halves])
        case _:
            return block, iter(())


def _sse(event: Body) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _error(status: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    payload = {"type": "error", "error": {"type": kind, "message": message}}
    return web.json_response(payload, status=status, headers={**(headers or {}), "request-id": "req_test"})


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _tokens(said: str | Body | Sequence[Body]) -> int:
    return len(said if isinstance(said, str) else json.dumps(said)) // 4


def _honest(body: Body) -> str | list[Body]:
    return honest_walkthrough(body) if is_walkthrough(body) else honest_reply(body)


async def _serve(port: int, key: str | None) -> None:
    async with AnthropicServer(key=key).running(port) as server:
        print(server.url, flush=True)  # noqa: T201  whoever started it reads the address here
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A test server that speaks the Messages API.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", help="the only key that is let in")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments.port, arguments.key))


if __name__ == "__main__":
    main()
