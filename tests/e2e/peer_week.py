"""The golden transcript of a week of peer reviews: what `peer_week.txt` must print, whatever the questions are.

When a change of words or rules is meant, renew it with `python -m tests.e2e.peer_week` and read its diff.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.infra.library import FileLibrary, packaged_library
from tests.e2e.program import Line, played

SCRIPT = Path(__file__).parent / "scripts" / "peer_week.txt"
GOLDEN = SCRIPT.with_suffix(".jsonl")
START = "2026-11-23T09:00+01:00"
OF_A_QUESTION = ("You:", "Reviews:", "Sealed:")
"""What is kept of a card that shows a question or its points: these lines, and its buttons."""
PRACTICE = ("Practise rating", "How the references read them")

_library = cache(packaged_library)


def transcript(lines: Sequence[Line]) -> list[str]:
    """Each line as the golden file has it, without what the questions and their notes say.

    What several members are told at one instant comes in any order; here it stands in that of their names.
    """
    ordered = sorted(enumerate(lines), key=lambda each: (each[1].at, *_turn(lines, each[0])))
    return [json.dumps(_record(line), ensure_ascii=False) for _, line in ordered]


def _turn(lines: Sequence[Line], number: int) -> tuple[int, str, int]:
    """Messages that the bot sends by itself, one after the other, are one turn and stand by addressee."""
    line = lines[number]
    if line.author != "bot" or line.place not in ("dm", "thread"):
        return number, "", number
    first = number
    while first and lines[first - 1].author == "bot" and lines[first - 1].place in ("dm", "thread"):
        first -= 1
    return first, f"{line.place} {line.to} {line.text}", number


def _record(line: Line) -> dict[str, Any]:
    head = {"at": line.at, "place": line.place, "to": line.to, "from": line.author, "kind": line.kind}
    return {**head, "text": [_masked(row) for row in _said(line)]}


def _said(line: Line) -> list[str]:
    rows = line.text.splitlines()
    if line.author != "bot":
        return rows
    if "prompt" in line.data or rows[0].startswith("Check it yourself"):
        return [rows[0], *(row for row in rows[1:] if row.startswith(OF_A_QUESTION) or row.startswith("["))]
    if rows[0] in PRACTICE:
        return [rows[0], *(row for row in rows if row.startswith("["))]
    if line.kind == "form":
        fields = line.data["fields"]
        return [*rows[:2], *(f"{each['key']}={each['value']}" for each in fields if each["value"]),
                *line.data["errors"].values()]  # fmt: skip
    return rows


def _masked(row: str) -> str:
    """Without the titles of questions and the names of sections; a question's own text is left out."""
    library: FileLibrary = _library()
    for question in library.questions.values():
        row = row.replace(question.title, "TITLE").replace(question.prompt, "PROMPT")
    for section in library.framework.sections:
        if row.startswith(f"{section.short}: "):
            row = row.replace(section.short, "SECTION", 1)
    return row


def main() -> None:
    """Play the week and keep what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = played(Path(folder), SCRIPT, start=START)
    GOLDEN.write_text("".join(f"{line}\n" for line in transcript(outcome.lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
