"""`tpm-bot review`: one answer judged from the command line. Nothing is kept."""

from __future__ import annotations

import difflib
import json

import click

from bot.domain.answer import Answer, Part, clean
from bot.domain.group import MemberId
from bot.domain.judge import with_framework_points
from bot.domain.question import Question
from bot.domain.review import Review, SelfCheck
from bot.errors import Refusal, Trouble
from bot.infra.clock import host_now
from bot.infra.library import FileLibrary, packaged_library
from bot.infra.offline import OfflineSelfCheck
from bot.settings import Settings
from bot.usecases.feedback.judge_answer import judge_answer, request_of
from bot.views import feedback, notices
from handlers import app


async def review(
    settings: Settings, *, question_id: str | None, question_text: str | None, answer: str, as_json: bool
) -> bool:
    """Judge one answer and print it; without a model print the self-check and say why. Whether it was judged."""
    library = packaged_library(settings.questions_dir)
    question = with_framework_points(_question(library, question_id, question_text), library.framework)
    now = host_now()
    part = Part("command-line", clean(answer), now)
    written = Answer(member_id=MemberId("you"), day=now.date(), parts=(part,))
    if not written.text.strip():
        raise Refusal(
            "The answer is empty. Give a file with the text of an answer, or - and the text on standard input."
        )
    judged, why = await _judged(settings, library, question, written)
    self_check = OfflineSelfCheck(library.framework)
    made = judged or self_check(question, written, reason=notices.NOT_JUDGED, retried=False, made_at=now)
    if as_json:
        data = _as_data(made, library)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(_as_text(made, library))
    if why:
        click.echo(f"Not judged: {why}", err=True)
    return judged is not None


async def _judged(
    settings: Settings, library: FileLibrary, question: Question, answer: Answer
) -> tuple[Review | None, str]:
    """The review, or None and why there is none."""
    async with app.open_reviewer(settings, library) as reviewer:
        if reviewer is None:
            return None, "no model is set up; set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a server of your own."
        request = await request_of(library, question, answer, "command-line")
        try:
            return await judge_answer(reviewer, library, request, answer, host_now()), ""
        except Trouble as trouble:
            return None, str(trouble)


def _question(library: FileLibrary, question_id: str | None, question_text: str | None) -> Question:
    if question_text is not None:
        return Question(
            id="asked", title="Your question", kind="design", topic="", level=2, minutes=20,
            prompt=question_text, emphasis={}, look_for={},
        )  # fmt: skip
    if question_id is None or question_id not in library.questions:
        near = difflib.get_close_matches(question_id or "", library.questions, n=1)
        hint = f" Did you mean {near[0]}?" if near else " tpm-bot questions list shows them."
        raise Refusal(f"The bank has no question {question_id}.{hint}")
    return library.questions[question_id]


def _as_data(made: Review | SelfCheck, library: FileLibrary) -> dict[str, object]:
    if isinstance(made, SelfCheck):
        return feedback.self_check_data(made, library.framework)
    return feedback.review_data(made, library.framework)


def _as_text(made: Review | SelfCheck, library: FileLibrary) -> str:
    if isinstance(made, SelfCheck):
        check = feedback.self_check_in_full(made, library.framework, name="")
        return check.file.content.decode() if check.file else check.plain
    full = feedback.full_card(made, library.framework, alone=True)
    return full.file.content.decode() if full.file else full.plain
