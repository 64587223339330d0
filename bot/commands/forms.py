"""What each form does when it is sent back, or left. A form carries ids, never rights.

The setup form is not here: it comes before there is a group (see dispatch).
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Reply
from bot.commands.facilitator import FACILITATOR_FORMS
from bot.commands.peers import PEER_FORMS
from bot.commands.second_look import SECOND_FORMS
from bot.commands.spec import Context, FormSpec, day_of
from bot.inbound import Submission
from bot.usecases.answering import answer_by_form
from bot.usecases.walkthrough import research
from bot.views.walkthrough.walkthrough_words import SKETCH_FIELD


async def _answer(context: Context, day: str, form: Submission) -> Reply:
    return await answer_by_form.submit(context.ports, context.group, context.member, day_of(day), form)


async def _answer_left(context: Context, day: str, typed: Mapping[str, str]) -> None:
    await answer_by_form.keep(context.ports, context.group, context.member, day_of(day), typed)


async def _sketch(context: Context, wanted_id: str, form: Submission) -> Reply:
    typed = form.values.get(SKETCH_FIELD, "")
    return await research.sketch(context.ports, context.group, context.member, wanted_id, typed)


async def _sketch_left(context: Context, wanted_id: str, typed: Mapping[str, str]) -> None:
    text = typed.get(SKETCH_FIELD, "")
    await research.keep_sketch(context.ports, context.group, context.member, wanted_id, text)


FORMS: Mapping[str, FormSpec] = {
    **FACILITATOR_FORMS,
    "answer": FormSpec(_answer, left=_answer_left),
    "walk-sketch": FormSpec(_sketch, left=_sketch_left),
    **PEER_FORMS,
    **SECOND_FORMS,
}
