"""What a member can ask for in the thread of a post: feedback, a further question, to have a message counted."""

from __future__ import annotations

from datetime import date

from bot.cards import Card
from bot.domain.group import Group, Member
from bot.domain.judge import with_framework_points
from bot.errors import Refusal
from bot.inbound import Asked, Wish
from bot.ports import Ports
from bot.usecases import owed
from bot.usecases.answering import take_answer
from bot.usecases.feedback import show_feedback
from bot.views import notices


async def run(ports: Ports, group: Group, member: Member, day: date, asked: Asked) -> Card:
    """Do it. Raises Refusal when it cannot be done as asked, such as with somebody else's message."""
    message = asked.message
    if message is not None and message.author not in (None, member.id):
        raise Refusal(notices.NOT_YOUR_MESSAGE)
    match asked.wish:
        case Wish.COUNT:
            return await _count(ports, group, day, asked)
        case Wish.FEEDBACK:
            return await _feedback(ports, group, member, day, asked)
        case Wish.PROBE:
            return await _probe(ports, group, member, day)


async def _count(ports: Ports, group: Group, day: date, asked: Asked) -> Card:
    message = asked.message
    if message is None or message.author is None:
        raise Refusal(notices.NOT_YOUR_MESSAGE)
    return await take_answer.count_anyway(ports, group.id, day, message.message_id, asked.caller, text=message.text)


async def _feedback(ports: Ports, group: Group, member: Member, day: date, asked: Asked) -> Card:
    """The feedback of that day; it is asked for where it was never owed, and a message becomes the answer first."""
    if await ports.answers.get(group.id, day, member.id) is None:
        if asked.message is None or asked.message.author is None:
            raise Refusal(notices.NO_FEEDBACK_YET)
        return await _count(ports, group, day, asked)
    made = await ports.answers.review(group.id, day, member.id)
    if made is None and await ports.jobs.owed(owed.review(group.id, day, member.id)) is None:
        return await show_feedback.again(ports, group, member, day)
    return await show_feedback.in_full(ports, group, member, day)


async def _probe(ports: Ports, group: Group, member: Member, day: date) -> Card:
    """The probe of the feedback, else one that a person wrote for the question; for those who have answered."""
    if await ports.answers.get(group.id, day, member.id) is None:
        raise Refusal(notices.PROBE_LATER)
    made = await ports.answers.review(group.id, day, member.id)
    post = await ports.posts.get(group.id, day)
    question = await ports.bank.question(group.id, post.question_id) if post else None
    written = with_framework_points(question, ports.library.framework).probes if question else ()
    ask = made.probe if made is not None and made.probe else written[0].ask if written else ""
    if not ask:
        raise Refusal(notices.NO_PROBE)
    return notices.probe(ask)
