"""Show a peer review under the answer, once, when its time has come; and keep what is shown in line with the answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.cards import Card
from bot.domain.answer import SKEW, Answer
from bot.domain.duty import AnswerId
from bot.domain.group import FeedbackMode, Group, GroupId, MemberId
from bot.domain.peer_review import REMOVED, REVIEWED, InboxEntry, InboxKind, PeerReview, Settled, unreviewed
from bot.domain.post import Post
from bot.errors import ChatRefused
from bot.ports import Job, Ports, Target, Where
from bot.usecases import owed
from bot.usecases.answering.share_answer import share_key
from bot.usecases.deliver import take_back
from bot.usecases.thread_or_direct import thread_or_direct
from bot.usecases.work import Again
from bot.views.peers import peer_card

log = logging.getLogger(__name__)

ANSWER_FIRST = timedelta(minutes=10)
LOOK_EVERY = timedelta(seconds=10)


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one review: shown once; `redraw` edits it when the answer changes."""
    answer_id, reviewer_id = pair_of(job.ref)
    group = await ports.groups.get(job.group_id)
    post = await ports.posts.get(job.group_id, answer_id.day)
    answer = await ports.answers.get(job.group_id, answer_id.day, answer_id.author_id)
    review = await find(ports, job.group_id, answer_id, reviewer_id)
    if group is None or post is None or post.message is None or answer is None or review is None:
        return None
    if not is_about(review, answer) or await is_removed(ports, group.id, review):
        return None
    await _settle_inbox(ports, group, answer_id)
    if post.sealed and (opens_at := await _follows_answer_at(ports, group, post, answer_id)) is not None:
        return Again(opens_at)
    held_until = await hold(ports, group, answer_id)
    if held_until is not None:
        return Again(held_until)
    return await _show(ports, group, post, answer, review)


async def hold(ports: Ports, group: Group, answer_id: AnswerId) -> datetime | None:
    """Until when the reviews of an answer are held back at most: give to get. None if nothing holds them.

    Its author owes a review of the same post. Giving one opens them, and so does the end of the first duty, however it
    ends; being asked again does not close them.
    """
    if not group.peers.give_to_get or group.peers.on is False:
        return None
    duties = await ports.peers.duties(group.id, [answer_id.day])
    theirs = [duty for duty in duties if duty.reviewer_id == answer_id.author_id]
    ends = min((duty.expires_at for duty in theirs), default=None)
    is_over = ends is None or ends <= ports.clock.now() or not all(duty.is_open for duty in theirs)
    return None if is_over else ends


async def release(ports: Ports, group_id: GroupId, day: date, author_id: MemberId) -> None:
    """Owe at once the showing of what was given on an answer: what held it back may be over."""
    answer_id = AnswerId(day, author_id)
    for review in await of_answer(ports, group_id, answer_id):
        if await ports.outbox.get(group_id, review_key(review)) is None:
            await ports.jobs.add(owed.given(group_id, answer_id, review.reviewer_id), ports.clock.now())
    ports.wake()


async def redraw(ports: Ports, group: Group, answer_id: AnswerId, answer: Answer | None) -> None:
    """After a change of the answer: reviews of an older text say so; those of one that was taken back go."""
    for review in await of_answer(ports, group.id, answer_id):
        key = review_key(review)
        message = await ports.outbox.get(group.id, key)
        if message is None:
            continue
        if answer is None or not is_about(review, answer):
            await take_back(ports, group.id, key)
        else:
            await ports.chat.edit(message, await card_of(ports, group, answer, review))


async def take_back_of(ports: Ports, group: Group, member_id: MemberId, day: date) -> int:
    """Remove what stands in the chat of the reviews that a member gave or got for one post; how many messages."""
    removed = 0
    for review in await ports.peers.given(group.id, [day]):
        if member_id in (review.author_id, review.reviewer_id):
            try:
                removed += await take_back(ports, group.id, review_key(review))
            except ChatRefused as refused:  # it never will be deleted; what is stored must go all the same
                log.warning("a peer review of a forgotten member still stands: %s", refused)
    return removed


async def of_answer(ports: Ports, group_id: GroupId, answer_id: AnswerId) -> Sequence[PeerReview]:
    """The reviews of one answer, in the order in which they were given."""
    return [review for review in await ports.peers.given(group_id, [answer_id.day]) if review.answer_id == answer_id]


