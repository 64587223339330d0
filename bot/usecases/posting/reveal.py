"""When a sealed question closes, show its answers in the thread: each once, by name (DESIGN 6)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from bot.domain.answer import Answer
from bot.domain.group import GroupId
from bot.domain.post import Post
from bot.errors import ChatClosed, ChatRefused
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.answering.share_answer import put_in_thread, share_key
from bot.usecases.work import Again

log = logging.getLogger(__name__)


async def plan_reveal(ports: Ports, group_id: GroupId, before: Sequence[Post], post: Post) -> None:
    """Owe what the close of `post` brings, and at once that of a post which this one cut short.

    `before`: all posts of the group, as they stood before this one.
    """
    if post.sealed and post.closes_at is not None:
        await ports.jobs.add(owed.reveal(group_id, post.day), post.closes_at)
    if not any(earlier.sealed for earlier in before):
        return
    for earlier in await ports.posts.all(group_id):
        if earlier.sealed and earlier.closes_at is not None and earlier.closes_at == post.opened_at:
            await ports.jobs.add(owed.reveal(group_id, earlier.day), earlier.closes_at)


async def is_to_be_revealed(ports: Ports, group_id: GroupId, post: Post) -> bool:
    """Whether the post is sealed now, or an answer to it does not stand in its thread yet."""
    if not post.sealed or post.is_sealed(ports.clock.now()):
        return post.sealed
    hidden = await _by_form(ports, group_id, post.day)
    shown = [await ports.outbox.get(group_id, share_key(post.day, answer.member_id)) for answer in hidden]
    return None in shown


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one post: its answers in the order in which they came.

    An answer that stands in the thread already is passed over, so it may begin again after any line. One that the
    platform refuses does not keep the others back; it is tried again with the job.
    """
    day = date.fromisoformat(job.ref)
    post = await ports.posts.get(job.group_id, day)
    if post is None or not post.sealed or post.closes_at is None:
        return None
    if post.is_sealed(ports.clock.now()):
        return Again(post.closes_at)
    refused: ChatRefused | None = None
    answers = await _by_form(ports, job.group_id, day)
    for answer in sorted(answers, key=lambda each: (each.parts[0].sent_at, each.member_id)):
        if await ports.outbox.get(job.group_id, share_key(day, answer.member_id)) is not None:
            continue
        try:
            await put_in_thread(ports, job.group_id, day, answer.member_id)
        except ChatClosed:
            raise
        except ChatRefused as trouble:
            log.warning("an answer of group %s is not shown: %s", job.group_id, trouble)
            refused = trouble
    if refused is not None:
        raise refused
    return None


async def _by_form(ports: Ports, group_id: GroupId, day: date) -> list[Answer]:
    """A late answer that was written into the thread stands there by itself."""
    return [answer for answer in (await ports.answers.of_day(group_id, day)).values() if answer.by_form]
