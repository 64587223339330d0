"""Owe a variant of a question to a member who was weak in it, a week after their feedback (issue 7, item 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.group import Group, Member
from bot.domain.post import Post
from bot.domain.review import Review
from bot.domain.variant import UNTIL, planned
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.peers.peer_scene import NIGHT

SWEPT = UNTIL + timedelta(days=11)
"""Posts that are swept: feedback may come days after its post, and an answer to a variant days after that."""


async def plan_variant(ports: Ports, group: Group, post: Post, member: Member, review: Review) -> None:
    """Owe one for this answer, once, unless there is no model to judge it or the member stopped them."""
    if ports.reviewer is None or not member.probes:
        return
    question = await ports.bank.question(group.id, post.question_id)
    quiet = member.quiet or NIGHT
    made = planned(review, question, member, quiet, group.schedule.zone) if question is not None else None
    if made is None or made.due_at <= ports.clock.now():
        return
    stands = await ports.variants.plan(group.id, made)
    if await ports.answers.get(group.id, post.day, member.id) is None:  # withdrawn or forgotten meanwhile
        await ports.variants.drop(group.id, post.day, member.id)
    elif stands.asked_at is None:
        await ports.jobs.restore([(owed.variant(group.id, post.day, member.id), stands.due_at)])


async def owed_variants(ports: Ports, group: Group, posts: Sequence[Post]) -> list[tuple[Job, datetime]]:
    """Those to be put, and those that were answered and not judged."""
    now = ports.clock.now()
    days = [post.day for post in posts if post.opened_at is not None and now - post.opened_at < SWEPT]
    return [
        (owed.variant(group.id, each.day, each.member_id), each.due_at if each.asked_at is None else now)
        for each in await ports.variants.of_days(group.id, days)
        if each.is_owed
    ]
