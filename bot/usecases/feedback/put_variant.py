"""Put a variant to its member, when it disturbs nobody; judge what they write (issue 7, item 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.answer import Answer
from bot.domain.duty import awake_from
from bot.domain.group import Group, Member, MemberId, MessageRef
from bot.domain.review import Review
from bot.domain.variant import MOST_IN_SPAN, SPAN_DAYS, UNTIL, Variant, thin
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.feedback import judge_variant
from bot.usecases.feedback.counted_bands import counted
from bot.usecases.peers.peer_scene import NIGHT
from bot.usecases.send_direct import send_direct
from bot.usecases.work import Again
from bot.views.feedback import variant_card

TOMORROW = timedelta(days=1)


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one of them: put it, or judge what was written."""
    day, member_id = owed.whose(job.ref)
    group = await ports.groups.get(job.group_id)
    look = await ports.answers.look(job.group_id, day, member_id, event="")
    variant = await ports.variants.get(job.group_id, day, member_id)
    if group is None or variant is None:
        return None
    if look.member is None or look.answer is None:
        await judge_variant.withdraw(ports, group.id, day, member_id)
        return None
    if variant.is_answered:
        return await judge_variant.run(ports, group, look.member, variant)
    return await _put(ports, group, look.member, look.answer, variant) if variant.asked_at is None else None


async def _put(ports: Ports, group: Group, member: Member, answer: Answer, variant: Variant) -> Again | None:
    now = ports.clock.now()
    newest = await _newest(ports, group, answer, variant)
    if newest is None or not _wanted(ports, member, variant, now):
        await ports.variants.drop(group.id, variant.day, member.id)
        return None
    today = group.schedule.local_day(now)
    if (at := awake_from(now, member.quiet or NIGHT, group.schedule.zone)) > now:
        return await _later(ports, group, variant, at)
    if member.is_away(today) or group.paused or not await _send(ports, group, member, newest, today):
        return await _later(ports, group, variant, now + TOMORROW)
    await ports.variants.update(group.id, variant.day, member.id, lambda known: replace(known, asked_at=now))
    return None


def _wanted(ports: Ports, member: Member, variant: Variant, now: datetime) -> bool:
    """Whether it is still in time, there is a model to judge it, and the member is here and has not stopped them."""
    in_time = now <= variant.thin_at + UNTIL
    return in_time and ports.reviewer is not None and member.probes and not member.has_left


async def _newest(ports: Ports, group: Group, answer: Answer, variant: Variant) -> Variant | None:
    """With the section that is thin in the newest feedback; None when none is thin any more."""
    made = await ports.answers.review(group.id, answer.day, answer.member_id)
    section = thin(await counted(ports, group.id, made)) if isinstance(made, Review) else None
    if section is None:
        return None
    key, before = section.key, section.band or 0
    if (key, before) == (variant.section, variant.before):
        return variant
    return await ports.variants.update(
        group.id, answer.day, answer.member_id, lambda known: replace(known, section=key, before=before)
    )


async def _later(ports: Ports, group: Group, variant: Variant, at: datetime) -> Again | None:
    """Again then; dropped when it would be too late."""
    if at <= variant.thin_at + UNTIL:
        return Again(at)
    await ports.variants.drop(group.id, variant.day, variant.member_id)
    return None


async def _send(ports: Ports, group: Group, member: Member, variant: Variant, today: date) -> bool:
    """Send it once, if the week and the day have room for it."""
    question = await judge_variant.question_of(ports, group, variant)
    about = owed.about(variant.day, member.id)
    mine = MessageRef(group.place, judge_variant.asked_key(variant.day, member.id))
    if not await _has_place(ports, group, member.id, mine, today):
        return False
    card = variant_card.asked(variant, question, ports.library.framework)
    if await send_direct(ports, group, member.id, owed.VARIANT, about, card):
        return True
    if await ports.outbox.get(group.id, _place(today, member.id)) == mine:
        await ports.outbox.drop(group.id, _place(today, member.id))
    return False


async def _has_place(ports: Ports, group: Group, member_id: MemberId, mine: MessageRef, today: date) -> bool:
    """Whether it has one of the week's places, or gets today's: one a day, so that two never count each other out.

    The day on which a span of seven days ends counts with the one on which it began.
    """
    before = [today - timedelta(days=number) for number in range(1, SPAN_DAYS + 1)]
    taken = [await ports.outbox.get(group.id, _place(day, member_id)) for day in before]
    if mine in taken:
        return True
    if sum(place is not None for place in taken) >= MOST_IN_SPAN:
        return False
    return await ports.outbox.sent(group.id, _place(today, member_id), mine) == mine


def _place(day: date, member_id: MemberId) -> str:
    return f"variant-place:{owed.about(day, member_id)}"
