"""Our reviewer as a grader of the bench, whole and with parts left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.answer import Answer, Part
from bot.domain.group import MemberId
from bot.domain.judge import with_framework_points
from bot.domain.question import Question
from bot.domain.review import Review
from bot.errors import ReviewerBusy, ReviewerDeclined, ReviewerTrouble
from bot.infra.claude.request import ReviewPrompt, chars, review_body
from bot.ports import Library, Reviewer, ReviewRequest
from bot.usecases.feedback.judge_answer import judge_answer, request_of
from evals.graded import Graded
from evals.made import Case
from evals.replies import Page, Shelf, opaque, request_key

OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every reviewer of a run shares.

    Attributes:
        prompt, model: what a request is made with.
        now: the time that stands on every review.
    """

    shelf: Shelf
    reviewer: Reviewer
    library: Library
    prompt: ReviewPrompt
    model: str
    now: datetime


def _as_it_is(request: ReviewRequest) -> ReviewRequest:
    return request


def _without_notes(request: ReviewRequest) -> ReviewRequest:
    bare: Question = replace(
        request.question, emphasis={}, look_for={}, pitfalls=(), probes=(), outline=(), runner_up=""
    )
    return replace(request, question=bare)


def _without_facts(request: ReviewRequest) -> ReviewRequest:
    return replace(request, facts=())


CHANGES: Mapping[str, Callable[[ReviewRequest], ReviewRequest]] = {
    OURS: _as_it_is,
    "no-notes": _without_notes,
    "no-facts": _without_facts,
}
"""Name -> what is left out of the request. Without notes an answer is judged on the framework's own points."""


class ModelGrader:
    """Our reviewer, from the numbered sentences to the bands."""

    def __init__(self, name: str, setting: Setting) -> None:
        self.name = name
        self._setting = setting
        self._change = CHANGES[name]

    async def request(self, case: Case, run: int) -> ReviewRequest:
        """What is asked for one reading."""
        made = await request_of(
            self._setting.library, case.question, self._answer(case), opaque(self.name, case.id, run)
        )
        return self._change(made)

    def body(self, request: ReviewRequest, *, schema: bool = True) -> dict[str, Any]:
        """The first call of a reading."""
        setting = self._setting
        question = with_framework_points(request.question, setting.library.framework)
        return review_body(setting.prompt, replace(request, question=question), setting.model, schema=schema)

    def page(self, case: Case, run: int) -> Page:
        """What is stored of a reading."""
        return self._setting.shelf.page(self.name, case.id, run)

    async def missing(self, case: Case, run: int) -> dict[str, Any] | None:
        """The first call of a reading, if it has to be made; None when its reply is stored."""
        request, replies = await self.request(case, run), self.page(case, run).replies
        bodies = [self.body(request, schema=schema) for schema in (True, False)]
        return None if any(request_key(body) in replies for body in bodies) else bodies[0]

    async def expected_usd(self, case: Case, run: int) -> float:
        """Of a reading that is not stored; 0 for one that is."""
        if await self.missing(case, run) is None:
            return 0.0
        return self._setting.reviewer.estimate_usd(await self.request(case, run))

    def parts(self, run: int) -> list[tuple[ModelGrader, int]]:
        """Itself."""
        return [(self, run)]

    async def prefix_share(self, case: Case) -> float:
        """Share of a request's characters that stand in its cached prefix."""
        cached, fresh = chars(self.body(await self.request(case, 0)))
        return cached / (cached + fresh)

    async def grade(self, case: Case, run: int) -> Graded:
        """One reading, from the shelf or from the model. Raises ReviewerBusy."""
        setting, request, page = self._setting, await self.request(case, run), self.page(case, run)
        setting.shelf.open(request.member_key, page)
        try:
            review = await judge_answer(setting.reviewer, setting.library, request, self._answer(case), setting.now)
        except ReviewerBusy:
            raise
        except ReviewerTrouble as trouble:
            declined = isinstance(trouble, ReviewerDeclined)
            return Graded(error=str(trouble), declined=declined, silent=not page.used, cost_usd=_cost(page))
        finally:
            setting.shelf.close(request.member_key)
        took_s = sum(reply.took_s for reply in page.used)
        return Graded(bands=_bands(case, review), review=review, cost_usd=_cost(page), took_s=took_s)

    def _answer(self, case: Case) -> Answer:
        now = self._setting.now
        return Answer(member_id=MemberId("bench"), day=now.date(), parts=(Part("bench", case.text, now),))


def _bands(case: Case, review: Review) -> Mapping[str, int]:
    return {
        section.key: section.band
        for section in review.sections
        if section.band is not None and section.key in case.question.weighed
    }


def _cost(page: Page) -> float:
    return sum(reply.cost_usd for reply in page.used)
