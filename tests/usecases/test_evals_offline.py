from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

import evals
from bot.errors import ReviewerBusy
from evals.cases import Plan, plan
from evals.golden import read_golden
from evals.graded import Graded
from evals.made import Case
from evals.offline import Proof, prove
from evals.running import FAILURES_IN_A_ROW, GivenUp, Turn, run_all, turns
from evals.toys import SaneToy
from tests.golden_answers import a_case, answers
from tests.reviews import library

LONGEST_S = 60.0


@pytest.fixture(scope="module")
def proofs() -> dict[str, Proof]:
    began_s = time.monotonic()
    found = asyncio.run(prove(answers(), plan(answers(), (), each=60)))
    assert time.monotonic() - began_s < LONGEST_S
    return {proof.grader: proof for proof in found}


def test_a_sane_grader_passes(proofs: dict[str, Proof]) -> None:
    """A grader that finds what the labels point at meets every target that can be measured without a model."""
    assert proofs["sane"].failed == ()
    assert str(proofs["sane"]) == "sane: passes"


@pytest.mark.parametrize(
    ("grader", "figure"), [("length", "M2"), ("injection", "M3"), ("section", "M1"), ("quote", "quotes")]
)
def test_a_bad_grader_is_caught_by_name(proofs: dict[str, Proof], grader: str, figure: str) -> None:
    """Each grader that is bad in one way fails the figure that is about this way."""
    assert figure in proofs[grader].failed
    assert str(proofs[grader]).startswith(f"{grader}: caught by {figure}")


def test_a_bad_grader_that_passes_would_be_told(proofs: dict[str, Proof]) -> None:
    """A proof fails when a bad grader is not caught, and when the sane one misses a target."""
    sane = proofs["sane"]
    blind = Proof(grader="length", must_fail="M2", failed=(), metrics=sane.metrics, results=sane.results)
    assert not blind.holds
    assert "NOT CAUGHT" in str(blind)
    strict = Proof(grader="sane", must_fail="", failed=("M1",), metrics=sane.metrics, results=sane.results)
    assert not strict.holds
    assert str(strict) == "sane: should pass, and fails M1"


class Moody(SaneToy):
    """Fails or asks to wait as told, then reads."""

    def __init__(self, *moods: Graded | ReviewerBusy) -> None:
        super().__init__(answers())
        self.moods = list(moods)
        self.reads = 0

    async def grade(self, case: Case, run: int) -> Graded:
        self.reads += 1
        if self.moods:
            mood = self.moods.pop(0)
            if isinstance(mood, ReviewerBusy):
                raise mood
            return mood
        return await super().grade(case, run)


def three() -> list[Turn]:
    return turns(Plan(golden=answers(), cases=()), 1)


async def test_a_busy_model_is_waited_for() -> None:
    """A case waits as long as the model asks, and is then read."""
    grader = Moody(ReviewerBusy("slow", 0.01), ReviewerBusy("slow", 0.01))
    outcomes = await run_all(grader, three(), at_once=1, progress=lambda: None)
    assert grader.reads == 5
    assert all(outcome.good for outcome in outcomes)


async def test_silence_ends_the_run() -> None:
    """When nothing comes back several times in a row, the run ends and says that what came is kept."""
    grader = Moody(*[Graded(error="cannot be reached", silent=True)] * FAILURES_IN_A_ROW)
    wanted = [Turn(a_case("M2"), run) for run in range(20)]
    with pytest.raises(GivenUp, match=r"cannot be reached.*run the same command again"):
        await run_all(grader, wanted, at_once=1, progress=lambda: None)
    assert grader.reads == FAILURES_IN_A_ROW


async def test_replies_without_use_do_not_end_the_run() -> None:
    """What the model did answer, however useless, is a result; the run goes on."""
    grader = Moody(*[Graded(error="unusable reading")] * FAILURES_IN_A_ROW)
    outcomes = await run_all(grader, [Turn(a_case("M2"), 0), *three()], at_once=1, progress=lambda: None)
    assert not any(outcome.good for outcome in outcomes)


async def test_runs_are_gathered_by_case() -> None:
    """A golden answer that is read three times is one outcome with three runs; cases are read once."""
    chosen = plan(answers(), (), only=("M5",))
    outcomes = await run_all(SaneToy(answers()), turns(chosen, 3), at_once=8, progress=lambda: None)
    assert [len(outcome.runs) for outcome in outcomes] == [3, 3, 3, 1, 1, 1]


def test_the_golden_answers_can_be_told_apart() -> None:
    """On the bench's own golden answers, too, the sane grader passes and each bad one is caught."""
    golden = read_golden(Path(evals.__file__).parent / "golden", library())
    found = asyncio.run(prove(golden, plan(golden, (), each=20)))
    assert [str(proof) for proof in found if not proof.holds] == []
