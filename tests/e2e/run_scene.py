"""What the tests of the running program stand on: `tpm-bot run` as a process, and somebody who talks to it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.infra.redis.embedded import FOLDER
from tests.e2e.file_chat import Line, Record
from tests.e2e.program import environment
from tests.house.programs import tool
from tests.house.rules import ROOT

ANSWER = (
    "One full file takes about 42 of the 60 GB, so twelve people become one person and a queue. I would set the limit "
    "at 16,000 tokens, 5.2 GB each, eleven at once. What we lose is the rare file that must be read as a whole."
)


class Running:
    """One process, and the `address` that it serves. Its log goes to a file."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], web: aiohttp.ClientSession) -> None:
        self.process = process
        self.record = Record(folder / "chat.jsonl")
        self._log = folder / "stderr.txt"
        self._web = web
        self.address = ""

    @property
    def errors(self) -> str:
        """Everything it said on stderr."""
        return self._log.read_text(encoding="utf-8")

    def logged(self) -> list[dict[str, Any]]:
        """The log, line by line. Raises ValueError if a line is no JSON."""
        return [json.loads(line) for line in self.errors.splitlines()]

    async def serving(self) -> None:
        """Wait until it serves."""
        async with asyncio.timeout(20):
            while not (found := re.search(r'"address": "([^"]+)"', self.errors)):
                if self.process.poll() is not None:
                    raise AssertionError(f"it ended with {self.process.returncode}: {self.errors}")
                await asyncio.sleep(0.05)
        self.address = found[1]

    async def get(self, path: str) -> tuple[int, str]:
        """The status and the text of a page."""
        async with self._web.get(self.address + path) as answer:
            return answer.status, await answer.text()

    async def checks(self) -> tuple[int, dict[str, bool]]:
        """The status of `/readyz`, and which part is well."""
        status, text = await self.get("/readyz")
        return status, {check["name"]: check["ok"] for check in json.loads(text)["checks"]}

    async def turns(self, wanted: int, *, within_s: float = 20.0) -> None:
        """Wait until `/readyz` answers with `wanted`."""
        async with asyncio.timeout(within_s):
            status, _ = await self.checks()
            while status != wanted:
                await asyncio.sleep(0.05)
                status, _ = await self.checks()

    async def measured(self) -> dict[tuple[str, ...], float]:
        """Every sample of `/metrics`: its name and the values of its labels -> value."""
        _, text = await self.get("/metrics")
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return {(sample.name, *sample.labels.values()): sample.value for sample in samples}

    async def event(self, **body: str) -> tuple[int, str]:
        """Something that a member does; the status and the bot's words."""
        async with self._web.post(f"{self.address}/small/events", json=body) as answer:
            return answer.status, await answer.text()

    async def command(self, name: str, text: str, *, who: str = "asha") -> str:
        """A command that is taken; the bot's words."""
        status, said = await self.event(do="command", who=who, name=name, text=text)
        assert status == 200, said
        return said

    async def begin(self) -> Line:
        """Make a group and post its first question; the post."""
        await self.command("tpm-admin", "setup zone=UTC at=09:00")
        await self.command("tpm-admin", "post-now")
        (post,) = [line for line in self.record.lines("sent") if line.what.startswith("post:")]
        return post

    async def answer(self, post: Line, *, who: str = "ben") -> None:
        """An answer in the post's thread."""
        status, said = await self.event(do="said", who=who, id=f"m-{who}", thread=post.message_id, text=ANSWER)
        assert status == 200, said

    def feedback(self) -> list[Line]:
        """The feedback messages that stand."""
        return [line for line in self.record.lines("sent") if line.what.startswith("review:")]

    async def ended(self, *, within_s: float = 32.0) -> tuple[int, float]:
        """Wait for the end; its exit code, and how many seconds that took."""
        began_s = time.monotonic()
        code = await asyncio.to_thread(self.process.wait, within_s)
        return code, time.monotonic() - began_s


@asynccontextmanager
async def running(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, serves: bool = True, small: bool = True
) -> AsyncIterator[Running]:
    """`tpm-bot run`, with the small platform instead of its own if `small`; killed at the end if it still runs."""
    on_small = [sys.executable, "-m", "tests.e2e.small_platform", "run-small", str(folder / "chat.jsonl"), *arguments]
    command = on_small if small else [tool("tpm-bot"), "run", *arguments]
    settings = {"PYTHONPATH": str(ROOT), "TPM_HTTP_PORT": "0", "TPM_DATA_DIR": str(folder / "data"), **(env or {})}
    process = _start(command, folder, environment(settings))
    async with aiohttp.ClientSession() as web:
        try:
            made = Running(folder, process, web)
            if serves:
                await made.serving()
            yield made
        finally:
            _end(process, folder / "data" / FOLDER / "valkey.pid")


def _end(process: subprocess.Popen[bytes], server: Path) -> None:
    """As kill -9 does; an embedded Valkey would outlive it."""
    process.kill()
    process.wait()
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(server.read_text()), signal.SIGKILL)


def _start(command: list[str], folder: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with (folder / "stderr.txt").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=env, stderr=log, stdin=subprocess.DEVNULL)
