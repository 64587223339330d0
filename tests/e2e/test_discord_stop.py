from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.discord_week import stage
from tests.e2e.stop_scene import stopped_amid_reviews


@pytest.mark.timeout(180)
async def test_a_stop_while_reviews_run_on_discord(tmp_path: Path, valkey_url: str) -> None:
    """SIGTERM amid reviews ends the program with 0 within 30 s; after the next start each answer has one feedback."""
    async with stage(tmp_path, valkey_url) as week:
        await stopped_amid_reviews(week, valkey_url)
