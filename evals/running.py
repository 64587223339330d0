"""Runs a plan past a grader: several at once, resumed where it stopped, given up when nothing comes any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.errors import ReviewerBusy, ReviewerTrouble
from evals.cases import Plan, golden_cases
from evals.graded import Graded, Grader, Outcome
from evals.made import Case

MOST_WAITS = 20
"""Times that one case waits when the model asks for it."""
MOST_WAIT_S = 120.0
FAILURES_IN_A_ROW = 5
"""After these the rest is left for another time."""

Progress = Callable[[], object]
"""Called for each reading as it is there."""


class GivenUp(ReviewerTrouble):
    """Nothing came back several times in a row; what came before is kept."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One reading to be made."""

    case: Case
    run: int


def turns(chosen: Plan, runs: int) -> list[Turn]:
    """Every reading of a plan: golden answers `runs` times, cases once. All first runs come first."""
    golden = golden_cases(chosen.golden)
    first = [Turn(case, 0) for case in (*golden, *chosen.cases)]
    return first + [Turn(case, run) for run in range(1, runs) for case in golden]


@dataclass(slots=True)
class _Luck:
    """Failures since the last success, and what the last one said."""

    failed: int = 0
    last: str = ""

    def check(self) -> None:
        """Raises GivenUp when there is no use in going on."""
        if self.failed >= FAILURES_IN_A_ROW:
            raise GivenUp(
                f"{FAILURES_IN_A_ROW} readings in a row gave nothing; the last: {self.last}. "
                "What came before is kept: run the same command again to go on."
            )


async def run_all(grader: Grader, wanted: Sequence[Turn], *, at_once: int, progress: Progress) -> list[Outcome]:
    """Every case with its readings, in the order of `wanted`. Raises GivenUp."""
    gate, luck = asyncio.Semaphore(at_once), _Luck()

    async def one(turn: Turn) -> tuple[Turn, Graded]:
        async with gate:
            luck.check()
            graded = await _patient(grader, turn)
            luck.failed = luck.failed + 1 if graded.silent else 0
            luck.last = graded.error
            luck.check()
        progress()
        return turn, graded

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(turn)) for turn in wanted]
    except* GivenUp as given_up:
        raise given_up.exceptions[0] from None
    return _gathered([task.result() for task in tasks])


async def _patient(grader: Grader, turn: Turn) -> Graded:
    for _ in range(MOST_WAITS):
        try:
            return await grader.grade(turn.case, turn.run)
        except ReviewerBusy as busy:
            why = str(busy)
            await asyncio.sleep(min(busy.retry_after_s, MOST_WAIT_S))
    return Graded(error=f"asked to wait {MOST_WAITS} times: {why}", silent=True)


def _gathered(made: Sequence[tuple[Turn, Graded]]) -> list[Outcome]:
    cases = {turn.case.id: turn.case for turn, _ in made}
    runs: dict[str, list[tuple[int, Graded]]] = {case_id: [] for case_id in cases}
    for turn, graded in made:
        runs[turn.case.id].append((turn.run, graded))
    return [
        Outcome(case, tuple(graded for _, graded in sorted(runs[case.id], key=lambda each: each[0])))
        for case in cases.values()
    ]
