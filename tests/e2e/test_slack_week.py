from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.slack_week import stage
from tests.e2e.study_week import DAYS, outcome, play
from tests.e2e.test_run_slack import free_port


async def week(folder: Path, mode: str, valkey_url: str, *, killed: bool) -> dict[str, Any]:
    async with stage(folder, mode, free_port(), valkey_url) as played:
        await play(played, killed=killed)
        ended = await outcome(played, valkey_url)
        assert played.faults() == []
        return ended


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_week_on_slack(tmp_path: Path, valkey_url: str, mode: str) -> None:
    """Six members' week ends the same whether or not the program is killed while it judges an answer."""
    calm = await week(tmp_path / "calm", mode, valkey_url, killed=False)
    assert len(calm["posts"]) == len(calm["threads"]) == DAYS
    assert calm["dead"] == []
    assert calm["names"] == ["asha", "ben", "chen", "dana", "elif", "femi"]
    assert f"Your streak: {DAYS} questions" in calm["streaks"]["ben"]
    feedback = [text for replies in calm["threads"].values() for user, text in replies if user == "bot"]
    assert (
        len(feedback) == 7 + 6 + 6 + 3 + 2 * 4
    )  # ben, dana late, elif but for one, femi, chen's forms shown and judged
    assert await week(tmp_path / "killed", mode, valkey_url, killed=True) == calm
