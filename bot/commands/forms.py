"""What each form does when it is sent back, or left. A form carries ids, never rights.

The setup form is not here: it comes before there is a group (see dispatch).
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Reply
from bot.commands.spec import Context, FormSpec, day_of
from bot.inbound import Submission
from bot.usecases import answer_by_form


async def _answer(context: Context, day: str, form: Submission) -> Reply:
    return await answer_by_form.submit(context.ports, context.group, context.member, day_of(day), form)


async def _answer_left(context: Context, day: str, typed: Mapping[str, str]) -> None:
    await answer_by_form.keep(context.ports, context.group, context.member, day_of(day), typed)


FORMS: Mapping[str, FormSpec] = {
    "answer": FormSpec(_answer, left=_answer_left),
}
