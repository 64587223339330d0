"""The forms of a reviewer: the review itself, and the calibration before the first one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.cards import ChoiceField, Field, Form, TextField
from bot.domain.calibration import Calibration
from bot.domain.duty import AnswerId
from bot.domain.framework import Framework
from bot.domain.peer_checks import Remarked
from bot.domain.peer_review import CHANGE, MOST_TEXT_CHARS, PROBE, STRONGEST
from bot.views.cut import line
from bot.views.peers.peer_words import CHOICES, REMARKS

BAND_KEYS = ("band1", "band2")
"""Of the choices, by place: a draft fits whatever sections the question weighs."""
HIDDEN = ":hidden"
"""Ends the action of a form that promised not to name its reviewer."""
NAME_CHARS = 40
TITLE_CHARS = 80
_TEXTS = (
    (STRONGEST, "The strongest point, with a quote", "What works, and the words that show it."),
    (CHANGE, "One change: where, and how", "Name the place in the answer, and what could be tried there."),
    (PROBE, "One question for the author", "One that makes them think further. Ask; do not write it for them."),
)


def review_form(
    answer: AnswerId,
    author: str,
    title: str,
    rated: Sequence[str],
    framework: Framework,
    values: Mapping[str, str],
    *,
    named: bool,
) -> Form:
    """A band for each section in `rated`, and three texts; `values` are filled in. `title` is the question's."""
    shown = "Your name stands with it." if named else "Your name is not shown with it."
    return Form(
        action=f"review:{answer.day}:{answer.author_id}{'' if named else HIDDEN}",
        title="Your review",
        intro=f"Of the answer by {line(author, NAME_CHARS)} to “{line(title, TITLE_CHARS)}”. {shown}",
        fields=(
            *(_band(key, section, framework, values) for key, section in zip(BAND_KEYS, rated, strict=False)),
            *(_text(key, label, hint, values) for key, label, hint in _TEXTS),
        ),
        submit="Send",
    )


def remarked(form: Form, remarks: Sequence[Remarked], rated: Sequence[str]) -> Form:
    """The form again, with what is wrong or doubtful at each field."""
    keys = dict(zip(rated, BAND_KEYS, strict=False))
    errors = {keys.get(remark.field, remark.field): REMARKS[remark.remark] for remark in remarks}
    return replace(form, errors=errors)


def calibration_form(calibration: Calibration, answer: AnswerId, framework: Framework) -> Form:
    """Two excerpts to rate before the first review of `answer`; what they are rated by is in the choices."""
    title = framework.section(calibration.section).short
    first, second = (f"Excerpt {number}: {each.text}" for number, each in enumerate(calibration.excerpts, start=1))
    intro = (
        f"Before your first review, two minutes of practice. How far did “{title}” come in each excerpt? "
        f"You see the reference afterwards.\n\n{calibration.question}\n\n{first}\n\n{second}"
    )
    fields = tuple(
        ChoiceField(key=key, label=f"Excerpt {number}", options=CHOICES)
        for number, key in enumerate(BAND_KEYS, start=1)
    )
    action = f"calibrate:{calibration.section}:{answer.day}:{answer.author_id}"
    return Form(action=action, title="Practise rating", intro=intro, fields=fields, submit="Compare")


def band_of(chosen: str) -> int | None:
    """The band that a choice means, 0 to 4; None if it is no choice."""
    values = [value for value, _ in CHOICES]
    return values.index(chosen) if chosen in values else None


def _band(key: str, section: str, framework: Framework, values: Mapping[str, str]) -> Field:
    label = f"{framework.section(section).short}: how far?"
    return ChoiceField(key=key, label=label, options=CHOICES, value=values.get(key, ""))


def _text(key: str, label: str, hint: str, values: Mapping[str, str]) -> Field:
    value = values.get(key, "")[:MOST_TEXT_CHARS]
    return TextField(key=key, label=label, hint=hint, value=value, fewest_chars=1, most_chars=MOST_TEXT_CHARS)
