"""What stands beside the golden answers: labels of others, and twins of equal content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.domain.answer import clean
from bot.infra.library.located import FileFault, FileFaulty, front_matter, line_of, yaml_lines
from evals.golden import Golden

Bands = Mapping[str, int]
MOST = 4


@dataclass(frozen=True, slots=True)
class Labeller:
    """Somebody who labelled without seeing author or band: golden id -> section key -> band."""

    name: str
    bands: Mapping[str, Bands]


@dataclass(frozen=True, slots=True)
class Twin:
    """A text with the content of the golden answer `of`, in another hand."""

    of: str
    text: str


def read_labels(folder: Path, golden: Sequence[Golden]) -> list[Labeller]:
    """Every `<name>.yaml` of `folder`; entries for answers that are not in `golden` are left out. Raises FileFaulty."""
    weighed = {each.id: frozenset(each.labels) for each in golden}
    return [_labeller(path, weighed) for path in sorted(folder.glob("*.yaml"))]


def _labeller(path: Path, weighed: Mapping[str, frozenset[str]]) -> Labeller:
    text = path.read_text(encoding="utf-8")
    try:
        data, lines = yaml.safe_load(text) or {}, yaml_lines(text, 1)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise FileFaulty([FileFault(str(path), mark.line + 1 if mark else 1, "file", "is not YAML")]) from None
    faults: list[FileFault] = []
    bands: dict[str, Bands] = {}
    for answer_id, given in data.items() if isinstance(data, dict) else [("file", None)]:
        if not isinstance(given, dict):
            faults.append(FileFault(str(path), line_of(lines, answer_id), answer_id, "must be sections with bands"))
            continue
        faults += [
            FileFault(str(path), line_of(lines, f"{answer_id}.{key}"), f"{answer_id}.{key}", rule)
            for key, band in given.items()
            if (rule := _rule(key, band, weighed.get(answer_id)))
        ]
        if answer_id in weighed:
            bands[answer_id] = {key: band for key, band in given.items() if band is not None}
    if faults:
        raise FileFaulty(faults)
    return Labeller(path.stem, bands)


def _rule(key: str, band: object, weighed: frozenset[str] | None) -> str:
    if band is not None and (type(band) is not int or not 0 <= band <= MOST):
        return f"must be 0 to {MOST} or null, is {band!r}"
    if weighed is not None and band is not None and key not in weighed:
        return "must be null: the question does not weigh this section"
    return ""


def read_twins(folder: Path, golden: Sequence[Golden]) -> list[Twin]:
    """Every `*.md` of `folder` with `twin_of` in its front matter, for answers in `golden`. Raises FileFaulty."""
    ids = {each.id for each in golden}
    twins = []
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        data, parts = front_matter(str(path), path.read_text(encoding="utf-8"))
        of = data.get("twin_of")
        if not isinstance(of, str):
            raise FileFaulty([FileFault(str(path), 2, "twin_of", "must be the id of a golden answer")])
        if of in ids:
            twins.append(Twin(of, clean(parts.body).strip()))
    return twins
