"""Slack over HTTP: the program as a process against a bare bolt app as a process, in turns, under the same load."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.processes import ENVIRONMENT, GIVE_UP_S
from benchmarks.scene import found, groups_due, trust
from benchmarks.silent import SilentChat
from benchmarks.table import Row, middle
from benchmarks.volley import Volley, post, volley
from bot.domain.group import Member, MemberId, Place
from bot.domain.post import Post
from bot.inbound import Caller, Said, said_event
from bot.infra.redis.embedded import embedded_valkey
from bot.settings import read
from bot.usecases import post_question
from handlers import app
from tests.servers.slack_courier import encoded, signed

AT_ONCE = 50
ROUNDS = 3
IN_A_ROUND = 1_000
GROUPS, MEMBERS = 60, 50
"""Every member answers once, so there is one for each answer."""
OWED = 1_000
EACH_S = 0.05
"""Between two commands while reviews are owed: 20 a second."""
MOST_COMMAND_RATIO = 1 / 0.6
MOST_ANSWER_RATIO = 1 / 0.5
MOST_P99_RATIO = 2.0
MOST_OWED_P99_MS = 300.0
SECRET = "made-up-signing-secret"  # noqa: S105
TEXT = " ".join(
    f"I would give the nurses on shift {number} half a minute, since a late answer costs {number * 40} euros."
    for number in range(1, 9)
)


@dataclass(frozen=True, slots=True)
class Server:
    """A process that serves. `log` is where its words go, if anywhere."""

    process: subprocess.Popen[bytes]
    url: str


class Load:
    """What Slack would send: signed, and never the same twice."""

    def __init__(self, api_url: str, threads: Mapping[str, str]) -> None:
        """`threads`: channel -> the message that its question is."""
        self._api_url = api_url
        self._threads = threads
        self._numbers = count(1)

    def commands(self, url: str, number: int) -> list[bytes]:
        """`/tpm-question` of one member after the other."""
        return [self._command(url, *_member(each)) for each in range(number)]

    def answers(self, url: str, first: int, number: int) -> list[bytes]:
        """First answers of members, beginning with the member `first`."""
        return [self._answer(url, *_member(each)) for each in range(first, first + number)]

    def _command(self, url: str, channel: str, user: str) -> bytes:
        number = next(self._numbers)
        payload = {
            "token": "t", "team_id": "T1", "team_domain": "study", "channel_id": channel, "channel_name": "study",
            "user_id": user, "user_name": "ada", "command": "/tpm-question", "text": "", "api_app_id": "A1",
            "response_url": f"{self._api_url}response", "trigger_id": f"{number}.1.made-up",
        }  # fmt: skip
        return _request(url, "slash_commands", payload)

    def _answer(self, url: str, channel: str, user: str) -> bytes:
        number = next(self._numbers)
        ts = f"{_now_s()}.{number:06d}"
        event = {
            "type": "message", "channel": channel, "channel_type": "channel", "user": user, "text": TEXT, "ts": ts,
            "thread_ts": self._threads[channel], "event_ts": ts, "team": "T1",
        }  # fmt: skip
        payload = {
            "token": "t", "team_id": "T1", "api_app_id": "A1", "event": event, "type": "event_callback",
            "event_id": f"Ev{number}", "event_time": _now_s(),
            "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True, "is_enterprise_install": False}],
        }  # fmt: skip
        return _request(url, "events_api", payload)


def _request(url: str, kind: str, payload: dict[str, Any]) -> bytes:
    body, content_type = encoded(kind, payload)
    return post(url, signed(SECRET, body, content_type), body)


def _now_s() -> int:
    return int(signed(SECRET, b"", "")["x-slack-request-timestamp"])


def _member(number: int) -> tuple[str, str]:
    """The channel and the id of a member."""
    return f"C{number % GROUPS}", f"U{number}"


async def measure_volleys() -> Sequence[Row]:
    """Commands and answers, 50 at once; and over how many connections Slack was called for them."""
    async with _scene() as scene, scene.bare() as bare, scene.program() as ours:
        load = Load(scene.api_url, scene.threads)
        await volley(ours.url, load.commands(ours.url, GROUPS * MEMBERS), AT_ONCE)  # everybody is known from here on
        await volley(bare.url, load.commands(bare.url, IN_A_ROUND), AT_ONCE)
        await scene.quiet()
        commands = await _in_turns(scene, ours.url, bare.url, lambda url, _round: load.commands(url, IN_A_ROUND))
        answers = await _in_turns(
            scene, ours.url, bare.url, lambda url, turn: load.answers(url, turn * IN_A_ROUND, IN_A_ROUND)
        )
        came = await scene.counts()
    calls = sum(came["calls"].values())
    connections = Row(
        what="TCP connections for all calls of Slack's API", measure=came["connections"], unit="", n=calls
    )
    return (
        *_rows("/tpm-question over HTTP", commands, MOST_COMMAND_RATIO),
        *_rows("answer in a thread over HTTP", answers, MOST_ANSWER_RATIO),
        connections,
    )


Turns = Sequence[tuple[Volley, Volley]]


async def _in_turns(scene: Scene, ours: str, bare: str, load: Callable[[str, int], list[bytes]]) -> Turns:
    """Ours and the bare app's, by round; what a round leaves to be done is done before the next."""
    turns = []
    for turn in range(ROUNDS):
        floor = await volley(bare, load(bare, turn), AT_ONCE)
        turns.append((await volley(ours, load(ours, turn), AT_ONCE), floor))
        await scene.quiet()
    return turns


