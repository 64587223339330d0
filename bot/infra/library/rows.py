"""Files of questions as rows of plain data, each with the lines that it stands on. Nothing is judged here but form."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

import prompts
from bot.domain.own_question import notes_of
from bot.infra.library.located import FileFault, FileFaulty, bullets, front_matter, headings, yaml_lines
from bot.views.facilitating.question_files import COLUMNS, FORMULA, LISTS, NESTED

BODY = ("prompt", "givens", "outline", "runner_up")
NEEDED = ("title", "prompt", "topic")
NOT_A_COLUMN = frozenset({"author", "licence"})
_BLANK = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Row:
    """One question as plain data. `lines`: dotted field -> line, made when first asked; "" is the row's own line."""

    data: Mapping[str, Any]
    lines: Callable[[], Mapping[str, int]]
    faults: Sequence[FileFault] = ()


def from_markdown(path: str, text: str, section_keys: Sequence[str]) -> Iterator[Row]:  # noqa: ARG001  one form for all
    """A document for each question, one after the other in one file. Raises FileFaulty."""
    for first, document in _documents(text):
        try:
            data, parts = front_matter(path, document)
        except FileFaulty as faulty:
            moved = [replace(fault, line=fault.line + first - 1) for fault in faulty.faults]
            yield Row({}, dict, moved)
            continue
        yield Row({**data, **_body(parts)}, _lines_of(parts, first))


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """Number of the first line, and text, of each document: it begins at every other fence."""
    lines = text.splitlines()
    fences = [number for number, line in enumerate(lines) if line.strip() == prompts.FENCE]
    starts = fences[::2] or [0]
    if any(line.strip() for line in lines[: starts[0]]):
        starts[0] = 0
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start + 1, "\n".join(lines[start:end])


def _body(parts: prompts.Parts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for heading in headings(parts):
        key = _key(heading.title)
        if key in ("givens", "outline"):
            found[key] = [text for _, text in bullets(heading.lines)]
        else:
            found[key] = " ".join(line for _, line in heading.lines).strip()
    return {key: value for key, value in found.items() if value or key not in BODY}


def _key(title: str) -> str:
    return title.lower().replace("-", "_")


def _lines_of(parts: prompts.Parts, first: int) -> Callable[[], Mapping[str, int]]:
    def lines() -> Mapping[str, int]:
        found = {"": parts.head_line, **yaml_lines(parts.head, parts.head_line)}
        for heading in headings(parts):
            found[_key(heading.title)] = heading.line
            of = bullets(heading.lines)
            found |= {f"{_key(heading.title)}.{place}": line for place, (line, _) in enumerate(of)}
        return {field: line + first - 1 for field, line in found.items()}

    return lines


def from_json(path: str, text: str, section_keys: Sequence[str]) -> Iterator[Row]:  # noqa: ARG001  one form for all
    """A list of objects, or one object. Raises FileFaulty where it is no JSON: nothing after that can be read."""
    decoder = json.JSONDecoder()
    start = _skip(text, 0)
    is_list = text[start : start + 1] == "["
    place = _skip(text, start + 1) if is_list else start
    while place < len(text) and text[place] != "]":
        line = text.count("\n", 0, place) + 1
        try:
            value, end = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise FileFaulty([FileFault(path, error.lineno, "file", f"is not JSON: {error.msg}")]) from None
        except RecursionError:
            raise FileFaulty([FileFault(path, line, "file", "is nested too deeply")]) from None
        if isinstance(value, dict):
            yield Row(value, _lines_within(text[place:end], line))
        else:
            fault = FileFault(path, line, "question", "must be an object with the fields of a question")
            yield Row({}, dict, (fault,))
        place = _skip(text, end)
        if not is_list and place < len(text):
            rule = "has something after its end"
            raise FileFaulty([FileFault(path, text.count("\n", 0, place) + 1, "file", rule)])
    if is_list and place >= len(text):
        raise FileFaulty([FileFault(path, text.count("\n") + 1, "file", "ends before its list does")])


def _skip(text: str, place: int) -> int:
    blank = _BLANK.match(text, place)
    return blank.end() if blank else place


def _lines_within(source: str, first: int) -> Callable[[], Mapping[str, int]]:
    def lines() -> Mapping[str, int]:
        try:
            return {"": first, **yaml_lines(source, first)}  # JSON is YAML, but for tabs
        except yaml.YAMLError:
            return {"": first}

    return lines


def from_csv(path: str, text: str, section_keys: Sequence[str]) -> Iterator[Row]:
    """One row a question, below a line with the names of the columns. Raises FileFaulty.

    Cells hold one entry a line, nested ones JSON; notes may be written as in the form, `s4: a move -> how`.
    """
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        _check_names(path, names)
        first = rows.line_num + 1
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield _row(path, names, cells, first, section_keys)
            first = rows.line_num + 1
    except csv.Error as error:
        raise FileFaulty([FileFault(path, rows.line_num, "file", f"is not CSV: {error}")]) from None


def _check_names(path: str, names: Sequence[str]) -> None:
    known = {*COLUMNS, *NOT_A_COLUMN}
    wrong = [FileFault(path, 1, name or "column", f"is no column; there are {', '.join(COLUMNS)}")
             for name in names if name not in known]  # fmt: skip
    wrong += [FileFault(path, 1, name, "is missing as a column") for name in NEEDED if name not in names]
    wrong += [FileFault(path, 1, name, "is there twice") for name in {*names} if names.count(name) > 1]
    if wrong:
        raise FileFaulty(wrong)


def _row(path: str, names: Sequence[str], cells: Sequence[str], line: int, section_keys: Sequence[str]) -> Row:
    lines = {"": line, **dict.fromkeys(names, line)}
    if len(cells) > len(names):
        return Row({}, lambda: lines, (FileFault(path, line, "row", f"has {len(cells)} cells, {len(names)} columns"),))
    data: dict[str, Any] = {}
    faults = []
    for name, cell in zip(names, cells, strict=False):
        text = cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell
        if text.strip():
            try:
                data[name] = _value(name, text, section_keys)
            except ValueError as error:
                faults.append(FileFault(path, line, name, str(error)))
    return Row(data, lambda: lines, faults)


def _value(name: str, text: str, section_keys: Sequence[str]) -> Any:
    """What a cell holds. Raises ValueError with the rule that it breaks."""
    if name in LISTS:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if name not in NESTED:
        return text
    if name == "look_for" and text.lstrip()[:1] != "{":
        points, wrong = notes_of(text, section_keys)
        if wrong:
            raise ValueError("; ".join(fault.rule for fault in wrong))
        return {key: [{"point": each.point, "specific": each.specific} for each in of] for key, of in points.items()}
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("must be JSON, as the export writes it") from None


READERS: Mapping[str, Callable[[str, str, Sequence[str]], Iterator[Row]]] = {
    ".md": from_markdown,
    ".csv": from_csv,
    ".json": from_json,
}
"""File name ending -> reader."""
