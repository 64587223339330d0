"""Judge an answer and put the feedback where the group wants it, once (DESIGN 7)."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta

from bot.cards import Card
from bot.domain.answer import Answer, is_anew
from bot.domain.group import FeedbackMode, Group, Member, MemberId
from bot.domain.judge import with_framework_points
from bot.domain.post import Post
from bot.domain.question import Question
from bot.domain.review import Review, SelfCheck
from bot.errors import ReviewerBusy, ReviewerDeclined, ReviewerDown, ReviewerTrouble
from bot.ports import Job, Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import take_back
from bot.usecases.feedback.judge_answer import judge_answer, request_of
from bot.usecases.feedback.plan_variant import plan_variant
from bot.usecases.thread_or_direct import thread_or_direct
from bot.usecases.work import Again
from bot.views import feedback, notices

log = logging.getLogger(__name__)

WAIT_AT_MOST = timedelta(seconds=30)
"""A model that asks us to wait beyond this, from the answer on, is too slow: the self-check goes out first."""
GIVE_UP_AFTER = timedelta(days=1)


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one answer: judge it if its newest version is not judged yet, then show it."""
    day, member_id = owed.whose(job.ref)
    group = await ports.groups.get(job.group_id)
    look = await ports.answers.look(job.group_id, day, member_id, event="")
    if group is None or look.post is None or look.member is None or look.answer is None:
        return None
    stored = await ports.answers.review(group.id, day, member_id)
    if isinstance(stored, Review) and stored.version >= look.answer.version:
        return await show(ports, group, look.post, look.member, look.answer, stored)
    return await _review(ports, group, look.post, look.member, look.answer, stored)


async def show(
    ports: Ports, group: Group, post: Post, member: Member, answer: Answer, made: Review | SelfCheck
) -> Again | None:
    """Put the card where it belongs: one message for an answer, edited when there is something newer.

    A thread that is gone leaves the member a direct message; one too many for their day comes the next morning.
    """
    key = feedback_key(answer.day, member.id)
    card = card_of(ports, group, member, answer, made)
    standing = await ports.outbox.get(group.id, key)
    again = None
    try:
        if standing is None:
            to = _target(group, post, member)
            again = await thread_or_direct(ports, group, post, key, to, member.id, card)
        else:
            await ports.chat.edit(standing, card)
    finally:
        await _status(ports, post, member, "")
    if isinstance(made, Review):
        await plan_variant(ports, group, post, member, made)
    return again


async def _status(ports: Ports, post: Post, member: Member, text: str) -> None:
    """Show a sign of work in the thread; not in one that is sealed, where it would say who has answered."""
    if post.message is not None and not post.sealed:
        await ports.chat.status(post.message, member.id, text)


def feedback_key(day: date, member_id: MemberId) -> str:
    """The outbox key of the feedback on one answer."""
    return f"review:{owed.about(day, member_id)}"


async def _review(
    ports: Ports, group: Group, post: Post, member: Member, answer: Answer, stored: Review | SelfCheck | None
) -> Again | None:
    await _status(ports, post, member, notices.reading(member.name))
    question = await _question(ports, group, post)
    try:
        made: Review | SelfCheck = await read(ports, group, question, member, answer)
    except ReviewerBusy as busy:
        wait = timedelta(seconds=busy.retry_after_s)
        if stored is None and ports.clock.now() + wait <= answer.parts[-1].sent_at + WAIT_AT_MOST:
            raise
        again = await _fall_back(ports, group, post, member, answer, stored, notices.MODEL_BUSY)
        return replace(again, at=max(again.at, ports.clock.now() + wait)) if again else None
    except ReviewerDown as down:
        log.warning("review of group %s: %s", group.id, down)
        return await _fall_back(ports, group, post, member, answer, stored, notices.MODEL_DOWN)
    return await _keep(ports, group, post, member, answer, made)


