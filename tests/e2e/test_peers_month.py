from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from tests.e2e import discord_week, slack_week
from tests.e2e.month_ended import Ended, ended
from tests.e2e.served_month import DiscordMonth, SlackMonth
from tests.e2e.study_month import MONTH, play
from tests.e2e.study_week import KEY
from tests.e2e.terminal_month import TerminalMonth
from tests.e2e.test_run_slack import free_port
from tests.servers.anthropic import AnthropicServer

GIVEN_BY_ALL = {"given": 6}
ANSWERED_FOR = {"given": 6, "expired": 1}

EXPECTED = Ended(
    said={
        "asha": "Your streak: 20 questions",
        "ben": "Your streak: 15 questions",
        "chen": "Your streak: 20 questions",
        "dana": "Your streak: 19 questions",
        "elif": "Your streak: 5 questions",
        "femi": "Your streak: 11 questions",
    },
    streaks={
        "asha": (20, 20, 2),
        "ben": (15, 15, 2),  # a week away is neutral
        "chen": (20, 20, 2),
        "dana": (19, 19, 2),  # here since the second day
        "elif": (5, 9, 0),  # nine; gone for a week, of which two were frozen; five since the return
        # four; two frozen (the one of 30 November closed in December), two missed; eleven
        "femi": (11, 11, 0),
    },
    duties=[
        {"given": 3},  # three active: one reviewer an answer
        GIVEN_BY_ALL,
        {"given": 6, "declined": 1},
        *[GIVEN_BY_ALL] * 2,
        *[ANSWERED_FOR] * 4,
        {"given": 6, "called-off": 1},
        *[{"given": 4}] * 5,  # one away, one gone: two answers a day
        *[GIVEN_BY_ALL] * 5,
    ],
    drawn={
        "asha": {"given": 20},
        "ben": {"given": 15},
        "chen": {"given": 20},
        "dana": {"given": 19},
        "elif": {"given": 7 + 5, "declined": 1, "called-off": 1},
        "femi": {"given": 4 + 11, "expired": 4},
    },
    stood_in={"given": 1 + 4 + 1},
    reviews=[dict.fromkeys(day.answers.split(), (2, 2) if number else (1, 1)) for number, day in enumerate(MONTH)],
    used=[("chen", "asha"), ("asha", "chen")],
    credits=[("chen", "asha")],  # the other is the same two people within 28 days
    inbox=[("flag", 15, "ben", True)],
    judged=[sorted(day.answers.split()) for day in MONTH],
    left=[],
    dead=[],
)
"""Thought through by hand: nothing here is taken from a run."""


@pytest.mark.timeout(240)
async def test_a_month_in_the_terminal(tmp_path: Path) -> None:
    """A month of peer reviews, scripted in the terminal, ends as was worked out by hand."""
    async with AnthropicServer(key=KEY).running() as model:
        month = TerminalMonth(tmp_path, model)
        await play(month)
        assert asdict(await ended(month)) == asdict(EXPECTED)


@pytest.mark.timeout(240)
async def test_a_month_on_slack(tmp_path: Path, valkey_url: str) -> None:
    """The same month on Slack has the same end."""
    async with slack_week.stage(tmp_path, "socket", free_port(), valkey_url) as week:
        month = SlackMonth(week, valkey_url)
        await month.set_up()
        await play(month)
        assert asdict(await ended(month)) == asdict(EXPECTED)
        assert week.faults() == []


@pytest.mark.timeout(240)
async def test_a_month_on_discord(tmp_path: Path, valkey_url: str) -> None:
    """The same month on Discord has the same end."""
    async with discord_week.stage(tmp_path, valkey_url) as week:
        month = DiscordMonth(week, valkey_url)
        await month.set_up()
        await play(month)
        assert asdict(await ended(month)) == asdict(EXPECTED)
        assert week.faults() == []
