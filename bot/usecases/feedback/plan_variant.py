"""Owe a variant of a question to a member who was weak in it, a week after their feedback (issue 7, item 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import dispute
from bot.domain.duty import AnswerId
from bot.domain.group import Group, Member
from bot.domain.post import Post
from bot.domain.review import Review
from bot.domain.variant import UNTIL, planned, thin
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.feedback.counted_bands import disputes_of
from bot.usecases.peers.peer_scene import NIGHT

SWEPT = UNTIL + timedelta(days=21)
"""Posts that are swept: feedback may come days after its post, a facilitator's decision about it days after that, and
an answer to a variant days after both."""


async def plan_variant(ports: Ports, group: Group, post: Post, member: Member, review: Review) -> None:
    """Owe one for this answer, once, unless there is no model to judge it or the member stopped them.

    The bands that count say whether it was weak: what a facilitator decided is as good as what the model gave, and
    the week begins with whichever made it so.
    """
    question = await ports.bank.question(group.id, post.question_id)
    if ports.reviewer is None or not member.probes or question is None:
        return
    disputes = await disputes_of(ports, group.id, review)
    counts = dispute.counted(review, disputes)
    if (weak := thin(counts)) is not None:
        counts = replace(counts, made_at=dispute.found_at(review, disputes, weak.key))
    made = planned(counts, question, member, member.quiet or NIGHT, group.schedule.zone)
    if made is None or made.due_at <= ports.clock.now():
        return
    stands = await ports.variants.plan(group.id, made)
    if await ports.answers.get(group.id, post.day, member.id) is None:  # withdrawn or forgotten meanwhile
        await ports.variants.drop(group.id, post.day, member.id)
    elif stands.asked_at is None:
        await ports.jobs.restore([(owed.variant(group.id, post.day, member.id), stands.due_at)])


async def plan_again(ports: Ports, group: Group, answer_id: AnswerId) -> None:
    """The same after a facilitator changed a band of the feedback on an answer; safe to repeat."""
    post = await ports.posts.get(group.id, answer_id.day)
    member = await ports.groups.member(group.id, answer_id.author_id)
    made = await ports.answers.review(group.id, answer_id.day, answer_id.author_id)
    if post is not None and member is not None and isinstance(made, Review):
        await plan_variant(ports, group, post, member, made)


async def owed_variants(ports: Ports, group: Group, posts: Sequence[Post]) -> list[tuple[Job, datetime]]:
    """Those to be put, and those that were answered and not judged."""
    now = ports.clock.now()
    days = [post.day for post in posts if post.opened_at is not None and now - post.opened_at < SWEPT]
    return [
        (owed.variant(group.id, each.day, each.member_id), each.due_at if each.asked_at is None else now)
        for each in await ports.variants.of_days(group.id, days)
        if each.is_owed
    ]
