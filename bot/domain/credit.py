"""Credits ("I used this"): which credits count.

The buttons always work, and the reviewer always hears of it; counting is stricter, since what counts invites trade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.domain.group import MemberId
from bot.domain.peer_review import PeerReview, Reaction, ReactionKind

RECIPROCITY = timedelta(days=28)
"""Between the same two people one credit counts in so many days, whichever way it goes."""


def may_credit(review: PeerReview, by: MemberId) -> bool:
    """Whether `by` may say [I used this] of `review`: the author of the answer alone, and never of their own words."""
    return by == review.author_id and by != review.reviewer_id


def counted(reactions: Iterable[Reaction]) -> tuple[Reaction, ...]:
    """The credits among `reactions` that count, oldest first.

    - Not by oneself, and only by the author of the answer.
    - One a review, whatever its length: a credit is a mark, not a sum of words.
    - The reciprocity cap: between the same two people one credit counts in 28 days, whichever way it goes. Two who
      trade get one between them; a ring of any size gets one for each member, however often it turns, which is less
      than honest reviews bring. Nobody chooses whom they review, so a ring must also wait for the draw.

    Replaying reactions changes nothing.
    """
    kept: dict[frozenset[MemberId], datetime] = {}
    found = []
    for credit in _first_of_each(reactions):
        two = frozenset((credit.by, credit.reviewer_id))
        last_at = kept.get(two)
        if last_at is None or credit.at - last_at >= RECIPROCITY:
            kept[two] = credit.at
            found.append(credit)
    return tuple(found)


def _first_of_each(reactions: Iterable[Reaction]) -> Iterator[Reaction]:
    """The first true credit of each review, oldest first."""
    seen = set()
    for each in sorted(reactions, key=lambda each: (each.at, each.day, each.author_id, each.reviewer_id)):
        review = (each.day, each.author_id, each.reviewer_id)
        is_credit = each.kind is ReactionKind.USED and each.by == each.author_id != each.reviewer_id
        if is_credit and review not in seen:
            seen.add(review)
            yield each
