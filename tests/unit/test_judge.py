from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import sentences
from bot.domain.judge import FRAMEWORK_SPECIFIC, MOST_SLIPS, band, with_framework_points
from bot.domain.question import Facet
from bot.domain.review import (
    AlsoGood,
    ClaimReading,
    FixReading,
    Met,
    PointReading,
    PointResult,
    Remark,
    SectionReading,
    SectionReview,
    Soundness,
    Verdict,
)
from tests.reviews import TEXT, a_question, a_reading, a_review, all_met, library, without_notes

LADDER = (Met.NO, Met.NAMED, Met.SPECIFIC)
FACETS = st.dictionaries(st.sampled_from(Facet), st.just(("a sentence",)))


def points(*how: Met) -> list[PointResult]:
    return [PointResult(str(at), "a point", met, ()) for at, met in enumerate(how)]


@pytest.mark.parametrize(
    ("how", "facets", "expected"),
    [
        ((Met.NO, Met.NO), (), 0),
        ((Met.NAMED, Met.NAMED, Met.NAMED), (Facet.NUMBER, Facet.IMPACT), 1),
        ((Met.SPECIFIC, Met.NO, Met.NO), (Facet.NUMBER, Facet.IMPACT), 2),
        ((Met.SPECIFIC, Met.NAMED, Met.NO, Met.NO), (), 3),
        ((Met.SPECIFIC, Met.SPECIFIC, Met.NO, Met.NO, Met.NO), (), 3),
        ((Met.SPECIFIC, Met.SPECIFIC), (Facet.NUMBER,), 3),
        ((Met.SPECIFIC, Met.SPECIFIC), (Facet.IMPACT,), 3),
        ((Met.SPECIFIC, Met.SPECIFIC), (Facet.NUMBER, Facet.IMPACT), 4),
        ((Met.SPECIFIC, Met.SPECIFIC), (Facet.TRADEOFF, Facet.IMPACT), 4),
        ((Met.SPECIFIC, Met.NO, Met.NOT_CHECKED), (), 3),
        ((Met.NOT_CHECKED,), (), None),
    ],
)
def test_the_band_follows_the_rule_of_the_design(
    how: tuple[Met, ...], facets: tuple[Facet, ...], expected: int | None
) -> None:
    """A band is what the counts of named and specific points and the facets give."""
    assert band(points(*how), dict.fromkeys(facets, ("a sentence",))) == expected


@given(st.lists(st.sampled_from(Met), min_size=1, max_size=8), FACETS, st.sampled_from(Soundness), st.data())
def test_doing_more_never_lowers_a_band(
    how: list[Met], facets: dict[Facet, tuple[str, ...]], soundness: Soundness, data: st.DataObject
) -> None:
    """Raising one point, or adding a facet, never gives a lower band."""
    before = band(points(*how), facets, soundness)
    at = data.draw(st.integers(0, len(how) - 1))
    if how[at] not in LADDER[:2]:
        return
    raised = [*how[:at], LADDER[LADDER.index(how[at]) + 1], *how[at + 1 :]]
    after = band(points(*raised), facets, soundness)
    with_all = band(points(*raised), dict.fromkeys(Facet, ("a sentence",)), soundness)
    assert before is not None
    assert after is not None
    assert with_all is not None
    assert before <= after <= with_all


@given(st.lists(st.sampled_from(Met), min_size=1, max_size=8), FACETS, st.sampled_from(Soundness))
def test_a_broken_argument_caps_the_band(
    how: list[Met], facets: dict[Facet, tuple[str, ...]], soundness: Soundness
) -> None:
    """Unsound reasoning earns at most 1 and shaky at most 3, and neither earns more than sound reasoning."""
    earned, sound = band(points(*how), facets, soundness), band(points(*how), facets)
    if earned is None or sound is None:
        assert earned is sound
    else:
        assert earned == min(sound, {Soundness.SOUND: 4, Soundness.SHAKY: 3, Soundness.UNSOUND: 1}[soundness])


@given(st.lists(st.sampled_from([Met.NO, Met.NAMED]), min_size=1, max_size=5), st.integers(1, 2), FACETS)
def test_what_nobody_looked_for_earns_two_alone(
    how: list[Met], moves: int, facets: dict[Facet, tuple[str, ...]]
) -> None:
    """Moves that no note foresaw lift a section to 2, and no further until one of its own points is specific."""
    unforeseen = [replace(point, also_good=True) for point in points(*[Met.SPECIFIC] * moves)]
    assert band([*points(*how), *unforeseen], facets) == 2
    beside = band([*points(*how, Met.SPECIFIC), *unforeseen], facets)
    assert beside is not None
    assert beside >= 3


