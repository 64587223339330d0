"""Restore to the agenda whatever the state says is owed (at start and hourly)."""

from __future__ import annotations

from datetime import datetime

from bot.domain.group import Group
from bot.domain.post import LONGEST_WINDOW, Post, PostState
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.feedback.give_feedback import feedback_key
from bot.usecases.feedback.plan_variant import owed_variants
from bot.usecases.peers.recover_reviews import owed_reviews
from bot.usecases.posting.plan_posts import owed_posts
from bot.usecases.posting.propose_week import next_proposal
from bot.usecases.posting.reveal import is_to_be_revealed

RECENT_POSTS = 3
"""Answers to older posts are not swept: their feedback has long been given or given up."""
SHOT_POSTS = 6
"""A section may be written again for two days after feedback that came up to three days after its post."""


async def sweep(ports: Ports) -> int:
    """Go through every group; how many jobs were missing from the agenda."""
    restored = 0
    async for group_id in ports.groups.all_ids():
        group = await ports.groups.get(group_id)
        if group is not None:
            restored += await ports.jobs.restore(await _owed(ports, group))
    if restored:
        ports.wake()
    return restored


async def _owed(ports: Ports, group: Group) -> list[tuple[Job, datetime]]:
    now = ports.clock.now()
    posts = await ports.posts.all(group.id)
    jobs = await owed_posts(ports, group, posts[-1] if posts else None)
    week = next_proposal(group, now)
    if week is not None and posts and not group.paused:
        jobs.append((owed.propose(group.id, week[0]), week[1]))
    jobs += [(job, now) for post in posts[-SHOT_POSTS:] for job in await _shots(ports, group, post)]
    jobs += await owed_variants(ports, group, posts)
    for post in posts[-RECENT_POSTS:]:
        if post.state is PostState.SENT and post.opened_at is not None and now - post.opened_at < 2 * LONGEST_WINDOW:
            jobs += [(job, now) for job in await _reviews(ports, group, post)]
            jobs += await owed_reviews(ports, group, post)
            if post.closes_at is not None and await is_to_be_revealed(ports, group.id, post):
                jobs.append((owed.reveal(group.id, post.day), post.closes_at))
    return jobs


async def _shots(ports: Ports, group: Group, post: Post) -> list[Job]:
    """Sections that were written again and not judged yet."""
    shots = await ports.shots.of_day(group.id, post.day)
    return [owed.shot(group.id, post.day, shot.member_id) for shot in shots if not shot.is_settled]


async def _reviews(ports: Ports, group: Group, post: Post) -> list[Job]:
    """Answers of one post whose feedback was never shown. What a member asked for later is not swept."""
    jobs = []
    for member_id, answer in (await ports.answers.of_day(group.id, post.day)).items():
        if await ports.outbox.get(group.id, feedback_key(post.day, member_id)) is not None:
            continue
        member = await ports.groups.member(group.id, member_id)
        if answer.by_form:
            jobs.append(owed.share(group.id, post.day, member_id))
        elif member is not None and member.auto_feedback:
            jobs.append(owed.review(group.id, post.day, member_id))
    return jobs
