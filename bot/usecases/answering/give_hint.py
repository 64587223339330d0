"""Hints to the open question: shown to one member alone, and counted for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.cards import Card, Text
from bot.domain.group import Group, Member
from bot.domain.hint import MOST_HINTS, hints_of
from bot.domain.judge import with_framework_points
from bot.errors import Refusal
from bot.ports import Ports
from bot.views import notices
from bot.views.answering import hint_card
from bot.views.cut import fits


async def run(ports: Ports, group: Group, member: Member, day: date, level: int | None = None) -> Card:
    """The hints of a day's question up to `level`, or those seen so far and at least the first.

    Raises Refusal when there is no such question, or the member has answered it.
    """
    post = await ports.posts.get(group.id, day)
    question = await ports.bank.question(group.id, post.question_id) if post and post.opened_at else None
    if question is None:
        raise Refusal(notices.NO_OPEN_QUESTION)
    if await ports.answers.get(group.id, day, member.id) is not None:
        raise Refusal(hint_card.ANSWERED)
    seen = await ports.hints.seen(group.id, day, member.id)
    wanted = min(max(level or 1, 1), seen + 1, MOST_HINTS)
    seen = await ports.hints.see(group.id, day, member.id, wanted)
    hints = hints_of(with_framework_points(question, ports.library.framework), ports.library.framework)
    return hint_card.card(hints, seen, day)


async def with_count(ports: Ports, group: Group, member: Member, day: date, card: Card) -> Card:
    """A member's own feedback with the number of hints that they took, if they took any and it has room."""
    seen = await ports.hints.seen(group.id, day, member.id)
    blocks = (*card.blocks, Text((hint_card.used(seen),)))
    return replace(card, blocks=blocks) if seen and fits(blocks) else card
