"""Fills a shelf by the Message Batches API, at half the price; what it does not bring is asked for call by call.

The batch's id is written down before anything else, so that a run that was interrupted waits for the same batch.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.infra.claude.endpoint import ANTHROPIC_URL, said_of
from bot.infra.claude.trips import CallFailed, Trip, classify
from evals.replies import KEPT_FAILURES, Page, Reply, failed_reply, request_key

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import Message

MOST_REQUESTS = 2_000
"""In one batch; the API takes more, but not more than 256 MB."""
POLL_S = 20.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A first call, and the page that its reply belongs on."""

    body: dict[str, Any]
    page: Page

    @property
    def name(self) -> str:
        """What the batch calls it."""
        return str(self.body["metadata"]["user_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """The API behind a client.

    Attributes:
        state: the file that holds the id of the batch that is under way.
        told: hears how many replies were stored.
    """

    client: AsyncAnthropic
    state: Path
    told: Callable[[int], None]
    poll_s: float = POLL_S

    async def fill(self, wanted: Mapping[str, Wanted]) -> str:
        """Store a reply for as many of `wanted` (by their names) as come; a note for the operator, maybe empty."""
        left = dict(wanted)
        try:
            if (under_way := self._under_way()) is not None:
                await self._collect(under_way, left)
            while left:
                some = list(left.values())[:MOST_REQUESTS]
                before = len(left)
                await self._collect(await self._begin(some), left)
                if len(left) == before:
                    break
        except CallFailed as failure:
            why = "the server has none" if failure.trip is Trip.NO_MODEL else str(failure)
            return f"Batches cannot be used ({why}): {len(left)} calls are made one by one, at full price."
        return f"{len(left)} of {len(wanted)} requests came to nothing in the batch." if left else ""

    async def _begin(self, some: list[Wanted]) -> str:
        requests: Any = [{"custom_id": each.name, "params": each.body} for each in some]
        try:
            batch = await self.client.messages.batches.create(requests=requests)
        except Exception as error:
            raise classify(error) from error
        self.state.parent.mkdir(parents=True, exist_ok=True)
        self.state.write_text(json.dumps({"batch": batch.id}), encoding="utf-8")
        return batch.id

    async def _collect(self, batch_id: str, left: dict[str, Wanted]) -> None:
        """Wait for a batch and store what it brings; that is taken out of `left`."""
        calls = self.client.messages.batches
        try:
            while (await calls.retrieve(batch_id)).processing_status != "ended":  # noqa: ASYNC110  the API tells nobody
                await asyncio.sleep(self.poll_s)
            async for item in await calls.results(batch_id):
                each = left.get(item.custom_id)
                if each is not None and item.result.type == "succeeded":
                    _keep(each, item.result.message)
                    del left[item.custom_id]
                    self.told(1)
        except Exception as error:
            failure = classify(error)
            if failure.trip is Trip.NO_MODEL:  # the batch is gone, or there are none here: do not ask for it again
                self.state.unlink(missing_ok=True)
            raise failure from error
        self.state.unlink(missing_ok=True)

    def _under_way(self) -> str | None:
        try:
            return str(json.loads(self.state.read_text(encoding="utf-8"))["batch"])
        except (OSError, ValueError, KeyError, TypeError):
            return None


@asynccontextmanager
async def batches_at(
    base_url: str | None, api_key: str | None, state: Path, told: Callable[[int], None]
) -> AsyncIterator[Batches]:
    """The batches of a server, None being the Claude API itself. Imports the SDK."""
    from anthropic import AsyncAnthropic

    async with AsyncAnthropic(api_key=api_key or "no-key-set", base_url=base_url or ANTHROPIC_URL) as client:
        yield Batches(client=client, state=state, told=told)


def _keep(each: Wanted, message: Message) -> None:
    key = request_key(each.body)
    try:
        said = said_of(message)
    except CallFailed as failure:
        if failure.trip in KEPT_FAILURES:
            each.page.keep(failed_reply(each.body, key, failure, batch=True))
        return
    each.page.keep(Reply(request=key, model=each.body["model"], text=said.text, usage=said.usage, batch=True))
