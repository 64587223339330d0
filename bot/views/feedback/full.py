"""Feedback in full, for the member alone: bands, the reasoning of each section, its points. It adds to the thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.cards import Attachment, Block, Bold, Bullets, Card, Heading, Span, Text
from bot.domain.framework import Framework
from bot.domain.review import Claim, Met, PointResult, Review, SectionReview, Soundness, Verdict
from bot.views.cut import fits, line
from bot.views.feedback import parts
from bot.views.feedback.data import review_data
from bot.views.feedback.labels import Labels, labels_of
from bot.views.feedback.markdown import as_text
from bot.views.feedback.parts import ANY, WHOLE, Room
from bot.views.feedback.thread import is_whole
from bot.views.feedback.words import graded, met_word, told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Detail:
    """How much is shown. A part that does not fit is left out whole, for the file.

    Attributes:
        alone: no thread has shown the verdict, the fix, the faults and the probe, so they stand here.
        most_quotes: of a point; one that was shown before does not come again.
        remarks: sentences that decide nothing, and claims that a source confirms.
        whole: for the file: doubts, claims without a source and criteria too, and no quote left out.
    """

    room: Room
    alone: bool = False
    most_quotes: int = 1
    remarks: bool = True
    points: bool = True
    whole: bool = False


_WHOLE = _Detail(room=WHOLE, alone=True, most_quotes=ANY, whole=True)
_DETAILS = (
    _Detail(room=Room(240, 90, ANY)),
    _Detail(room=Room(160, 70, 600)),
    _Detail(room=Room(160, 70, 600), most_quotes=0),
    _Detail(room=Room(160, 70, 600), most_quotes=0, remarks=False),
    _Detail(room=Room(120, 60, 600), points=False, remarks=False),
    _Detail(room=Room(90, 50, 300), points=False, remarks=False),
    _Detail(room=Room(60, 40, 140, most_off=3, held=False), points=False, remarks=False),
)
"""From all of it down to what fits whatever a model writes; the first that fits is shown."""


def full_card(review: Review, framework: Framework, *, alone: bool = False) -> Card:
    """The review behind the thread card; what does not fit on either is whole in a Markdown file.

    `alone`: the thread said only that feedback is ready, so this card says all.
    """
    for number, detail in enumerate(_DETAILS):
        more = number > 0 or _has_more(review, framework, alone=alone)
        blocks = tuple(_blocks(review, framework, replace(detail, alone=alone), file=more))
        if fits(blocks):
            break
    file = Attachment(f"feedback-{review.day}.md", as_markdown(review, framework).encode()) if more else None
    return Card("feedback", blocks, review_data(review, framework), file)


def as_markdown(review: Review, framework: Framework) -> str:
    """The whole review as Markdown, thread and all, nothing shortened; links are those of the library alone."""
    return as_text(_blocks(review, framework, _WHOLE))


def _has_more(review: Review, framework: Framework, *, alone: bool) -> bool:
    """Whether the file says what no card shows."""
    unsourced = any(claim.verdict is Verdict.NO_SOURCE for claim in review.claims)
    return unsourced or not (alone or is_whole(review, framework))


def _blocks(review: Review, framework: Framework, detail: _Detail, *, file: bool = False) -> Iterator[Block]:
    labels = labels_of(review.language)
    if review.off_topic:
        yield Heading(labels.heading.format(name=labels.day_of(review.day)))
        yield from parts.opening(review, labels, detail.room)
        if review.manipulation:
            yield Text((labels.manipulation,))
        return
    yield Heading(labels.full.format(day=labels.day_of(review.day)))
    if detail.alone:
        yield from parts.opening(review, labels, detail.room)
        yield from parts.fix(review, framework, labels, detail.room)
        yield from parts.off(review, labels, detail.room)
        yield from parts.probe(review, labels, detail.room)
    if review.manipulation:
        yield Text((labels.manipulation,))
    yield from _sections(review, framework, labels, detail)
    if detail.remarks:
        yield from _remarks(review, labels, detail)
    if detail.whole:
        yield from _criteria(review, framework, labels)
    stamp = review.stamp
    note = f"{labels.file} " if file else ""
    yield Text((f"{note}{labels.opinion} ({stamp.model}, {stamp.prompt} {stamp.prompt_version})",))


def _sections(review: Review, framework: Framework, labels: Labels, detail: _Detail) -> Iterator[Block]:
    shown = set() if detail.whole else parts.in_thread(review)
    for section in review.sections:
        if section.weight > 0:
            yield from _section(section, labels.section(section.key, framework), labels, detail, shown)
    unasked = [labels.section(section.key, framework) for section in review.sections if section.weight == 0]
    if unasked:
        yield Text((labels.not_asked.format(names=", ".join(unasked)),))


def _section(section: SectionReview, title: str, labels: Labels, detail: _Detail, shown: set[str]) -> Iterator[Block]:
    """`shown` are the quotes that were shown before; it grows."""
    yield Text((Bold(title), f": {graded(section, labels)}"))
    if detail.whole and section.line:
        yield Text((section.line,))
    if section.reading:
        yield Text((told(section.reading, detail.room.text_chars),))
    if detail.whole and section.soundness is not Soundness.SOUND and section.soundness_reason:
        yield Text((Bold(labels.doubt), section.soundness_reason))
    if detail.points and (items := [*_points(section, labels, detail, shown)]):
        yield Bullets(tuple(items))


def _points(section: SectionReview, labels: Labels, detail: _Detail, shown: set[str]) -> Iterator[tuple[Span, ...]]:
    """What is specific, with the words that earned it; then, a line each, what is named and what is not there.

    The file has the words of the named points too.
    """
    for met in (Met.SPECIFIC, Met.NAMED, Met.NOT_CHECKED, Met.NO):
        points = [point for point in section.points if point.met is met]
        label = Bold(f"{met_word(met, labels)}: ")
        if met is Met.SPECIFIC or (detail.whole and met is Met.NAMED):
            for point in points:
                fresh = [quote for quote in point.quotes if detail.whole or quote not in shown][: detail.most_quotes]
                shown.update(fresh)
                said = "".join(f" “{line(quote, detail.room.inline_chars)}”" for quote in fresh)
                yield label, f"{_gist(point)}.{said}"
        elif points:
            yield label, f"{'; '.join(map(_gist, points))}."


def _gist(point: PointResult) -> str:
    return told(point.gist or point.point, ANY).rstrip(".;")


def _remarks(review: Review, labels: Labels, detail: _Detail) -> Iterator[Block]:
    shown = set() if detail.whole else parts.in_thread(review)
    idle = [remark for remark in review.hand_waving if remark.quote not in shown]
    if idle:
        yield Text((Bold(labels.waving),))
        yield Bullets(tuple(parts.remark_line(remark, detail.room) for remark in idle))
    yield from _claims(review, Verdict.MATCHES, labels.agrees, detail.room)
    if detail.whole:
        yield from _claims(review, Verdict.NO_SOURCE, labels.no_source, detail.room)


def _claims(review: Review, verdict: Verdict, label: str, room: Room) -> Iterator[Block]:
    claims: list[Claim] = [claim for claim in review.claims if claim.verdict is verdict]
    if claims:
        yield Text((Bold(label),))
        yield Bullets(tuple(parts.claim_line(claim, room) for claim in claims))


def _criteria(review: Review, framework: Framework, labels: Labels) -> Iterator[Block]:
    seen = [criterion.text for criterion in framework.criteria if review.criteria.get(criterion.key)]
    if seen:
        yield Text((Bold(labels.seen),))
        yield Bullets(tuple((text,) for text in seen))
