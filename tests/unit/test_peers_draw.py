from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.duty import declined, expired
from bot.domain.duty import given as review_given
from bot.domain.group import MemberId
from bot.domain.peers import Circle, Drawn, draw, is_active, is_unwilling, mutual, round_at, stand_ins, wanted_reviewers
from tests.house.rules import ROOT
from tests.unit.peers_case import HOUR, NOW, Scene, answer, duty, member, scenes


def spread(drawn: Sequence[Drawn], reviewers: frozenset[MemberId]) -> int:
    shares = Counter(reviewer for _, reviewer in drawn)
    return max(shares[each] for each in reviewers) - min(shares[each] for each in reviewers)


def drawn_of(scene: Scene, seed: str = "s") -> tuple[Drawn, ...]:
    return draw(scene.waiting, scene.circle, wanted=scene.wanted, seed=seed)


def evenest(scene: Scene) -> int:
    """The smallest spread of all ways to give each answer as many reviewers as may be asked, by trying them all."""
    reviewers = sorted(scene.circle.reviewers)
    choices = []
    for waits in scene.waiting:
        able = [each for each in reviewers if scene.circle.allows(waits, each)]
        choices.append(list(combinations(able, min(scene.wanted, len(able)))))
    found = []
    for picks in product(*choices):
        shares = Counter(reviewer for pick in picks for reviewer in pick)
        found.append(max(shares[each] for each in reviewers) - min(shares[each] for each in reviewers))
    return min(found)


@given(scenes())
@settings(max_examples=150)
def test_nobody_reviews_who_must_not(scene: Scene) -> None:
    """Nobody reviews themself, someone on a list (whoever made it), an answer they are barred from, or one twice."""
    drawn = drawn_of(scene)
    assert len(set(drawn)) == len(drawn)
    for waits, reviewer in drawn:
        assert reviewer in scene.circle.reviewers
        assert reviewer != waits.author_id
        assert frozenset((reviewer, waits.author_id)) not in scene.circle.not_with
        assert reviewer not in scene.circle.barred.get(waits, ())


@given(scenes())
@settings(max_examples=150)
def test_each_answer_gets_as_many_reviewers_as_there_are(scene: Scene) -> None:
    """An answer gets the reviewers that are wanted, or everybody who may be asked if they are fewer."""
    counts = Counter(waits for waits, _ in drawn_of(scene))
    for waits in scene.waiting:
        able = sum(scene.circle.allows(waits, each) for each in scene.circle.reviewers)
        assert counts[waits] == min(scene.wanted, able)


@given(scenes(free=True))
@settings(max_examples=150)
def test_shares_differ_by_at_most_one(scene: Scene) -> None:
    """Where everybody may review everybody else, two shares of a round differ by one at most, if three can share."""
    allowed = 1 if len(scene.circle.reviewers) > 2 else scene.wanted
    assert spread(drawn_of(scene), scene.circle.reviewers) <= allowed


@given(scenes(most=5))
@settings(max_examples=100)
def test_shares_are_as_even_as_lists_and_bars_allow(scene: Scene) -> None:
    """No way to deal the round has a spread of one where the draw has more."""
    if scene.circle.reviewers:
        assert spread(drawn_of(scene), scene.circle.reviewers) <= max(1, evenest(scene))


@given(scenes(), st.text(max_size=5))
@settings(max_examples=60)
def test_the_same_seed_draws_the_same_round(scene: Scene, seed: str) -> None:
    """The same round comes out again, in whatever order the answers are told; stand-ins too."""
    turned = replace(scene, waiting=scene.waiting[::-1])
    assert drawn_of(scene, seed) == drawn_of(turned, seed)
    once = stand_ins(scene.waiting[0], scene.circle, count=3, seed=seed)
    assert once == stand_ins(scene.waiting[0], scene.circle, count=3, seed=seed)


MANY_DRAWS = """
from tests.unit.peers_case import answer, member
from bot.domain.peers import Circle, draw
people = [member(number) for number in range(6)]
for seed in range(150):
    waiting = [answer(number) for number in range(1 + seed % 5)]
    barred = {each: frozenset(people[seed % 3 : 3]) for each in waiting[1:]}
    circle = Circle(reviewers=frozenset(people), barred=barred, not_with=frozenset({frozenset(people[3:5])}))
    print(draw(waiting, circle, wanted=2, seed=str(seed)))
"""


