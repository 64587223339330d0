"""`python -m benchmarks [--only NAME ...]` measures and prints one table; nothing of it is a test."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from benchmarks import answers, bank, beats, costs, discord, first_sign, peer_simulation, processes, review, slack
from benchmarks.table import Row, printed

Measure = Callable[[], Awaitable[Sequence[Row]]]

MEASURES: Mapping[str, Measure] = {
    "answer": answers.measure,
    "bank": bank.measure,
    "help": processes.measure_help,
    "first-card": processes.measure_first_card,
    "memory": processes.measure_memory,
    "idle": beats.measure_idle,
    "due": beats.measure_due,
    "due-room": beats.measure_room,
    "review": review.measure,
    "costs": costs.measure,
    "first-sign": first_sign.measure,
    "peers": peer_simulation.measure,
    "discord": discord.measure_commands,
    "discord-memory": discord.measure_memory,
    "slack": slack.measure_volleys,
    "slack-owed": slack.measure_owed,
}


def main() -> None:
    """Measure what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and size, as a table.")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES), help="measure these alone")
    rows: list[Row] = []
    for name in parser.parse_args().only:
        rows += asyncio.run(_measured(MEASURES[name]))
    print(printed(rows))


async def _measured(measure: Measure) -> Sequence[Row]:
    return await measure()


if __name__ == "__main__":
    main()
