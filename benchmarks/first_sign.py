"""How long a person on Slack waits for the first sign that a walkthrough or a review is being made."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from benchmarks.table import Row, middle
from bot.infra.redis.embedded import embedded_valkey
from tests.e2e.run_scene import ANSWER
from tests.e2e.slack_week import SlackWeek, stage
from tests.e2e.study_week import NAMES, POST_AT
from tests.e2e.test_run_slack import free_port
from tests.servers.anthropic import Reply

MOST_S = 2.0
MODEL_S = 3.0
"""The model says nothing for so long, so that no sign comes from it."""
LOOK_EVERY_S = 0.005


async def measure() -> Sequence[Row]:
    """The installed program by Socket Mode; each member asks, then each answers the open question."""
    with tempfile.TemporaryDirectory(prefix="tpm-bench-") as name:
        folder = Path(name)
        async with embedded_valkey(folder) as url, stage(folder, "socket", free_port(), url) as week:
            await week.set_up()
            await week.at(0, POST_AT)
            await week.until(week.posts)
            await week.settled()
            week.model.script(*[Reply(delay_s=MODEL_S)] * (2 * len(NAMES)))
            asked = [await _waited(_ask(week, each), _whispers(week, each)) for each in NAMES]
            await week.settled()
            answered = [await _waited(_answer(week, each), lambda: len(week.slack.hub.statuses)) for each in NAMES]
    return [
        *_rows("/technical-pm to its first sign (Slack, Socket Mode)", asked),
        *_rows("an answer to the first sign that it is read", answered),
    ]


def _rows(what: str, waits_s: Sequence[float]) -> Sequence[Row]:
    return (
        Row(what=f"{what}: slowest", measure=max(waits_s), unit="s", most=MOST_S, n=len(waits_s)),
        Row(what="  its median", measure=middle(waits_s), unit="s", n=len(waits_s)),
    )


def _ask(week: SlackWeek, name: str) -> Callable[[], Awaitable[object]]:
    question = f"How would you cut the cost of a support assistant for {len(name)} languages and {name} by half?"
    return lambda: week.people[name].command("/technical-pm", question, week.study)


def _whispers(week: SlackWeek, name: str) -> Callable[[], int]:
    return lambda: len(week.people[name].whispers(week.study))


def _answer(week: SlackWeek, name: str) -> Callable[[], Awaitable[object]]:
    return lambda: week.say(name, f"{ANSWER} So says {name}.", week.posts()[0])


async def _waited(act: Callable[[], Awaitable[object]], signs: Callable[[], int]) -> float:
    """Seconds from the act until one sign more is there."""
    before, began_s = signs(), time.perf_counter()
    acting = asyncio.ensure_future(act())
    while signs() == before:  # noqa: ASYNC110  another process gives the sign
        await asyncio.sleep(LOOK_EVERY_S)
    waited_s = time.perf_counter() - began_s
    await acting
    return waited_s
