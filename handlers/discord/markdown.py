r"""Text for Discord. Everything that is shown is parsed as Markdown there; `escaped` is the one way in.

A backslash makes a mark plain, and Discord counts it. A card that swells over the limit is drawn with `Marks.TWINS`
instead: each mark becomes a letter that looks like it, and nothing grows.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from handlers.discord.limits import URL_CHARS

NOTHING: Final = "…"
"""Stands where Discord takes no empty text."""

_PARTED = "@\u200b"
"""A zero-width space between `@` and the name, as discord.py's own escape_mentions has it."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_OVERRIDES = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_INLINE = re.compile(
    r"[\\*_`\[\]<@|~:/.](?:"  # one of these, and what stands before or after it; that way the search is quick
    r"(?<=[\\*_`\[\]<])"  # styles, links; mentions, emoji, timestamps, <links>
    r"|(?<=@)(?P<ping>(?=everyone|here|\Z))?"  # a backslash hides it from the reader, and perhaps not from Discord
    r"|(?<=\|)(?=\||\Z)|(?<=~)(?=~|\Z)"  # spoilers and strikes come in pairs, also with what stands after this text
    r"|(?<=:)(?=//|[^\s:]+:)|(?<=\A/)(?=/|\Z)"  # https:// is linked by itself, :name: becomes an emoji
    r"|(?<=discord\.|cordapp\.)(?=gg/|com/)"  # an invitation is drawn without https:// too
    r")",
    re.IGNORECASE,
)
_LINE_START = re.compile(r"^([^\S\n]*)(?:([#>+-])|(\d+)(\.))", re.MULTILINE)
"""Headings, quotes, lists and small print, which only the start of a line makes."""
_IN_URL = str.maketrans({
    "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C", "[": "%5B", "]": "%5D", '"': "%22",
    "'": "%27", "`": "%60",
})  # fmt: skip

TWINS: Final = str.maketrans(
    "\\*_`[]<@|~:.#>+-",
    "\uff3c\u2217\uff3f\u02cb\uff3b\uff3d\u2039\uff20\u00a6\u223c\u2236\u2024\uff03\u203a\uff0b\u2010",
)
"""Mark -> a letter that looks like it and means nothing to Discord."""


class Marks(Enum):
    """How a mark is made plain."""

    BACKSLASH = "backslash"
    TWINS = "twins"


def harmless(text: str) -> str:
    r"""`text` as Discord can carry and show it: control characters and lone surrogates become U+FFFD, line ends `\n`.

    Overrides and isolates of the writing direction go: what is left open would turn round what stands beside a member's
    words. Never longer.
    """
    if text.isprintable():
        return text
    joined = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-16-le", "surrogatepass")
    return _CONTROLS.sub("\ufffd", _OVERRIDES.sub("", joined.decode("utf-16-le", "replace")))


def escaped(text: str, marks: Marks = Marks.BACKSLASH) -> str:
    """`text` with nothing live in it, wherever it is put: no style, mention, link, emoji, date, heading or list."""
    return at_line_starts(inline(text, marks), marks)


def inline(text: str, marks: Marks = Marks.BACKSLASH) -> str:
    """`escaped` but for what only the start of a line makes live: `at_line_starts` is due once the line is whole."""

    def plain(mark: re.Match[str]) -> str:
        return _PARTED if mark["ping"] is not None and marks is Marks.BACKSLASH else _plain(mark[0], marks)

    return _INLINE.sub(plain, harmless(text))


def at_line_starts(text: str, marks: Marks = Marks.BACKSLASH) -> str:
    """`text`, whose marks inside lines are plain already, with those at line starts made plain too."""
    return _LINE_START.sub(lambda start: f"{start[1]}{start[3] or ''}{_plain(start[2] or start[4], marks)}", text)


def code(text: str) -> str:
    """`text` to be typed as it is; empty where there is none."""
    shown = " ".join(harmless(text).replace("`", chr(TWINS[ord("`")])).split())
    return f"`{shown}`" if shown else ""


def bold(text: str) -> str:
    """Strong text; blanks stay outside the marks, where they style nothing."""
    shown = harmless(text)
    core = shown.strip()
    if not core:
        return shown
    lead, _, tail = shown.partition(core)
    return f"{lead}**{inline(core)}**{tail}"


def link(text: str, url: str) -> str:
    """A masked link that code chose; label and address in words where Discord would not take the address."""
    if not is_web(url):
        return inline(f"{text} ({url})")
    address = url.translate(_IN_URL)
    label = inline(" ".join(harmless(text).split()))
    return f"[{label}]({address})" if label else f"<{address}>"


def is_web(url: str) -> bool:
    """Whether `url` can be a link."""
    return url.startswith(("https://", "http://")) and len(url) <= URL_CHARS and url.isprintable() and url.isascii()


def _plain(mark: str, marks: Marks) -> str:
    return mark.translate(TWINS) if marks is Marks.TWINS else f"\\{mark}"
