"""From a reading to a review: the model read, code decides what may be shown (DESIGN 7).

Sentence numbers become the member's own words, so a quote cannot be invented; bands are computed; a link can only come
from a fact that was supplied; a sentence that speaks to the judge earns nothing; a point that rests on a slip, or on a
claim that its source contradicts, is not specific, and its section is shaky at best.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.answer import Answer
from bot.domain.framework import Framework, Section
from bot.domain.question import Facet, Fact, LookFor, Question
from bot.domain.review import (
    AlsoGood,
    Claim,
    ClaimReading,
    Fix,
    FixReading,
    Met,
    PointReading,
    PointResult,
    QuotedRemark,
    Reading,
    Remark,
    Review,
    SectionReading,
    SectionReview,
    Soundness,
    Stamp,
    Verdict,
)

TOP_BAND = 4
CAPS = {Soundness.SOUND: TOP_BAND, Soundness.SHAKY: 3, Soundness.UNSOUND: 1}
UNFORESEEN = 2
"""What moves that no note foresaw earn a section at most, as long as none of its own points is specific."""
MOST_ALSO_GOOD = 2
MOST_HAND_WAVING = 5
MOST_CLAIMS = 8
MOST_SLIPS = 6
SEVERAL = 2
FRAMEWORK_SPECIFIC = "says it for this very case, with a number, a name or a reason"


def with_framework_points(question: Question, framework: Framework) -> Question:
    """`question` with the framework's own points (`s3-1`, ...) in the sections that it weighs and nobody noted.

    One without any notes is weighed in all sections.
    """
    if question.emphasis:
        unnoted = [s for s in framework.sections if s.key in question.weighed and not question.look_for.get(s.key)]
        points = {section.key: _own_points(section) for section in unnoted}
        return replace(question, look_for={**question.look_for, **points}) if unnoted else question
    return replace(
        question,
        emphasis={section.key: 1 for section in framework.sections},
        look_for={section.key: _own_points(section) for section in framework.sections},
    )


def _own_points(section: Section) -> tuple[LookFor, ...]:
    points = [f"{block.title}: {point}" if block.title else point for block in section.blocks for point in block.points]
    return tuple(
        LookFor(id=f"{section.key}-{number}", point=point, specific=FRAMEWORK_SPECIFIC)
        for number, point in enumerate(points, start=1)
    )


def band(
    points: Iterable[PointResult], facets: Mapping[Facet, Sequence[str]], soundness: Soundness = Soundness.SOUND
) -> int | None:
    """The band of a section, 0 to 4 (DESIGN 7, tuned on the bench: docs/prompts.md); None if nothing could be checked.

    0 nothing; 1 only named; 2 one point specific; 3 several specific, or at least half of the points met with one
    specific; 4 as 3, with a number or both sides of a trade-off, and impact. Moves that no note foresaw count as
    points, but alone they earn no more than 2. Shaky caps at 3, unsound at 1. A point that was not checked is left out.
    """
    counted = [point for point in points if point.met is not Met.NOT_CHECKED]
    if not counted:
        return None
    specific = [point for point in counted if point.met is Met.SPECIFIC]
    met = len(specific) + sum(point.met is Met.NAMED for point in counted)
    if not specific:
        earned = 1 if met else 0
    elif len(specific) < SEVERAL and met * 2 < len(counted):
        earned = 2
    else:
        weighed = facets.get(Facet.NUMBER) or facets.get(Facet.TRADEOFF)
        earned = TOP_BAND if weighed and facets.get(Facet.IMPACT) else 3
    if all(point.also_good for point in specific):
        earned = min(earned, UNFORESEEN)
    return min(earned, CAPS[soundness])


def judge(  # noqa: PLR0913  all that a stored review says, by keyword
    reading: Reading,
    *,
    question: Question,
    framework: Framework,
    sentences: Sequence[str],
    facts: Mapping[str, Fact],
    answer: Answer,
    stamp: Stamp,
    made_at: datetime,
    cut: bool = False,
) -> Review:
    """The review of `answer` that `reading` supports.

    `question` is as the reader saw it; one without notes is judged on the framework's own points. `sentences` are the
    numbered ones that the reader saw, number 1 first. A claim gets its source and link from `facts` (by id) alone.
    `cut` says that the answer was longer than the reader saw.
    """
    question = with_framework_points(question, framework)
    words = _Words(sentences, frozenset(reading.instructions_to_judge), _flawed(reading, facts))
    manipulation = any(words.known((number,)) for number in reading.instructions_to_judge)
    if reading.off_topic:
        reading = _unmoved(reading, question)
    read = {section.key: section for section in reading.sections}
    sections = tuple(_section(s, question, read.get(s.key), words) for s in framework.sections)
    return Review(
        member_id=answer.member_id,
        day=answer.day,
        question_id=question.id,
        version=answer.version,
        verdict=reading.verdict,
        slips=_remarks(reading.slips, words)[:MOST_SLIPS],
        sections=sections,
        held=None if reading.held and reading.held.sentence in words.flawed else _remark(reading.held, words),
        hand_waving=_remarks(reading.hand_waving, words)[:MOST_HAND_WAVING],
        claims=_claims(reading.claims, words, facts)[:MOST_CLAIMS],
        criteria={
            criterion.key: reading.criteria[criterion.key]
            for criterion in framework.criteria
            if criterion.key in reading.criteria
        },
        fix=_fix(reading.fix, question, words),
        probe="" if reading.off_topic else _probe(reading, question, sections),
        language=reading.language,
        off_topic=reading.off_topic,
        manipulation=manipulation,
        cut=cut,
        stamp=stamp,
        made_at=made_at,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The numbered sentences of an answer; the numbers of those that speak to the judge, and of those with a fault."""

    sentences: Sequence[str]
    barred: frozenset[int]
    flawed: frozenset[int]

    def flaw(self, numbers: Iterable[int]) -> bool:
        """Whether one of these sentences has a fault."""
        return not self.flawed.isdisjoint(numbers)

    def known(self, numbers: Sequence[int]) -> bool:
        return bool(numbers) and all(1 <= number <= len(self.sentences) for number in numbers)

    def quotes(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """The sentences that may count, in the answer's order; unknown and barred numbers give none."""
        return tuple(self.sentences[n - 1] for n in sorted(set(numbers) - self.barred) if self.known((n,)))


def _flawed(reading: Reading, facts: Mapping[str, Fact]) -> frozenset[int]:
    """Sentences that conflict with a given, with themselves, or with a fact that was supplied."""
    differing = [claim for claim in reading.claims if claim.verdict is Verdict.DIFFERS and claim.fact_id in facts]
    return frozenset(claim.sentence for claim in differing) | {slip.sentence for slip in reading.slips}


def _unmoved(reading: Reading, question: Question) -> Reading:
    """What a reading says of an answer to another question: what it is about, and nothing about this question."""
    return replace(
        reading,
        sections=tuple(
            SectionReading(
                key=key,
                reading="",
                points=tuple(PointReading(look.id, Met.NO, ()) for look in question.look_for.get(key, ())),
            )
            for key in question.weighed
        ),
        slips=(),
        hand_waving=(),
        claims=(),
        criteria=dict.fromkeys(reading.criteria, False),
        fix=FixReading(reading.fix.section, 0, "", ""),
    )


def _section(section: Section, question: Question, reading: SectionReading | None, words: _Words) -> SectionReview:
    weight = question.emphasis.get(section.key, 0)
    if not weight:
        return SectionReview(key=section.key, title=section.title, weight=0, band=None)
    look_fors = question.look_for.get(section.key, ())
    if reading is None:
        points = tuple(PointResult(look.id, look.point, Met.NOT_CHECKED, ()) for look in look_fors)
        return SectionReview(key=section.key, title=section.title, weight=weight, band=None, points=points)
    decided = {point.id: point for point in reading.points}
    points = tuple(_point(look, decided.get(look.id), words) for look in look_fors)
    points += _also_good(section.key, reading.also_good, words)
    facets = {facet: quotes for facet, numbers in reading.facets.items() if (quotes := words.quotes(numbers))}
    return SectionReview(
        key=section.key,
        title=section.title,
        weight=weight,
        band=band(points, facets, reading.soundness),
        line=reading.line,
        reading=reading.reading,
        points=points,
        facets=facets,
        soundness=reading.soundness,
        soundness_reason=reading.soundness_reason,
    )


def _capped(met: Met, sentences: Sequence[int], words: _Words) -> Met:
    return Met.NAMED if met is Met.SPECIFIC and words.flaw(sentences) else met


def _point(look: LookFor, reading: PointReading | None, words: _Words) -> PointResult:
    result = PointResult(look.id, look.point, Met.NOT_CHECKED, (), gist=reading.gist if reading else "")
    if reading is None or reading.met is Met.NOT_CHECKED:
        return result
    if reading.met is Met.NO:
        return replace(result, met=Met.NO)
    if not words.known(reading.sentences):
        return result
    quotes = words.quotes(reading.sentences)
    return replace(result, met=_capped(reading.met, reading.sentences, words) if quotes else Met.NO, quotes=quotes)


def _also_good(key: str, moves: Sequence[AlsoGood], words: _Words) -> tuple[PointResult, ...]:
    earned = (
        (move, words.quotes(move.sentences))
        for move in moves
        if move.met in (Met.NAMED, Met.SPECIFIC) and words.known(move.sentences)
    )
    kept = [(move, quotes) for move, quotes in earned if quotes][:MOST_ALSO_GOOD]
    return tuple(
        PointResult(f"{key}-also-{number}", move.move, _capped(move.met, move.sentences, words), quotes, also_good=True)
        for number, (move, quotes) in enumerate(kept, start=1)
    )


def _remark(remark: Remark | None, words: _Words) -> QuotedRemark | None:
    quotes = words.quotes((remark.sentence,)) if remark else ()
    return QuotedRemark(quotes[0], remark.why) if remark and quotes else None


def _remarks(remarks: Sequence[Remark], words: _Words) -> tuple[QuotedRemark, ...]:
    first_of_each = {remark.sentence: remark for remark in reversed(remarks)}
    found = (_remark(first_of_each[number], words) for number in sorted(first_of_each))
    return tuple(remark for remark in found if remark)


def _claims(claims: Sequence[ClaimReading], words: _Words, facts: Mapping[str, Fact]) -> tuple[Claim, ...]:
    return tuple(
        _claim(quotes[0], claim, facts.get(claim.fact_id or ""))
        for claim in claims
        if (quotes := words.quotes((claim.sentence,)))
    )


def _claim(quote: str, claim: ClaimReading, fact: Fact | None) -> Claim:
    if fact is None or claim.verdict is Verdict.NO_SOURCE:
        return Claim(quote, Verdict.NO_SOURCE, claim.note)
    return Claim(quote, claim.verdict, claim.note, fact.id, fact.source, fact.url)


def _fix(fix: FixReading, question: Question, words: _Words) -> Fix:
    heaviest = max(question.weighed, key=lambda key: question.emphasis[key])
    section = fix.section if fix.section in question.weighed else heaviest
    quotes = words.quotes((fix.sentence,))
    return Fix(section, quotes[0] if quotes else "", fix.why, fix.rewrite)


def _probe(reading: Reading, question: Question, sections: Sequence[SectionReview]) -> str:
    """The reader's probe, unless it asks again for a point that is already specific: then a human-written one."""
    met = {point.id: point.met for section in sections for point in section.points}
    if reading.probe and met.get(reading.probe_point or "") is not Met.SPECIFIC:
        return reading.probe
    return open_probe(question, {point for point, how in met.items() if how is Met.SPECIFIC}) or reading.probe


def open_probe(question: Question, covered: Iterable[str]) -> str:
    """The human-written probe of the heaviest point outside `covered`; empty if the question has none."""
    done = set(covered)
    weight = {look.id: question.emphasis[key] for key in question.weighed for look in question.look_for.get(key, ())}
    asks = [probe for probe in question.probes if probe.point_id not in done]
    return max(asks, key=lambda probe: weight.get(probe.point_id, 0)).ask if asks else ""
