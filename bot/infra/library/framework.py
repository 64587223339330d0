"""Reads a framework: front matter says what its sections are called, the Markdown below lists their points."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

import prompts
from bot.domain.framework import Block, Criterion, Framework, Section
from bot.infra.library.located import (
    FileFault,
    FileFaulty,
    Heading,
    bullets,
    front_matter,
    headings,
    line_of,
    yaml_lines,
)

MOST_SHORT_CHARS = 24
MOST_ASKS_CHARS = 100
"""The hint of a form field, see `bot.cards.MOST_HINT_CHARS`."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Section(_Strict):
    key: str
    title: str
    short: str
    asks: str


class _Criteria(_Strict):
    heading: str
    keys: list[str]


class _Head(BaseModel):
    """Keys of other readers of the same form, such as `argument-hint`, are let through."""

    name: str
    version: int
    title: str
    description: str
    sections: list[_Section]
    topics: str
    criteria: _Criteria


def read_framework(source: prompts.Source) -> Framework:
    """The framework of `source`. Raises FileFaulty."""
    data, parts = front_matter(source.path, source.text)
    lines = yaml_lines(parts.head, parts.head_line)
    try:
        head = _Head.model_validate(data)
    except ValidationError as error:
        raise FileFaulty(schema_faults(source.path, lines, error)) from None
    body = {heading.title: heading for heading in headings(parts)}
    faults = _faults(source.path, lines, head, body)
    if faults:
        raise FileFaulty(faults)
    texts = [text for _, text in bullets(body[head.criteria.heading].lines)]
    return Framework(
        name=head.name,
        title=head.title,
        sections=tuple(
            Section(key=s.key, title=s.title, short=s.short, asks=s.asks, blocks=_blocks(body[s.title]))
            for s in head.sections
        ),
        topics=_blocks(body[head.topics]),
        criteria=tuple(map(Criterion, head.criteria.keys, texts)),
        text=parts.body.strip() + "\n",
    )


def schema_faults(path: str, lines: dict[str, int], error: ValidationError) -> list[FileFault]:
    """Each fault that pydantic found, with its line."""
    return [
        FileFault(path, line_of(lines, field), field, detail["msg"])
        for detail in error.errors()
        for field in [".".join(map(str, detail["loc"]))]
    ]


def _faults(path: str, lines: dict[str, int], head: _Head, body: dict[str, Heading]) -> list[FileFault]:
    found = []

    def fault(field: str, rule: str) -> None:
        found.append(FileFault(path, line_of(lines, field), field, rule))

    for number, section in enumerate(head.sections):
        if len(section.short) > MOST_SHORT_CHARS:
            fault(f"sections.{number}.short", f"at most {MOST_SHORT_CHARS} characters")
        if len(section.asks) > MOST_ASKS_CHARS:
            fault(f"sections.{number}.asks", f"at most {MOST_ASKS_CHARS} characters")
        if section.title not in body or not _blocks(body[section.title]):
            fault(f"sections.{number}.title", "needs a heading of level 2 with these words and points below it")
    if len({section.key for section in head.sections}) != len(head.sections):
        fault("sections", "keys must differ")
    if head.topics not in body:
        fault("topics", "needs a heading of level 2 with these words")
    criteria = body.get(head.criteria.heading)
    if criteria is None or len(bullets(criteria.lines)) != len(head.criteria.keys):
        fault("criteria", "needs its heading and one point below it for each key")
    return found


def _blocks(heading: Heading) -> tuple[Block, ...]:
    """The points straight below a heading as a block without title, then one block for each heading of level 3."""
    groups: list[tuple[str, list[tuple[int, str]]]] = [("", [])]
    for number, line in heading.lines:
        if line.startswith("### "):
            groups.append((line[4:].strip(), []))
        else:
            groups[-1][1].append((number, line))
    blocks = [Block(title, tuple(text.replace("**", "") for _, text in bullets(tuple(rows)))) for title, rows in groups]
    return tuple(block for block in blocks if block.points)
