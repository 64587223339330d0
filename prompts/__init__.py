"""Text that ships with the bot, and its loader: the framework, the prompts, the questions and the facts.

A leaf: it reads packaged files and gives them back as text or as plain data. What they mean is decided by its readers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    import yaml

FENCE = "---"
HASH_CHARS = 16
PROMPTS = ("review", "walkthrough")
"""Names of the prompts that a model is given."""
_KEYS = {"name": str, "version": int, "purpose": str}


@dataclass(frozen=True, slots=True)
class Source:
    """One packaged file. `path` is relative to the package's parent, such as `prompts/framework.md`."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Instructions for a model. `hash` is of the body alone: 16 hex digits of its SHA-256."""

    name: str
    version: int
    hash: str
    body: str


@dataclass(frozen=True, slots=True)
class Parts:
    """A file with front matter, cut in two. The lines are 1-based numbers of their first ones."""

    head: str
    head_line: int
    body: str
    body_line: int


def framework_source() -> Source:
    """The framework: front matter (keys, titles, labels) and Markdown (its points)."""
    return _source("framework.md")


def question_sources() -> Mapping[str, str]:
    """Path -> text of every packaged question, in the order of their paths."""
    texts = {
        f"prompts/questions/{topic.name}/{file.name}": file.read_text(encoding="utf-8")
        for topic in (_root() / "questions").iterdir()
        if topic.is_dir()
        for file in topic.iterdir()
        if file.name.endswith(".md")
    }
    return dict(sorted(texts.items()))


def facts_source() -> Source:
    """The checked facts: YAML with `topics`, `topic_names` and `facts`."""
    return _source("facts.yaml")


def calibration_source() -> Source:
    """The calibrations for reviewers: YAML, a list of two rated excerpts a section."""
    return _source("calibration.yaml")


def facts() -> Mapping[str, Any]:
    """The fact file as plain data."""
    data = load_yaml(facts_source().text)
    if not isinstance(data, dict):
        raise ValueError("prompts/facts.yaml: line 1: must be a mapping")  # noqa: TRY004  the file is wrong, not a type
    return data


def prompt(name: str) -> Prompt:
    """The prompt `name`. Raises ValueError when its front matter is not exactly name, version and purpose."""
    source = _source(f"{name}.md")
    parts = split(source.text)
    head = load_yaml(parts.head)
    if not isinstance(head, dict) or head.keys() != _KEYS.keys():
        raise ValueError(f"{source.path}: front matter must hold exactly {', '.join(_KEYS)}")
    for key, kind in _KEYS.items():
        if type(head[key]) is not kind:
            raise ValueError(f"{source.path}: {key} must be of type {kind.__name__}")
    if head["name"] != name or head["version"] < 1:
        raise ValueError(f"{source.path}: name must be {name} and version at least 1")
    body = parts.body.strip()
    return Prompt(name, head["version"], body_hash(body), body)


def body_hash(body: str) -> str:
    """The first 16 hex digits of the SHA-256 of `body` in UTF-8."""
    return hashlib.sha256(body.encode()).hexdigest()[:HASH_CHARS]


def split(text: str) -> Parts:
    """Cut a file into front matter and body. Raises ValueError when a fence is absent."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != FENCE:
        raise ValueError("the file must start with a line of three hyphens")
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == FENCE:
            return Parts("\n".join(lines[1 : number - 1]), 2, "\n".join(lines[number:]), number + 1)
    raise ValueError("the front matter has no closing line of three hyphens")


def load_yaml(text: str) -> object:
    """`text` as plain data."""
    import yaml

    return yaml.load(text, Loader=yaml_loader())  # noqa: S506  both are safe loaders


def yaml_loader() -> type[yaml.SafeLoader | yaml.CSafeLoader]:
    """PyYAML's safe loader, in C where it is built in (about ten times as fast)."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _source(name: str) -> Source:
    return Source(f"prompts/{name}", (_root() / name).read_text(encoding="utf-8"))


def _root() -> Traversable:
    return resources.files(__name__)
