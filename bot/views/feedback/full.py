"""Feedback in full, for the member alone: bands with their words, every point with its quotes, claims with sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.cards import Attachment, Block, Bold, Bullets, Card, Heading, Link, Quote, Span, Text, plain
from bot.domain.framework import Framework
from bot.domain.review import Claim, Met, Review, SectionReview, Soundness
from bot.views.cut import fits, line
from bot.views.feedback.data import review_data
from bot.views.feedback.thread import CUT, MOST_PROBE_CHARS, MOST_QUOTE_CHARS, MOST_WHY_CHARS, OFF_TOPIC, fix_blocks
from bot.views.feedback.words import MET, VERDICT, graded

MANIPULATION = "A sentence spoke to the reader instead of the question. It earned nothing; the rest was read as usual."
MOST_SOURCE_CHARS = 160
MOST_POINT_CHARS = 200
IN_FILE = "Shortened to fit; the file has every word."
OPINION = "A model read this and can be wrong. Where you disagree, trust your reasons."
_MARKUP = re.compile(r"[\\`*_\[\]<>~@|]|:(?=//)|(?<=www)\.|^[#+=-]|(?<=^\d)[.)]", re.IGNORECASE)
_RANK = {Met.SPECIFIC: 0, Met.NAMED: 1, Met.NOT_CHECKED: 2}


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much of each thing is shown. `slack` multiplies the limits that hold at every level."""

    quote_chars: int
    most_quotes: int
    reading_chars: int
    most_met: int
    most_missing: int
    most_remarks: int
    criteria: bool = False
    slack: int = 1


_ALL = 10**6
_WHOLE = _Detail(_ALL, _ALL, _ALL, _ALL, _ALL, _ALL, criteria=True, slack=_ALL)
_DETAILS = (
    _Detail(400, 3, 2_000, 20, 6, 9, criteria=True),
    _Detail(140, 2, 420, 20, 4, 5, criteria=True),
    _Detail(90, 1, 420, 8, 4, 3),
    _Detail(70, 1, 320, 6, 3, 3),
    _Detail(50, 1, 260, 4, 2, 2),
    _Detail(40, 1, 180, 2, 1, 1),
    _Detail(0, 0, 80, 0, 0, 0),
)


def full_card(review: Review, framework: Framework) -> Card:
    """The whole review on one card; when it had to be shortened, a Markdown file on the card holds all of it."""
    whole = plain(tuple(_blocks(review, framework, _WHOLE)))
    for detail in _DETAILS:
        shortened = plain(tuple(_blocks(review, framework, detail))) != whole
        blocks = tuple(_blocks(review, framework, detail, shortened=shortened))
        if fits(blocks):
            break
    file = Attachment(f"feedback-{review.day}.md", as_markdown(review, framework).encode()) if shortened else None
    return Card("feedback", blocks, review_data(review, framework), file)


def as_markdown(review: Review, framework: Framework) -> str:
    """The whole review as Markdown, nothing shortened; text of members and models cannot form markup or links."""
    return "\n\n".join(map(_markdown_block, _blocks(review, framework, _WHOLE))) + "\n"


