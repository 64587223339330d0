"""The month in the terminal: a script in parts, each played by a process of its own on the same data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.group import Place
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.store import Store, open_store
from handlers.terminal.room import PLATFORM, WORKSPACE
from tests.e2e.month_stage import Expected, Form, Month
from tests.e2e.program import Outcome, played
from tests.e2e.study_month import MONDAY
from tests.e2e.study_week import KEY
from tests.servers.anthropic import AnthropicServer

MINUTE = timedelta(minutes=1)


class TerminalMonth(Month):
    """Lines are gathered until something must be looked at. Each command comes a minute after what was before it."""

    place = Place(PLATFORM, WORKSPACE, "study-group")

    def __init__(self, folder: Path, model: AnthropicServer) -> None:
        self._folder, self._lines = folder, ["! group zone=Europe/Paris at=09:00 days=mon-fri admin=asha"]
        self._env = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.url}
        self._now = self._began = MONDAY

    async def at(self, moment: datetime) -> None:
        self._lines.append(f"! advance {int((moment - self._now).total_seconds())}s")
        self._now = moment

    async def settled(self, expected: Expected | None = None) -> None:  # noqa: ARG002  nothing is late here
        self._lines.append("! settle")

    async def say(self, name: str, text: str) -> None:
        self._lines.append(f"{name}> {text}")

    async def act(self, name: str, command: str, *steps: str | Form, **options: str) -> None:
        await self.at(self._now + MINUTE)
        self._lines.append(f"{name}> /{' '.join((command, *options.values()))}")
        for step in steps:
            if isinstance(step, str):
                self._lines.append(f"{name}> [{step}]")
            else:
                values = "; ".join(f"{key}={json.dumps(value)}" for key, value in step.items())
                self._lines.append(f"{name}> {{{values}}}")

    async def leave(self, name: str) -> None:
        await self.at(self._now + MINUTE)
        self._lines.append(f"! leave {name}")

    async def come_back(self, name: str) -> None:
        """Whoever does something is back."""

    async def streaks(self, *names: str) -> dict[str, str]:
        self._lines += [f"{name}> /tpm-streak" for name in names]
        outcome = await self._play()
        return {name: outcome.private(name)[-1].splitlines()[0] for name in names}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Store]:
        await self._play()
        async with (
            embedded_valkey(self._folder / "data") as url,
            open_store(url, daily_usd=0, member_daily_usd=0) as store,
        ):
            yield store

    async def _play(self) -> Outcome:
        """Play what was gathered."""
        script, self._lines = "\n".join([*self._lines, ""]), []
        start, self._began = self._began.isoformat(), self._now
        return await asyncio.to_thread(played, self._folder, script, start=start, env=self._env)
