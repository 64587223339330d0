"""Questions as files that `tpm-bot questions import` reads back: Markdown (the format of prompts/questions), CSV, JSON.

A value is written so that nothing of it is lost: in Markdown's front matter and in CSV's nested columns as JSON, which
is YAML too.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.domain.question import Question

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet would run begins like this; it gets one more apostrophe, which is taken off again on reading."""
COLUMNS = (
    "id", "title", "kind", "topic", "also", "level", "minutes", "prompt", "givens", "emphasis", "look_for", "pitfalls",
    "probes", "outline", "runner_up", "facts", "variants", "refresh_by", "status",
)  # fmt: skip
LISTS = frozenset({"also", "givens", "outline", "facts", "variants"})
"""Columns of CSV with one entry a line."""
NESTED = frozenset({"emphasis", "look_for", "pitfalls", "probes"})
"""Columns of CSV that hold JSON."""
_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def record(question: Question) -> dict[str, Any]:
    """A question as plain data; what it lacks is left out."""
    data: dict[str, Any] = {
        "id": question.id,
        "title": question.title,
        "kind": question.kind,
        "topic": question.topic,
        "also": list(question.also),
        "level": question.level,
        "minutes": question.minutes,
        "prompt": question.prompt,
        "givens": list(question.givens),
        "emphasis": dict(question.emphasis),
        "look_for": {
            key: [
                {"id": point.id, "point": point.point, "specific": point.specific}
                | ({"facets": sorted(facet.value for facet in point.facets)} if point.facets else {})
                for point in points
            ]
            for key, points in question.look_for.items()
        },
        "pitfalls": [{"pitfall": each.pitfall, "words": list(each.words)} for each in question.pitfalls],
        "probes": [{"for": each.point_id, "ask": each.ask} for each in question.probes],
        "outline": list(question.outline),
        "runner_up": question.runner_up,
        "facts": list(question.facts),
        "variants": list(question.variants),
        "refresh_by": question.refresh_by.isoformat() if question.refresh_by else "",
        "status": question.status,
    }
    return {key: value for key, value in data.items() if value not in ("", [], {})}


def as_json(questions: Sequence[Question]) -> str:
    """A list of records."""
    return json.dumps([record(each) for each in questions], ensure_ascii=False, indent=2) + "\n"


def as_csv(questions: Sequence[Question]) -> str:
    """One row a question, with a line of column names."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for question in questions:
        data = record(question)
        rows.writerow([_cell(column, data.get(column, "")) for column in COLUMNS])
    return text.getvalue()


def as_markdown(questions: Sequence[Question]) -> str:
    """One document a question, each with front matter and body, one after the other."""
    return "\n".join(map(_document, questions))


WRITERS: Mapping[str, Callable[[Sequence[Question]], str]] = {"md": as_markdown, "csv": as_csv, "json": as_json}
"""File name ending -> writer."""


def _cell(column: str, value: Any) -> str:
    if column in NESTED:
        text = json.dumps(value, ensure_ascii=False) if value else ""
    elif column in LISTS:
        text = "\n".join(value)
    else:
        text = str(value)
    return f"'{text}" if FORMULA.match(text) else text


def _document(question: Question) -> str:
    data = record(question)
    body = {key: data.pop(key, []) for key in ("givens", "outline")}
    # a text that reads as a heading or a fence stays in the front matter
    prompt, runner_up = (
        "" if str(data.get(key, "")).startswith(("## ", "---")) else data.pop(key, "")
        for key in ("prompt", "runner_up")
    )
    lines = ["---", *(line for key, value in data.items() for line in _yaml(key, value)), "---"]
    lines += ["## Prompt", prompt, ""]
    for key in ("givens", "outline"):
        lines += [f"## {key.capitalize()}", *(f"- {item}" for item in body[key]), ""]
    return "\n".join([*lines, "## Runner-up", runner_up, ""])


def _yaml(key: str, value: Any) -> list[str]:
    """A key of the front matter: lists of points stand a line each, for people who compare versions."""
    if isinstance(value, dict) and key == "look_for":
        return [f"{key}:", *(line for name, points in value.items() for line in (f"  {name}:", *_items(points, 4)))]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{key}:", *_items(value, 2)]
    return [f"{key}: {value if key == 'refresh_by' else _scalar(value)}"]


def _items(values: Sequence[Any], indent: int) -> list[str]:
    return [f"{' ' * indent}- {_scalar(value)}" for value in values]


def _scalar(value: Any) -> str:
    """JSON, with what YAML does not let stand in a line written as an escape."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNPRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
