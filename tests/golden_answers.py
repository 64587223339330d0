"""The small golden answers that the bench is tested with, and what is made of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.domain.question import Question
from evals.golden import Golden, read_golden
from evals.graded import Graded, Outcome
from evals.made import GOLDEN, Case
from evals.toys import SaneToy
from tests.reviews import library

FOLDER = Path(__file__).parent / "golden" / "answers"


@cache
def answers() -> tuple[Golden, ...]:
    """A weak and a strong answer to one question, and a middling one to another."""
    return tuple(read_golden(FOLDER, library()))


def weak() -> Golden:
    return answers()[0]


def strong() -> Golden:
    return answers()[1]


def middling() -> Golden:
    return answers()[2]


def a_case(
    family: str = GOLDEN,
    of: Golden | None = None,
    text: str | None = None,
    question: Question | None = None,
    **more: str,
) -> Case:
    golden = of or strong()
    return Case(
        id=f"{golden.id}.{family}",
        family=family,
        variant=more.pop("variant", "some"),
        of=golden,
        question=question or golden.question,
        text=golden.text if text is None else text,
        section=more.pop("section", ""),
        planted=more.pop("planted", ""),
    )


def graded(case: Case) -> Graded:
    """As the sane toy reads it."""
    return SaneToy(answers()).graded(case)


def outcome(of: Golden, *runs: Graded) -> Outcome:
    case = a_case(of=of)
    return Outcome(case, runs or (graded(case),))
