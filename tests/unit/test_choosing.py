"""The week's shape, levels and topics, needs, and what is decided for a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.choosing import MOST_BY_NEED, SECTION_GAP, fits, pick, plan
from bot.domain.picks import Need, Pick, Rule, Source, Wants, Why
from bot.domain.question import KINDS, Question
from tests.unit.question_case import TOPICS, question

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
WEEK = [MONDAY + n * DAY for n in range(5)]
BANK = [question(f"{kind}-{topic}", topic, kind=kind) for kind in KINDS for topic in TOPICS]
KNOWN = {each.id: each for each in BANK}
PAST = ["design-evals"]


def heart(*keys: str) -> dict[str, int]:
    return {key: 3 if key in keys else 1 for key in ("s1", "s2", "s3", "s4", "s5", "s6")}


def kinds(picks: Sequence[Pick | None]) -> list[str]:
    return [KNOWN[each.question_id].kind for each in picks if each]


@given(st.text(max_size=5))
def test_each_weekday_has_its_kinds(seed: str) -> None:
    """A week of a bank that has everything keeps its shape, and every pick says so."""
    picks = plan(BANK, PAST, WEEK, seed)
    monday, tuesday, wednesday, thursday, friday = kinds(picks)
    assert monday in {"design", "rag"}
    assert (tuesday, wednesday, friday) == ("explain", "tradeoff", "incident")
    assert thursday in {"api", "metrics", "estimate"}
    assert {each.why for each in picks if each} == {Why(Rule.SHAPE, kind) for kind in kinds(picks)}


def test_a_friday_takes_a_stretch_design() -> None:
    """A design of level 3 fits a Friday, one of level 2 does not."""
    assert fits(question("hard", kind="design", level=3), WEEK[4])
    assert not fits(question("core", kind="design", level=2), WEEK[4])


def test_a_weekday_without_its_kind_takes_another() -> None:
    """Where nothing of the day's shape is left the day still has a question, and says why it is another kind."""
    chosen = pick([question("only", kind="design")], PAST, WEEK[2], "seed")
    assert chosen is not None
    assert chosen.why == Why(Rule.REST, "design")


def test_a_section_is_at_the_heart_once_in_ten_posts() -> None:
    """A section that the last ten posts left out decides the next pick, whatever the day's shape."""
    rest = [question(f"r-{n}", TOPICS[n % 7], kind="tradeoff", emphasis=heart("s4")) for n in range(30)]
    bank = [*rest, *(question(f"api-{n}", f"topic-{n}", kind="api", emphasis=heart("s2", "s5")) for n in range(3))]
    chosen = pick(bank, [each.id for each in rest[:SECTION_GAP]], WEEK[2], "seed")
    assert chosen is not None
    assert chosen.question_id.startswith("api")
    assert chosen.why == Why(Rule.SECTION, "s2")


def test_a_scarce_section_is_spread() -> None:
    """Of few questions with a section at their heart no two come within a week, while others fit the day."""
    bank = [question(f"a-{topic}", topic, kind="api", emphasis=heart("s5")) for topic in TOPICS[:3]]
    bank += [question(f"m-{n}", TOPICS[n % 7], kind="metrics", emphasis=heart("s6")) for n in range(27)]
    days = [MONDAY + 3 * DAY + n * 7 * DAY for n in range(30)]
    places = [n for n, each in enumerate(plan(bank, [], days, "s")) if each and each.question_id.startswith("a-")]
    assert len(places) == 3
    assert min(later - earlier for earlier, later in pairwise(places)) > SECTION_GAP // 2


def test_levels_and_topics_are_kept_while_they_last() -> None:
    """A group gets what it wants until all of that was asked, then the rest, then all again; each pick says which."""
    bank = [question("a", "evals", level=1), question("b", "metrics", level=1), question("c", "multimodal", level=2)]
    wants = Wants(levels=frozenset({1}))
    picks = plan(bank, [], [MONDAY + n * DAY for n in range(5)], "seed", wants=wants)
    assert [each.source for each in picks if each] == [
        Source.FRESH, Source.FRESH, Source.OUTSIDE, Source.AGAIN, Source.AGAIN,
    ]  # fmt: skip
    assert {each.question_id for each in picks[3:] if each} <= {"a", "b"}


