"""Who reviews whose answer: when a round starts, how it is drawn, and who stands in. Pure, and the same for a seed.

A round deals the waiting answers to a circle of reviewers, many times over, and keeps the deal with the least penalty.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from bot.domain.duty import AnswerId, Duty, DutyState
from bot.domain.group import MemberId
from bot.domain.peer_balance import Hands, balance

ROUND_ANSWERS = 3
"""So many waiting answers start a round."""
ROUND_WAIT = timedelta(hours=8)
"""So long the first answer waits for others at most."""
WANTED = 2
FEWEST_FOR_TWO = 4
"""Members who must be active for two reviewers an answer; fewer give one."""
ACTIVE_POSTS = 5
"""Who took part in one of so many posts is active."""

MOST_DEALS = 64
MOST_SLOTS = 2_000
"""Slots that are dealt at most, over all deals of one round: a huge round takes fewer deals, not longer."""
CHOICE = 8
"""How many reviewers next in the circle a slot may choose from."""

ALL_UNWILLING = 5
MUTUAL = 2

Pair = tuple[MemberId, MemberId]
"""An author and the reviewer of their answer."""
Drawn = tuple[AnswerId, MemberId]
"""An answer and somebody who is to review it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Who may be asked, and what is known of them.

    Attributes:
        reviewers: active, here and not away.
        not_with: confidential: two people who are never brought together, whichever of them said so.
        barred: by answer, who may not review it: asked before, or not to see it yet in a sealed group.
        load: how many duties each was asked of lately (the last five posts); those with few come first.
        unwilling: who let their last duty run out.
        met: how often the second reviewed the first, ever.
        mutual_before: two people who reviewed each other for the post before.
        already: pairs of the same post that were drawn before.
    """

    reviewers: frozenset[MemberId]
    not_with: frozenset[frozenset[MemberId]] = frozenset()
    barred: Mapping[AnswerId, frozenset[MemberId]] = field(default_factory=dict)
    load: Mapping[MemberId, int] = field(default_factory=dict)
    unwilling: frozenset[MemberId] = frozenset()
    met: Mapping[Pair, int] = field(default_factory=dict)
    mutual_before: frozenset[frozenset[MemberId]] = frozenset()
    already: frozenset[Pair] = frozenset()

    def allows(self, answer: AnswerId, reviewer: MemberId) -> bool:
        """Whether `reviewer` may be asked: not the author, not barred, and neither is on the other's list."""
        return (
            reviewer != answer.author_id
            and reviewer not in self.barred.get(answer, ())
            and frozenset((answer.author_id, reviewer)) not in self.not_with
        )

    def strain(self, pair: Pair, drawn: Collection[Pair]) -> tuple[bool, int]:
        """What speaks against `pair` next to those `drawn`; less is better.

        First whether two people would review each other for a second post in a row, then how often they met.
        """
        again = pair[::-1] in drawn and frozenset(pair) in self.mutual_before
        return again, self.met.get(pair, 0)


def round_at(waiting_since: Iterable[datetime], closes_at: datetime | None) -> datetime | None:
    """When the next round starts; None if nothing waits. It may lie in the past: then it starts now.

    At the third waiting answer, 8 hours after the first one, or when the open post closes, whichever comes first.
    """
    waits = sorted(waiting_since)
    if not waits:
        return None
    starts = [waits[0] + ROUND_WAIT, *waits[ROUND_ANSWERS - 1 : ROUND_ANSWERS]]
    if closes_at is not None and closes_at > waits[0]:
        starts.append(closes_at)
    return min(starts)


def wanted_reviewers(active: int) -> int:
    """How many reviewers an answer gets in a group with `active` members, its author included."""
    return WANTED if active >= FEWEST_FOR_TWO else 1


def is_active(record: bytes, number: int) -> bool:
    """Whether the member's record says that they took part, late or not, in post `number` or the four before it."""
    return any(record[max(number - ACTIVE_POSTS, 0) : number])


def is_unwilling(duties: Iterable[Duty]) -> bool:
    """Whether a reviewer let the last of `duties` that was up to them run out; declining is no fault."""
    told = [duty for duty in duties if duty.state in (DutyState.GIVEN, DutyState.EXPIRED)]
    last = max(told, key=lambda duty: duty.ended_at or duty.expires_at, default=None)
    return last is not None and last.state is DutyState.EXPIRED


def mutual(pairs: Iterable[Pair]) -> frozenset[frozenset[MemberId]]:
    """Two people who reviewed each other, by the pairs of one post."""
    known = frozenset(pairs)
    return frozenset(frozenset(pair) for pair in known if pair[::-1] in known)


