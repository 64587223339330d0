"""Loading the bank, against parsing its YAML alone: what our checks and records add to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import prompts
from benchmarks.table import Row, middle
from bot.infra.library import packaged_library
from bot.infra.library.check import read_questions
from bot.infra.library.packaged import packaged_parts

ROUNDS = 9
MOST_TIMES = 3.0
"""Of parsing the YAML alone (issue 7)."""


async def measure() -> Sequence[Row]:
    """Two rows: the questions alone, and the whole library with framework and facts."""
    sections = [section.key for section in packaged_parts()[0].sections]
    questions_ms = _median_ms(lambda: read_questions(prompts.question_sources(), sections))
    heads_ms = _median_ms(_parse_heads)
    whole_ms = _median_ms(packaged_library)
    whole_yaml_ms = heads_ms + _median_ms(prompts.facts)
    count = len(prompts.question_sources())
    return [
        _row(f"load {count} questions (floor: parse their YAML)", questions_ms, heads_ms),
        _row("load the library (floor: parse all its YAML)", whole_ms, whole_yaml_ms),
    ]


def _row(what: str, measure_ms: float, floor_ms: float) -> Row:
    return Row(what=what, measure=measure_ms, floor=floor_ms, unit="ms", n=ROUNDS, most=MOST_TIMES, of_floor=True)


def _parse_heads() -> None:
    for text in prompts.question_sources().values():
        prompts.load_yaml(prompts.split(text).head)


def _median_ms(run: Callable[[], object]) -> float:
    run()
    return middle([_ms(run) for _ in range(ROUNDS)])


def _ms(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - began)
