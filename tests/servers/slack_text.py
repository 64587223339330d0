"""What a person sees of blocks and of Slack's markup, and how what a person types becomes that markup."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Body = dict[str, Any]

_DATE = re.compile(r"<!date\^[^>|]*\|([^>]*)>")
_LINK = re.compile(r"<((?:https?|mailto):[^>|]*)(?:\|([^>]*))?>")
_PING = re.compile(r"<(?:@[UW][A-Z0-9]+|![a-z]+(?:\^[A-Z0-9]+)?)(?:\|[^>]*)?>")
_TYPED_MENTION = re.compile(r"(?<![\w@])@([\w-]+)")
_TYPED_URL = re.compile(r"https?://[^\s<>]+")


def unmarked(text: str) -> str:
    """Text with Slack's markup as a reader sees it: dates by their fallback, links by their label."""
    text = _DATE.sub(r"\1", text)
    text = _LINK.sub(lambda link: f"{link[2]} ({link[1]})" if link[2] else link[1], text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shown(blocks: Sequence[Body]) -> str:
    """The words of blocks as a reader sees them, one line a block; buttons as [label]."""
    return "\n".join(text for text in map(_shown, blocks) if text)


_WORDS: Mapping[str, Callable[[Body], str]] = {
    "button": lambda node: f"[{node['text']['text']}]",
    **dict.fromkeys(("mrkdwn", "markdown"), lambda node: unmarked(node["text"])),
    **dict.fromkeys(("plain_text", "text", "raw_text"), lambda node: str(node["text"])),
    "link": lambda node: str(node.get("text") or node["url"]),
    "user": lambda node: f"<@{node['user_id']}>",
    "broadcast": lambda node: f"<!{node['range']}>",
    "date": lambda node: str(node.get("fallback") or node["timestamp"]),
}


def _shown(node: Body) -> str:
    return _WORDS.get(str(node.get("type")), _joined)(node)


def _joined(node: Body) -> str:
    inline = node.get("type") in ("rich_text_section", "rich_text_quote", "rich_text_preformatted")
    parts = []
    for name in ("label", "title", "text", "fields", "elements", "element", "accessory", "rows", "hint", "options"):
        value = node.get(name)
        children = value if isinstance(value, list) else [value]
        parts += [_shown(child) for child in children if isinstance(child, dict)]
    return ("" if inline else "\n").join(part for part in parts if part)


def nodes(value: Any) -> Iterator[Body]:
    """Every object inside blocks, outermost first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from nodes(child)


def elements(blocks: Sequence[Body], *kinds: str) -> Iterator[tuple[Body, Body]]:
    """Each (block, element) of these kinds, in order."""
    for block in blocks:
        yield from ((block, node) for node in nodes(block) if node is not block and node.get("type") in kinds)


def pings(text: str, blocks: Sequence[Body]) -> list[str]:
    """Every live mention in `text` and in blocks (slack.md 1 Safety of text: also in markdown, never in plain_text)."""
    found = _live(text)
    for node in nodes(list(blocks)):
        match node.get("type"):
            case "mrkdwn" | "markdown":
                found += _live(node["text"])
            case "user" | "broadcast":
                found.append(_shown(node))
    return found


def _live(text: str) -> list[str]:
    return [mark for mark in _PING.findall(text) if not mark.startswith("<!date")]


def as_typed(text: str, people: Mapping[str, str]) -> str:
    """What a person types, as Slack's client sends it. `people` is name -> user id.

    The client escapes & < > itself, so a typed `<!channel>` is text; a typed `@channel` is not.
    """

    def mention(match: re.Match[str]) -> str:
        name = match[1]
        if name in ("channel", "here", "everyone"):
            return f"<!{name}>"
        return f"<@{people[name]}>" if name in people else match[0]

    escaped = html.escape(text, quote=False)
    return _TYPED_MENTION.sub(mention, _TYPED_URL.sub(r"<\g<0>>", escaped))


def rich(text: str) -> list[Body]:
    """The block that comes with a typed message."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]
