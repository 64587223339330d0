from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e import slack_week
from tests.e2e.discord_week import stage
from tests.e2e.study_week import DAYS, everywhere, outcome, play
from tests.e2e.test_run_slack import free_port


async def week(folder: Path, valkey_url: str, *, reads_content: bool, killed: bool) -> dict[str, Any]:
    async with stage(folder, valkey_url, reads_content=reads_content) as played:
        await play(played, killed=killed)
        ended = await outcome(played, valkey_url)
        assert played.faults() == []
        return ended


async def week_on_slack(folder: Path, valkey_url: str) -> dict[str, Any]:
    async with slack_week.stage(folder, "socket", free_port(), valkey_url) as played:
        await play(played, killed=False)
        return await outcome(played, valkey_url)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("reads_content", [False, True], ids=["mentions", "plain"])
async def test_a_week_on_discord(tmp_path: Path, valkey_url: str, *, reads_content: bool) -> None:
    """Six members' week ends the same whether or not the program is killed while it judges an answer."""
    calm = await week(tmp_path / "calm", valkey_url, reads_content=reads_content, killed=False)
    assert len(calm["posts"]) == len(calm["threads"]) == DAYS
    assert calm["dead"] == []
    killed = await week(tmp_path / "killed", valkey_url, reads_content=reads_content, killed=True)
    assert killed == calm


@pytest.mark.timeout(300)
async def test_a_week_is_the_same_on_discord_and_on_slack(tmp_path: Path, valkey_url: str) -> None:
    """The same week ends on Discord as it does on Slack: answers, days, streaks, and what stands in each thread."""
    here = await week(tmp_path / "discord", valkey_url, reads_content=False, killed=False)
    there = await week_on_slack(tmp_path / "slack", valkey_url)
    assert everywhere(here) == everywhere(there)
