"""Reads files of questions that people bring: Markdown (the format of prompts/questions), CSV or JSON.

Each fault names file, line, field and rule. What a question lacks takes its default, so that a title, a prompt and a
topic are enough; which rules it must keep is decided in bot/domain/own_question.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.domain.judge import FRAMEWORK_SPECIFIC
from bot.domain.own_question import DEFAULT_KIND, DEFAULT_LEVEL, MINUTES_OF, emphasis_of, own_id
from bot.domain.question import READY, Facet, LookFor, Pitfall, Probe, Question
from bot.infra.library.located import FileFault, FileFaulty
from bot.infra.library.rows import READERS, Row

MOST_BYTES = 64 * 1024 * 1024
"""Of one file; 10,000 questions with all their notes have about 50 MB."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _LookFor(_Strict):
    id: str = ""
    point: str
    specific: str = FRAMEWORK_SPECIFIC
    facets: list[Facet] = []


class _Pitfall(_Strict):
    pitfall: str
    words: list[str] = []


class _Probe(_Strict):
    point: str = Field(alias="for")
    ask: str


class _Record(_Strict):
    id: str = ""
    title: str
    kind: str = DEFAULT_KIND
    topic: str
    also: list[str] = []
    level: int = DEFAULT_LEVEL
    minutes: int | None = None
    prompt: str
    givens: list[str] = []
    emphasis: dict[str, int] = {}
    look_for: dict[str, list[_LookFor]] = {}
    pitfalls: list[_Pitfall] = []
    probes: list[_Probe] = []
    outline: list[str] = []
    runner_up: str = ""
    facts: list[str] = []
    variants: list[str] = []
    refresh_by: date | None = None
    status: str = READY
    author: str = ""
    licence: str = ""

    @field_validator("title", "prompt", "runner_up")
    @classmethod
    def _on_one_line(cls, text: str) -> str:
        return " ".join(text.split())

    @field_validator("givens", "outline", "also", "facts", "variants")
    @classmethod
    def _on_one_line_each(cls, texts: list[str]) -> list[str]:
        return [" ".join(text.split()) for text in texts]


@dataclass(frozen=True, slots=True)
class Brought:
    """A question of a file that somebody brought, and where it stands."""

    path: str
    question: Question
    lines: Callable[[], Mapping[str, int]]

    def fault(self, field: str, rule: str) -> FileFault:
        """A fault of one of its fields."""
        return FileFault(self.path, _line(self.lines(), field), field, rule)


def read_brought(path: str, raw: bytes, section_keys: Sequence[str]) -> tuple[list[Brought], list[FileFault]]:
    """The questions of one file, which is read by the ending of its name, and what is wrong with the others."""
    reader = READERS.get(PurePath(path).suffix.lower())
    if reader is None:
        return [], [FileFault(path, 1, "file", f"its name must end in {', '.join(READERS)}")]
    if len(raw) > MOST_BYTES:
        return [], [FileFault(path, 1, "file", f"must have at most {MOST_BYTES // 1024**2} MB")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [FileFault(path, raw[: error.start].count(b"\n") + 1, "file", "is not UTF-8 text")]
    found: list[Brought] = []
    faults: list[FileFault] = []
    try:
        for row in reader(path, text, section_keys):
            try:
                found.append(_brought(path, row, section_keys))
            except FileFaulty as faulty:
                faults += faulty.faults
    except FileFaulty as faulty:
        faults += faulty.faults
    if not found and not faults:
        faults.append(FileFault(path, 1, "file", "holds no question"))
    return found, faults


def _brought(path: str, row: Row, section_keys: Sequence[str]) -> Brought:
    if row.faults:
        raise FileFaulty(list(row.faults))
    try:
        record = _Record.model_validate(row.data)
    except ValidationError as error:
        lines = row.lines()
        raise FileFaulty([_schema_fault(path, lines, detail) for detail in error.errors()]) from None
    made = Brought(path, _question(record, section_keys), row.lines)
    unknown = [key for key in (*record.emphasis, *record.look_for) if key not in section_keys]
    if unknown:
        rule = f"is no section; there are {', '.join(section_keys)}"
        fields = [f"{'emphasis' if key in record.emphasis else 'look_for'}.{key}" for key in dict.fromkeys(unknown)]
        raise FileFaulty([made.fault(field, rule) for field in fields])
    return made


def _schema_fault(path: str, lines: Mapping[str, int], detail: Mapping[str, Any]) -> FileFault:
    field = ".".join(map(str, detail["loc"])) or "question"
    rule = {"missing": "is missing", "extra_forbidden": "is no field of a question"}.get(detail["type"], detail["msg"])
    return FileFault(path, _line(lines, field), field, rule)


def _line(lines: Mapping[str, int], field: str) -> int:
    """The line of a dotted field, or of what it stands in, or of the question."""
    parts = field.split(".")
    around = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((lines[each] for each in around if each in lines), lines.get("", 1))


def _question(record: _Record, section_keys: Sequence[str]) -> Question:
    look_for = {key: _points(key, record.look_for[key]) for key in section_keys if record.look_for.get(key)}
    return Question(
        id=record.id or own_id(record.title, record.prompt),
        title=record.title,
        kind=record.kind,
        topic=record.topic,
        also=tuple(record.also),
        level=record.level,
        minutes=MINUTES_OF.get(record.level, 20) if record.minutes is None else record.minutes,
        prompt=record.prompt,
        givens=tuple(record.givens),
        emphasis={key: record.emphasis[key] for key in section_keys if key in record.emphasis}
        or emphasis_of(look_for, section_keys),
        look_for=look_for,
        pitfalls=tuple(Pitfall(each.pitfall, tuple(each.words)) for each in record.pitfalls),
        probes=tuple(Probe(each.point, each.ask) for each in record.probes),
        outline=tuple(record.outline),
        runner_up=record.runner_up,
        facts=tuple(record.facts),
        variants=tuple(record.variants),
        refresh_by=record.refresh_by,
        status=record.status,
    )


def _points(key: str, points: Sequence[_LookFor]) -> tuple[LookFor, ...]:
    return tuple(
        LookFor(
            id=each.id or f"{key}-{number}", point=each.point, specific=each.specific, facets=frozenset(each.facets)
        )
        for number, each in enumerate(points, start=1)
    )
