"""The golden transcript of a facilitator's day: what `facilitator_day.txt` must print, whatever the bank holds.

When a change of words or rules is meant, renew it with `python -m tests.e2e.facilitator_day` and read its diff.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.e2e.program import Line, played

SCRIPT = Path(__file__).parent / "scripts" / "facilitator_day.txt"
GOLDEN = SCRIPT.with_suffix(".jsonl")
OWN = ("Museum guide", "own-", "Court letters")
HINT_CHARS = len("Hint 1 of 3:")


def transcript(lines: Sequence[Line]) -> list[str]:
    """Each line as the golden file has it, without what packaged questions and their notes say."""
    return [json.dumps(_record(line), ensure_ascii=False) for line in lines]


def _record(line: Line) -> dict[str, Any]:
    head = {"at": line.at, "place": line.place, "to": line.to, "from": line.author, "kind": line.kind}
    return {**head, "text": _said(line)}


def _said(line: Line) -> list[str]:
    rows = line.text.splitlines()
    if line.kind == "form":
        fields = line.data["fields"]
        return [rows[0], *(f"{each['key']}={each['value']}" for each in fields if each["value"]),
                *line.data["errors"].values()]  # fmt: skip
    if line.data.get("kind") == "self-check":
        return [rows[0], *(row for row in rows if "hints used" in row)]
    if "queue" in line.data:
        return [
            row
            for row in rows
            if row.startswith(("What", "Change", "Skipped", "[")) or any(word in row for word in OWN)
        ]
    if "ready" in line.data or ("prompt" in line.data and not line.data["question"].startswith("own-")):
        return [row for row in rows if row.startswith("[")]
    return [row[:HINT_CHARS] if row.startswith("Hint ") else row for row in rows]


def main() -> None:
    """Play the day and keep what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = played(Path(folder), SCRIPT)
    GOLDEN.write_text("".join(f"{line}\n" for line in transcript(outcome.lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
