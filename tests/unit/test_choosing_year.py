"""A simulated year of three groups on the packaged bank: no repeat too early, topics rest, weaknesses are found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest

from bot.domain.choosing import SECTION_GAP, TOPIC_GAP, fits, plan
from bot.domain.group import MemberId
from bot.domain.needs import WANTED, Banded, weak_in
from bot.domain.picks import Need, Pick, Rule, Source
from bot.domain.question import READY, Question
from tests.reviews import library

MONDAY = date(2026, 11, 23)
GROUPS = ("group-1", "group-2", "group-3")
SECTIONS = ("s1", "s2", "s3", "s4", "s5", "s6")
PEOPLE = 6
ANSWERING = 70
"""Percent of the people who answer a post."""
GOOD = {True: 10, False: 80}
"""Percent of answers at 3 or more: where a group is weak, and elsewhere."""
PLANTED = (("group-1", "s6"), ("group-2", "s4"), ("group-3", "s3"))


@cache
def bank() -> dict[str, Question]:
    return {each.id: each for each in library().questions.values() if each.status == READY}


@cache
def year(group: str) -> list[Pick]:
    """260 posts, Monday to Friday."""
    return [each for each in plan(bank().values(), [], weekdays(52), group) if each]


def weekdays(weeks: int, since: date = MONDAY) -> list[date]:
    return [since + timedelta(days=7 * week + day) for week in range(weeks) for day in range(5)]


def draw(*of: object) -> int:
    """0 to 99, the same each time."""
    return hashlib.blake2b(repr(of).encode(), digest_size=4).digest()[0] * 100 // 256


def judged(group: str, day: date, question: Question, weak: str) -> list[Banded]:
    """What the reviews of one post say of a group that is weak in one section or topic."""
    wanted = [key for key, weight in question.emphasis.items() if weight >= WANTED]
    return [
        Banded(
            MemberId(f"m{member}"),
            question.topic,
            {key: 3 if draw(group, day, member, key) < GOOD[weak in (key, question.topic)] else 1 for key in wanted},
            frozenset(question.hearts),
        )
        for member in range(PEOPLE)
        if draw(group, day, member) < ANSWERING
    ]


@pytest.mark.parametrize("group", GROUPS)
def test_a_year_without_an_early_repeat(group: str) -> None:
    """Every ready question is asked once before any comes again, and then each rests for half the bank."""
    ids = [each.question_id for each in year(group)]
    assert len(ids) == 260
    assert len(set(ids[: len(bank())])) == len(bank())
    assert [each.source for each in year(group)].count(Source.FRESH) == len(bank())
    for place, name in enumerate(ids):
        assert name not in ids[max(0, place - len(bank()) // 2) : place]
    assert min(ids.count(name) for name in bank()) >= 3


@pytest.mark.parametrize("group", GROUPS)
def test_a_year_in_which_topics_rest(group: str) -> None:
    """No topic comes twice within five posts, on any day of the year."""
    topics = [bank()[each.question_id].topic for each in year(group)]
    assert [n for n, topic in enumerate(topics) if topic in topics[max(0, n - TOPIC_GAP) : n]] == []


@pytest.mark.parametrize("group", GROUPS)
def test_a_year_that_keeps_its_shape(group: str) -> None:
    """At least seven in ten days have a kind that their weekday asks for, and no section is left out for a month."""
    picks = year(group)
    assert sum(fits(bank()[each.question_id], each.day) for each in picks) >= 0.7 * len(picks)
    for key in SECTIONS:
        places = [-1, *(n for n, each in enumerate(picks) if key in bank()[each.question_id].hearts)]
        assert max(later - earlier for earlier, later in pairwise(places)) <= 2 * SECTION_GAP


def test_three_groups_have_three_years() -> None:
    """Groups with different seeds are not asked the same on the same days."""
    one, other, third = ([each.question_id for each in year(group)] for group in GROUPS)
    assert len({tuple(one), tuple(other), tuple(third)}) == 3


@pytest.mark.parametrize(("group", "weak"), PLANTED)
def test_a_planted_weakness_is_found_within_three_weeks(group: str, weak: str) -> None:
    """After three weeks the weakest that is found is what was planted, and the next week asks more for it."""
    found = needs_after(group, weak, 3)
    assert found[0].about == weak
    past = [each.question_id for each in year(group)[:15]]
    week = weekdays(1, MONDAY + timedelta(weeks=3))
    by_need = plan(bank().values(), past, week, group, needs=found)
    assert served(by_need, weak) > 0
    assert served(by_need, weak) >= served(plan(bank().values(), past, week, group), weak)
    assert any(each.why.rule is Rule.NEED and each.why.about == weak for each in by_need if each)


@pytest.mark.parametrize("group", GROUPS)
def test_a_planted_weak_topic_is_found_within_three_weeks(group: str) -> None:
    """A topic that was asked twice in three weeks, and in which the group is weak, is named the weakest."""
    topics = [bank()[each.question_id].topic for each in year(group)[:15]]
    weak = max(topics, key=lambda topic: (topics.count(topic), topic))
    assert topics.count(weak) >= 2
    assert needs_after(group, weak, 3)[0].about == weak


def test_a_group_without_weakness_is_hardly_told_of_one() -> None:
    """In a year of groups that are good at everything a section is named by chance in at most one week in thirty."""
    looks = [needs_after(group, "none", weeks) for group in GROUPS for weeks in range(3, 52)]
    named = [found for found in looks if any(need.about in SECTIONS for need in found)]
    assert len(named) <= len(looks) / 30


def needs_after(group: str, weak: str, weeks: int) -> list[Need]:
    """What the reviews of the last four weeks show."""
    posts = year(group)[: 5 * weeks][-20:]
    return weak_in([one for each in posts for one in judged(group, each.day, bank()[each.question_id], weak)])


def served(picks: Sequence[Pick | None], weak: str) -> int:
    return sum(Need(weak, 0, 0).is_served_by(bank()[each.question_id]) for each in picks if each)
