"""Judge a section that was written again, and show its member before and after, once."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.cards import Card
from bot.domain.answer import Answer
from bot.domain.group import Group, GroupId, Member, MemberId
from bot.domain.judge import with_framework_points
from bot.domain.post import Post
from bot.domain.question import Question
from bot.domain.review import Review, SelfCheck
from bot.domain.second_shot import SecondShot, is_about, restricted, rewritten
from bot.errors import ChatClosed, ChatRefused, ReviewerBusy, ReviewerDown
from bot.ports import Job, Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import deliver, take_back
from bot.usecases.feedback import give_feedback
from bot.usecases.work import Again
from bot.views import feedback, notices
from bot.views.feedback import second_shot_card

log = logging.getLogger(__name__)


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one of them: judge it unless that is done, then show it."""
    day, member_id = owed.whose(job.ref)
    group = await ports.groups.get(job.group_id)
    look = await ports.answers.look(job.group_id, day, member_id, event="")
    shot = await ports.shots.get(job.group_id, day, member_id)
    if group is None or look.post is None or look.member is None or shot is None:
        return None
    if look.answer is None or not is_about(shot, look.answer):
        await withdraw(ports, group.id, day, member_id)
        return None
    again = None
    if not shot.is_settled:
        shot, again = await _judge(ports, group, look.post, look.member, look.answer, shot)
        stands = await ports.shots.judged(group.id, shot)
        if stands is None:
            return None
        shot = stands
    await _show(ports, group, look.post, look.member, shot)
    if await ports.answers.get(group.id, day, member_id) is None:
        await withdraw(ports, group.id, day, member_id)
        return None
    return again


async def withdraw(ports: Ports, group_id: GroupId, day: date, member_id: MemberId) -> None:
    """Its answer was taken back: so is this."""
    await ports.shots.drop(group_id, day, member_id)  # first: it goes whatever the chat says
    await take_back(ports, group_id, shot_key(day, member_id))


async def withdraw_older(ports: Ports, group_id: GroupId, answer: Answer) -> None:
    """What belongs to an answer that was taken back before this one was given goes as well."""
    shot = await ports.shots.get(group_id, answer.day, answer.member_id)
    if shot is not None and not is_about(shot, answer):
        await withdraw(ports, group_id, answer.day, answer.member_id)


def shot_key(day: date, member_id: MemberId) -> str:
    """The outbox key of the card with before and after."""
    return f"shot:{owed.about(day, member_id)}"


def card_of(ports: Ports, member: Member, shot: SecondShot) -> Card:
    """Before and after; where no model could judge, the points as questions to oneself."""
    if shot.after is None and shot.check is not None:
        return feedback.self_check_in_full(shot.check, ports.library.framework, name=member.name)
    return second_shot_card.result(shot, ports.library.framework)


async def _judge(
    ports: Ports, group: Group, post: Post, member: Member, answer: Answer, shot: SecondShot
) -> tuple[SecondShot, Again | None]:
    """With what the model made of it; with the points as questions to oneself where there is none, or none yet."""
    question = await _question(ports, group, post, shot.section)
    again_answer = rewritten(answer, shot.before, shot.text)
    now = ports.clock.now()
    try:
        made = await give_feedback.read(ports, group, question, member, again_answer)
    except (ReviewerBusy, ReviewerDown) as trouble:
        log.warning("a second shot of group %s waits: %s", group.id, trouble)
        waited = now - shot.at
        retried = waited < give_feedback.GIVE_UP_AFTER
        check = ports.self_check(question, again_answer, reason=notices.MODEL_DOWN, retried=retried, made_at=now)
        pause = timedelta(seconds=trouble.retry_after_s) if isinstance(trouble, ReviewerBusy) else timedelta()
        again = Again(now + max(pause, give_feedback.pause(waited))) if retried else None
        return replace(shot, check=check, made_at=now), again
    ports.meter.review(made.stamp.rung if isinstance(made, Review) else "self-check")
    if isinstance(made, SelfCheck):
        return replace(shot, check=made, made_at=now), None
    return _judged(shot, made, now), None


def _judged(shot: SecondShot, made: Review, now: datetime) -> SecondShot:
    after = next(section for section in made.sections if section.key == shot.section)
    return replace(shot, after=after, check=None, stamp=made.stamp, made_at=now)


async def _question(ports: Ports, group: Group, post: Post, section: str) -> Question:
    question = await ports.bank.question(group.id, post.question_id)
    if question is None:
        raise KeyError(post.question_id)
    return restricted(with_framework_points(question, ports.library.framework), section)


async def _show(ports: Ports, group: Group, post: Post, member: Member, shot: SecondShot) -> None:
    """To the member alone, once, changed when more is known. Where it cannot be shown unasked, the button shows it."""
    key = shot_key(shot.day, member.id)
    standing = await ports.outbox.get(group.id, key)
    card = card_of(ports, member, shot)
    if standing is not None:
        await ports.chat.edit(standing, card)
        return
    to = Target(where=Where.ONLY_YOU, place=group.place, thread=post.message, member=member.id)
    try:
        await deliver(ports, group.id, key, to, card)
    except ChatRefused as refused:
        if isinstance(refused, ChatClosed):
            raise
        log.info("a second shot of group %s waits for its member to ask: %s", group.id, refused)
