from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.slack_week import stage
from tests.e2e.stop_scene import stopped_amid_reviews
from tests.e2e.test_run_slack import free_port

RETRIES_S = (0.2, 5.0, 40.0, 60.0)
"""Slack brings an event again at once, and after the program is back."""


@pytest.mark.timeout(180)
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_stop_while_reviews_run(tmp_path: Path, valkey_url: str, mode: str) -> None:
    """SIGTERM amid reviews ends the program with 0 within 30 s; after the next start each answer has one feedback."""
    async with stage(tmp_path, mode, free_port(), valkey_url) as week:
        week.slack.courier.retry_after_s = RETRIES_S
        await stopped_amid_reviews(week, valkey_url)
