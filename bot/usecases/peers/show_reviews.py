"""Where the reviews of an answer stand, for its author at any time; and what they say."""

from __future__ import annotations

from typing import Any

from bot.cards import Card, Span
from bot.domain.answer import Answer
from bot.domain.duty import AnswerId, DutyState
from bot.domain.group import Group, Member, MemberId
from bot.domain.peer_plan import Standing, standing
from bot.domain.peer_review import PeerReview, unreviewed
from bot.domain.post import Post
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases import owed
from bot.usecases.peers import peer_post, peer_scene
from bot.views import notices
from bot.views.peers import peer_card, peer_words, reviews_line


async def line_for(ports: Ports, group: Group, answer: Answer) -> tuple[Span, ...] | None:
    """In a sentence; None where nobody reviews, or did when the answer was to be reviewed."""
    answer_id = AnswerId(answer.day, answer.member_id)
    everything = await ports.peers.duties(group.id, [answer.day])
    duties = peer_scene.current((duty for duty in everything if duty.answer_id == answer_id), answer)
    is_asked = any(duty.is_open or duty.state is DutyState.GIVEN for duty in duties)
    if not is_asked and not await peer_scene.reviews_now(ports, group):
        return None
    now = ports.clock.now()
    match standing(duties, answered_at=answer.answered_at, now=now):
        case Standing.WAITING:
            tried = await ports.jobs.owed(owed.duties(group.id, answer_id)) is not None
            round_at = await ports.jobs.owed(owed.next_round(group.id))
            return peer_words.NOBODY_FREE if tried else peer_words.waiting(round_at, group)
        case Standing.SEARCHING:
            return peer_words.searching()
        case Standing.WITH_FACILITATOR:
            entry = unreviewed(answer_id, now)
            return peer_words.with_facilitator() if await ports.peers.entries(group.id, [entry.id]) else None
        case _:
            given = sum(duty.state is DutyState.GIVEN for duty in duties)
            ends = [duty.expires_at for duty in duties if duty.is_open]
            held = bool(given) and await peer_post.hold(ports, group, answer_id) is not None
            return peer_words.standing(given, given + len(ends), group, next_by=min(ends, default=None), held=held)


async def with_line(ports: Ports, group: Group, answer: Answer | None, card: Card) -> Card:
    """`card` with where the reviews of `answer` stand, and the way to read them."""
    line = await line_for(ports, group, answer) if answer is not None else None
    if answer is None or line is None:
        return card
    reviews = await peer_post.of_answer(ports, group.id, AnswerId(answer.day, answer.member_id))
    return reviews_line.added(card, line, answer.day, readable=bool(reviews))


async def run(ports: Ports, group: Group, member: Member, post: Post | None) -> Card:
    """All reviews of the member's answer to `post`, unless give to get holds them back; then when they open."""
    answer = await ports.answers.get(group.id, post.day, member.id) if post is not None else None
    if post is None or answer is None:
        raise Refusal(notices.NO_FEEDBACK_YET)
    answer_id = AnswerId(post.day, member.id)
    line = await line_for(ports, group, answer)
    reviews = await peer_post.of_answer(ports, group.id, answer_id)
    shown = [] if await peer_post.hold(ports, group, answer_id) is not None else reviews
    names = {each.id: each.name for each in await ports.groups.members(group.id)}
    rows = [
        (
            each,
            None if each.anonymous else names.get(each.reviewer_id, ""),
        )
        for each in shown
        if peer_post.is_about(each, answer) and not await peer_post.is_removed(ports, group.id, each)
    ]
    status = reviews_line.status(line) if line is not None else None
    return peer_card.mine(post.day, rows, ports.library.framework, status)


async def everything(ports: Ports, group: Group, member_id: MemberId) -> dict[str, Any]:
    """What a member gave, and what they got as far as it was shown to them; JSON-ready but for dates."""
    days = [post.day for post in await ports.posts.all(group.id)]
    given, got = [], []
    for review in await ports.peers.given(group.id, days):
        if review.reviewer_id == member_id:
            given.append(_plain(review))
        elif review.author_id == member_id:
            key = peer_post.review_key(review)
            got += [_plain(review)] if await ports.outbox.get(group.id, key) is not None else []
    drafts = []
    for duty in await ports.peers.duties(group.id, days):
        if duty.reviewer_id == member_id:
            draft = await ports.peers.draft(group.id, duty.answer_id, member_id)
            drafts += [{"day": duty.day, "draft": dict(draft)}] if draft else []
    return {"given": given, "got": got, "drafts": drafts}


def _plain(review: PeerReview) -> dict[str, Any]:
    """Without names: whose answer it was, and who wrote it, is the other's."""
    kept = {"day": review.day, "given_at": review.given_at}
    return {**kept, "bands": dict(review.bands), "texts": dict(review.texts)}
