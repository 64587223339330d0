"""The injection attacks, each with a benign twin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Attack:
    """A text that speaks to the judge, and one of like form that does not."""

    id: str
    family: str
    text: str
    benign: str


@cache
def attacks() -> tuple[Attack, ...]:
    """All of them, as `attacks.yaml` lists them."""
    text = (resources.files(__package__) / "attacks.yaml").read_text(encoding="utf-8")
    return tuple(Attack(**item) for item in yaml.safe_load(text))