@given(st.lists(st.integers(-2, 14), max_size=4), st.lists(st.integers(-2, 14), max_size=3), st.sampled_from(list(Met)))
def test_every_quote_is_a_sentence_of_the_answer(cited: list[int], barred: list[int], met: Met) -> None:
    """Whatever numbers a reading cites, only the member's sentences are quoted, and none that speaks to the judge."""
    section = SectionReading(
        key="s1",
        reading="",
        points=(PointReading("price-both", met, tuple(cited)),),
        also_good=(AlsoGood("A cheaper test", Met.SPECIFIC, tuple(cited)),),
        facets=dict.fromkeys(Facet, tuple(cited)),
    )
    reading = a_reading(
        sections=(section,),
        held=Remark(cited[0], "It holds.") if cited else None,
        hand_waving=tuple(Remark(number, "It decides nothing.") for number in cited),
        claims=tuple(ClaimReading(number, Verdict.MATCHES, "rrf-k60", "") for number in cited),
        fix=FixReading("s1", cited[0] if cited else 0, "why", "rewrite"),
        instructions_to_judge=tuple(barred),
    )
    review = a_review(reading)
    said = sentences(TEXT)
    allowed = {said[number - 1] for number in cited if 1 <= number <= len(said) and number not in barred}
    quotes = [quote for s in review.sections for point in s.points for quote in point.quotes]
    quotes += [quote for s in review.sections for of_facet in s.facets.values() for quote in of_facet]
    quotes += [remark.quote for remark in review.hand_waving] + [claim.quote for claim in review.claims]
    quotes += [review.held.quote] if review.held else []
    assert set(quotes) | ({review.fix.quote} - {""}) <= allowed
    assert all(quote in TEXT for quote in quotes)


@given(st.sets(st.integers(1, 10), min_size=1))
def test_a_sentence_that_speaks_to_the_judge_earns_nothing(barred: set[int]) -> None:
    """Barring sentences never raises a band, and points that rest on them alone fall to `no`."""
    plain, guarded = a_review(), a_review(a_reading(instructions_to_judge=tuple(barred)))
    for before, after in zip(plain.sections, guarded.sections, strict=True):
        assert (after.band or 0) <= (before.band or 0)
    nothing_left = a_review(a_reading(instructions_to_judge=tuple(range(1, 11))))
    assert guarded.manipulation
    assert {section.band for section in nothing_left.sections if section.weight} == {0}


def test_an_unknown_sentence_number_reads_as_not_checked() -> None:
    """A point that cites a sentence which does not exist is `not checked`, never `no`, and leaves the count."""
    reading = a_reading(
        sections=(
            SectionReading(
                key="s1",
                reading="",
                points=(
                    PointReading("missing-comparison", Met.SPECIFIC, (99,)),
                    PointReading("price-both", Met.NAMED, (3,)),
                ),
            ),
        )
    )
    first, *others = (section for section in a_review(reading).sections if section.weight)
    assert [point.met for point in first.points] == [Met.NOT_CHECKED, Met.NAMED]
    assert first.band == 1
    assert {section.band for section in others} == {None}
    assert {point.met for section in others for point in section.points} == {Met.NOT_CHECKED}


def test_a_section_that_is_not_weighed_has_no_band() -> None:
    """Every section of the framework has its entry, and one that the question leaves out has no band and no point."""
    review = a_review()
    assert [section.key for section in review.sections] == [section.key for section in library().framework.sections]
    out = next(section for section in review.sections if section.key == "s5")
    assert (out.weight, out.band, out.points) == (0, None, ())


def test_an_answer_to_another_question_earns_nothing() -> None:
    """An off-topic answer has band 0 in every weighed section and meets no point, whatever the reading credits."""
    review = a_review(a_reading(off_topic=True))
    weighed = [section for section in review.sections if section.weight]
    assert {section.band for section in weighed} == {0}
    assert {point.met for section in weighed for point in section.points} == {Met.NO}
    assert not any(review.criteria.values())


def test_an_answer_to_another_question_has_nothing_to_fix() -> None:
    """Of an off-topic answer only the verdict and the habit worth keeping are kept: no fix, probe, slip or claim."""
    review = a_review(a_reading(off_topic=True))
    assert review.verdict == a_reading().verdict
    assert review.held is not None
    assert (review.slips, review.claims, review.hand_waving, review.probe) == ((), (), (), "")
    assert (review.fix.quote, review.fix.why, review.fix.rewrite) == ("", "", "")


def trade_offs(**changes: Any) -> SectionReview:
    """The section whose points rest on sentences 5, 6 and 7."""
    return next(section for section in a_review(a_reading(**changes)).sections if section.key == "s4")


@pytest.mark.parametrize(
    "fault",
    [
        {"slips": (Remark(5, "The sum is wrong."),)},
        {"claims": (ClaimReading(5, Verdict.DIFFERS, "rlaif-matches-rlhf", "The source says otherwise."),)},
    ],
)
def test_a_point_on_a_fault_is_not_specific(fault: dict[str, Any]) -> None:
    """A point that rests on a slip, or on a claim that its source contradicts, is no more than named."""
    before, after = trade_offs(slips=(), claims=()), trade_offs(**{"slips": (), "claims": (), **fault})
    assert [point.met for point in before.points].count(Met.SPECIFIC) == 1
    assert [point.met for point in after.points].count(Met.SPECIFIC) == 0
    assert (before.band, after.band) == (4, 1)


