"""Bring the bot's cards about an answer in line with it, after it changed or went (DESIGN 6)."""

from __future__ import annotations

from datetime import date

from bot.domain.answer import SKEW
from bot.domain.duty import AnswerId
from bot.domain.group import GroupId, MemberId
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.answering.share_answer import share_key
from bot.usecases.deliver import take_back
from bot.usecases.feedback import judge_section, judge_variant
from bot.usecases.feedback.give_feedback import card_of, feedback_key
from bot.usecases.peers import peer_duties, peer_post
from bot.usecases.work import Again


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work after a change: a newer text is offered for review, a withdrawn one is quoted nowhere."""
    day, member_id = owed.whose(job.ref)
    answer_id = AnswerId(day, member_id)
    group = await ports.groups.get(job.group_id)
    look = await ports.answers.look(job.group_id, day, member_id, event="")
    if look.answer is None:
        await ports.peers.drop_entries(job.group_id, answer_id)
        await _remove(ports, job.group_id, day, member_id)
        await judge_section.withdraw(ports, job.group_id, day, member_id)
        await judge_variant.withdraw(ports, job.group_id, day, member_id)
        if group is not None:
            await peer_post.redraw(ports, group, answer_id, None)
            theirs = await peer_duties.owed_to(ports, group, member_id)  # they may not be able to read these any more
            await peer_duties.look_soon(ports, group.id, [answer_id, *theirs])
        return None
    await ports.peers.drop_entries(job.group_id, answer_id, before=look.answer.answered_at - SKEW)
    await judge_section.withdraw_older(ports, job.group_id, look.answer)
    if group is not None:
        await peer_post.redraw(ports, group, answer_id, look.answer)
    message = await ports.outbox.get(job.group_id, feedback_key(day, member_id))
    made = await ports.answers.review(job.group_id, day, member_id)
    if group is not None and look.member is not None and message is not None and made is not None:
        await ports.chat.edit(message, card_of(ports, group, look.member, look.answer, made))
    return None


async def _remove(ports: Ports, group_id: GroupId, day: date, member_id: MemberId) -> None:
    for key in (feedback_key(day, member_id), share_key(day, member_id)):
        await take_back(ports, group_id, key)