def test_a_topic_beside_counts_as_wanted() -> None:
    """A group that wants a topic also gets questions that only touch it."""
    wants = Wants(topics=frozenset({"metrics"}))
    assert wants.admit(question("a", "evals", also=("metrics",)))
    assert not wants.admit(question("a", "evals", also=("hallucination",)))
    assert Wants().admit(question("a", "evals"))


def test_a_need_is_served_within_the_shape() -> None:
    """A weak topic takes the place of another of the day's kind, and the reason holds the figures."""
    need = Need("hallucination", 2, 5)
    chosen = pick(BANK, PAST, WEEK[2], "seed", needs=[need])
    assert chosen is not None
    assert chosen.question_id == "tradeoff-hallucination"
    assert chosen.why == Why(Rule.NEED, "hallucination", 2, 5)


def test_a_need_that_fits_no_day_waits_for_tuesday() -> None:
    """A weak section whose questions are of another kind comes on a Tuesday, which takes what is left over."""
    bank = [*BANK, question("s5", "context-memory", kind="api", emphasis=heart("s5"))]
    bank = [each if each.id == "s5" else replace(each, emphasis=heart("s3")) for each in bank if each.kind != "api"]
    bank.append(question("s5", "context-memory", kind="design", emphasis=heart("s5")))
    picks = plan(bank, PAST, WEEK[1:], "seed", needs=[Need("s5", 0, 6)])
    assert [each.question_id == "s5" for each in picks if each] == [True, False, False, False]


def test_a_need_does_not_take_the_whole_week() -> None:
    """One need decides at most two picks of a plan."""
    bank = [replace(each, emphasis=heart("s6")) for each in BANK]
    picks = plan(bank, PAST, WEEK, "seed", needs=[Need("s6", 1, 9)])
    assert sum(each.why.rule is Rule.NEED for each in picks if each) == MOST_BY_NEED


def test_a_need_never_breaks_the_topic_rule() -> None:
    """A weak topic that was asked lately has to wait like any other."""
    chosen = pick(BANK, ["design-hallucination"], WEEK[2], "seed", needs=[Need("hallucination", 0, 5)])
    assert chosen is not None
    assert not chosen.question_id.endswith("hallucination")


def test_what_is_decided_for_a_date_stands() -> None:
    """A decided pick is its day's, no other day takes its question, and a decided question that is gone is replaced."""
    plain = plan(BANK, PAST, WEEK, "seed")[0]
    assert plain is not None
    fixed = {WEEK[3]: Pick(WEEK[3], plain.question_id, Why(Rule.PINNED)), WEEK[4]: Pick(WEEK[4], "gone", plain.why)}
    picks = plan(BANK, PAST, WEEK, "seed", fixed=fixed)
    assert [each.question_id for each in picks if each].count(plain.question_id) == 1
    assert picks[3] == fixed[WEEK[3]]
    assert picks[4] is not None
    assert picks[4].question_id != "gone"


def test_the_last_question_is_asked_though_it_is_decided_for_later() -> None:
    """A day is not skipped because the only question stands for another date."""
    only = [question("only")]
    assert pick(only, [], MONDAY, "seed", reserved={"only"}) is not None


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_a_bank_without_a_ready_question_gives_nothing(status: str) -> None:
    """Nothing is picked where nothing is ready."""
    assert plan([question("a", status=status)], [], WEEK, "seed") == [None] * 5


def test_hearts_are_the_heaviest_sections() -> None:
    """The sections of weight 3 are what a question is mostly about."""
    made: Question = question("a", emphasis={"s1": 3, "s2": 2, "s3": 3})
    assert made.hearts == ("s1", "s3")
