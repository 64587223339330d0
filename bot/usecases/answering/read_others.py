"""Show a member what the others have answered to a sealed question, once their own answer is in (DESIGN 6)."""

from __future__ import annotations

from datetime import date

from bot.cards import Card
from bot.domain.group import Group, Member
from bot.errors import Refusal
from bot.ports import Ports
from bot.views import notices
from bot.views.answering import others_card


async def run(ports: Ports, group: Group, member: Member, day: date) -> Card:
    """The others' answers, for this member alone. Raises Refusal for who has not answered before the close."""
    post = await ports.posts.get(group.id, day)
    if post is None or post.opened_at is None:
        raise Refusal(notices.NO_OPEN_QUESTION)
    if not post.sealed:
        raise Refusal(notices.NOT_SEALED)
    answers = dict(await ports.answers.of_day(group.id, day))
    mine = answers.pop(member.id, None)
    if mine is None and post.is_sealed(ports.clock.now()):
        raise Refusal(notices.ANSWER_FIRST)
    names = {each.id: each.name for each in await ports.groups.members(group.id)}
    ordered = sorted(answers.values(), key=lambda each: (each.parts[0].sent_at, each.member_id))
    return others_card.others(
        post, [(names.get(each.member_id, ""), each) for each in ordered], ports.library.framework
    )