async def read(ports: Ports, group: Group, question: Question, member: Member, answer: Answer) -> Review | SelfCheck:
    """A review by the model within the budget, or the self-check where there is no model, no budget or no consent.

    Raises ReviewerBusy and ReviewerDown: a review is still owed.
    """
    if ports.reviewer is None:
        return _self_check(ports, question, answer, notices.NO_MODEL, retried=False)
    request = await request_of(ports.library, question, answer, ports.member_key(group.id, member.id))
    expected_usd, today = ports.reviewer.estimate_usd(request), ports.clock.now().date()
    if not await ports.purse.take(today, member.id, expected_usd):
        return _self_check(ports, question, answer, notices.OVER_BUDGET, retried=False)
    spent_usd = 0.0
    try:
        made = await judge_answer(ports.reviewer, ports.library, request, answer, ports.clock.now())
        spent_usd = made.stamp.cost_usd
    except ReviewerDeclined as declined:
        spent_usd = declined.spent_usd
        return _self_check(ports, question, answer, notices.MODEL_DECLINED, retried=False)
    except ReviewerTrouble as trouble:
        spent_usd = trouble.spent_usd
        raise
    finally:
        ports.meter.spent(spent_usd)
        await ports.purse.adjust(today, member.id, spent_usd - expected_usd)
    return made


async def _keep(
    ports: Ports, group: Group, post: Post, member: Member, answer: Answer, made: Review | SelfCheck
) -> Again | None:
    """Store and show, unless the answer was withdrawn or the member forgotten while the model read.

    What is shown is what stands: another process may have judged a newer text meanwhile.
    """
    ports.meter.review(made.stamp.rung if isinstance(made, Review) else "self-check")
    newest = await ports.answers.get(group.id, answer.day, member.id)
    if newest is not None and is_anew(newest, answer):
        return None  # what was read is gone; the answer in its place has a review of its own owed
    await ports.answers.put_review(group.id, made)
    newest = await ports.answers.get(group.id, answer.day, member.id)
    kept = await ports.answers.review(group.id, answer.day, member.id)
    if newest is None or kept is None:
        return None
    named = await ports.groups.member(group.id, member.id) or member  # the name may have become known
    again = await show(ports, group, post, named, newest, kept)
    if await ports.answers.get(group.id, answer.day, member.id) is None:
        await take_back(ports, group.id, feedback_key(answer.day, member.id))
    return again


async def _fall_back(
    ports: Ports, group: Group, post: Post, member: Member, answer: Answer, stored: Review | SelfCheck | None, why: str
) -> Again | None:
    """Show the self-check now and come back later: after 2 minutes, then 10, then hourly for a day.

    A review of an older text stays; how long its newer one is waited for is counted from when that review was made.
    """
    now = ports.clock.now()
    is_counted = isinstance(stored, Review) or (stored is not None and stored.version == answer.version)
    since = stored.made_at if stored is not None and is_counted else now
    waited = now - since
    retried = waited < GIVE_UP_AFTER
    if isinstance(stored, Review):
        return Again(now + pause(waited)) if retried else None
    question = await _question(ports, group, post)
    check = replace(_self_check(ports, question, answer, why, retried=retried), made_at=since)
    later = await _keep(ports, group, post, member, answer, check)
    return Again(now + pause(waited)) if retried else later


def pause(waited: timedelta) -> timedelta:
    """When to ask again a model that has been away for so long: in 2 minutes, then 10, then hourly."""
    if waited < timedelta(minutes=2):
        return timedelta(minutes=2)
    return timedelta(minutes=10) if waited < timedelta(hours=1) else timedelta(hours=1)


async def _question(ports: Ports, group: Group, post: Post) -> Question:
    """The question with notes; one without notes is judged on the framework's own points."""
    question = await ports.bank.question(group.id, post.question_id)
    if question is None:
        raise KeyError(post.question_id)
    return with_framework_points(question, ports.library.framework)


def _self_check(ports: Ports, question: Question, answer: Answer, reason: str, *, retried: bool) -> SelfCheck:
    return ports.self_check(question, answer, reason=reason, retried=retried, made_at=ports.clock.now())


def card_of(ports: Ports, group: Group, member: Member, answer: Answer, made: Review | SelfCheck) -> Card:
    """The feedback as the group wants it; it says when the answer is newer."""
    edited, framework = answer.version > made.version, ports.library.framework
    if isinstance(made, SelfCheck):
        return feedback.self_check_card(made, framework, name=member.name, edited=edited)
    if group.feedback is FeedbackMode.BRIEF:
        return feedback.brief_card(made, framework, name=member.name, edited=edited)
    return feedback.thread_card(made, framework, name=member.name, edited=edited)


def _target(group: Group, post: Post, member: Member) -> Target:
    private = post.sealed or group.feedback is FeedbackMode.PRIVATE
    where = Where.ONLY_YOU if private else Where.THREAD
    return Target(where=where, place=group.place, thread=post.message, member=member.id)