def _rows(what: str, turns: Turns, most_ratio: float) -> tuple[Row, Row]:
    """Time a request is 1 / (requests a second), so that less is better in every row."""
    ours, bare = zip(*turns, strict=True)
    n = ROUNDS * IN_A_ROUND
    return (
        Row(
            what=f"{what}, {AT_ONCE} at once: time a request (floor: bare bolt app)",
            measure=1000 / middle([each.per_s for each in ours]),
            floor=1000 / middle([each.per_s for each in bare]),
            unit="ms",
            most=most_ratio,
            of_floor=True,
            n=n,
        ),
        Row(
            what=f"{what}, {AT_ONCE} at once: p99 of the ack (floor: bare bolt app)",
            measure=middle([each.p99_ms for each in ours]),
            floor=middle([each.p99_ms for each in bare]),
            unit="ms",
            most=MOST_P99_RATIO,
            of_floor=True,
            n=n,
        ),
    )


async def measure_owed() -> Sequence[Row]:
    """Commands while 1,000 reviews are made, by a model on this machine and without a model."""
    return [await _owed("judged by a model", model=True), await _owed("self-checks, no model", model=False)]


async def _owed(how: str, *, model: bool) -> Row:
    async with _scene(answers=OWED) as scene, AsyncExitStack() as stack:
        env = {}
        if model:
            server = await stack.enter_async_context(_started("-m", "tests.servers.anthropic"))
            env = {"ANTHROPIC_BASE_URL": server.url, "TPM_DAILY_BUDGET_USD": "1000"}
        ours = await stack.enter_async_context(scene.program(**env))
        load = Load(scene.api_url, scene.threads)
        waits_s: list[float] = []
        while await scene.reviews_owed():
            shots = [asyncio.create_task(volley(ours.url, [each], 1)) for each in load.commands(ours.url, 1)]
            await asyncio.sleep(EACH_S)
            waits_s += [wait for shot in await asyncio.gather(*shots) for wait in shot.waits_s]
        p99_ms = Volley(waits_s, 1.0).p99_ms
    what = f"{OWED:,} reviews owed ({how}): p99 of the ack of /tpm-question, {1 / EACH_S:.0f} a second"
    return Row(what=what, measure=p99_ms, unit="ms", most=MOST_OWED_P99_MS, n=len(waits_s))


