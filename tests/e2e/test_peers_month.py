from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import discord_week, slack_week
from tests.e2e.served_month import DiscordMonth, SlackMonth
from tests.e2e.study_month import COMES_BACK, DAYS, NAMES, outcome, play
from tests.e2e.terminal_month import TerminalMonth
from tests.e2e.test_run_slack import free_port


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How the month ends in the terminal, played once."""

    async def played() -> dict[str, Any]:
        month = TerminalMonth(tmp_path_factory.mktemp("terminal"))
        await play(month)
        return await outcome(month)

    return asyncio.run(played())


@pytest.mark.timeout(900)
def test_a_month_in_the_terminal(ended: dict[str, Any]) -> None:
    """Six members' month in the terminal: every answer is reviewed twice, and each duty ends as it should."""
    assert len(ended["duties"]) == DAYS
    assert ended["dead"] == []
    assert all(count == (2, 2) for of_day in ended["reviews"] for count in of_day.values())
    assert sum(each["expired"] for each in ended["duties"]) == 2 * COMES_BACK
    assert sum(each["declined"] for each in ended["duties"]) == 1
    assert sum(each["called-off"] for each in ended["duties"]) == 1
    assert ended["left"] == ["elif"]
    assert all(f"{DAYS} questions" in ended["streaks"][name] for name in NAMES if name != "elif")


async def on_slack(folder: Path, valkey_url: str) -> dict[str, Any]:
    async with slack_week.stage(folder, "socket", free_port(), valkey_url) as week:
        await week.set_up()
        month = SlackMonth(week, valkey_url)
        await play(month)
        assert week.faults() == []
        return await outcome(month)


async def on_discord(folder: Path, valkey_url: str) -> dict[str, Any]:
    async with discord_week.stage(folder, valkey_url) as week:
        await week.set_up()
        month = DiscordMonth(week, valkey_url)
        await play(month)
        assert week.faults() == []
        return await outcome(month)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("elsewhere", [on_slack, on_discord])
async def test_a_month_is_the_same_everywhere(
    tmp_path: Path, valkey_url: str, ended: dict[str, Any], elsewhere: Callable[[Path, str], Awaitable[dict[str, Any]]]
) -> None:
    """The same month ends on Slack and on Discord as it does in the terminal: streaks, days, reviews and duties."""
    assert await elsewhere(tmp_path, valkey_url) == ended
