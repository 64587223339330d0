"""Judge what a member wrote to a variant, and show it to them alone, once."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.cards import Card
from bot.domain.group import Group, GroupId, Member, MemberId
from bot.domain.judge import with_framework_points
from bot.domain.question import Question
from bot.domain.review import Review, SelfCheck
from bot.domain.variant import Variant, as_answer, varied
from bot.errors import ChatRefused, ReviewerBusy, ReviewerDown
from bot.ports import Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import deliver, take_back
from bot.usecases.feedback import give_feedback
from bot.usecases.work import Again
from bot.views import feedback, notices
from bot.views.feedback import variant_card

log = logging.getLogger(__name__)


async def run(ports: Ports, group: Group, member: Member, variant: Variant) -> Again | None:
    """Judge it unless that is done, then show it; a member who was forgotten meanwhile leaves nothing."""
    again, made = None, variant
    if not variant.is_settled:
        made, again = await _judge(ports, group, member, variant)
    stands = await ports.variants.update(
        group.id, variant.day, member.id, lambda known: known if known.is_settled else made
    )
    if stands is not None:
        await _show(ports, group, member, stands)
    if await ports.variants.get(group.id, variant.day, member.id) is None:
        await withdraw(ports, group.id, variant.day, member.id)
        return None
    return again


async def withdraw(ports: Ports, group_id: GroupId, day: date, member_id: MemberId) -> None:
    """Its answer was taken back: so is this, with the bot's messages about it."""
    for key in (asked_key(day, member_id), result_key(day, member_id)):
        await take_back(ports, group_id, key)
    await ports.variants.drop(group_id, day, member_id)


def asked_key(day: date, member_id: MemberId) -> str:
    """The outbox key of the message that puts it."""
    return f"{owed.VARIANT}:{owed.about(day, member_id)}"


def result_key(day: date, member_id: MemberId) -> str:
    """The outbox key of the message with what came of it."""
    return f"variant-result:{owed.about(day, member_id)}"


async def question_of(ports: Ports, group: Group, variant: Variant) -> Question:
    """The question that it varies. Raises KeyError when it is gone."""
    post = await ports.posts.get(group.id, variant.day)
    question = await ports.bank.question(group.id, post.question_id) if post is not None else None
    if question is None:
        raise KeyError(variant.day)
    return question


async def card_of(ports: Ports, group: Group, member: Member, variant: Variant) -> Card:
    """What came of it: then and now, or the points as questions to oneself where no model could judge."""
    if variant.after is None and variant.check is not None:
        return feedback.self_check_in_full(variant.check, ports.library.framework, name=member.name)
    return variant_card.result(variant, await question_of(ports, group, variant), ports.library.framework)


async def _judge(ports: Ports, group: Group, member: Member, variant: Variant) -> tuple[Variant, Again | None]:
    """With what the model made of it; with the points as questions to oneself where there is none, or none yet."""
    now, framework = ports.clock.now(), ports.library.framework
    question = varied(with_framework_points(await question_of(ports, group, variant), framework), variant)
    answer = as_answer(variant, now)
    try:
        made = await give_feedback.read(ports, group, question, member, answer)
    except (ReviewerBusy, ReviewerDown) as trouble:
        log.warning("a variant of group %s waits: %s", group.id, trouble)
        wait = timedelta(seconds=trouble.retry_after_s) if isinstance(trouble, ReviewerBusy) else timedelta()
        if wait and variant.check is None and now + wait <= answer.answered_at + give_feedback.WAIT_AT_MOST:
            raise
        reason = notices.MODEL_BUSY if wait else notices.MODEL_DOWN
        waited = now - answer.answered_at
        retried = waited < give_feedback.GIVE_UP_AFTER
        check = ports.self_check(question, answer, reason=reason, retried=retried, made_at=now)
        again = Again(now + max(wait, give_feedback.pause(waited))) if retried else None
        return replace(variant, check=check, made_at=now), again
    ports.meter.review(made.stamp.rung if isinstance(made, Review) else "self-check")
    return _judged(variant, made, now), None


def _judged(variant: Variant, made: Review | SelfCheck, now: datetime) -> Variant:
    if isinstance(made, SelfCheck):
        return replace(variant, check=made, made_at=now)
    after = next(section for section in made.sections if section.key == variant.section)
    return replace(variant, after=after, check=None, stamp=made.stamp, language=made.language, made_at=now)


async def _show(ports: Ports, group: Group, member: Member, variant: Variant) -> None:
    """Directly, once, changed when more is known. Where the platform takes no message, the button shows it."""
    key, card = result_key(variant.day, member.id), await card_of(ports, group, member, variant)
    standing = await ports.outbox.get(group.id, key)
    if standing is not None:
        await ports.chat.edit(standing, card)
        return
    try:
        await deliver(ports, group.id, key, Target(where=Where.DIRECT, place=group.place, member=member.id), card)
    except ChatRefused as refused:
        log.info("a variant of group %s waits for its member to ask: %s", group.id, refused)