def draw(waiting: Sequence[AnswerId], circle: Circle, *, wanted: int, seed: str) -> tuple[Drawn, ...]:
    """A round: `wanted` reviewers for each waiting answer, or as many as may be asked; the same for the same seed.

    Nobody gets their own answer, one that they are barred from, or that of somebody on a list. In one round two
    reviewers' shares differ by at most one, unless lists and bars make that impossible. Of all deals that were
    tried, the one that is kept repeats the fewest pairs, and has no two people review each other for a second post
    in a row if a deal without that was found. With nobody to ask (a member alone, or all others away) the round is
    empty: the answers wait, and go to the facilitator 36 hours after they were given.
    """
    if not waiting or not circle.reviewers:
        return ()
    chance = random.Random(f"{seed}|{sorted(waiting)}")  # noqa: S311  a lot that can be drawn again, not a secret
    deals = max(1, min(MOST_DEALS, MOST_SLOTS // (wanted * len(waiting))))
    best: Hands = {}
    least: tuple[int, int] | None = None
    while deals and least != (0, 0):
        hands = _deal(waiting, circle, wanted, chance)
        penalty = _penalty(hands, circle)
        if least is None or penalty < least:
            best, least = hands, penalty
        deals -= 1
    return tuple(sorted((answer, reviewer) for answer, chosen in best.items() for reviewer in chosen))


def stand_ins(answer: AnswerId, circle: Circle, *, count: int, seed: str) -> tuple[MemberId, ...]:
    """At most `count` others to ask for a review that is missing: the willing first, then those with few duties."""
    chance = random.Random(f"{seed}|{answer}")  # noqa: S311  as above
    able = sorted(reviewer for reviewer in circle.reviewers if circle.allows(answer, reviewer))
    chance.shuffle(able)

    def rank(reviewer: MemberId) -> tuple[bool, bool, int, int]:
        again, met = circle.strain((answer.author_id, reviewer), circle.already)
        return reviewer in circle.unwilling, again, circle.load.get(reviewer, 0), met

    return tuple(sorted(able, key=rank)[:count])


def _deal(waiting: Sequence[AnswerId], circle: Circle, wanted: int, chance: random.Random) -> Hands:
    """One way to deal: the reviewers sit in a circle, those with few duties first, and each answer takes the next."""
    ring = sorted(circle.reviewers)
    chance.shuffle(ring)
    ring.sort(key=lambda reviewer: circle.load.get(reviewer, 0))
    answers = sorted(waiting)
    chance.shuffle(answers)
    queue: deque[MemberId] = deque()
    hands: Hands = {}
    drawn = set(circle.already)
    for answer in answers:
        hands[answer] = []
        for _ in range(wanted):
            reviewer = _next(queue, answer, hands[answer], circle, drawn)
            if reviewer is None:
                queue.extend(ring)
                reviewer = _next(queue, answer, hands[answer], circle, drawn)
            if reviewer is None:
                break
            hands[answer].append(reviewer)
            drawn.add((answer.author_id, reviewer))
    balance(hands, circle.reviewers, circle.allows)
    return hands


def _next(
    queue: deque[MemberId], answer: AnswerId, taken: Sequence[MemberId], circle: Circle, drawn: Collection[Pair]
) -> MemberId | None:
    """Take out of the queue whom `answer` suits best among the next few who may review it."""
    able = ((place, each) for place, each in enumerate(queue) if each not in taken and circle.allows(answer, each))
    near = []
    for place, each in islice(able, CHOICE):
        near.append((*circle.strain((answer.author_id, each), drawn), place))
    if not near:
        return None
    *_, place = min(near)
    reviewer = queue[place]
    del queue[place]
    return reviewer


def _penalty(hands: Hands, circle: Circle) -> tuple[int, int]:
    """How far a deal is from what is wanted; (0, 0) is best.

    First how many people review each other for a second post in a row; then repeated pairs, the more so the oftener,
    people who review each other at all, and answers whose reviewers all let their last duty run out.
    """
    pairs = [(answer.author_id, reviewer) for answer, chosen in hands.items() for reviewer in chosen]
    both = mutual((*pairs, *circle.already)) - mutual(circle.already)
    lost = sum(1 for chosen in hands.values() if chosen and circle.unwilling.issuperset(chosen))
    repeated = sum(circle.met.get(pair, 0) ** 2 for pair in pairs)
    return len(both & circle.mutual_before), repeated + MUTUAL * len(both) + ALL_UNWILLING * lost
