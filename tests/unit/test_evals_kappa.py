from __future__ import annotations

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.kappa import Pair, bootstrap, by_length, kappa, mean, share

BANDS = st.integers(0, 4)
PAIRS = st.lists(st.tuples(BANDS, BANDS), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("pairs", "by_hand"),
    [
        ([(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)], 1.0),
        ([(0, 4), (4, 0)], -1.0),
        # observed 5, expected 20 of 4 pairs: 1 - 5 x 4 / 20
        ([(0, 1), (1, 1), (2, 2), (2, 0)], 0.0),
        # observed 1, expected 20 + 11 + 20 of 3 pairs
        ([(0, 0), (1, 2), (4, 4)], 1 - 3 / 51),
        ([(0, 2), (1, 2), (3, 2), (4, 2)], 0.0),
    ],
)
def test_kappa_is_what_a_hand_computes(pairs: list[Pair], by_hand: float) -> None:
    """Quadratic weighted kappa has the value that its definition gives on paper."""
    assert kappa(pairs) == pytest.approx(by_hand)


def test_kappa_of_nothing_is_none() -> None:
    """Without pairs, or with one band on both sides throughout, agreement says nothing."""
    assert kappa([]) is None
    assert kappa([(2, 2), (2, 2)]) is None


@given(PAIRS)
def test_kappa_knows_no_sides(pairs: list[Pair]) -> None:
    """Kappa is the same with the sides exchanged, with the bands turned round and in any order."""
    value = kappa(pairs)
    for other in ([(b, a) for a, b in pairs], [(4 - a, 4 - b) for a, b in pairs], list(reversed(pairs))):
        assert kappa(other) == (value if value is None else pytest.approx(value))


@given(PAIRS)
def test_kappa_is_at_most_one(pairs: list[Pair]) -> None:
    """Kappa lies between -1 and 1, and is 1 exactly when all pairs agree."""
    value = kappa(pairs)
    if value is not None:
        assert -1 - 1e-9 <= value <= 1
        assert (value == 1) == all(one == other for one, other in pairs)


def test_a_bad_band_costs_more_than_a_near_one() -> None:
    """A disagreement by three bands lowers kappa more than three by one band each."""
    even = [(band, band) for band in (0, 1, 2, 3, 4, 0, 1, 2, 3, 4)]
    far, near = kappa([(0, 3), *even[1:]]), kappa([(0, 1), (1, 2), (2, 3), *even[3:]])
    assert far is not None
    assert near is not None
    assert far < near < 1


def test_the_interval_holds_the_value() -> None:
    """The middle 95 % of resamples lies around the mean of all, and narrows with more answers."""
    draw = random.Random(7)  # noqa: S311
    groups = [[draw.choice((0.0, 1.0))] for _ in range(400)]
    wide, narrow = bootstrap(groups[:40], mean), bootstrap(groups, mean)
    for measured in (wide, narrow):
        assert measured.low is not None
        assert measured.high is not None
        assert measured.low <= (measured.value or 0) <= measured.high
    assert (narrow.high or 0) - (narrow.low or 0) < ((wide.high or 0) - (wide.low or 0)) / 2
    # the usual formula for a share: 1.96 x the root of p (1 - p) / n
    p = fmean(item for group in groups for item in group)
    assert (narrow.high or 0) - p == pytest.approx(1.96 * (p * (1 - p) / 400) ** 0.5, rel=0.25)


def test_answers_are_drawn_whole() -> None:
    """What stands in one answer is drawn together, so ten equal labels of one answer count as one."""
    alone = bootstrap([[0.0], [1.0]] * 10, mean)
    tenfold = bootstrap([[0.0] * 10, [1.0] * 10] * 10, mean)
    assert (alone.low, alone.high) == (tenfold.low, tenfold.high)


def test_the_same_draws_in_every_run() -> None:
    """Two runs over the same answers give the same interval."""
    groups = [[True], [False], [True], [True]]
    assert bootstrap(groups, share) == bootstrap(groups, share)


def test_one_answer_has_no_interval() -> None:
    """From one answer there is a value and no interval, from none there is neither."""
    assert bootstrap([[1.0, 3.0]], mean).value == 2
    assert bootstrap([[1.0, 3.0]], mean).low is None
    assert bootstrap([], mean).value is None


def test_length_predicts_what_grows_with_length() -> None:
    """The baseline of length finds bands that grow with length, each from all the other answers."""
    assert by_length([1, 2, 3, 4, 5], [[0, 0], [1, 1], [2, 2], [3], []]) == [[0, 0], [1, 1], [2, 2], [3], []]


def test_length_predicts_nothing_from_nothing() -> None:
    """Where length says nothing, the baseline gives every answer the mean of the others."""
    assert by_length([3, 3, 3], [[0], [4], [2]]) == [[3], [1], [2]]