def markdown(text: str) -> str:
    """`text` on one line, with every character escaped that Markdown could read as markup or as a link."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def _blocks(review: Review, framework: Framework, detail: _Detail, *, shortened: bool = False) -> Iterator[Block]:
    yield Heading(f"Your feedback of {review.day:%d %b}")
    notes = [note for note, told in ((CUT, review.cut), (OFF_TOPIC, review.off_topic)) if told]
    notes += [MANIPULATION] * review.manipulation + [IN_FILE] * shortened
    if notes:
        yield Text((" ".join(notes),))
    short = {section.key: section.short for section in framework.sections}
    for section in review.sections:
        if section.weight > 0:
            yield from _section(section, short.get(section.key, section.title), detail)
    unasked = [short.get(section.key, section.title) for section in review.sections if section.weight == 0]
    if unasked:
        yield Text((f"Not asked today: {', '.join(unasked)}.",))
    yield from fix_blocks(review.fix, framework, slack=detail.slack)
    if review.probe:
        yield Text((Bold("One question back: "), line(review.probe, MOST_PROBE_CHARS * detail.slack)))
    yield from _remarks(review, detail)
    yield from _criteria(review, framework, detail)
    stamp = review.stamp
    yield Text((f"{OPINION} ({stamp.model}, {stamp.prompt} {stamp.prompt_version})",))


def _section(section: SectionReview, short: str, detail: _Detail) -> Iterator[Block]:
    yield Text((Bold(short), f": {graded(section)}"))
    if section.reading:
        yield Text((line(section.reading, detail.reading_chars),))
    if section.soundness is not Soundness.SOUND and section.soundness_reason:
        yield Text((Bold("A doubt: "), line(section.soundness_reason, detail.reading_chars)))
    items = _points(section, detail)
    if items:
        yield Bullets(tuple(items))


def _points(section: SectionReview, detail: _Detail) -> list[tuple[Span, ...]]:
    """Points with their quotes, the best first, then what is missing; what is left out is counted."""
    met = sorted((point for point in section.points if point.met is not Met.NO), key=lambda point: _RANK[point.met])
    missing = [point for point in section.points if point.met is Met.NO]
    items = [_met(point.point, point.met, point.quotes, detail) for point in met[: detail.most_met]]
    items += [
        (Bold(f"{MET[Met.NO]}: "), line(point.point, MOST_POINT_CHARS * detail.slack))
        for point in missing[: detail.most_missing]
    ]
    if len(met) > detail.most_met:
        items.append((f"and {len(met) - detail.most_met} more in the file",))
    if len(missing) > detail.most_missing:
        items.append((f"and {len(missing) - detail.most_missing} more not there yet",))
    return items


def _met(point: str, met: Met, quotes: tuple[str, ...], detail: _Detail) -> tuple[Span, ...]:
    said = "".join(f" “{line(quote, detail.quote_chars)}”" for quote in quotes[: detail.most_quotes])
    return (
        Bold(f"{MET[met]}: "),
        line(point, MOST_POINT_CHARS * detail.slack),
        f"{'' if point.endswith('?') else '.'}{said}" if said else "",
    )


def _remarks(review: Review, detail: _Detail) -> Iterator[Block]:
    if review.hand_waving[: detail.most_remarks]:
        yield Text((Bold("Sounds good, decides nothing yet"),))
        yield Bullets(
            tuple(
                (f"“{line(remark.quote, detail.quote_chars)}” ", line(remark.why, MOST_WHY_CHARS * detail.slack))
                for remark in review.hand_waving[: detail.most_remarks]
            )
        )
    if review.claims[: detail.most_remarks]:
        yield Text((Bold("Claims to check"),))
        yield Bullets(tuple(_claim(claim, detail) for claim in review.claims[: detail.most_remarks]))


def _claim(claim: Claim, detail: _Detail) -> tuple[Span, ...]:
    source: tuple[Span, ...] = (
        (" ", Link(line(claim.source, MOST_SOURCE_CHARS * detail.slack), claim.url)) if claim.url else ()
    )
    return (
        f"“{line(claim.quote, detail.quote_chars)}” ",
        Bold(VERDICT[claim.verdict]),
        f": {line(claim.note, MOST_QUOTE_CHARS * detail.slack)}",
        *source,
    )


def _criteria(review: Review, framework: Framework, detail: _Detail) -> Iterator[Block]:
    seen = [criterion.text for criterion in framework.criteria if review.criteria.get(criterion.key)]
    if review.criteria:
        yield Text((Bold("What good looks like: "), f"{len(seen)} of {len(framework.criteria)} seen in your answer."))
    if seen and detail.criteria:
        yield Bullets(tuple((text,) for text in seen))


def _markdown_block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"# {markdown(text)}"
        case Text(spans):
            return _markdown_spans(spans)
        case Quote(text):
            return f"> {markdown(text)}"
        case Bullets(items):
            return "\n".join(f"- {_markdown_spans(item)}" for item in items)
        case _:
            return ""


def _markdown_spans(spans: tuple[Span, ...]) -> str:
    return "".join(_markdown_span(span) for span in spans)


def _markdown_span(span: Span) -> str:
    match span:
        case str():
            return _spaced(span)
        case Bold(text):
            return f"**{markdown(text)}**{' ' if text.endswith(' ') else ''}"
        case Link(text, url):
            return f"[{markdown(text)}](<{url}>)"
        case _:
            return markdown(getattr(span, "text", ""))


def _spaced(text: str) -> str:
    """`text` escaped, with the blanks around it that separate it from its neighbours."""
    before, after = " " * text.startswith(" "), " " * (text.endswith(" ") and bool(text.strip()))
    return f"{before}{markdown(text)}{after}"
