"""The month in the terminal: a script in parts, each played by a process of its own on the same data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.domain.group import Place
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.store import Store, open_store
from handlers.terminal.room import PLATFORM, WORKSPACE
from tests.e2e.program import Outcome, played
from tests.e2e.study_month import Month, moment
from tests.e2e.study_week import MONDAY


class TerminalMonth(Month):
    """Lines are gathered until something must be looked at."""

    place = Place(PLATFORM, WORKSPACE, "study-group")

    def __init__(self, folder: Path) -> None:
        self._folder, self._lines = folder, ["! group zone=Europe/Paris at=09:00 days=daily admin=asha"]
        self._now = self._began = MONDAY

    async def at(self, day: int, after: timedelta) -> None:
        ahead = moment(MONDAY, day, after) - self._now
        self._lines.append(f"! advance {int(ahead.total_seconds())}s")
        self._now += ahead

    async def settled(self) -> None:
        self._lines.append("! settle")

    async def say(self, name: str, text: str) -> None:
        self._lines.append(f"{name}> {text}")

    async def act(self, name: str, *labels: str, forms: tuple[Mapping[str, str], ...] = ()) -> None:
        left = list(forms)
        self._lines.append(f"{name}> /tpm-review")
        for label in labels:
            self._lines.append(f"{name}> [{label}]")
            if label == "Write my review":
                values = "; ".join(f"{key}={json.dumps(value)}" for key, value in left.pop(0).items())
                self._lines.append(f"{name}> {{{values}}}")

    async def leave(self, name: str) -> None:
        self._lines.append(f"! leave {name}")

    async def streak(self, name: str) -> str:
        self._lines.append(f"{name}> /tpm-streak")
        return (await self._play()).private(name)[-1].splitlines()[0]

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
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
        return await asyncio.to_thread(played, self._folder, script, start=start)
