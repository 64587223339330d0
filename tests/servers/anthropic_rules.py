"""The rules of the Messages API that the test server enforces, each with its line of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# llm.md 1.1: the complete list of the SDK.
MODELS = frozenset(
    f"claude-{name}"
    for name in (
        *("fable-5-2", "mythos-5-2", "haiku-5-5", "sonnet-5-5", "fable-5-1", "opus-5-5", "mythos-5-1", "sonnet-5"),
        *("fable-5", "mythos-5", "opus-5", "opus-4-8", "opus-4-7", "mythos-preview", "opus-4-6", "sonnet-4-6"),
        *("haiku-4-5", "opus-4-5", "sonnet-4-5"),
    )
)
VERSION = "2026-10-21"
_SCHEMA_WORDS_IGNORED = ("minimum", "maximum", "minLength", "maxLength", "pattern", "maxItems")


def unauthenticated(headers: Mapping[str, str], key: str | None) -> bool:
    """llm.md 1.3: the key comes as Bearer; gateways read x-api-key."""
    given = (headers.get("authorization", "").removeprefix("Bearer "), headers.get("x-api-key", ""))
    return not any(given) if key is None else key not in given


def faults(headers: Mapping[str, str], body: Mapping[str, Any]) -> Iterator[str]:
    """What the API would refuse with 400, first fault first."""
    if headers.get("anthropic-version") != VERSION:
        yield f"llm.md 1.3: anthropic-version must be {VERSION}"
    if not isinstance(body.get("max_tokens"), int):
        yield "llm.md 1.10 (a): max_tokens: field required"
    if not body.get("messages"):
        yield "llm.md 1.10 (a): messages: field required"
    yield from _model_faults(str(body.get("model")), body)
    yield from _output_faults(body)
    if "@" in str(body.get("metadata", {}).get("user_id", "")):
        yield "llm.md 1.3: metadata.user_id must not be an e-mail address"
    yield from _search_faults(body)
    for block in _blocks(body):
        if (ttl := block.get("cache_control", {}).get("ttl", "5m")) not in ("5m", "1h"):
            yield f"llm.md 1.6: cache_control.ttl {ttl!r}"


def _model_faults(model: str, body: Mapping[str, Any]) -> Iterator[str]:
    if not model.endswith("-5-5"):
        return
    for name in ("temperature", "top_p", "top_k"):
        if name in body:
            yield f"llm.md 1.2: {name} is not supported on this model"
    forced = body.get("tool_choice", {}).get("type") in ("any", "tool")
    if forced and "haiku" not in model:
        yield "llm.md 1.2: tool_choice forces tool use, which this model does not support"
    if body.get("messages") and body["messages"][-1].get("role") == "assistant" and not _paused(body["messages"][-1]):
        yield "llm.md 1.2: this model does not support assistant message prefill"
    if body.get("thinking", {}).get("type") == "disabled" and "haiku" not in model:
        yield "llm.md 1.2: thinking.type disabled is not supported on this model"


def _output_faults(body: Mapping[str, Any]) -> Iterator[str]:
    config = body.get("output_config", {})
    if config.get("effort", "medium") not in ("low", "medium", "high", "xhigh", "max"):
        yield "llm.md 1.4: output_config.effort"
    shape = config.get("format")
    if shape is None:
        return
    if shape.get("type") != "json_schema" or not isinstance(shape.get("schema"), dict):
        yield "llm.md 1.4: output_config.format must be a json_schema"
        return
    if any(tool.get("type", "").startswith("web_search") for tool in body.get("tools", [])) or any(
        block.get("citations", {}).get("enabled") for block in _blocks(body)
    ):
        yield "llm.md 0.4: citations and structured outputs exclude each other"
    yield from _schema_faults(shape["schema"])


def _paused(turn: Mapping[str, Any]) -> bool:
    """llm.md 1.7: after `pause_turn` the model's own turn comes back as the last one; it holds a search."""
    content = turn.get("content")
    return isinstance(content, list) and any(block.get("type") == "server_tool_use" for block in content)


def _search_faults(body: Mapping[str, Any]) -> Iterator[str]:
    for tool in body.get("tools", []):
        if str(tool.get("type", "")).startswith("web_search"):
            yield from _search_tool_faults(tool)
    used = [block["id"] for block in _blocks(body) if block.get("type") == "server_tool_use"]
    results = [block for block in _blocks(body) if block.get("type") == "web_search_tool_result"]
    if used and not body.get("tools"):
        yield "llm.md 1.7: blocks of a server tool without the tool"
    if sorted(used) != sorted(block.get("tool_use_id", "") for block in results):
        yield "llm.md 1.7: each server_tool_use needs its web_search_tool_result, and no other"
    for block in results:
        for result in block["content"] if isinstance(block.get("content"), list) else ():
            if not result.get("encrypted_content"):
                yield "llm.md 1.7: a search result comes back with its encrypted_content"
    if len(used) != len(set(used)):
        yield "llm.md 1.7: a server_tool_use came back twice"


def _search_tool_faults(tool: Mapping[str, Any]) -> Iterator[str]:
    if tool["type"] not in ("web_search_20250305", "web_search_20260209", "web_search_20260318"):
        yield f"llm.md 1.7: no such tool: {tool['type']}"
    if tool.get("name") != "web_search":
        yield "llm.md 1.7: tools.name must be web_search"
    if not isinstance(tool.get("max_uses", 1), int) or tool.get("max_uses", 1) < 1:
        yield "llm.md 1.7: tools.max_uses must be 1 or more"
    if tool.get("allowed_domains") and tool.get("blocked_domains"):
        yield "llm.md 1.7: allowed_domains and blocked_domains exclude each other"


def _schema_faults(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, part in schema.get("$defs", {}).items():
        if name in _reaches(part, schema["$defs"]):
            yield f"llm.md 1.4: recursive schema {name}"
    for node in _nodes(schema):
        if node.get("type") == "object" and node.get("additionalProperties") is not False:
            yield "llm.md 1.4: additionalProperties must be false"
        for word in _SCHEMA_WORDS_IGNORED:
            if word in node:
                yield f"llm.md 1.4: {word} is not supported"
        if node.get("minItems", 0) > 1:
            yield "llm.md 1.4: minItems must be 0 or 1"


def _nodes(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    for part in (*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()):
        yield from _nodes(part)
    if "items" in schema:
        yield from _nodes(schema["items"])


def _reaches(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> set[str]:
    reached: set[str] = set()
    queue = [schema]
    while queue:
        for node in _nodes(queue.pop()):
            name = str(node.get("$ref", "")).removeprefix("#/$defs/")
            if name and name not in reached:
                reached.add(name)
                queue.append(defs[name])
    return reached


def _blocks(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    contents = [body.get("system", []), *(turn.get("content", []) for turn in body.get("messages", []))]
    for content in contents:
        if isinstance(content, list):
            yield from content
