"""Block Kit as Slack checks it: every number is from slack.md 1 "Blocks" and "Message limits", unless it says else.

A fault reads as Slack's does, with a JSON pointer to the place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tests.servers.slack_elements import BLOCKS, VIEW_PARTS, Body, any_of, named
from tests.servers.slack_text import nodes

MOST_MESSAGE_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
MOST_MESSAGE_CHARS = 13_200
MOST_MARKDOWN_CHARS = 12_000
MOST_VIEW_BYTES = 250_000


def message_fault(blocks: object) -> tuple[str, list[str]] | None:
    """Slack's error and its reasons for the blocks of a message, or None."""
    if not isinstance(blocks, list):
        return "invalid_blocks_format", ["slack.md 1 Blocks: blocks must be a list"]
    if len(blocks) > MOST_MESSAGE_BLOCKS:
        return "msg_blocks_too_many", [f"slack.md 1 Message limits: {len(blocks)} blocks"]
    if faults := list(_faults(blocks)):
        return "invalid_blocks", faults
    if (chars := _chars(blocks)) > MOST_MESSAGE_CHARS:
        return "msg_blocks_too_long", [f"slack.md 1 Message limits (bolt-js#2509): {chars} characters over all blocks"]
    return None


def view_faults(view: object, *kinds: str) -> list[str]:
    """Slack's reasons to refuse a view, which it answers with `invalid_arguments`; `kinds` are the types that fit."""
    if not isinstance(view, dict) or view.get("type") not in kinds:
        return [f"[ERROR] view must be of type {' or '.join(kinds)} [json-pointer:/view/type]"]
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or not blocks:
        return ["[ERROR] missing required field: blocks [json-pointer:/view/blocks]"]
    faults = list(named(VIEW_PARTS[view["type"]])(view, "/view"))
    if len(blocks) > MOST_VIEW_BLOCKS:
        faults.append(f"[ERROR] no more than 100 items allowed [json-pointer:/view/blocks] {len(blocks)}")
    if any(block.get("type") == "input" for block in blocks) and view["type"] == "modal" and not view.get("submit"):
        faults.append("[ERROR] missing required field: submit, with an input block [json-pointer:/view]")
    return faults + list(_faults(blocks, "/view/blocks"))


def _faults(blocks: Sequence[Any], at: str = "/blocks") -> Iterator[str]:
    for number, block in enumerate(blocks):
        yield from any_of(BLOCKS)(block, f"{at}/{number}")
        if isinstance(block, dict) and block.get("type") == "section" and not block.keys() & {"text", "fields"}:
            yield f"[ERROR] missing required field: text or fields [json-pointer:{at}/{number}]"
    if not all(isinstance(block, dict) for block in blocks):
        return
    for twice in _twice(blocks, "block_id"):
        yield f"[ERROR] block_id {twice!r} already exists [json-pointer:{at}]"
    for block in blocks:
        for twice in _twice(list(nodes(block)), "action_id"):
            yield f"[ERROR] action_id {twice!r} already exists [json-pointer:{at}]"
    markdown = sum(len(block["text"]) for block in blocks if block.get("type") == "markdown" and "text" in block)
    if markdown > MOST_MARKDOWN_CHARS:
        yield f"[ERROR] all markdown blocks together have {markdown} characters, 12000 at most"


def _twice(found: Sequence[Body], name: str) -> list[str]:
    counts = Counter(each[name] for each in found if name in each)
    return [value for value, count in counts.items() if count > 1]


def _chars(blocks: list[Body]) -> int:
    return sum(len(node["text"]) for node in nodes(blocks) if isinstance(node.get("text"), str))


def with_ids(blocks: list[Body], prefix: str) -> list[Body]:
    """The blocks as Slack keeps them: it gives a block_id and an action_id to what has none."""
    kept = []
    for number, block in enumerate(blocks):
        block_id = block.get("block_id") or f"{prefix}{number}"
        kept.append(_identified({**block, "block_id": block_id}, block_id))
    return kept


def _identified(block: Body, prefix: str) -> Body:
    if isinstance(block.get("elements"), list) and block["type"] in ("actions", "context_actions"):
        children = [
            {**each, "action_id": each.get("action_id") or f"{prefix}.{number}"}
            for number, each in enumerate(block["elements"])
        ]
        return {**block, "elements": children}
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict) and block[name].get("type") != "image":
            child = block[name]
            return {**block, name: {**child, "action_id": child.get("action_id") or f"{prefix}.0"}}
    return block
