"""Slack over HTTP: the program as a process against a bare bolt app as a process, in turns, under the same load."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from benchmarks.slack_load import SECRET, Load
from benchmarks.slack_scene import Scene, scene, started
from benchmarks.table import Row, middle
from benchmarks.volley import Volley, volley

AT_ONCE = 50
ROUNDS = 3
IN_A_ROUND = 1_000
SILENT = ROUNDS * IN_A_ROUND
"""Members who want no feedback: their answers cost what an event costs, and nothing is made of them meanwhile."""
OWED = 1_000
EACH_S = 0.05
"""Between two commands while reviews are owed."""
MOST_COMMAND_RATIO = 1 / 0.6
MOST_ANSWER_RATIO = 1 / 0.5
MOST_P99_RATIO = 2.0
MOST_OWED_P99_MS = 300.0
FLOOR = "(floor: bare bolt app)"


@dataclass(frozen=True, slots=True)
class Bench:
    """The program and the bare app, on a machine that does nothing else for the benchmark."""

    scene: Scene
    load: Load
    ours: str
    bare: str

    async def in_turns(self, requests: Callable[[str, int], list[bytes]]) -> Sequence[tuple[Volley, Volley]]:
        """Ours and the bare app's, by round; what a round leaves to be done is done before the next."""
        turns = []
        for turn in range(ROUNDS):
            floor = await volley(self.bare, requests(self.bare, turn), AT_ONCE)
            turns.append((await volley(self.ours, requests(self.ours, turn), AT_ONCE), floor))
            await self.scene.quiet()
        return turns

    async def to_the_answer(self) -> float:
        """Milliseconds a command until its answer is with Slack as well."""
        before = (await self.scene.counts())["calls"]["response"]
        requests = self.load.commands(self.ours, IN_A_ROUND)
        began_s = time.perf_counter()
        await volley(self.ours, requests, AT_ONCE)
        await self.scene.answered(before + IN_A_ROUND)
        return 1000 * (time.perf_counter() - began_s) / IN_A_ROUND


async def measure_volleys() -> Sequence[Row]:
    """Commands and answers, 50 at once; and over how many connections Slack was called for them."""
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(scene(members=SILENT + IN_A_ROUND, silent=SILENT))
        ours = await stack.enter_async_context(made.program())
        its_api = await stack.enter_async_context(started("-m", "benchmarks.slack_floor", "api"))
        bare = await stack.enter_async_context(
            started("-m", "benchmarks.slack_floor", "bare", SECRET, f"{its_api}/api/")
        )
        load = Load(f"{made.api_url}response", made.threads)
        await made.reviews(on=False)
        bench = Bench(made, load, ours, f"{bare}/slack/events")
        # everybody is known from here on
        await volley(bench.ours, load.commands(bench.ours, SILENT + IN_A_ROUND), AT_ONCE)
        await volley(bench.bare, load.commands(bench.bare, IN_A_ROUND), AT_ONCE)
        await made.quiet()
        return await _all_rows(bench)


async def _all_rows(bench: Bench) -> Sequence[Row]:
    load = bench.load
    commands = await bench.in_turns(lambda url, _turn: load.commands(url, IN_A_ROUND))
    told_ms = await bench.to_the_answer()
    answers = await bench.in_turns(lambda url, turn: load.answers(url, turn * IN_A_ROUND, IN_A_ROUND))
    await bench.scene.reviews(on=True)
    judged = await volley(bench.ours, load.answers(bench.ours, SILENT, IN_A_ROUND), AT_ONCE)
    await bench.scene.quiet()
    came = await bench.scene.counts()
    return (
        _rate("/tpm-question", commands, MOST_COMMAND_RATIO),
        _p99("/tpm-question", commands, MOST_P99_RATIO),
        Row(what="/tpm-question until its answer is with Slack: time each", measure=told_ms, unit="ms", n=IN_A_ROUND),
        _rate("answer in a thread", answers, MOST_ANSWER_RATIO),
        _p99("answer in a thread", answers, None),
        _rate("the same, self-checks made and reviewers asked meanwhile", [(judged, answers[-1][1])], None),
        Row(
            what="TCP connections to Slack's API for all calls",
            measure=came["connections"],
            unit="",
            n=sum(came["calls"].values()),
        ),
    )


def _rate(what: str, turns: Sequence[tuple[Volley, Volley]], most_ratio: float | None) -> Row:
    """One over the requests a second, so that less is better in every row."""
    return Row(
        what=f"{what}, {AT_ONCE} at once: time each {FLOOR}",
        measure=1000 / middle([ours.per_s for ours, _ in turns]),
        floor=1000 / middle([bare.per_s for _, bare in turns]),
        unit="ms",
        most=most_ratio,
        of_floor=True,
        n=len(turns) * IN_A_ROUND,
    )


def _p99(what: str, turns: Sequence[tuple[Volley, Volley]], most_ratio: float | None) -> Row:
    return Row(
        what=f"{what}, {AT_ONCE} at once: p99 of the ack {FLOOR}",
        measure=middle([ours.p99_ms for ours, _ in turns]),
        floor=middle([bare.p99_ms for _, bare in turns]),
        unit="ms",
        most=most_ratio,
        of_floor=True,
        n=len(turns) * IN_A_ROUND,
    )


async def measure_owed() -> Sequence[Row]:
    """Commands while 1,000 reviews are made, by a model on this machine and without a model."""
    return (await _owed("judged by a model", model=True), await _owed("self-checks, no model", model=False))


async def _owed(how: str, *, model: bool) -> Row:
    async with scene(members=OWED, answers=OWED) as made, AsyncExitStack() as stack:
        env = {}
        if model:
            model_url = await stack.enter_async_context(started("-m", "tests.servers.anthropic"))
            env = {"ANTHROPIC_BASE_URL": model_url, "TPM_DAILY_BUDGET_USD": "1000"}
        ours = await stack.enter_async_context(made.program(**env))
        load = Load(f"{made.api_url}response", made.threads)
        shots = []
        while await made.is_owed():
            # each at its own time, however long the one before takes
            shots.append(asyncio.create_task(volley(ours, load.commands(ours, 1), 1)))
            await asyncio.sleep(EACH_S)
        sent = (await made.counts())["calls"]["chat.postMessage"]
        if sent < OWED:
            raise RuntimeError(f"{sent} of {OWED} reviews were sent")
        waits_s = [wait for shot in await asyncio.gather(*shots) for wait in shot.waits_s]
    return Row(
        what=f"{OWED:,} reviews owed ({how}): p99 of the ack of /tpm-question, {1 / EACH_S:.0f} a second",
        measure=Volley(waits_s, 1.0).p99_ms,
        unit="ms",
        most=MOST_OWED_P99_MS,
        n=len(waits_s),
    )
