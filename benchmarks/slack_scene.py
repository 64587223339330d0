"""The program as a process, with a Slack that takes anything and a Redis with groups whose question is open."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.processes import ENVIRONMENT, GIVE_UP_S
from benchmarks.scene import AT_ONCE, found, groups_due, trust
from benchmarks.silent import SilentChat
from benchmarks.slack_load import GROUPS, SECRET, TEXT, member, now_s
from bot.domain.group import Group, Member, MemberId, Place
from bot.domain.post import Post
from bot.inbound import Caller, Said, said_event
from bot.infra.redis.embedded import embedded_valkey
from bot.settings import read
from bot.usecases.posting import post_question
from handlers import app

SOON = timedelta(minutes=5)
"""The lease of a job that runs ends before, and the next daily post comes after."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`core` is on the same Redis as the program and does nothing by itself. `threads`: channel -> its question."""

    core: app.Core
    redis_url: str
    api_url: str
    threads: Mapping[str, str]
    folder: Path

    async def counts(self) -> dict[str, Any]:
        """What came at Slack's Web API: `connections`, and `calls` by method."""
        raw = await asyncio.to_thread(lambda: urlopen(self.api_url).read())  # noqa: S310
        counts: dict[str, Any] = json.loads(raw)
        return counts

    async def reviews(self, *, on: bool) -> None:
        """Whether members are asked to review each other's answers, from now on and in each group."""

        def change(group: Group) -> Group:
            return replace(group, peers=replace(group.peers, on=on))

        async for group_id in self.core.ports.groups.all_ids():
            await self.core.ports.groups.update(group_id, change)

    async def answered(self, number: int) -> None:
        """Until `number` commands have had their answer in all."""
        while (await self.counts())["calls"].get("response", 0) < number:  # noqa: ASYNC110  another process counts
            await asyncio.sleep(0.01)

    async def quiet(self) -> None:
        """Until no job is owed and Slack is called no more."""
        before: dict[str, Any] = {}
        while before != (now := await self.counts()) or await self.is_owed():
            before = now
            await asyncio.sleep(0.3)

    async def is_owed(self) -> bool:
        """Whether a job is due or runs."""
        due = await self.core.next_due()
        return due is not None and due < self.core.ports.clock.now() + SOON

    @asynccontextmanager
    async def program(self, **env: str) -> AsyncIterator[str]:
        """`tpm-bot run`, connected; where it takes Slack's requests. Tells if it complained."""
        log = self.folder / "program.log"
        settings = {
            "TPM_REDIS_URL": self.redis_url, "SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self.api_url, "TPM_HTTP_PORT": "0", "TPM_DATA_DIR": str(self.folder), **env,
        }  # fmt: skip
        with log.open("wb") as errors:
            command = [sys.executable, "-m", "bot", "run"]
            process = subprocess.Popen(  # noqa: ASYNC220  it only starts
                command, stderr=errors, cwd=self.folder, env={**ENVIRONMENT, **settings}
            )
        try:
            async with asyncio.timeout(GIVE_UP_S):
                while "connected" not in (said := log.read_text()):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            yield f"{_address(said)}/slack/events"
        finally:
            process.terminate()
            process.wait(GIVE_UP_S)
            _tell_faults(log.read_text())


def _address(log: str) -> str:
    found_address = re.search(r'"address": "([^"]+)"', log)
    if found_address is None:
        raise RuntimeError(f"the program serves nothing: {log}")
    return found_address[1]


def _tell_faults(log: str) -> None:
    faults = re.findall(r'.*"level": "(?:warning|error)".*', log)
    if faults:
        print(f"the program complained {len(faults)} times, first: {faults[0][:400]}", file=sys.stderr)


@asynccontextmanager
async def scene(*, members: int, silent: int = 0, answers: int = 0) -> AsyncIterator[Scene]:
    """`members` in 60 groups, of which the first `silent` want no feedback; the first `answers` have one coming."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tpm-bench-")))
        url = await stack.enter_async_context(embedded_valkey(folder))
        await trust(url)
        api = await stack.enter_async_context(started("-m", "benchmarks.slack_floor", "api"))
        core = await stack.enter_async_context(
            app.core(read(redis_url=url, data_dir=folder), url, lambda _: SilentChat())
        )
        posts = await _people(core, members, silent)
        for number in range(answers):
            await core.dispatch(_said(core, number, posts))
        threads = {channel: made.message.message_id for channel, made in posts.items() if made.message}
        yield Scene(core, url, f"{api}/api/", threads, folder)


async def _people(core: app.Core, members: int, silent: int) -> dict[str, Post]:
    """Groups with their members and an open question each, by channel."""
    now = core.ports.clock.now()
    made, _ = groups_due(now, GROUPS)
    groups = [replace(group, place=Place("slack", "T1", f"C{number}")) for number, group in enumerate(made)]
    await found(core, groups)

    async def join(number: int) -> None:
        fresh = Member(id=MemberId(member(number)[1]), name="Ada", joined_at=now, auto_feedback=number >= silent)
        await core.ports.groups.join(groups[number % GROUPS].id, fresh)

    for first in range(0, members, AT_ONCE):
        await asyncio.gather(*(join(number) for number in range(first, min(first + AT_ONCE, members))))
    return {group.place.channel: await post_question.post_now(core.ports, group) for group in groups}


def _said(core: app.Core, number: int, posts: Mapping[str, Post]) -> Said:
    channel, user = member(number)
    ts = f"{now_s()}.{900_000 + number:06d}"
    caller = Caller(
        member_id=MemberId(user), name="Ada", place=Place("slack", "T1", channel), thread=posts[channel].message,
        event=said_event(ts),
    )  # fmt: skip
    return Said(caller=caller, message_id=ts, text=TEXT, sent_at=core.ports.clock.now())


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[str]:
    """The address of a module of this project that prints it, or its port."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, env=ENVIRONMENT)  # noqa: ASYNC220
    try:
        if process.stdout is None:
            raise RuntimeError("it has no output to read its port from")
        with process.stdout:
            said = process.stdout.readline().decode().strip()
        yield said if "://" in said else f"http://127.0.0.1:{said}"
    finally:
        process.kill()
        process.wait()