async def find(ports: Ports, group_id: GroupId, answer_id: AnswerId, reviewer_id: MemberId) -> PeerReview | None:
    """The review of an answer by one member."""
    reviews = await of_answer(ports, group_id, answer_id)
    return next((review for review in reviews if review.reviewer_id == reviewer_id), None)


async def by_token(ports: Ports, group_id: GroupId, answer_id: AnswerId, shown: str) -> PeerReview | None:
    """The review that a button means."""
    reviews = await of_answer(ports, group_id, answer_id)
    return next((review for review in reviews if review.token == shown), None)


async def is_removed(ports: Ports, group_id: GroupId, review: PeerReview) -> bool:
    """Whether a facilitator took it out of the chat. What it says stays its writer's."""
    found = await ports.peers.entries(group_id, [flag_of(review, review.given_at).id])
    return any(entry.outcome == REMOVED for entry in found)


def flag_of(review: PeerReview, at: datetime) -> InboxEntry:
    """The one entry of the inbox for all flags on a review."""
    return InboxEntry(
        kind=InboxKind.FLAG, day=review.day, author_id=review.author_id, reviewer_id=review.reviewer_id, at=at
    )


def review_key(review: PeerReview) -> str:
    """The outbox key of a review; it travels with the message, so it does not name the reviewer."""
    return f"peer:{owed.about(review.day, review.author_id)}|{review.token}"


def is_about(review: PeerReview, answer: Answer) -> bool:
    """Whether the review read this answer, in whatever version: not one that was taken back before it was given."""
    return review.given_at >= answer.answered_at - SKEW


def pair_of(ref: str) -> tuple[AnswerId, MemberId]:
    """The answer and the reviewer of a ref made by `owed.given`."""
    about, _, reviewer_id = ref.rpartition("|")
    return AnswerId(*owed.whose(about)), MemberId(reviewer_id)


async def card_of(ports: Ports, group: Group, answer: Answer, review: PeerReview) -> Card:
    """The review as it stands under the answer."""
    names = {member.id: member.name for member in await ports.groups.members(group.id)}
    return peer_card.review(
        review,
        ports.library.framework,
        author=names.get(review.author_id, ""),
        reviewer=None if review.anonymous else names.get(review.reviewer_id, ""),
        edited=answer.version > review.version,
    )


async def _show(ports: Ports, group: Group, post: Post, answer: Answer, review: PeerReview) -> Again | None:
    """Once; in the thread, or to its author alone where that is gone."""
    key = review_key(review)
    if await ports.outbox.get(group.id, key) is not None:
        return None
    card = await card_of(ports, group, answer, review)
    to = _target(group, post, review.author_id)
    again = await thread_or_direct(ports, group, post, key, to, review.author_id, card)
    is_gone = await ports.answers.get(group.id, post.day, review.author_id) is None
    if is_gone or await is_removed(ports, group.id, review):
        await take_back(ports, group.id, key)
    return again


def _target(group: Group, post: Post, author_id: MemberId) -> Target:
    """In the thread; to the author alone where an open group keeps feedback private."""
    private = group.feedback is FeedbackMode.PRIVATE and not post.sealed
    where = Where.ONLY_YOU if private else Where.THREAD
    return Target(where=where, place=group.place, thread=post.message, member=author_id)


async def _follows_answer_at(ports: Ports, group: Group, post: Post, answer_id: AnswerId) -> datetime | None:
    """When to look again, as the answer to a sealed post is not in the thread yet; None when it is there.

    An answer that the platform will not take does not keep its reviews back for long.
    """
    now = ports.clock.now()
    if post.closes_at is None:
        return now + ANSWER_FIRST
    if post.is_sealed(now):
        return post.closes_at
    shown = await ports.outbox.get(group.id, share_key(answer_id.day, answer_id.author_id))
    return now + LOOK_EVERY if shown is None and now < post.closes_at + ANSWER_FIRST else None


async def _settle_inbox(ports: Ports, group: Group, answer_id: AnswerId) -> None:
    """What the facilitators were told to look at has come after all."""
    now = ports.clock.now()
    await ports.peers.close(group.id, unreviewed(answer_id, now).id, Settled(at=now, outcome=REVIEWED))