@dataclass(frozen=True, slots=True)
class Scene:
    """A Slack that takes anything, and a Redis with groups whose question is open."""

    core: app.Core
    redis_url: str
    api_url: str
    threads: Mapping[str, str]
    folder: Path

    async def counts(self) -> dict[str, Any]:
        """What came at Slack's Web API."""
        raw = await asyncio.to_thread(lambda: urlopen(self.api_url).read())  # noqa: S310
        counts: dict[str, Any] = json.loads(raw)
        return counts

    async def quiet(self) -> None:
        """Until Slack is called no more and no job is due."""
        before: dict[str, Any] = {}
        while before != (now := await self.counts()) or await self.reviews_owed():
            before = now
            await asyncio.sleep(0.3)

    async def reviews_owed(self) -> bool:
        """Whether a job is due, or is being done: its lease ends within a minute or so."""
        due = await self.core.next_due()
        return due is not None and due < self.core.ports.clock.now() + timedelta(minutes=5)

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[Server]:
        """The bolt app that does nothing."""
        async with _started("-m", "benchmarks.slack_floor", "bare", SECRET, self.api_url, path="/slack/events") as bare:
            yield bare

    @asynccontextmanager
    async def program(self, **env: str) -> AsyncIterator[Server]:
        """`tpm-bot run`, connected."""
        log = self.folder / "program.log"
        settings = {
            "TPM_REDIS_URL": self.redis_url, "SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self.api_url, "TPM_HTTP_PORT": "0", "TPM_DATA_DIR": str(self.folder), **env,
        }  # fmt: skip
        with log.open("wb") as errors:
            process = subprocess.Popen(  # noqa: ASYNC220
                [sys.executable, "-m", "bot", "run"], stderr=errors, cwd=self.folder, env={**ENVIRONMENT, **settings}
            )
        try:
            async with asyncio.timeout(GIVE_UP_S):
                while "connected" not in (said := log.read_text()):  # noqa: ASYNC110, ASYNC240
                    await asyncio.sleep(0.02)
            found_url = re.search(r'"address": "([^"]+)"', said)
            if found_url is None:
                raise RuntimeError(f"it serves nothing: {said}")
            yield Server(process, f"{found_url[1]}/slack/events")
        finally:
            process.terminate()
            process.wait(GIVE_UP_S)
            if faults := re.findall(r"\n(.*\"level\": \"(?:warning|error)\".*)", log.read_text()):  # noqa: ASYNC240
                print(f"the program complained {len(faults)} times, first: {faults[0][:500]}", file=sys.stderr)


@asynccontextmanager
async def _scene(*, answers: int = 0) -> AsyncIterator[Scene]:
    """`answers` of them stand already, and their reviews are owed."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tpm-bench-")))
        url = await stack.enter_async_context(embedded_valkey(folder))
        await trust(url)
        api = await stack.enter_async_context(_started("-m", "benchmarks.slack_floor", "api", path="/api/"))
        core = await stack.enter_async_context(
            app.core(read(redis_url=url, data_dir=folder), url, lambda _: SilentChat())
        )
        posts = await _people(core)
        for number in range(answers):
            await core.dispatch(_said(core, number, posts))
        threads = {channel: made.message.message_id for channel, made in posts.items() if made.message}
        yield Scene(core, url, api.url, threads, folder)


async def _people(core: app.Core) -> dict[str, Post]:
    """Groups with their members and an open question each, by channel."""
    made, _ = groups_due(core.ports.clock.now(), GROUPS)
    groups = [replace(group, place=Place("slack", "T1", f"C{number}")) for number, group in enumerate(made)]
    await found(core, groups)
    joining: list[Awaitable[Member]] = []
    for number in range(GROUPS * MEMBERS):
        member = Member(id=MemberId(f"U{number}"), name="Ada", joined_at=core.ports.clock.now())
        joining.append(core.ports.groups.join(groups[number % GROUPS].id, member))
    for first in range(0, len(joining), 250):
        await asyncio.gather(*joining[first : first + 250])
    return {group.place.channel: await post_question.post_now(core.ports, group) for group in groups}


def _said(core: app.Core, number: int, posts: Mapping[str, Post]) -> Said:
    channel, user = _member(number)
    ts = f"{_now_s()}.{900_000 + number:06d}"
    caller = Caller(
        member_id=MemberId(user), name="Ada", place=Place("slack", "T1", channel), thread=posts[channel].message,
        event=said_event(ts),
    )  # fmt: skip
    return Said(caller=caller, message_id=ts, text=TEXT, sent_at=core.ports.clock.now())


@asynccontextmanager
async def _started(*arguments: str, path: str = "") -> AsyncIterator[Server]:
    """A module of this project that prints its port or its address."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, env=ENVIRONMENT)  # noqa: ASYNC220
    try:
        if process.stdout is None:
            raise RuntimeError("it has no output to read its port from")
        with process.stdout:
            said = process.stdout.readline().decode().strip()
        yield Server(process, f"{said if '://' in said else f'http://127.0.0.1:{said}'}{path}")
    finally:
        process.kill()
        process.wait()
