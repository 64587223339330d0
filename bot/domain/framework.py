"""The framework as data: what its sections are called and ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A named list of points inside a section, such as "For RAG systems specifically"."""

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of the framework.

    Attributes:
        key: stable id, such as `s1`.
        title: full title.
        short: at most 24 characters, for labels on a phone.
        asks: one plain sentence that says what belongs here; the hint of a form field.
        blocks: every point that the framework lists here; the section's own ones are in a block with an empty title.
    """

    key: str
    title: str
    short: str
    asks: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the criteria of what good looks like."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework read from `prompts/framework.md`.

    Attributes:
        text: the whole Markdown body, as the model reads it.
    """

    name: str
    title: str
    sections: tuple[Section, ...]
    topics: tuple[Block, ...]
    criteria: tuple[Criterion, ...]
    text: str

    def section(self, key: str) -> Section:
        """The section with `key`. Raises KeyError if there is none."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)