def test_the_same_seed_draws_the_same_round_in_every_process() -> None:
    """The order of a set, which differs from process to process, decides nothing."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", MANY_DRAWS],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in range(4)
    }
    assert len(printed) == 1


def test_another_seed_draws_another_round() -> None:
    """Chance decides what nothing else decides."""
    scene = Scene([answer(number) for number in range(9)], Circle(reviewers=frozenset(map(member, range(9)))), 2)
    assert len({drawn_of(scene, str(seed)) for seed in range(20)}) > 10


@pytest.mark.parametrize("size", [5, 6, 9])
def test_nobody_is_mutual_twice_in_a_row(size: int) -> None:
    """Over thirty rounds of the whole group no two people review each other for two posts in a row."""
    reviewers = frozenset(map(member, range(size)))
    before: frozenset[frozenset[MemberId]] = frozenset()
    met: Counter[tuple[MemberId, MemberId]] = Counter()
    for seed in range(30):
        circle = Circle(reviewers=reviewers, met=met, mutual_before=before)
        drawn = draw(list(map(answer, range(size))), circle, wanted=2, seed=str(seed))
        pairs = [(waits.author_id, each) for waits, each in drawn]
        assert not mutual(pairs) & before
        before = mutual(pairs)
        met.update(pairs)
    assert max(met.values()) - min(met.values()) <= 30 * 2 // (size - 1)
    assert len(met) == size * (size - 1)


@pytest.mark.parametrize("seed", range(20))
def test_who_must_be_mutual_is_not_so_again(seed: int) -> None:
    """In a group of four some must review each other; it is never those who did so for the post before."""
    people = list(map(member, range(4)))
    before = frozenset({frozenset(people[:2]), frozenset(people[2:])})
    met = {(one, other): 5 for one in people for other in people if frozenset((one, other)) not in before}
    circle = Circle(reviewers=frozenset(people), met=met, mutual_before=before)
    drawn = draw(list(map(answer, range(4))), circle, wanted=2, seed=str(seed))
    assert not mutual((waits.author_id, each) for waits, each in drawn) & before


def test_past_pairs_are_avoided() -> None:
    """While others are left, nobody reviews somebody again."""
    reviewers = frozenset(map(member, range(6)))
    met = {(member(number), member((number + 1) % 6)): 1 for number in range(6)}
    circle = Circle(reviewers=reviewers, met=met)
    drawn = draw([answer(number) for number in range(6)], circle, wanted=2, seed="s")
    assert [(waits, each) for waits, each in drawn if (waits.author_id, each) in met] == []


def test_who_had_few_duties_comes_first() -> None:
    """Three answers in a group of ten go to the six who had the fewest duties."""
    load = {member(number): number for number in range(10)}
    circle = Circle(reviewers=frozenset(load), load=load)
    drawn = draw([answer(7), answer(8), answer(9)], circle, wanted=2, seed="s")
    assert {reviewer for _, reviewer in drawn} == {member(number) for number in range(6)}


def test_alone_or_with_all_away_nobody_is_asked() -> None:
    """A member alone, or one whose peers are all away, waits without a duty and without an error."""
    for reviewers in (frozenset(), frozenset({member(0)})):
        circle = Circle(reviewers=frozenset(reviewers))
        assert draw([answer(0)], circle, wanted=1, seed="s") == ()
        assert stand_ins(answer(0), circle, count=1, seed="s") == ()
    assert draw([], Circle(reviewers=frozenset({member(1)})), wanted=1, seed="s") == ()


@given(scenes())
def test_stand_ins_may_review_and_the_willing_come_first(scene: Scene) -> None:
    """A stand-in may review the answer, and nobody willing with fewer duties is passed over."""
    waits, circle = scene.waiting[0], replace(scene.circle, mutual_before=frozenset())
    found = stand_ins(waits, circle, count=2, seed="s")
    ranks = [(each in circle.unwilling, circle.load.get(each, 0)) for each in found]
    able = [each for each in circle.reviewers if circle.allows(waits, each)]
    assert set(found) <= set(able)
    assert ranks == sorted((each in circle.unwilling, circle.load.get(each, 0)) for each in able)[:2]


def test_a_round_starts_at_three_answers_at_eight_hours_or_at_the_close() -> None:
    """Whichever comes first; with nothing waiting there is no round."""
    later = NOW + timedelta(hours=30)
    assert round_at([], later) is None
    assert round_at([NOW + HOUR, NOW], later) == NOW + 8 * HOUR
    assert round_at([NOW + 2 * HOUR, NOW, NOW + HOUR, NOW + 3 * HOUR], later) == NOW + 2 * HOUR
    assert round_at([NOW], NOW + 5 * HOUR) == NOW + 5 * HOUR
    assert round_at([NOW], NOW - HOUR) == NOW + 8 * HOUR
    assert round_at([NOW], None) == NOW + 8 * HOUR


def test_a_small_group_gives_one_review_an_answer() -> None:
    """Fewer than four active members give one review, four and more give two."""
    assert [wanted_reviewers(count) for count in (1, 3, 4, 60)] == [1, 1, 2, 2]


def test_who_took_part_lately_is_active() -> None:
    """A member is active who took part, be it late, in one of the last five posts."""
    assert is_active(b"\x00\x04", 6)
    assert is_active(b"\x01", 5)
    assert not is_active(b"\x01", 6)
    assert not is_active(b"", 6)
    assert is_active(b"\x02", 1)


def test_who_let_the_last_duty_run_out_is_unwilling() -> None:
    """One review given makes up for it, and declining is no fault."""
    late = duty(1, 9)
    ran_out = expired(late, late.expires_at)
    assert is_unwilling([ran_out, declined(duty(2, 9), NOW + 30 * HOUR), duty(3, 9)])
    assert not is_unwilling([ran_out, review_given(duty(2, 9), NOW + 30 * HOUR)])
    assert not is_unwilling([duty(1, 9)])
    assert not is_unwilling([])
