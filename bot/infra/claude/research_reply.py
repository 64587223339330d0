"""Reads the replies of a research: signs of work while they stream, and the marked text with its sources at the end.

The only links that are kept are those that the search itself brought, by its citations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.domain.question import Fact
from bot.domain.walkthrough import Source
from bot.domain.walkthrough_text import mark, numbers_as_marks, unmarked
from bot.ports import Doing, Step, Told

if TYPE_CHECKING:
    from anthropic.types import Message

MOST_URL_CHARS = 2_000
MOST_TITLE_CHARS = 160
_HEADING = re.compile(r"^#{1,4}\s*\**\s*([1-9])\s*[.):]", re.MULTILINE)


@dataclass(slots=True)
class Listener:
    """Turns the events of a stream into steps. What it is told may be in any order; it never raises."""

    told: Told
    _line: str = ""

    def __call__(self, event: Any) -> None:
        """Hear one event of the SDK's stream."""
        if event.type == "text":
            self._text(event.text)
        elif event.type == "content_block_stop" and event.content_block.type == "server_tool_use":
            query = getattr(event.content_block, "input", None)
            if isinstance(query, Mapping) and query.get("query"):
                self.told(Step(Doing.SEARCHING, str(query["query"])))

    def _text(self, text: str) -> None:
        lines = (self._line + text).split("\n")
        for line in lines[:-1]:
            if heading := _HEADING.match(line):
                self.told(Step(Doing.WRITING, heading[1]))
        self._line = lines[-1][-200:]


@dataclass(slots=True)
class Reply:
    """The blocks of all messages of one turn: what was said before a pause, and after it.

    Attributes:
        content: as they go back to the model.
        results: address -> title of every page that a search brought.
        searches: that were made.
        refused: how many searches ended with an error.
    """

    content: list[dict[str, Any]] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    searches: int = 0
    refused: int = 0

    def add(self, message: Message) -> None:
        """Add one message."""
        for block in message.content:
            dumped = block.model_dump(mode="json", exclude_none=True, exclude={"parsed_output"})
            self.content.append(dumped)
            if block.type == "server_tool_use":
                self.searches += 1
            elif block.type == "web_search_tool_result":
                self._found(dumped.get("content"))

    def _found(self, content: object) -> None:
        if not isinstance(content, list):
            self.refused += 1
            return
        for result in content:
            if isinstance(result, Mapping) and is_web(url := str(result.get("url", ""))):
                self.results[url] = str(result.get("title") or "")

    @property
    def has_text(self) -> bool:
        """Whether the model said anything."""
        return any(text.strip() for text, _ in self._texts())

    def marked(self, known: Mapping[str, str]) -> tuple[str, tuple[Source, ...]]:
        """The text with a mark after each cited piece, and the sources that the marks number.

        `known`: every page that was found, in earlier turns too; a citation of any other page is left out.
        """
        sources: dict[str, Source] = {}
        parts = []
        for text, citations in self._texts():
            marks = ""
            for url in dict.fromkeys(str(each.get("url", "")) for each in citations):
                if url in known:
                    source = sources.setdefault(url, Source(url, _title(known[url], url)))
                    marks += mark(list(sources).index(source.url) + 1)
            body = text.rstrip()
            parts.append(unmarked(body) + marks + text[len(body) :])
        return "".join(parts), tuple(sources.values())

    def numbered(self, facts: Sequence[Fact]) -> tuple[str, tuple[Source, ...]]:
        """The text with a mark for each `[n]`, and the sources of the facts that they number."""
        text = "".join(unmarked(text) for text, _ in self._texts())
        return numbers_as_marks(text), tuple(Source(fact.url, fact.source) for fact in facts)

    def _texts(self) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
        for block in self.content:
            if block["type"] == "text":
                citations = [each for each in block.get("citations") or () if isinstance(each, Mapping)]
                yield str(block.get("text", "")), citations


def is_web(url: str) -> bool:
    """Whether a link may be shown: http or https, with a host, and of a length that every platform takes."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    odd = any(char.isspace() or char in "<>|\"'`\\" or not char.isprintable() for char in url)
    return parts.scheme in ("http", "https") and bool(host) and len(url) <= MOST_URL_CHARS and not odd


def _title(title: str, url: str) -> str:
    return " ".join(title.split())[:MOST_TITLE_CHARS] or url[:MOST_TITLE_CHARS]
