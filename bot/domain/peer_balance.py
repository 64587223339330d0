"""Equal shares of a round: duties move along a chain of reviewers until no chain makes two shares more equal."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator

from bot.domain.duty import AnswerId
from bot.domain.group import MemberId

Hands = dict[AnswerId, list[MemberId]]
"""The reviewers of each answer."""
Allows = Callable[[AnswerId, MemberId], bool]
Move = tuple[AnswerId, MemberId, MemberId]
"""An answer that goes from one reviewer to another."""


def balance(hands: Hands, reviewers: Collection[MemberId], allows: Allows) -> None:
    """Change `hands` until shares differ by at most one, if any way to do so exists.

    Shares are as equal as they can be exactly when no chain of moves leads from a reviewer to one with two duties less
    (Harvey and others, Semi-matchings for bipartite graphs and load balancing, 2006).
    """
    # in one order in every process: a set of strings has another one in each
    share = Counter(dict.fromkeys(sorted(reviewers), 0))
    share.update(reviewer for chosen in hands.values() for reviewer in chosen)
    while chain := _chain(hands, share, allows):
        for answer, giver, taker in chain:
            hands[answer][hands[answer].index(giver)] = taker
            share[giver] -= 1
            share[taker] += 1


def _chain(hands: Hands, share: Counter[MemberId], allows: Allows) -> list[Move]:
    """The moves that take one duty from a reviewer with many to one with at least two less; empty if there are none."""
    fewest = min(share.values(), default=0)
    heavy = [reviewer for reviewer, count in share.most_common() if count >= fewest + 2]
    if not heavy:
        return []
    held: dict[MemberId, list[AnswerId]] = {}
    for answer, chosen in hands.items():
        for reviewer in chosen:
            held.setdefault(reviewer, []).append(answer)
    takers = sorted(share, key=lambda reviewer: (share[reviewer], reviewer))
    for giver in heavy:
        moves = _search(giver, hands, held, share, takers, allows)
        if moves:
            return moves
    return []


def _search(
    giver: MemberId,
    hands: Hands,
    held: dict[MemberId, list[AnswerId]],
    share: Counter[MemberId],
    takers: list[MemberId],
    allows: Allows,
) -> list[Move]:
    """Breadth first, so that as few duties as possible move."""
    came: dict[MemberId, Move] = {}
    queue = deque([giver])
    while queue:
        at = queue.popleft()
        for answer in held.get(at, ()):
            for taker in takers:
                if taker == giver or taker in came or taker in hands[answer] or not allows(answer, taker):
                    continue
                came[taker] = (answer, at, taker)
                if share[taker] <= share[giver] - 2:
                    return list(_back(came, taker))[::-1]
                queue.append(taker)
    return []


def _back(came: dict[MemberId, Move], taker: MemberId) -> Iterator[Move]:
    while taker in came:
        yield came[taker]
        taker = came[taker][1]
