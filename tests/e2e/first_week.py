"""The first week's golden transcript: what `first_week.txt` must print, line by line.

When a change of words, questions or rules is meant, renew it with `python -m tests.e2e.first_week` and read its diff.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.domain.group import Place
from bot.domain.picks import Pick, Rule, Why
from bot.infra.redis.embedded import embedded_valkey
from bot.infra.redis.store import open_store
from bot.usecases.facilitating.manage_group import identity_of
from handlers.terminal.room import PLATFORM, WORKSPACE
from tests.e2e.program import Line, Outcome, played

SCRIPT = Path(__file__).parent / "scripts" / "first_week.txt"
GOLDEN = SCRIPT.with_suffix(".jsonl")
FIRST = date(2026, 10, 21)
QUESTIONS = (
    "permit-files-long-input",
    "rag-aircraft-manuals",
    "nurse-line-label-source",
    "discharge-letters-release",
    "agent-warehouse-truck-slots",
    "port-customs-codes",
    "game-characters-launch-cards",
)
"""Those that the script's answers were written for. They are decided ahead, so that a growing bank moves none."""
KEPT_DATA = frozenset({"action", "current", "day", "freezes_left", "kind", "late", "ledger", "name", "number"})
KEPT_DATA |= {"question", "version", "words"}
"""The rest of `data` says again what stands in the text; tests look at it where it matters."""


def the_week(folder: Path, **options: Any) -> Outcome:
    """The week, played under `folder` with its seven questions."""
    asyncio.run(_decide(folder / "data"))
    return played(folder, SCRIPT, **options)


async def _decide(data: Path) -> None:
    """Put the questions into the queue, as those who run the group do."""
    picks = [Pick(FIRST + timedelta(days=n), name, Why(Rule.PINNED)) for n, name in enumerate(QUESTIONS)]
    group_id = identity_of(Place(PLATFORM, WORKSPACE, "study-group"))
    async with embedded_valkey(data) as url, open_store(url, daily_usd=0, member_daily_usd=0) as store:
        await store.queue.put(group_id, picks)


def transcript(lines: Sequence[Line]) -> list[str]:
    """Each line as the golden file has it: text by lines, for a readable diff.

    Feedback for several members that is due at one instant is made at once and comes in any order; here it stands in
    the order of their names.
    """
    ordered: list[Line] = []
    for (_, together), run in groupby(lines, key=lambda line: (line.at, _is_card(line))):
        cards = list(run)
        ordered += sorted(cards, key=_member) if together else cards
    return [json.dumps(_record(line), ensure_ascii=False) for line in ordered]


def _is_card(line: Line) -> bool:
    return line.place == "thread" and line.author == "bot"


def _member(line: Line) -> str:
    """Whose answer a line in a thread is about."""
    name: str = line.data.get("member", line.to) if "sections" not in line.data else line.to
    return name


def _record(line: Line) -> dict[str, Any]:
    head = {"at": line.at, "place": line.place, "to": line.to, "from": line.author, "kind": line.kind}
    data = {key: value for key, value in line.data.items() if key in KEPT_DATA}
    return {**head, "text": line.text.splitlines(), "data": data}


def main() -> None:
    """Play the week and keep what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = the_week(Path(folder))
    GOLDEN.write_text("".join(f"{line}\n" for line in transcript(outcome.lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
