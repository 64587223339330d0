"""A study group, with a model and without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.infra.claude.endpoint import Timeouts
from bot.infra.claude.request import ReviewPrompt
from bot.infra.redis.store import Store
from tests.contract.review_case import reviewing
from tests.servers.anthropic import AnthropicServer
from tests.usecases.study import HOUR, MINUTE, Study, bank, studying

PATIENT = Timeouts(connect_s=4, first_s=4, silence_s=1, call_s=8, ladder_s=20)
"""The first call imports the model's SDK, and the machine may be busy."""


@pytest.fixture
async def study(store: Store, tmp_path: Path) -> AsyncIterator[Study]:
    """A new group in Paris, an hour before its first question; no model is set up."""
    async with studying(store, tmp_path) as made:
        yield made


@pytest.fixture
async def opened(study: Study) -> Study:
    """That group with the question of Monday open, a minute ago."""
    await study.advance(HOUR + MINUTE)
    return study


@pytest.fixture
async def model() -> AsyncIterator[AnthropicServer]:
    """A server that reads answers honestly, or as it is told."""
    async with AnthropicServer().running() as server:
        yield server


@pytest.fixture
async def judged(store: Store, tmp_path: Path, model: AnthropicServer) -> AsyncIterator[Study]:
    """A group with the question of Monday open and a real reviewer on that server."""
    prompt = ReviewPrompt(name="review", version=1, hash="0", instructions="Read it.", framework=bank().framework)
    async with (
        reviewing(model.url, prompt=prompt, timeouts=PATIENT) as reviewer,
        studying(store, tmp_path, reviewer=reviewer) as made,
    ):
        await made.advance(HOUR + MINUTE)
        yield made
