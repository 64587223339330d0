"""What a person sees of Discord's markdown and components, and whom a text notifies.

It reads the markdown that this project could break by a missing escape: emphasis, spoilers, code, headings, quotes,
lists, masked links, mentions, timestamps, emoji (docs: reference, "Message Formatting").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Body = dict[str, Any]

TEXT_DISPLAY = 10
_CODE = re.compile(
    r"\\(?P<escaped>[^A-Za-z0-9\s])|```(?:[\w+#.-]*\n)?(?P<fence>.*?)```|(?P<ticks>`+)(?P<code>.+?)(?P=ticks)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([^A-Za-z0-9\s])")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\(<?(https?://[^)\s>]+)>?\)")
_BARE = re.compile(r"<(https?://[^>\s]+)>")
_PAIRS = [re.compile(pattern, re.DOTALL) for pattern in (
    r"\*\*\*(?=\S)(.+?)\*\*\*", r"\*\*(?=\S)(.+?)\*\*", r"__(?=\S)(.+?)__", r"~~(.+?)~~", r"\|\|(.+?)\|\|",
    r"\*(?=\S)(.+?)(?<!\s)\*", r"(?<![\w])_(?=\S)(.+?)_(?![\w])",
)]  # fmt: skip
_LINE = re.compile(r"^(?:-# |#{1,3} |>>> |> |[ ]*[-*] )", re.MULTILINE)
_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_ALL = re.compile(r"@(?:everyone|here)")
_TIME = re.compile(r"<t:(-?\d+)(?::[tTdDfFsSR])?>")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")
_PLACE = re.compile(r"<(?:#(\d+)|/([^:>]+):\d+|id:(\w+))>")
_TYPED = re.compile(r"(?<![\w@<])@([\w-]+)")
_URL = re.compile(r"https?://[^\s<>]+")
_HELD = re.compile("[\ue000-\uf8ff]")


class _Held:
    """Parts of a text that are already read; each stands as one private-use character."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def keep(self, text: str) -> str:
        self._parts.append(text)
        return chr(0xE000 + len(self._parts) - 1)

    def back(self, text: str) -> str:
        while _HELD.search(text):
            text = _HELD.sub(lambda match: self._parts[ord(match[0]) - 0xE000], text)
        return text


def unmarked(text: str) -> str:
    """Markdown as a reader sees it: marks gone, links as `label (address)`, mentions and times by what they name."""
    held = _Held()
    text = _without_code(text, held)
    text = _ESCAPE.sub(lambda match: held.keep(match[1]), text)
    text = _LINK.sub(lambda match: f"{match[1]} ({held.keep(match[2])})", text)
    text = _BARE.sub(lambda match: held.keep(match[1]), text)
    text = _URL.sub(lambda match: held.keep(match[0]), text)
    text = _TIME.sub(lambda match: f"t:{match[1]}", text)
    text = _EMOJI.sub(r":\1:", text)
    text = _PLACE.sub(lambda match: "#" + (match[1] or match[2] or match[3]), text)
    text = _LINE.sub("", text)
    for pattern in _PAIRS:
        text = pattern.sub(r"\1", text)
    return held.back(text)


def _without_code(text: str, held: _Held) -> str:
    """Code is read from left to right: nothing in it is markup, not even an escape; an escaped tick opens none."""

    def read(match: re.Match[str]) -> str:
        if match["escaped"] is not None:
            return held.keep("`") if match["escaped"] == "`" else match[0]
        return held.keep(match["fence"] if match["fence"] is not None else match["code"])

    return _CODE.sub(read, text)


def shown(content: str, components: Sequence[Body], embeds: Sequence[Body] = ()) -> str:
    """The words of a message as a reader sees them, one line a part; buttons as [label], files by name."""
    parts = [unmarked(content), *map(_shown, components), *map(_embed, embeds)]
    return "\n".join(part for part in parts if part)


def _embed(embed: Body) -> str:
    fields = [part for each in embed.get("fields", []) for part in (each["name"], each["value"])]
    return "\n".join(unmarked(str(each)) for each in (embed.get("title"), embed.get("description"), *fields) if each)


def _shown(node: Body) -> str:
    match node["type"]:
        case 2:
            return f"[{node.get('label') or node.get('emoji', {}).get('name', '')}]"
        case 10:
            return unmarked(node["content"])
        case 3 | 21 | 22:
            return "\n".join(filter(None, [node.get("placeholder"), *(each["label"] for each in node["options"])]))
        case 4 | 23:
            return str(node.get("label") or "")
        case 13:
            return str(node["file"]["url"]).removeprefix("attachment://")
    words = [str(node[name]) for name in ("label", "description") if node.get(name)]
    return "\n".join(part for part in (*words, *map(_shown, _children(node))) if part)


def _children(node: Body) -> list[Body]:
    inner = [node[name] for name in ("accessory", "component") if isinstance(node.get(name), dict)]
    return [*(each for each in node.get("components") or [] if isinstance(each, dict)), *inner]


def nodes(components: Sequence[Body]) -> Iterator[Body]:
    """Every component, outermost first."""
    for node in components:
        if isinstance(node, dict):
            yield node
            yield from nodes(_children(node))


def words(content: str, components: Sequence[Body]) -> str:
    """Everything that is read as markdown."""
    texts = [str(each.get("content", "")) for each in nodes(components) if each.get("type") == TEXT_DISPLAY]
    return "\n".join([content, *texts])


def live(text: str) -> tuple[list[str], list[str], bool]:
    """(people, roles, everyone) that a reader sees a text mention: outside of code and escapes."""
    held = _Held()
    return notified(_ESCAPE.sub(lambda match: held.keep(match[1]), _without_code(text, held)))


def notified(text: str) -> tuple[list[str], list[str], bool]:
    """(people, roles, everyone) that a text notifies if it is allowed to: all that it names outside of code.

    A backslash hides a mention from the reader; that it silences it Discord promises nowhere, so here it does not.
    """
    text = _without_code(text, _Held())
    unique = list(dict.fromkeys(_USER.findall(text))), list(dict.fromkeys(_ROLE.findall(text)))
    return *unique, bool(_ALL.search(text))


def as_typed(text: str, people: Mapping[str, str]) -> str:
    """What a person types, as Discord's client sends it: `@name` becomes a mention. `people` is name -> user id."""

    def mention(match: re.Match[str]) -> str:
        return f"<@{people[match[1]]}>" if match[1] in people else match[0]

    return _TYPED.sub(mention, text)
