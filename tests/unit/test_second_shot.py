from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import JUDGED_CHARS, Answer, Part, sentences
from bot.domain.group import MemberId
from bot.domain.question import LookFor, Probe
from bot.domain.review import Met, PointResult, SectionReview
from bot.domain.second_shot import own_text, quotes, restricted, rewritten
from tests.contract.review_case import question

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = st.lists(st.sampled_from(["One costs 6.", "Two wait.", "Three hold!", "Why four?"]), min_size=1, max_size=8)


def section(*quoted: str, key: str = "s1") -> SectionReview:
    points = tuple(PointResult(f"p{n}", "a point", Met.NAMED, (quote,)) for n, quote in enumerate(quoted))
    return SectionReview(key=key, title="Scope", weight=1, band=1, points=points)


def thread(text: str) -> Answer:
    return Answer(member_id=MemberId("U1"), day=DAY, parts=(Part("m1", text, AT),))


def by_form(**fields: str) -> Answer:
    parts = tuple(Part("e1", text, AT, section=key) for key, text in fields.items())
    return Answer(member_id=MemberId("U1"), day=DAY, parts=parts, version=3, begun_at=AT - timedelta(hours=1))


def test_the_new_text_takes_the_place_of_the_quoted_sentences() -> None:
    """Of a thread answer the sentences that the feedback quotes give way to the new text, where they began."""
    answer = thread("Nurses wait. One label costs 6 euros. I would ask two of them. It ends well.")
    old = section("One label costs 6 euros.", "It ends well.")
    assert own_text(answer, old) == "One label costs 6 euros.\nIt ends well."
    assert (
        rewritten(answer, old, "It costs 240,000.").text == "Nurses wait.\nIt costs 240,000.\nI would ask two of them."
    )


def test_the_new_text_takes_the_place_of_its_field() -> None:
    """Of a form answer the field is the section, and a field that was empty is added at the end."""
    answer = by_form(s1="Nurses wait.", s6="We count.")
    assert own_text(answer, section()) == "Nurses wait."
    assert rewritten(answer, section(), "Doctors wait.").text == "Doctors wait.\nWe count."
    assert rewritten(answer, section(key="s2"), "Two plans.").text == "Nurses wait.\nWe count.\nTwo plans."
    assert rewritten(answer, section(), "x").answered_at == answer.answered_at


@given(WORDS, WORDS)
def test_nothing_else_is_lost(said: list[str], quoted: list[str]) -> None:
    """Every sentence that is not the section's own stays, and the new text is there once."""
    answer, old = thread(" ".join(said)), section(*dict.fromkeys(quoted))
    new = rewritten(answer, old, "NEW TEXT").text.splitlines()
    assert new.count("NEW TEXT") == 1
    assert [line for line in new if line != "NEW TEXT"] == [
        each for each in sentences(answer.text) if each not in quotes(old)
    ]


def test_of_a_long_answer_the_new_text_is_read_first() -> None:
    """Where a reviewer would not read to the end of the answer, the new text comes first."""
    answer = thread("A sentence of the answer. " * (JUDGED_CHARS // 20))
    assert rewritten(answer, section("Nothing of it."), "NEW TEXT").text.startswith("NEW TEXT\n")


def test_a_question_is_restricted_to_one_section() -> None:
    """Only that section is weighed, with its own points and probes."""
    only = restricted(question(), "s6")
    assert only.weighed == ("s6",)
    assert only.emphasis["s6"] == question().emphasis["s6"]
    assert {key: [point.id for point in points] for key, points in only.look_for.items()} == {"s6": ["audit"]}
    assert only.probes == ()
    assert restricted(question(), "s1").probes == (Probe("missing", "Which value would change your mind?"),)
    assert all(isinstance(point, LookFor) for point in only.look_for["s6"])
