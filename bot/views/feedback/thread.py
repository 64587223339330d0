"""Feedback where others can read it: words, no grades; the member's own sentences; one thing to fix."""

from __future__ import annotations

from datetime import date

from bot.cards import Block, Bold, Button, Buttons, Card, Facts, Heading, Own, Quote, Text
from bot.domain.answer import JUDGED_CHARS
from bot.domain.framework import Framework
from bot.domain.group import FeedbackMode
from bot.domain.review import Fix, Review
from bot.views.cut import line
from bot.views.feedback.data import review_data
from bot.views.feedback.words import in_words

MOST_QUOTE_CHARS = 280
MOST_WHY_CHARS = 360
MOST_REWRITE_CHARS = 460
MOST_PROBE_CHARS = 300
MOST_NAME_CHARS = 60
OFF_TOPIC = (
    "This reads as an answer to another question, so no section counts yet. Your words are kept. "
    "If you meant another day's question, reply in that thread; if not, edit this answer."
)
NOTHING_YET = "No section shows one of its points yet. The change below is a good place to start."
CUT = f"Only the first {JUDGED_CHARS:,} characters were read."


def thread_card(
    review: Review, framework: Framework, *, mode: FeedbackMode = FeedbackMode.THREAD, edited: bool = False, name: str
) -> Card:
    """What held, one line in words a section, the one fix, the probe; `brief_card` where the group wants it brief.

    `edited`: the answer has changed since this review, so the card offers another. `name` is the member's.
    """
    if mode is FeedbackMode.BRIEF:
        return brief_card(review, framework, edited=edited, name=name)
    blocks: list[Block] = [Heading(f"Feedback for {line(name, MOST_NAME_CHARS)}")]
    if review.cut:
        blocks.append(Text((CUT,)))
    if review.off_topic:
        blocks.append(Text((OFF_TOPIC,)))
    else:
        blocks += _held(review)
        blocks.append(_sections(review, framework) if _any_point(review) else Text((NOTHING_YET,)))
    blocks += fix_blocks(review.fix, framework)
    if review.probe:
        blocks.append(Text((Bold("One question back: "), line(review.probe, MOST_PROBE_CHARS))))
    blocks.append(_buttons(review.day, edited=edited))
    return Card("feedback", tuple(blocks), review_data(review, framework))


def brief_card(review: Review, framework: Framework, *, edited: bool = False, name: str) -> Card:
    """One line for the thread; everything else opens privately."""
    ready = Text((Own(line(name, MOST_NAME_CHARS)), ", your feedback is ready. Only you can open it."))
    return Card("feedback", (ready, _buttons(review.day, edited=edited)), review_data(review, framework))


def fix_blocks(fix: Fix, framework: Framework, *, slack: int = 1) -> list[Block]:
    """The one thing to fix next: where, why, and a sentence that does it; `slack` multiplies the room for each."""
    blocks: list[Block] = [Text((Bold(f"Fix this next, in {_short(fix.section, framework)}"),))]
    if fix.quote:
        blocks.append(Quote(line(fix.quote, MOST_QUOTE_CHARS * slack)))
    blocks.append(Text((line(fix.why, MOST_WHY_CHARS * slack),)))
    blocks.append(
        Text((Bold("For example: " if fix.quote else "You could add: "), line(fix.rewrite, MOST_REWRITE_CHARS * slack)))
    )
    return blocks


def _held(review: Review) -> list[Block]:
    if review.held is None:
        return [Text((Bold("What holds: "), "no sentence yet that an interviewer would write down."))]
    return [
        Text((Bold("What holds"),)),
        Quote(line(review.held.quote, MOST_QUOTE_CHARS)),
        Text((line(review.held.why, MOST_WHY_CHARS),)),
    ]


def _sections(review: Review, framework: Framework) -> Facts:
    return Facts(
        tuple(
            (_short(section.key, framework), (in_words(section),)) for section in review.sections if section.weight > 0
        )
    )


def _any_point(review: Review) -> bool:
    return any(section.band != 0 for section in review.sections if section.weight > 0)


def _short(key: str, framework: Framework) -> str:
    return next((section.short for section in framework.sections if section.key == key), key)


def _buttons(day: date, *, edited: bool) -> Buttons:
    again = (Button("Review my edit", f"again:{day}"),) if edited else ()
    return Buttons((Button("Full feedback", f"feedback:{day}"), *again))
