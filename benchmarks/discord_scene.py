"""The program and a bare discord.py client, each a process with a Discord of its own, which is in this process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path

from benchmarks.processes import ENVIRONMENT, GIVE_UP_S
from benchmarks.scene import found, groups_due, trust
from benchmarks.silent import SilentChat
from benchmarks.volley import Volley
from bot.commands import COMMANDS
from bot.domain.group import Group, Member, MemberId, Place
from bot.infra.redis.embedded import embedded_valkey
from bot.settings import read
from bot.usecases.posting import post_question
from handlers import app
from handlers.discord.tree import payload
from tests.servers.discord import GUILD_ID, DiscordServer
from tests.servers.discord_people import User
from tests.servers.discord_world import Channel

GROUPS = 60
MEMBERS = 300
GUILDS_COME_S = 3.0
"""discord.py waits 2 s for more guilds before it is ready."""
TICKS_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Seated = Sequence[tuple[User, Channel]]


@dataclass(frozen=True, slots=True)
class Bot:
    """A process on a Discord; `people` are in front of the channel of their group."""

    discord: DiscordServer
    process: subprocess.Popen[bytes]
    people: Seated = field(default_factory=tuple)

    @property
    def cpu_s(self) -> float:
        """What it has worked so far."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / TICKS_S

    @property
    def resident_mb(self) -> float:
        """Its memory now."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE_BYTES / 2**20

    async def connected(self) -> None:
        """Wait until it has its guilds. Raises TimeoutError, and RuntimeError when it ended."""
        async with asyncio.timeout(GIVE_UP_S):
            while not self.discord.gateway.is_connected:
                if self.process.poll() is not None:
                    raise RuntimeError(f"it ended with {self.process.returncode}")
                await asyncio.sleep(0.02)
            await self.discord.settled()
        await asyncio.sleep(GUILDS_COME_S)

    async def commands(self, number: int, at_once: int) -> Volley:
        """`/tpm-question` of one member after the other. Raises RuntimeError when one is not answered in 3 s."""
        waits_s: list[float] = []
        people, left = cycle(self.people), iter(range(number))

        async def one_by_one() -> None:
            for _ in left:
                user, channel = next(people)
                sent_s = time.perf_counter()
                done = await user.slash("tpm-question", channel)
                waits_s.append(time.perf_counter() - sent_s)
                if done.failure:
                    raise RuntimeError(done.failure)

        began_s = time.perf_counter()
        await asyncio.gather(*(one_by_one() for _ in range(at_once)))
        return Volley(waits_s, time.perf_counter() - began_s)


@asynccontextmanager
async def ours(discord: DiscordServer, people: Seated = ()) -> AsyncIterator[Bot]:
    """`tpm-bot run` with groups whose question is open, one for each channel that somebody of `people` is in."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tpm-bench-")))
        url = await stack.enter_async_context(embedded_valkey(folder))
        await trust(url)
        await _groups(url, folder, people)
        env = {
            "TPM_REDIS_URL": url, "TPM_DATA_DIR": str(folder), "DISCORD_TOKEN": discord.token,
            "DISCORD_API_BASE_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url,
        }  # fmt: skip
        process = stack.enter_context(_process("-m", "bot", "run", env=env))
        bot = Bot(discord, process, people)
        await bot.connected()
        yield bot


@asynccontextmanager
async def bare(discord: DiscordServer, people: Seated = ()) -> AsyncIterator[Bot]:
    """discord.py with one command."""
    way = (discord.token, discord.api_url, discord.gateway_url)
    with _process("-m", "benchmarks.discord_floor", *way) as process:
        bot = Bot(discord, process, people)
        await bot.connected()
        yield bot


def seated(discord: DiscordServer) -> Seated:
    """300 members in 60 channels, and the commands registered."""
    discord.register(payload(COMMANDS))
    channels = [discord.channel(str(20_000 + number)) for number in range(GROUPS)]
    return [(discord.user(str(50_000 + number)), channels[number % GROUPS]) for number in range(MEMBERS)]


async def _groups(url: str, folder: Path, people: Seated) -> None:
    async with app.core(read(redis_url=url, data_dir=folder), url, lambda _: SilentChat()) as core:
        now = core.ports.clock.now()
        channels = list(dict.fromkeys(channel.id for _, channel in people))
        made, _ = groups_due(now, len(channels))
        groups: Mapping[str, Group] = {
            id_: replace(group, place=Place("discord", GUILD_ID, id_))
            for id_, group in zip(channels, made, strict=True)
        }
        await found(core, list(groups.values()))
        for user, channel in people:
            member = Member(id=MemberId(user.id), name=user.person.name, joined_at=now)
            await core.ports.groups.join(groups[channel.id].id, member)
        for group in groups.values():
            await post_question.post_now(core.ports, group)


@contextmanager
def _process(*arguments: str, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, *arguments], env={**ENVIRONMENT, **(env or {})}, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        try:
            _, said = process.communicate(timeout=GIVE_UP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
        faults = [line for line in said.decode().splitlines() if '"level": "error"' in line]
        if faults:
            print(f"it complained {len(faults)} times, first: {faults[0][:400]}", file=sys.stderr)
