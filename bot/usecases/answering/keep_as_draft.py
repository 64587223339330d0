"""While a question is sealed, what a member writes in its thread becomes the draft of their form, not an answer."""

from __future__ import annotations

from datetime import date

from bot.cards import MOST_FIELD_CHARS, Card
from bot.domain.answer import as_form_values, with_message
from bot.domain.group import GroupId, MemberId
from bot.ports import Ports
from bot.views.answering import answer_card


async def keep_as_draft(
    ports: Ports, group_id: GroupId, day: date, member_id: MemberId, message_id: str, text: str
) -> Card:
    """Add the message to what stands in the member's form, once, and say how to go on.

    An edited message replaces its older text there. The message stands aside too, which tells it when it comes again.
    """
    older = await ports.answers.aside(group_id, day, member_id, message_id)
    answer = await ports.answers.get(group_id, day, member_id)
    standing = await ports.answers.draft(group_id, day, member_id) or (as_form_values(answer) if answer else {})
    draft = with_message(standing, text, older)
    if older != text:  # the draft first: a message that is brought again finds its text in it
        await ports.answers.save_draft(group_id, day, member_id, draft)
        await ports.answers.set_aside(group_id, day, member_id, message_id, text)
    return answer_card.kept_as_draft(day, fits=all(len(value) <= MOST_FIELD_CHARS for value in draft.values()))