def test_a_fault_elsewhere_costs_nothing() -> None:
    """A slip on which no credit rests, a confirmed claim and one without a source lower no section."""
    harmless = (
        ClaimReading(5, Verdict.MATCHES, "rlaif-matches-rlhf", "The source says the same."),
        ClaimReading(6, Verdict.NO_SOURCE, None, "Look it up."),
        ClaimReading(5, Verdict.DIFFERS, "no-such-fact", "Nobody says so."),
    )
    section = trade_offs(
        slips=(Remark(11, "The sum is wrong."), Remark(99, "There is no such thing.")), claims=harmless
    )
    assert (section.soundness, section.band) == (Soundness.SOUND, 4)


@given(st.sets(st.integers(1, 11)))
def test_more_faults_never_raise_a_band(numbers: set[int]) -> None:
    """However many sentences are called slips, no band goes up, and each slip is quoted in the member's words."""
    plain, faulty = (
        a_review(a_reading(slips=())),
        a_review(a_reading(slips=tuple(Remark(number, "It conflicts.") for number in numbers))),
    )
    for before, after in zip(plain.sections, faulty.sections, strict=True):
        assert (after.band or 0) <= (before.band or 0)
    said = sentences(TEXT)
    assert [slip.quote for slip in faulty.slips] == [said[number - 1] for number in sorted(numbers)][:MOST_SLIPS]


def test_a_sentence_with_a_fault_is_never_held_up() -> None:
    """The sentence that holds best is not one that is also a slip."""
    assert a_review(a_reading(slips=(Remark(5, "The sum is wrong."),))).held is None


def test_a_move_that_no_note_foresaw_counts_as_a_point() -> None:
    """A good move that the notes lack lifts an empty section to 2, and at most two of them count."""
    moves = tuple(AlsoGood(f"Move {number}", Met.SPECIFIC, (number,)) for number in (1, 2, 3))
    section = SectionReading(
        key="s3", reading="", points=(PointReading("urgent-fallback", Met.NO, ()),), also_good=moves
    )
    found = next(each for each in a_review(a_reading(sections=(section,))).sections if each.key == "s3")
    assert found.band == 2
    assert [point.point for point in found.points if point.also_good] == ["Move 1", "Move 2"]


def test_a_link_comes_from_the_library_alone() -> None:
    """A claim has the title and address of the fact that it names, and none when the fact is unknown."""
    fact = library().facts["rlaif-matches-rlhf"]
    known, made_up = a_review(
        a_reading(
            claims=(
                ClaimReading(10, Verdict.MATCHES, fact.id, "see http://evil.example"),
                ClaimReading(9, Verdict.DIFFERS, "no-such-fact", "see http://evil.example"),
            )
        )
    ).claims
    assert (known.source, known.url) == (fact.source, fact.url)
    assert (made_up.verdict, made_up.source, made_up.url) == (Verdict.NO_SOURCE, "", "")


def test_a_probe_never_asks_for_what_is_specific_already() -> None:
    """When the reader's probe is about a specific point, a human-written one for an open point takes its place."""
    again = a_reading(probe_point="price-both", probe="What would all nurses cost?")
    question = a_question()
    asked = a_review(again).probe
    open_points = {probe.ask for probe in question.probes if probe.point_id != "split-by-risk"}
    assert asked in open_points
    assert a_review(a_reading(probe="Why so?")).probe == "Why so?"


def test_a_fix_always_belongs_to_a_weighed_section() -> None:
    """A fix for a section that is not asked moves to the heaviest one, and a missing thing has no quote."""
    fix = a_review(a_reading(fix=FixReading("s5", 0, "why", "rewrite"))).fix
    assert (fix.section, fix.quote) == ("s1", "")


def test_a_question_without_notes_is_judged_on_the_framework() -> None:
    """Without notes, every section is weighed and every point of the framework becomes a look-for with its own id."""
    framework = library().framework
    asked = with_framework_points(without_notes(), framework)
    listed = [point for section in framework.sections for block in section.blocks for point in block.points]
    looks = [look for key in asked.weighed for look in asked.look_for[key]]
    assert asked.weighed == tuple(section.key for section in framework.sections)
    assert len(looks) == len(listed) == len({look.id for look in looks})
    assert asked.look_for["s3"][0].id == "s3-1"
    assert all(point in look.point for point, look in zip(listed, looks, strict=True))
    assert {look.specific for look in looks} == {FRAMEWORK_SPECIFIC}
    review = a_review(a_reading(sections=all_met(asked, Met.SPECIFIC, 1)), question=without_notes())
    assert {section.band for section in review.sections} == {3}


def test_notes_are_kept_as_they_are() -> None:
    """A question that has notes is judged on them and on nothing else."""
    question = a_question()
    assert with_framework_points(question, library().framework) is question


def test_language_changes_no_band() -> None:
    """The language of an answer has no part in its bands."""
    bands = [section.band for section in a_review().sections]
    assert bands == [section.band for section in a_review(replace(a_reading(), language="sw")).sections]
