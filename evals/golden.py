"""Golden answers: texts with the bands that a reviewer should find, read from files and checked with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.domain.answer import clean, sentences
from bot.domain.question import Question
from bot.infra.library.framework import schema_faults
from bot.infra.library.located import FileFault, FileFaulty, front_matter, line_of, yaml_lines
from bot.ports import Library

Band = Literal["weak", "middling", "strong"]
MIDDLING: Band = "middling"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(_Strict):
    """The band of a section, 0 to 4, and the numbers of the sentences that earn it."""

    band: Annotated[int, Field(ge=0, le=4)]
    sentences: list[int] = []
    why: str = ""


class Planted(_Strict):
    """A wrong claim, put there on purpose: the sentence, the fact that contradicts it, the claim in a few words."""

    sentence: int
    fact: str
    says: str


class _Head(_Strict):
    id: str
    question: str
    band: Band
    english: str
    style: str
    labels: dict[str, Label | None]
    planted: list[Planted] = []
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One golden answer.

    Attributes:
        text: as `clean` leaves it; `sentences` are numbered from 1.
        band: what its author was asked to write.
        labels: section key -> the author's label, for the weighed sections.
    """

    id: str
    path: str
    question: Question
    band: Band
    text: str
    sentences: tuple[str, ...]
    labels: Mapping[str, Label]
    planted: tuple[Planted, ...]
    style: str
    author: str

    def sentence(self, number: int) -> str:
        """The sentence with this number."""
        return self.sentences[number - 1]

    @property
    def total(self) -> float:
        """The author's bands as one number of 24."""
        return of_24([label.band for label in self.labels.values()])


def of_24(bands: Sequence[int]) -> float:
    """The sum of section bands, scaled as if the question weighed six sections."""
    return 6 * sum(bands) / len(bands) if bands else 0.0


def read_golden(folder: Path, library: Library) -> list[Golden]:
    """Every `*.md` under `folder`, in the order of their ids. Raises FileFaulty with every fault of every file."""
    found: list[Golden] = []
    faults: list[FileFault] = []
    for path in sorted(folder.rglob("*.md")):
        if path.name == "README.md":
            continue
        try:
            found.append(read_one(str(path), path.read_text(encoding="utf-8"), library))
        except FileFaulty as faulty:
            faults += faulty.faults
    faults += _doubles(found)
    if not found and not faults:
        faults.append(FileFault(str(folder), 1, "folder", "holds no golden answer"))
    if faults:
        raise FileFaulty(sorted(faults))
    return sorted(found, key=lambda golden: golden.id)


def read_one(path: str, text: str, library: Library) -> Golden:
    """The golden answer of one file. Raises FileFaulty."""
    data, parts = front_matter(path, text)
    lines = yaml_lines(parts.head, parts.head_line)
    try:
        head = _Head.model_validate(data)
    except ValidationError as error:
        raise FileFaulty(schema_faults(path, lines, error)) from None
    body = clean(parts.body).strip()
    written = sentences(body)
    faults = [
        FileFault(path, line_of(lines, field), field, rule)
        for field, rule in _faults(head, Path(path).stem, len(written), library)
    ]
    if faults:
        raise FileFaulty(faults)
    return Golden(
        id=head.id,
        path=path,
        question=library.questions[head.question],
        band=head.band,
        text=body,
        sentences=written,
        labels={key: label for key, label in sorted(head.labels.items()) if label is not None},
        planted=tuple(head.planted),
        style=head.style,
        author=head.author,
    )


def _faults(head: _Head, stem: str, count: int, library: Library) -> Iterator[tuple[str, str]]:
    if head.id != stem:
        yield "id", f"must equal the file's name, {stem}"
    question = library.questions.get(head.question)
    if question is None:
        yield "question", f"is not in the bank: {head.question}"
    else:
        yield from _weight_faults(head, question)
    for key, label in head.labels.items():
        if label is not None:
            yield from _label_faults(key, label, count)
    for place, planted in enumerate(head.planted):
        if not 1 <= planted.sentence <= count:
            yield f"planted.{place}.sentence", f"{planted.sentence} is not a sentence of the answer (1 to {count})"
        if planted.fact not in library.facts:
            yield f"planted.{place}.fact", f"is no known fact: {planted.fact}"


def _weight_faults(head: _Head, question: Question) -> Iterator[tuple[str, str]]:
    for key in question.weighed:
        if head.labels.get(key) is None:
            yield f"labels.{key}", "must have a label: the question weighs this section"
    for key, label in head.labels.items():
        if label is not None and key not in question.weighed:
            yield f"labels.{key}", "must be null: the question does not weigh this section"


def _label_faults(key: str, label: Label, count: int) -> Iterator[tuple[str, str]]:
    for number in label.sentences:
        if not 1 <= number <= count:
            yield f"labels.{key}.sentences", f"{number} is not a sentence of the answer (1 to {count})"
    if label.band and not label.sentences:
        yield f"labels.{key}", f"band {label.band} needs the sentences that earn it"


def _doubles(found: Sequence[Golden]) -> Iterator[FileFault]:
    taken: dict[str, str] = {}
    for golden in found:
        if golden.id in taken:
            yield FileFault(golden.path, 2, "id", f"is taken by {taken[golden.id]}")
        taken.setdefault(golden.id, golden.path)
