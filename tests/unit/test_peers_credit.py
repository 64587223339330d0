from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.credit import RECIPROCITY, counted, may_credit
from bot.domain.group import MemberId
from bot.domain.peer_review import TEXTS, PeerReview, Reaction, ReactionKind
from tests.unit.peers_case import DAY, HOUR, NOW, member


def credit(giver: int, receiver: int, day: int = 0, kind: ReactionKind = ReactionKind.USED) -> Reaction:
    """`giver` used the review that `receiver` wrote of their answer, on a day."""
    return Reaction(
        day=DAY + timedelta(days=day),
        author_id=member(giver),
        reviewer_id=member(receiver),
        by=member(giver),
        kind=kind,
        at=NOW + timedelta(days=day),
    )


def review(author: int = 1, reviewer: int = 2, words: int = 1) -> PeerReview:
    return PeerReview(
        day=DAY,
        author_id=member(author),
        reviewer_id=member(reviewer),
        version=1,
        bands={"s1": 2},
        texts=dict.fromkeys(TEXTS, "word " * words),
        given_at=NOW,
    )


def test_only_the_author_of_the_answer_may_say_that_they_used_a_review() -> None:
    """Neither its reviewer nor anybody else can credit a review, and nobody their own words."""
    assert may_credit(review(1, 2), member(1))
    assert not may_credit(review(1, 2), member(2))
    assert not may_credit(review(1, 2), member(3))
    assert not may_credit(review(1, 1), member(1))


def test_what_is_self_given_or_given_by_others_does_not_count() -> None:
    """A stored credit of one's own words, or by somebody else than the author, counts nothing."""
    assert counted([credit(1, 1)]) == ()
    assert counted([replace(credit(1, 2), by=member(2)), replace(credit(1, 2), by=member(3))]) == ()


def test_other_reactions_are_no_credit() -> None:
    """Thanks, unclear and flags count nothing."""
    assert counted([credit(1, 2, kind=kind) for kind in ReactionKind if kind is not ReactionKind.USED]) == ()


def test_a_credit_in_return_does_not_count() -> None:
    """Between the same two people one credit counts in 28 days, whichever way it goes."""
    trade = [credit(1, 2, 0), credit(2, 1, 0), credit(1, 2, 1), credit(2, 1, 27), credit(2, 1, 28)]
    assert [(each.by, each.day - DAY) for each in counted(trade)] == [
        (member(1), timedelta(0)),
        (member(2), timedelta(days=28)),
    ]


@given(st.integers(3, 8), st.integers(1, 27))
def test_a_ring_earns_one_each(size: int, days: int) -> None:
    """A ring of any size that turns every day for up to 28 days brings each member one credit."""
    turns = [credit(number, (number + 1) % size, day) for day in range(days) for number in range(size)]
    assert sorted(each.reviewer_id for each in counted(turns)) == sorted(member(number) for number in range(size))


credits_ = st.builds(credit, st.integers(0, 4), st.integers(0, 4), st.integers(0, 60), st.sampled_from(ReactionKind))


@given(st.lists(credits_, max_size=30), st.randoms())
def test_replays_and_their_order_change_nothing(given_: list[Reaction], chance: object) -> None:
    """Credits that arrive again, later or in another order count the same, and a review counts once."""
    again = [*given_, *(replace(each, at=each.at + HOUR) for each in given_)]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert counted(again) == counted(given_)
    assert len({(each.day, each.author_id, each.reviewer_id) for each in counted(again)}) == len(counted(again))


@given(st.lists(credits_, max_size=30))
def test_the_cap_holds_for_any_two(given_: list[Reaction]) -> None:
    """Two credits that count between the same two people are at least 28 days apart."""
    last: dict[frozenset[MemberId], Reaction] = {}
    for each in counted(given_):
        two = frozenset((each.by, each.reviewer_id))
        assert two not in last or each.at - last[two].at >= RECIPROCITY
        last[two] = each


def test_length_earns_nothing() -> None:
    """A credit knows nothing of the review's words, so a long review counts what a short one does."""
    short, long = review(words=1), review(words=500)
    assert may_credit(short, member(1)) == may_credit(long, member(1))
    assert not {"texts", "words", "length"} & set(Reaction.__slots__)
