"""The parts of a review that the thread shows, and what each of them is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.cards import Block, Bold, Bullets, Link, Quote, Span, Text
from bot.domain.answer import JUDGED_CHARS
from bot.domain.framework import Framework
from bot.domain.review import Claim, QuotedRemark, Review, Verdict
from bot.views.cut import line
from bot.views.feedback.labels import Labels
from bot.views.feedback.words import holds, told

MOST_SOURCE_CHARS = 120
_SUBTITLE = re.compile(r":\s[^(]*(?=\()")
ANY = 10**6


@dataclass(frozen=True, slots=True)
class Room:
    """How much is shown: characters of a quote of its own, of one inside a line, of a text; and how many faults."""

    quote_chars: int
    inline_chars: int
    text_chars: int
    most_off: int = ANY
    held: bool = True


WHOLE = Room(ANY, ANY, ANY)


def opening(review: Review, labels: Labels, room: Room) -> Iterator[Block]:
    """The verdict, and the sentence that holds."""
    if review.cut:
        yield Text((labels.cut.format(count=JUDGED_CHARS),))
    if review.verdict:
        yield Text((told(review.verdict, room.text_chars),))
    if review.off_topic:
        yield Text((labels.off_topic,))
    if review.held is not None and room.held:
        label = labels.habit if review.off_topic else labels.holds if holds(review) else labels.start
        yield Text((Bold(label),))
        yield Quote(line(review.held.quote, room.quote_chars))
        if review.held.why:
            yield Text((told(review.held.why, room.text_chars),))


def fix(review: Review, framework: Framework, labels: Labels, room: Room) -> Iterator[Block]:
    """The one thing to fix next: where, why, and a sentence that takes the first step."""
    one = review.fix
    yield Text((Bold(labels.fix.format(section=labels.section(one.section, framework))),))
    if one.quote:
        yield Quote(line(one.quote, room.quote_chars))
    yield Text((told(one.why, room.text_chars),))
    yield Text((Bold(labels.try_it if one.quote else labels.add), told(one.rewrite, room.text_chars)))


def off(review: Review, labels: Labels, room: Room) -> Iterator[Block]:
    """Every sentence that conflicts with the givens, with itself or with a source; the fix has told its own."""
    slips = [slip for slip in review.slips if slip.quote != review.fix.quote]
    items = [remark_line(slip, room) for slip in slips]
    items += [claim_line(claim, room) for claim in review.claims if claim.verdict is Verdict.DIFFERS]
    shown, more = items[: room.most_off], len(items[room.most_off :])
    if items:
        yield Text((Bold(labels.off),))
        yield Bullets((*shown, (labels.more.format(count=more),)) if more else tuple(shown))


def probe(review: Review, labels: Labels, room: Room) -> Iterator[Block]:
    """The follow-up question."""
    if review.probe:
        yield Text((Bold(labels.probe), told(review.probe, room.text_chars)))


def remark_line(remark: QuotedRemark, room: Room) -> tuple[Span, ...]:
    """A few words of a sentence, and what is to say of it."""
    return (_said(remark.quote, room), told(remark.why, room.text_chars))


def claim_line(claim: Claim, room: Room) -> tuple[Span, ...]:
    """A claim in a line: a few words of it, what the source says, and the source as a link."""
    said = (_said(claim.quote, room), told(claim.note, room.text_chars))
    return (*said, " ", Link(_short_source(claim.source), claim.url)) if claim.url else said


def _short_source(source: str) -> str:
    """A title without its subtitle, such as `Lost in the Middle (Liu et al., Stanford, 2023)`."""
    return line(_SUBTITLE.sub(" ", source, count=1), MOST_SOURCE_CHARS)


def in_thread(review: Review) -> set[str]:
    """The quotes that the thread shows: another card need not repeat them."""
    slips = {slip.quote for slip in review.slips}
    differing = {claim.quote for claim in review.claims if claim.verdict is Verdict.DIFFERS}
    return slips | differing | {review.fix.quote} | ({review.held.quote} if review.held else set())


def _said(quote: str, room: Room) -> str:
    return f"“{line(quote, room.inline_chars)}” "
