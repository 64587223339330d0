"""One case of the bench."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.question import Question
from evals.golden import Golden

GOLDEN = "golden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text to be read as an answer to `question`.

    Attributes:
        family: `golden`, or M1 to M9 of the reference llm.md 5.2.
        variant: what was done, such as `typos` or the name of an attack.
        of: the golden answer that it was made from, and is held against.
        section: the section that was taken out (M1) or made stronger (M7).
        untouched: sections none of whose sentences were changed (M1).
        planted: the wrong sentence that was put in (M6).
        benign: the harmless twin of an attack (M3).
    """

    id: str
    family: str
    variant: str
    of: Golden
    question: Question
    text: str
    section: str = ""
    untouched: frozenset[str] = frozenset()
    planted: str = ""
    benign: bool = False
