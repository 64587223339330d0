"""A run of the bench: what has to be read, what it is expected to cost, the readings, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.errors import Refusal
from bot.ports import Library
from bot.usecases.feedback.judge_answer import NEAREST_FACTS
from evals.ablations import DIRECT, MEDIAN, DirectGrader, MedianGrader
from evals.batches import Wanted
from evals.cases import Plan
from evals.golden import Golden
from evals.graded import Graded
from evals.labels import Labeller
from evals.made import GOLDEN, Case
from evals.metric import Metric, Results
from evals.replies import Page
from evals.reviewing import CHANGES, ModelGrader, Setting
from evals.running import Progress, Turn, run_all, turns
from evals.scoring import Failure, failures, metrics, results_of

REVIEWERS = (*CHANGES, MEDIAN, DIRECT)
"""Names of what can be measured: ours first, then what it is held against."""
MOST_RUNS = 10
"""Runs that are looked for on the shelf."""


class StoringGrader(Protocol):
    """A grader whose replies are stored."""

    @property
    def name(self) -> str: ...

    def page(self, case: Case, run: int) -> Page:
        """What is stored of a reading."""
        ...

    async def missing(self, case: Case, run: int) -> dict[str, Any] | None:
        """The first call that has to be made for a reading; None when it is stored."""
        ...

    async def expected_usd(self, case: Case, run: int) -> float:
        """Of a reading that is not stored; 0 for one that is."""
        ...

    def parts(self, run: int) -> Sequence[tuple[StoringGrader, int]]:
        """The readings that one of this reviewer's consists of: grader and run."""
        ...

    async def prefix_share(self, case: Case) -> float:
        """Share of a request's characters that stand in its cached prefix."""
        ...

    async def grade(self, case: Case, run: int) -> Graded:
        """One reading. Raises ReviewerBusy."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a live run has to do: `todo` are the readings that are not stored, for `expected_usd` by single calls."""

    todo: tuple[tuple[StoringGrader, Turn], ...]
    stored: int
    expected_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What one reviewer came to."""

    reviewer: str
    metrics: tuple[Metric, ...]
    failures: tuple[Failure, ...]
    results: Results


def grader(name: str, setting: Setting) -> StoringGrader:
    """The reviewer of this name; see REVIEWERS."""
    if name == DIRECT:
        return DirectGrader(setting)
    return MedianGrader(setting) if name == MEDIAN else ModelGrader(name, setting)


async def work_of(graders: Iterable[StoringGrader], chosen: Plan, runs: int) -> Work:
    """What is stored of a run, what is not, and what that is expected to cost. What two reviewers share counts once."""
    todo: dict[tuple[str, str, int], tuple[StoringGrader, Turn]] = {}
    stored: set[tuple[str, str, int]] = set()
    usd = 0.0
    for each in graders:
        for turn in turns(chosen, runs):
            for part, run in each.parts(turn.run):
                name = (part.name, turn.case.id, run)
                if name in todo or name in stored:
                    continue
                if await part.missing(turn.case, run) is None:
                    stored.add(name)
                else:
                    todo[name] = (part, Turn(turn.case, run))
                    usd += await part.expected_usd(turn.case, run)
    return Work(todo=tuple(todo.values()), stored=len(stored), expected_usd=usd)


async def wanted_of(work: Work) -> dict[str, Wanted]:
    """The first calls that a batch can make, by name."""
    found = {}
    for each, turn in work.todo:
        body = await each.missing(turn.case, turn.run)
        if body is not None:
            wanted = Wanted(body, each.page(turn.case, turn.run))
            found[wanted.name] = wanted
    return found


async def scored(
    each: StoringGrader,
    wanted: Sequence[Turn],
    labellers: Sequence[Labeller],
    *,
    at_once: int,
    progress: Progress,
) -> Scored:
    """Read everything and make the figures. Raises GivenUp."""
    outcomes = await run_all(each, wanted, at_once=at_once, progress=progress)
    shares = [await each.prefix_share(outcome.case) for outcome in outcomes if outcome.case.family == GOLDEN]
    results = results_of(outcomes, labellers, shares)
    return Scored(
        reviewer=each.name, metrics=tuple(metrics(results)), failures=tuple(failures(results)), results=results
    )


async def stored_turns(each: StoringGrader, chosen: Plan) -> list[Turn]:
    """The readings that can be read again, each with its golden answer's. Raises Refusal when one is stale, or none is.

    Stale is a reading whose stored reply belongs to another request than the one that would be made now.
    """
    found: list[Turn] = []
    stale: list[Turn] = []
    for turn in turns(chosen, MOST_RUNS):
        if not all(part.page(turn.case, run).replies for part, run in each.parts(turn.run)):
            continue
        (found if await each.missing(turn.case, turn.run) is None else stale).append(turn)
    if stale:
        names = ", ".join(f"{turn.case.id}.{turn.run}" for turn in stale[:5])
        raise Refusal(
            f"{len(stale)} stored replies of {each.name} are stale ({names}{', ...' if len(stale) > 5 else ''}): "  # noqa: PLR2004
            "the question, the facts, the framework, the model's name or the answer changed since. "
            "Ask again with --mode live; what still fits is not paid for twice."
        )
    golden = {turn.case.of.id for turn in found if turn.case.family == GOLDEN and turn.run == 0}
    return [turn for turn in found if turn.case.of.id in golden]


async def unsupplied(golden: Iterable[Golden], library: Library) -> list[str]:
    """Planted errors, as `g07.5 (fact)`, whose fact the reviewer is not given: it cannot find them by a source."""
    found = []
    for each in golden:
        own = {*each.question.facts, *(fact.id for fact in await library.nearest_facts(each.text, NEAREST_FACTS))}
        found += [
            f"{each.id}.{planted.sentence} ({planted.fact})" for planted in each.planted if planted.fact not in own
        ]
    return found
