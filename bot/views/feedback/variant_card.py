"""A variant as its member sees it: the question put again, the form, and what came of it. Nobody else sees any."""

from __future__ import annotations

from datetime import datetime

from bot.cards import (
    MOST_LABEL_CHARS,
    Block,
    Bold,
    Bullets,
    Button,
    Buttons,
    Card,
    Form,
    Heading,
    Own,
    Text,
    TextField,
)
from bot.domain.framework import Framework
from bot.domain.judge import TOP_BAND
from bot.domain.question import Question
from bot.domain.second_shot import quotes
from bot.domain.variant import MOST_VARIANT_CHARS, Variant
from bot.views.cut import cut, fits, line
from bot.views.feedback.labels import labels_of
from bot.views.feedback.words import graded
from bot.views.when import day_text

TEXT = "text"
TITLE = "Five minutes, once more"
MOST_TITLE_CHARS = 120
MOST_PROMPT_CHARS = 700
_ROOMS = ((300, 5), (160, 4), (90, 3), (60, 2))
"""Most characters of a quote, and most quotes; the first that fits is shown."""

THIN = ("it showed none of its points", "it stayed in general words")
"""For band 0 and 1."""
GONE = "There is no such five-minute question for you any more. Nothing was changed."
TOO_SHORT = "Write two or three sentences, about ten words at least. What you typed is kept."
TOO_LONG = f"This is longer than {MOST_VARIANT_CHARS:,} characters. What you typed is kept; please shorten it."
TAKEN = (
    "You have sent an answer to this already, and that one stands. What you typed now is in the file, "
    "so that it is not lost."
)
PRIVATE = "Only you see it, it does not count for the streak, and a few sentences are enough."
STOP = "At most two of these come in seven days."


def asked(variant: Variant, question: Question, framework: Framework) -> Card:
    """The direct message that puts it."""
    short = framework.section(variant.section).short
    title = line(question.title, MOST_TITLE_CHARS)
    blocks: tuple[Block, ...] = (
        Heading(TITLE),
        Text((f"On {day_text(variant.day)} you answered “{title}”. Your {short} was thin: {THIN[variant.before]}.",)),
        Text((Bold("The question was: "), cut(question.prompt, MOST_PROMPT_CHARS))),
        Text((Bold("What is different now: "), cut(variant.change, MOST_PROMPT_CHARS))),
        Text((f"Try {short} again with that. {PRIVATE} {STOP}",)),
        Buttons((Button("Try it", f"variant:{variant.day}"), Button("Stop these", "probes-off"))),
    )
    return Card("variant", blocks, data=data(variant))


def form(
    variant: Variant, question: Question, framework: Framework, text: str, *, errors: dict[str, str] | None = None
) -> Form:
    """One field, with what was typed before."""
    section = framework.section(variant.section)
    field = TextField(
        key=TEXT, label=line(section.short, MOST_LABEL_CHARS), hint="Five minutes. A few sentences are enough.",
        value=text[:MOST_VARIANT_CHARS], fewest_chars=1, most_chars=MOST_VARIANT_CHARS,
    )  # fmt: skip
    intro = f"{cut(question.prompt, MOST_PROMPT_CHARS)} Different now: {cut(variant.change, MOST_PROMPT_CHARS)}"
    return Form(
        action=f"variant:{variant.day}", title=TITLE, fields=(field,), submit="Send", intro=intro, errors=errors or {}
    )


def pending(variant: Variant, framework: Framework) -> Card:
    """It is kept, and will be read."""
    short = framework.section(variant.section).short
    said = f" I read your {short} now and send you the result, to you alone."
    return Card("variant", (Text((Bold("Kept."), said)),), data=data(variant))


def result(variant: Variant, question: Question, framework: Framework) -> Card:
    """How far the section came this time, the band of a week ago, and the words that earned it."""
    for quote_chars, most in _ROOMS:
        blocks = tuple(_blocks(variant, question, framework, quote_chars, most))
        if fits(blocks):
            break
    return Card("variant", blocks, data=data(variant))


def _blocks(variant: Variant, question: Question, framework: Framework, quote_chars: int, most: int) -> list[Block]:
    labels, after = labels_of(variant.language), variant.after
    blocks: list[Block] = [
        Heading(f"{line(question.title, MOST_TITLE_CHARS)}: {labels.section(variant.section, framework)}")
    ]
    then = labels.of.format(band=variant.before, top=TOP_BAND)
    blocks.append(Text((Bold("Then: "), f"{then}, {labels.bands[variant.before]}")))
    if after is None:
        return blocks
    blocks.append(Text((Bold("Now: "), graded(after, labels))))
    found = [line(each, quote_chars) for each in quotes(after)]
    if found:
        more = ((f"and {len(found) - most} more",),) if len(found) > most else ()
        blocks.append(Bullets((*((Own(f"“{each}”"),) for each in found[:most]), *more)))
    if said := after.reading.strip() or after.line.strip():
        blocks.append(Text((cut(said, 2 * quote_chars),)))
    model = f" ({variant.stamp.model}, {variant.stamp.prompt} {variant.stamp.prompt_version})" if variant.stamp else ""
    return [*blocks, Text((f"{labels.opinion}{model}",))]


def data(variant: Variant) -> dict[str, object]:
    """What it was made of, JSON-ready."""
    after = variant.after
    return {
        "kind": "variant",
        "member": variant.member_id,
        "day": variant.day.isoformat(),
        "section": variant.section,
        "change": variant.change,
        "due_at": _iso(variant.due_at),
        "asked_at": _iso(variant.asked_at),
        "text": variant.text,
        "before": variant.before,
        "after": {"band": after.band, "reading": after.reading, "quotes": list(quotes(after))} if after else None,
        "cost_usd": variant.stamp.cost_usd if variant.stamp else 0.0,
        "model": variant.stamp.model if variant.stamp else None,
        "made_at": _iso(variant.made_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
