"""Feedback where others can read it: words, no grades; the member's own sentences; one thing to fix."""

from __future__ import annotations

from datetime import date

from bot.cards import Block, Button, Buttons, Card, Facts, Heading, Own, Text
from bot.domain.framework import Framework
from bot.domain.group import FeedbackMode
from bot.domain.review import Review
from bot.views.cut import fits, line
from bot.views.feedback import parts
from bot.views.feedback.data import review_data
from bot.views.feedback.labels import Labels, labels_of
from bot.views.feedback.parts import ANY, Room
from bot.views.feedback.words import in_words, told

MOST_NAME_CHARS = 60
MOST_FRAME_CHARS = 140
"""The heading with a long name, and the labels of both buttons."""
_ROOMS = (
    Room(280, 200, ANY),
    Room(240, 90, ANY),
    Room(140, 60, 400),
    Room(90, 50, 260),
    Room(60, 40, 140, most_off=3, held=False),
)
"""From all that the prompt allows down to what fits whatever a model writes; the first that fits is shown."""


def thread_card(
    review: Review, framework: Framework, *, mode: FeedbackMode = FeedbackMode.THREAD, edited: bool = False, name: str
) -> Card:
    """The verdict, what held, the one fix, every fault, a line a section, the probe; `brief_card` where it is brief.

    `edited`: the answer has changed since this review, so the card offers another. `name` is the member's.
    """
    if mode is FeedbackMode.BRIEF:
        return brief_card(review, framework, edited=edited, name=name)
    heading = Heading(labels_of(review.language).heading.format(name=line(name, MOST_NAME_CHARS)))
    for room in _ROOMS:
        blocks = (heading, *_told(review, framework, room), *_buttons(review, edited=edited))
        if fits(blocks):
            break
    return Card("feedback", blocks, review_data(review, framework))


def is_whole(review: Review, framework: Framework) -> bool:
    """Whether the thread card shows all texts in full, whatever its heading and buttons are."""
    whole = (room for room in _ROOMS if room.text_chars == ANY)
    return any(fits((Heading("x" * MOST_FRAME_CHARS), *_told(review, framework, room), Text(("x",)))) for room in whole)


def brief_card(review: Review, framework: Framework, *, edited: bool = False, name: str) -> Card:
    """One line for the thread; everything else opens privately."""
    ready = Text((Own(line(name, MOST_NAME_CHARS)), ", your feedback is ready. Only you can open it."))
    row = Buttons((_open_button(review.day), *_again_button(review.day, edited=edited)))
    return Card("feedback", (ready, row), review_data(review, framework))


def _told(review: Review, framework: Framework, room: Room) -> list[Block]:
    labels = labels_of(review.language)
    blocks = [*parts.opening(review, labels, room)]
    if not review.off_topic:
        blocks += parts.fix(review, framework, labels, room)
        blocks += parts.off(review, labels, room)
        blocks.append(_sections(review, framework, labels, room))
        blocks += parts.probe(review, labels, room)
    return blocks


def _sections(review: Review, framework: Framework, labels: Labels, room: Room) -> Facts:
    """One line a weighed section; a review from before there were lines has its words instead."""
    return Facts(
        tuple(
            (labels.section(s.key, framework), (told(s.line, room.text_chars) or in_words(s, labels),))
            for s in review.sections
            if s.weight > 0
        )
    )


def _buttons(review: Review, *, edited: bool) -> tuple[Buttons, ...]:
    """Of an answer to another question there is nothing more to open."""
    first = () if review.off_topic else (_open_button(review.day),)
    row = (*first, *_again_button(review.day, edited=edited))
    return (Buttons(row),) if row else ()


def _open_button(day: date) -> Button:
    return Button("Full feedback", f"feedback:{day}")


def _again_button(day: date, *, edited: bool) -> tuple[Button, ...]:
    return (Button("Review my edit", f"again:{day}"),) if edited else ()
