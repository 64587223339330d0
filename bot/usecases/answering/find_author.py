"""Whose message it was, and what it was part of, for platforms that say of a message only that it changed."""

from __future__ import annotations

from datetime import date

from bot.cards import Card
from bot.domain.answer import Answer
from bot.domain.group import MemberId, MessageRef
from bot.ports import Ports
from bot.views import notices


async def author_of(ports: Ports, thread: MessageRef, message_id: str) -> MemberId | None:
    """The member whose answer to the post holds the message; None when it is part of no answer."""
    for answer in (await _answers(ports, thread))[1]:
        if _holds(answer, message_id):
            return answer.member_id
    return None


async def is_post(ports: Ports, thread: MessageRef) -> bool:
    """Whether the thread is that of a post."""
    group_id = await ports.groups.at(thread.place)
    return group_id is not None and await ports.posts.opened_by(group_id, thread.message_id) is not None


async def unread_edit(ports: Ports, thread: MessageRef, member_id: MemberId, message_id: str) -> Card | None:
    """What to say of an edit whose words are not shown to the bot; None when the message is no part of an answer."""
    day, answers = await _answers(ports, thread)
    for answer in answers:
        if day is not None and answer.member_id == member_id and _holds(answer, message_id):
            return notices.edit_unread(day)
    return None


async def message_ids(ports: Ports, thread: MessageRef) -> dict[str, MemberId]:
    """The messages that answers to the post are made of, with their authors; forms are not among them."""
    _, answers = await _answers(ports, thread)
    return {part.message_id: answer.member_id for answer in answers for part in answer.parts if part.section is None}


async def _answers(ports: Ports, thread: MessageRef) -> tuple[date | None, list[Answer]]:
    group_id = await ports.groups.at(thread.place)
    day = await ports.posts.opened_by(group_id, thread.message_id) if group_id else None
    if group_id is None or day is None:
        return None, []
    return day, list((await ports.answers.of_day(group_id, day)).values())


def _holds(answer: Answer, message_id: str) -> bool:
    return any(part.message_id == message_id for part in answer.parts)
