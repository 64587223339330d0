"""What somebody makes of a peer review: used, thanks, unclear, flag. Noted once; the reviewer hears of it."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card
from bot.domain.credit import may_credit
from bot.domain.duty import AnswerId
from bot.domain.group import Group, Member
from bot.domain.peer_review import PeerReview, Reaction, ReactionKind
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases import notify, owed
from bot.usecases.peers import peer_post
from bot.views import notices
from bot.views.peers import peer_card, peer_words

TOLD_AFTER = timedelta(seconds=2)
"""The work is owed before the reaction is noted, so that nothing is lost between the two; then it finds it."""


async def run(ports: Ports, group: Group, member: Member, kind: ReactionKind, answer_id: AnswerId, token: str) -> Card:
    """Note it. Raises Refusal for one's own review, and for what only the author of the answer can say."""
    review = await peer_post.by_token(ports, group.id, answer_id, token)
    if review is None or not await _may_read(ports, group, member, review):
        raise Refusal(peer_words.REVIEW_GONE)
    if member.id == review.reviewer_id:
        raise Refusal(peer_words.OWN_REVIEW)
    if kind is ReactionKind.USED and not may_credit(review, member.id):
        raise Refusal(peer_words.ONLY_AUTHOR)
    new = await _note(ports, group, member, kind, review)
    return notices.notice(peer_card.NOTED[kind] if new else peer_words.NOTED_BEFORE)


async def _note(ports: Ports, group: Group, member: Member, kind: ReactionKind, review: PeerReview) -> bool:
    now = ports.clock.now()
    reaction = Reaction(
        day=review.day, author_id=review.author_id, reviewer_id=review.reviewer_id, by=member.id, kind=kind, at=now
    )
    if kind is not ReactionKind.FLAG:
        await ports.jobs.add(owed.told(group.id, reaction), now + TOLD_AFTER)
        return await ports.peers.react(group.id, reaction)
    await notify.tell_facilitators(ports, group, notify.INBOX)  # first, for the same reason
    return await ports.peers.react(group.id, reaction, peer_post.flag_of(review, now))


async def _may_read(ports: Ports, group: Group, member: Member, review: PeerReview) -> bool:
    """Whether the review is shown to this member: it stands in the chat, or it is of their own answer."""
    if member.id in (review.author_id, review.reviewer_id):
        return True
    return await ports.outbox.get(group.id, peer_post.review_key(review)) is not None
