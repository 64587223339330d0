"""What the state says is owed about peer reviews: rounds, duties to look after, reviews to show."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.answer import Answer
from bot.domain.duty import AnswerId, DutyState
from bot.domain.group import Group
from bot.domain.peer_plan import INBOX_AFTER
from bot.domain.post import Post
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.peers import peer_post
from bot.usecases.peers.peer_scene import current, reviews_now

SETTLED_AFTER = timedelta(hours=72)
"""Every duty has ended 60 hours after its answer."""


async def owed_reviews(ports: Ports, group: Group, post: Post) -> list[tuple[Job, datetime]]:
    """For the answers to one post."""
    now = ports.clock.now()
    answers = await ports.answers.of_day(group.id, post.day)
    duties = await ports.peers.duties(group.id, [post.day])
    jobs: list[tuple[Job, datetime]] = []
    waits = False
    for answer in answers.values():
        answer_id = AnswerId(post.day, answer.member_id)
        mine = current((duty for duty in duties if duty.answer_id == answer_id), answer)
        waits = waits or (not mine and now < answer.answered_at + INBOX_AFTER)
        reviewed = any(duty.state is DutyState.GIVEN for duty in mine)
        if any(duty.is_open for duty in mine) or (mine and not reviewed and now < answer.answered_at + SETTLED_AFTER):
            jobs.append((owed.duties(group.id, answer_id), now))
    if waits and await reviews_now(ports, group):
        jobs.append((owed.next_round(group.id), now))
    withdrawn = {duty.answer_id for duty in duties if duty.is_open and duty.author_id not in answers}
    jobs += [(owed.duties(group.id, answer_id), now) for answer_id in sorted(withdrawn)]
    return jobs + [(job, now) for job in await _unshown(ports, group, post, list(answers.values()))]


async def _unshown(ports: Ports, group: Group, post: Post, answers: list[Answer]) -> list[Job]:
    by_author = {answer.member_id: answer for answer in answers}
    jobs = []
    for review in await ports.peers.given(group.id, [post.day]):
        answer = by_author.get(review.author_id)
        if answer is None or not peer_post.is_about(review, answer):
            continue
        if await ports.outbox.get(group.id, peer_post.review_key(review)) is None:
            jobs.append(owed.given(group.id, review.answer_id, review.reviewer_id))
    return jobs
