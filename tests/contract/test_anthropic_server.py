"""The test server itself: it must refuse what the API refuses, or tests that pass on it prove nothing."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.servers.anthropic import AnthropicServer
from tests.servers.honest_researcher import search

GOOD: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "ping"}],
}
HEADERS = {"anthropic-version": "2026-10-21", "authorization": "Bearer sk-x"}
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
LOOP = {"type": "object", "properties": {"a": {"$ref": "#/$defs/N"}}, "additionalProperties": False}


def shaped(schema: dict[str, Any]) -> dict[str, Any]:
    """The output_config of a schema."""
    return {"format": {"type": "json_schema", "schema": schema}}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "temperature": ({"temperature": 0}, "1.2"),
    "forced tool": ({"tool_choice": {"type": "any"}}, "1.2"),
    "prefill": ({"messages": [*GOOD["messages"], {"role": "assistant", "content": "{"}]}, "1.2"),
    "thinking off": ({"thinking": {"type": "disabled"}}, "1.2"),
    "no max_tokens": ({"max_tokens": None}, "1.10"),
    "an e-mail address": ({"metadata": {"user_id": "a@b.example"}}, "1.3"),
    "a ttl": ({"system": [{"type": "text", "text": "x", "cache_control": {"ttl": "1d"}}]}, "1.6"),
    "an effort": ({"output_config": {"effort": "huge"}}, "1.4"),
    "an open object": ({"output_config": shaped({"type": "object"})}, "1.4"),
    "a range": ({"output_config": shaped({**SCHEMA, "properties": {"a": {"minimum": 1}}})}, "1.4"),
    "recursion": ({"output_config": shaped({**LOOP, "$defs": {"N": LOOP}})}, "1.4"),
    "a tool of another day": ({"tools": [{"type": "web_search_1999", "name": "web_search"}]}, "1.7"),
    "no search at all": ({"tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 0}]}, "1.7"),
    "a search without its result": (
        {
            "tools": [{"type": "web_search_20250305", "name": "web_search"}],
            "messages": [*GOOD["messages"], {"role": "assistant", "content": search(1, "a")[:1]}],
        },
        "1.7",
    ),
    "a search without the tool": (
        {"messages": [*GOOD["messages"], {"role": "assistant", "content": search(1, "a")}]},
        "1.7",
    ),
    "a search twice": (
        {
            "tools": [{"type": "web_search_20250305", "name": "web_search"}],
            "messages": [*GOOD["messages"], {"role": "assistant", "content": [*search(1, "a"), *search(1, "a")]}],
        },
        "1.7",
    ),
    "schema with search": (
        {"output_config": shaped(SCHEMA), "tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        "0.4",
    ),
}


async def post(server: AnthropicServer, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, str]:
    """Status and text of one request."""
    async with ClientSession() as session, session.post(f"{server.url}/v1/messages", json=body, headers=headers) as got:
        return got.status, await got.text()


@pytest.mark.parametrize(("change", "line"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_the_api_refuses_is_refused(change: dict[str, Any], line: str) -> None:
    """Each rule of the reference answers 400 and names its line."""
    async with AnthropicServer().running() as server:
        status, text = await post(server, {**GOOD, **change}, HEADERS)
    assert (status, f"llm.md {line}" in text) == (400, True)


async def test_what_the_api_takes_is_taken() -> None:
    """A plain request, and one with a closed schema, are answered."""
    async with AnthropicServer().running() as server:
        assert (await post(server, GOOD, HEADERS))[0] == 200
        assert (await post(server, {**GOOD, "output_config": shaped(SCHEMA)}, HEADERS))[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"x-api-key": "sk-x"}, 400), ({**HEADERS, "anthropic-version": "2023-06-01"}, 400), (HEADERS, 200)],
)
async def test_headers_are_checked(headers: dict[str, str], status: int) -> None:
    """A request needs a key in one of its two places, and the version of the SDK."""
    async with AnthropicServer().running() as server:
        assert (await post(server, GOOD, headers))[0] == status


async def test_the_server_runs_as_a_program() -> None:
    """Started by name, it prints its address and answers there."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.servers.anthropic", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        server = AnthropicServer()
        server.url = (await process.stdout.readline()).decode().strip()
        assert (await post(server, GOOD, HEADERS))[0] == 200
    finally:
        process.terminate()
        await process.communicate()
