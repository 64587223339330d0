"""A second shot as its member sees it: which section, the form, and before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.cards import (
    MOST_BUTTONS,
    MOST_LABEL_CHARS,
    Block,
    Bold,
    Bullets,
    Button,
    Buttons,
    Card,
    ChoiceField,
    Form,
    Heading,
    Own,
    Text,
    TextField,
)
from bot.domain.framework import Framework
from bot.domain.group import Group
from bot.domain.review import Review, SectionReview
from bot.domain.second_shot import MOST_SHOT_CHARS, SecondShot, closes_at, quotes, sections_of
from bot.views.cut import cut, fits, line
from bot.views.feedback.labels import Labels, labels_of
from bot.views.feedback.words import graded
from bot.views.when import day_text, moment

TEXT, USED, NOBODY = "text", "used", "none"
"""Keys of the form's fields, and the choice of no reviewer."""
LABEL = "Second shot"
TITLE = "Your second shot"
OPTION_CHARS = 60
_ROOMS = ((300, 5), (160, 4), (90, 3), (60, 2))
"""Most characters of a quote, and most quotes; the first that fits is shown."""

NO_FEEDBACK = "There is no feedback of a model on that answer, so no section of it can be judged again."
EDITED = (
    "Your answer was changed since its feedback. Ask for a review of the edit first (/tpm-feedback again); "
    "your second shot starts from that."
)
OVER = "The 48 hours for a second shot are over. /tpm-answer and the next question go on."
NO_SECTION = "That section is not part of this question."
EMPTY = "Write the section as you would say it now."
TOO_LONG = f"This is longer than {MOST_SHOT_CHARS:,} characters. What you typed is kept; please shorten it."
SAME = "This is what you wrote before. Change what the feedback asks for, then send it."
TAKEN = (
    "You have sent your second shot for this answer already, and that one stands. What you typed now is in the file, "
    "so that it is not lost."
)
ALONE = "Only that section is judged again, and only you see it. Your answer stays as it is."
COMES = (
    "I read this one section again and show before and after to you alone. /tpm-feedback and its button Second shot "
    "show them at any time."
)


def choose(review: Review, framework: Framework, group: Group) -> Card:
    """Which section to write again."""
    labels = labels_of(review.language)
    until = moment(closes_at(review), group)
    head = Text(("You can write one section again, until ", until, f". {ALONE}"))
    found = sections_of(review)
    lines = tuple((f"{labels.section(each.key, framework)}: {graded(each, labels)}",) for each in found)
    buttons = [
        Button(line(labels.section(each.key, framework), MOST_LABEL_CHARS), f"shot-form:{review.day}:{each.key}")
        for each in found
    ]
    rows = [Buttons(tuple(buttons[at : at + MOST_BUTTONS])) for at in range(0, len(buttons), MOST_BUTTONS)]
    made = {"kind": "second-shot", "day": review.day.isoformat(), "sections": [each.key for each in found]}
    return Card("second-shot", (Heading(LABEL), head, Bullets(lines), *rows), data=made)


def form(
    day: date, section: SectionReview, framework: Framework, text: str, reviews: Sequence[tuple[str, str]],
    *, used: str = NOBODY, errors: dict[str, str] | None = None,
) -> Form:  # fmt: skip
    """The section's own text to change. `reviews`: (token, label) of the peer reviews that the member has read."""
    short = framework.section(section.key).short
    fields: tuple[TextField | ChoiceField, ...] = (
        TextField(
            key=TEXT, label=line(short, MOST_LABEL_CHARS), hint="The whole section, as you would say it now.",
            value=text[:MOST_SHOT_CHARS], fewest_chars=1, most_chars=MOST_SHOT_CHARS,
        ),
    )  # fmt: skip
    if reviews:
        options = (
            (NOBODY, "Nobody's, it is my own"),
            *((token, line(label, OPTION_CHARS)) for token, label in reviews),
        )
        known = used if used in dict(options) else NOBODY
        fields += (ChoiceField(key=USED, label="Whose point did you use?", options=options, value=known),)
    return Form(
        action=f"shot:{day}:{section.key}", title=TITLE, fields=fields, submit="Send",
        intro="Only this section is judged again. If you used a reviewer's point, I tell them.", errors=errors or {},
    )  # fmt: skip


def pending(shot: SecondShot, framework: Framework) -> Card:
    """It is kept, and will be read."""
    title = labels_of(shot.language).section(shot.section, framework)
    blocks: tuple[Block, ...] = (Text((Bold("Kept."), f" {title}: {COMES}")),)
    return Card("second-shot", blocks, data=data(shot))


def result(shot: SecondShot, framework: Framework) -> Card:
    """Before and after, once it was judged: the bands in words, and the words that earned them."""
    labels = labels_of(shot.language)
    for quote_chars, most in _ROOMS:
        blocks = tuple(_blocks(shot, framework, labels, quote_chars, most))
        if fits(blocks):
            break
    return Card("second-shot", blocks, data=data(shot))


def given_up(day: date) -> Card:
    """To the member, directly: it could not be judged, and how to have it tried again."""
    words = (
        f"I could not read your second shot of {day_text(day)}: something is broken on my side, and the facilitators "
        "have been told. What you wrote is kept. This button tries again."
    )
    return Card("second-shot", (Text((words,)), Buttons((Button(LABEL, f"shot:{day}"),))), data={"kind": "second-shot"})


def _blocks(shot: SecondShot, framework: Framework, labels: Labels, quote_chars: int, most: int) -> list[Block]:
    blocks: list[Block] = [Heading(f"{TITLE} of {day_text(shot.day)}: {labels.section(shot.section, framework)}")]
    blocks += _side("Before", shot.before, labels, quote_chars, most)
    after = shot.after or shot.before
    blocks += _side("After", after, labels, quote_chars, most)
    for said in (after.reading, after.line):
        blocks += [Text((cut(said, 2 * quote_chars),))] if said.strip() else []
    model = f" ({shot.stamp.model}, {shot.stamp.prompt} {shot.stamp.prompt_version})" if shot.stamp else ""
    return [*blocks, Text((f"{labels.opinion}{model}",))]


def _side(name: str, section: SectionReview, labels: Labels, quote_chars: int, most: int) -> list[Block]:
    head = Text((Bold(f"{name}: "), graded(section, labels)))
    found = [line(each, quote_chars) for each in quotes(section)]
    shown = tuple((Own(f"“{each}”"),) for each in found[:most])
    more = ((f"and {len(found) - most} more",),) if len(found) > most else ()
    return [head, Bullets((*shown, *more))] if shown else [head]


def data(shot: SecondShot) -> dict[str, object]:
    """What it was made of, JSON-ready."""
    return {
        "kind": "second-shot",
        "member": shot.member_id,
        "day": shot.day.isoformat(),
        "section": shot.section,
        "text": shot.text,
        "before": _side_data(shot.before),
        "after": _side_data(shot.after) if shot.after else None,
        "cost_usd": shot.stamp.cost_usd if shot.stamp else 0.0,
        "model": shot.stamp.model if shot.stamp else None,
        "made_at": _iso(shot.made_at),
    }


def _side_data(section: SectionReview) -> dict[str, object]:
    return {"band": section.band, "reading": section.reading, "quotes": list(quotes(section))}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
