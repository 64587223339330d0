"""The program and a bare discord.py client, each a process with a Discord of its own in this one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import cycle
from pathlib import Path

from benchmarks.processes import ENVIRONMENT, GIVE_UP_S
from benchmarks.scene import found, groups_due, trust
from benchmarks.silent import SilentChat
from benchmarks.volley import Volley
from bot.commands import COMMANDS
from bot.domain.group import Member, MemberId, Place
from bot.infra.redis.embedded import embedded_valkey
from bot.settings import read
from bot.usecases import post_question
from handlers import app
from handlers.discord.tree import payload
from tests.servers.discord import GUILD_ID, DiscordServer
from tests.servers.discord_world import Channel, Kind

GROUPS = 60
MEMBERS = 300
TICKS_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Bot:
    """A process on a Discord."""

    discord: DiscordServer
    process: subprocess.Popen[bytes]

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

    async def commands(self, number: int, at_once: int) -> Volley:
        """`/tpm-question` of one member after the other. Raises RuntimeError when one is not answered in 3 s."""
        waits_s: list[float] = []
        people, left = cycle(_people(self.discord)), iter(range(number))

        async def one_by_one() -> None:
            for _ in left:
                user, channel = next(people)
                began_s = time.perf_counter()
                done = await user.slash("tpm-question", channel)
                waits_s.append(time.perf_counter() - began_s)
                if done.failure:
                    raise RuntimeError(done.failure)

        began_s = time.perf_counter()
        await asyncio.gather(*(one_by_one() for _ in range(at_once)))
        return Volley(waits_s, time.perf_counter() - began_s)


def _people(discord: DiscordServer) -> list[tuple]:
    return []


