"""Stored replies: each is written as it comes, found again by what was asked, and stale once that changed.

One file a reading, `<folder>/<prompt hash>/<reviewer>/<case>.<run>.json`, with every call that the reading took.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.review import Usage
from bot.infra.claude.endpoint import Said, Say
from bot.infra.claude.pricing import cost_usd
from bot.infra.claude.trips import CallFailed, Trip

KEPT_FAILURES = (Trip.DECLINED, Trip.TRUNCATED, Trip.EMPTY)
"""What a model gave instead of a reading; a fault of the network is not kept."""
BATCH_PRICE = 0.5
"""Of the list price (reference llm.md 1.9)."""
_FENCE = re.compile(r"ANSWER-[0-9a-f]{16}")
_KEY_CHARS = 24


class NotStored(CallFailed):
    """A reply was to be read again, and there is none to this request."""

    def __init__(self) -> None:
        super().__init__(Trip.BAD_REQUEST, "no stored reply to this request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back to one request. `failed` is a Trip's value when it was no use."""

    request: str
    model: str
    text: str = ""
    failed: str = ""
    detail: str = ""
    category: str | None = None
    usage: Usage
    took_s: float = 0.0
    batch: bool = False

    def said(self) -> Said:
        """As the endpoint gave it. Raises CallFailed if it gave nothing."""
        if self.failed:
            raise CallFailed(Trip(self.failed), self.detail, category=self.category, usage=self.usage)
        return Said(self.text, self.usage)

    @property
    def cost_usd(self) -> float:
        """By the price table."""
        return cost_usd(self.model, self.usage).usd * (BATCH_PRICE if self.batch else 1)


def request_key(body: dict[str, Any]) -> str:
    """What a request asks, without the random delimiter and the sender: 24 hex digits."""
    asked = {name: value for name, value in body.items() if name != "metadata"}
    text = _FENCE.sub("ANSWER", json.dumps(asked, sort_keys=True, ensure_ascii=False))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_CHARS]


def opaque(*parts: object) -> str:
    """A name for one reading that tells whoever plays the model nothing about it."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:_KEY_CHARS]


@dataclass(slots=True)
class Page:
    """The replies of one reading. `used` are those of the reading that goes on."""

    path: Path
    case: str
    run: int
    replies: dict[str, Reply] = field(default_factory=dict)
    used: list[Reply] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path, case: str, run: int) -> Page:
        """As stored, or empty; a file that cannot be read (cut off by a crash) counts as empty."""
        page = cls(path, case, run)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            for item in data["replies"]:
                reply = Reply(**{**item, "usage": Usage(**item["usage"])})
                page.replies[reply.request] = reply
        except (OSError, ValueError, KeyError, TypeError):
            return cls(path, case, run)
        return page

    def keep(self, reply: Reply) -> None:
        """Write it down, whole or not at all."""
        self.replies[reply.request] = reply
        data = {"case": self.case, "run": self.run, "replies": [asdict(each) for each in self.replies.values()]}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".part")
        fresh.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(fresh, self.path)  # noqa: PTH105  one call that is atomic on every platform


class Shelf:
    """All the replies of one prompt.

    Attributes:
        folder: of this prompt's hash.
        asks: whether a reply that is not stored may be asked for.
    """

    def __init__(self, folder: Path, *, asks: bool) -> None:
        self.folder = folder
        self.asks = asks
        self._open: dict[str, Page] = {}
        self._inner: Say | None = None

    def page(self, reviewer: str, case: str, run: int) -> Page:
        """The replies to one reading so far."""
        return Page.load(self.folder / reviewer / f"{case}.{run}.json", case, run)

    def open(self, member_key: str, page: Page) -> None:
        """Let the calls of `member_key` be answered from this page, and written to it."""
        self._open[member_key] = page

    def close(self, member_key: str) -> None:
        """The reading is over."""
        self._open.pop(member_key, None)

    def around(self, inner: Say) -> Say:
        """`inner`, with this shelf before it."""
        self._inner = inner
        return self.say

    async def say(self, body: dict[str, Any]) -> Said:
        """A stored reply to this request, else a fresh one that is stored. Raises CallFailed."""
        page, key = self._open[body["metadata"]["user_id"]], request_key(body)
        if key not in page.replies:
            if not self.asks or self._inner is None:
                raise NotStored
            page.keep(await _asked(self._inner, body, key))
        page.used.append(page.replies[key])
        return page.replies[key].said()


async def _asked(inner: Callable[[dict[str, Any]], Awaitable[Said]], body: dict[str, Any], key: str) -> Reply:
    begun_s = time.monotonic()
    try:
        said = await inner(body)
    except CallFailed as failure:
        if failure.trip not in KEPT_FAILURES:
            raise
        return failed_reply(body, key, failure, took_s=time.monotonic() - begun_s)
    took_s = round(time.monotonic() - begun_s, 3)
    return Reply(request=key, model=body["model"], text=said.text, usage=said.usage, took_s=took_s)


def failed_reply(
    body: dict[str, Any], key: str, failure: CallFailed, *, took_s: float = 0.0, batch: bool = False
) -> Reply:
    """What is kept of a call that gave no reading."""
    return Reply(
        request=key, model=body["model"], failed=failure.trip.value, detail=str(failure), category=failure.category,
        usage=failure.usage, took_s=round(took_s, 3), batch=batch,
    )  # fmt: skip
