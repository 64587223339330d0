"""Reads a question file: `prompts/questions/<topic>/<id>.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import prompts
from bot.domain.question import Facet, LookFor, Pitfall, Probe, Question
from bot.infra.library.framework import schema_faults
from bot.infra.library.located import FileFault, FileFaulty, bullets, front_matter, headings, line_of, yaml_lines

_T = TypeVar("_T")
BODY = ("Prompt", "Givens", "Outline", "Runner-up")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _LookFor(_Strict):
    id: str
    point: str
    specific: str
    facets: list[Facet] = []


class _Pitfall(_Strict):
    pitfall: str
    words: list[str] = []


class _Probe(_Strict):
    point: str = Field(alias="for")
    ask: str


class _Head(_Strict):
    id: str
    title: str
    kind: str
    topic: str
    also: list[str] = []
    level: int
    minutes: int
    emphasis: dict[str, int]
    look_for: dict[str, list[_LookFor]]
    pitfalls: list[_Pitfall]
    probes: list[_Probe]
    facts: list[str]
    variants: list[str] = []
    refresh_by: date | None = None
    status: str
    author: str
    licence: str


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A question and the file that it stands in."""

    path: str
    question: Question
    parts: prompts.Parts

    def fault(self, field: str, rule: str) -> FileFault:
        """A fault of one of its fields. Lines are looked for only now: most files have no fault."""
        lines = yaml_lines(self.parts.head, self.parts.head_line) | _Body.read(self.path, self.parts).lines
        return FileFault(self.path, line_of(lines, field), field, rule)


def read_question(path: str, text: str, section_keys: Sequence[str]) -> QuestionFile:
    """The question of one file; what it says is not judged here. Raises FileFaulty.

    `section_keys` are the framework's, in order.
    """
    data, parts = front_matter(path, text)
    try:
        head = _Head.model_validate(data)
    except ValidationError as error:
        raise FileFaulty(schema_faults(path, yaml_lines(parts.head, parts.head_line), error)) from None
    file = QuestionFile(path, _question(head, _Body.read(path, parts), section_keys), parts)
    faults = [file.fault(field, rule) for field, rule in _form_faults(path, head, section_keys)]
    if faults:
        raise FileFaulty(faults)
    return file


@dataclass(frozen=True, slots=True)
class _Body:
    """The Markdown below the front matter."""

    prompt: str
    givens: tuple[str, ...]
    outline: tuple[str, ...]
    runner_up: str
    lines: dict[str, int]

    @classmethod
    def read(cls, path: str, parts: prompts.Parts) -> _Body:
        found = headings(parts)
        titles = [heading.title for heading in found]
        if sorted(titles) != sorted(BODY):
            rule = f"must have the headings {', '.join(BODY)}, once each; has {', '.join(titles) or 'none'}"
            raise FileFaulty([FileFault(path, parts.body_line, "body", rule)])
        by_title = {heading.title: heading for heading in found}
        lines = {heading.title.lower().replace("-", "_"): heading.line for heading in found}
        lists = {title: bullets(by_title[title].lines) for title in ("Givens", "Outline")}
        for title, items in lists.items():
            lines |= {f"{title.lower()}.{number}": line for number, (line, _) in enumerate(items)}
        prompt, runner_up = (
            " ".join(" ".join(line for _, line in by_title[title].lines).split()) for title in ("Prompt", "Runner-up")
        )
        givens, outline = (tuple(text for _, text in lists[title]) for title in ("Givens", "Outline"))
        return cls(prompt, givens, outline, runner_up, lines)


def _form_faults(path: str, head: _Head, section_keys: Sequence[str]) -> list[tuple[str, str]]:
    """Field and rule of what only the file shows: its name and folder, keys that the framework lacks."""
    place = PurePosixPath(path)
    rules = [
        ("id", f"must equal the file's name, {place.stem}", head.id == place.stem),
        ("topic", f"must equal the folder's name, {place.parent.name}", head.topic == place.parent.name),
        *(
            (f"{field}.{key}", f"is no section; there are {', '.join(section_keys)}", key in section_keys)
            for field in ("emphasis", "look_for")
            for key in getattr(head, field)
        ),
    ]
    return [(field, rule) for field, rule, holds in rules if not holds]


def _question(head: _Head, body: _Body, section_keys: Sequence[str]) -> Question:
    return Question(
        id=head.id,
        title=head.title,
        kind=head.kind,
        topic=head.topic,
        also=tuple(head.also),
        level=head.level,
        minutes=head.minutes,
        prompt=body.prompt,
        givens=body.givens,
        emphasis=_ordered(head.emphasis, section_keys),
        look_for={key: tuple(map(_look_for, points)) for key, points in _ordered(head.look_for, section_keys).items()},
        pitfalls=tuple(Pitfall(item.pitfall, tuple(item.words)) for item in head.pitfalls),
        probes=tuple(Probe(item.point, item.ask) for item in head.probes),
        outline=body.outline,
        runner_up=body.runner_up,
        facts=tuple(head.facts),
        variants=tuple(head.variants),
        refresh_by=head.refresh_by,
        status=head.status,
    )


def _look_for(item: _LookFor) -> LookFor:
    return LookFor(id=item.id, point=item.point, specific=item.specific, facets=frozenset(item.facets))


def _ordered(values: Mapping[str, _T], section_keys: Sequence[str]) -> dict[str, _T]:
    return {key: values[key] for key in section_keys if key in values}
