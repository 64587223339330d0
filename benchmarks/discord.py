"""Discord: the program as a process against a bare discord.py client as a process, in turns, under the same load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from benchmarks.discord_scene import Bot, bare, ours, seated
from benchmarks.table import Row, middle
from benchmarks.volley import Volley
from tests.servers.discord import DiscordServer
from tests.servers.discord_world import Guild, Right, Role

AT_ONCE = 50
ROUNDS = 5
IN_A_ROUND = 1_000
MOST_COMMAND_RATIO = 1 / 0.6
MANY_GUILDS = 1_000
CHANNELS, ROLES = 20, 15
"""Of each: a small community's server."""
MOST_MEMORY_RATIO = 1.1
FLOOR = "(floor: bare discord.py command)"

Turn = tuple[Volley, float]
"""A volley, and the seconds of work that the bot had with it."""


async def measure_commands() -> Sequence[Row]:
    """`/tpm-question`, 50 at once."""
    async with AsyncExitStack() as stack:
        mine, floor = [await stack.enter_async_context(DiscordServer().running()) for _ in range(2)]
        bots = (
            await stack.enter_async_context(ours(mine, seated(mine))),
            await stack.enter_async_context(bare(floor, seated(floor))),
        )
        for bot in bots:  # everybody is known from here on
            await bot.commands(IN_A_ROUND, AT_ONCE)
        turns = [(await _turn(bots[0]), await _turn(bots[1])) for _ in range(ROUNDS)]
    return (
        _row("time each", "ms", turns, lambda turn: 1000 / turn[0].per_s, MOST_COMMAND_RATIO),
        _row("p99", "ms", turns, lambda turn: turn[0].p99_ms, None),
        _row("work each", "ms", turns, lambda turn: 1000 * turn[1] / IN_A_ROUND, None),
    )


async def measure_memory() -> Sequence[Row]:
    """What 1,000 servers add to the memory that the process has with one."""
    grown = []
    for start in (ours, bare):
        resident_mb = []
        for guilds in (1, MANY_GUILDS):
            async with DiscordServer().running() as discord:
                for number in range(1, guilds):
                    _furnish(discord, discord.add_guild(str(1000 + number)))
                async with start(discord) as bot:
                    resident_mb.append(bot.resident_mb)
        grown.append(resident_mb[1] - resident_mb[0])
    return (
        Row(
            what=f"memory for {MANY_GUILDS:,} servers (floor: bare discord.py client)",
            measure=grown[0], floor=grown[1], unit="MB", most=MOST_MEMORY_RATIO, of_floor=True, n=1,
        ),
    )  # fmt: skip


async def _turn(bot: Bot) -> Turn:
    before_s = bot.cpu_s
    done = await bot.commands(IN_A_ROUND, AT_ONCE)
    return done, bot.cpu_s - before_s


def _row(
    what: str, unit: str, turns: Sequence[tuple[Turn, Turn]], of: Callable[[Turn], float], most_ratio: float | None
) -> Row:
    return Row(
        what=f"Discord: /tpm-question, {AT_ONCE} at once: {what} {FLOOR}",
        measure=middle([of(mine) for mine, _ in turns]),
        floor=middle([of(floor) for _, floor in turns]),
        unit=unit,
        most=most_ratio,
        of_floor=True,
        n=ROUNDS * IN_A_ROUND,
    )


def _furnish(discord: DiscordServer, guild: Guild) -> None:
    for number in range(ROLES):
        role = Role(id=f"{guild.id}{number:03}", name=f"role {number}", rights=Right.VIEW_CHANNEL)
        guild.roles[role.id] = role
    for number in range(CHANNELS):
        channel = discord.channel(f"{guild.id}{500 + number}", guild=guild)
        discord.overwrite(channel, guild.id, allow=Right.SEND_MESSAGES)
