"""A form as a modal, what a person typed into one, and the card that answers a form which cannot be taken as it is.

A modal of Discord has five parts and no text of its own on its button. It closes when it is sent, and a submission
cannot open it again (reference/discord.md 1, "Modals"). So what was typed comes back from a draft of the core or, for
settings, which are short, from the button that opens the form again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, unquote

from bot.cards import Card, ChoiceField, Field, Form, TextField
from bot.commands.foresight import SETTINGS_FORMS
from bot.commands.forms import FORMS
from bot.domain.group import Place
from bot.views import form_again
from bot.views.cut import cut, line
from handlers.discord.custom_id import MOST_ADDRESSED_CHARS, custom_id
from handlers.discord.limits import (
    DESCRIPTION_CHARS,
    INPUT_CHARS,
    LABEL_CHARS,
    MESSAGE_TEXT_CHARS,
    MODAL_PARTS,
    MODAL_TITLE_CHARS,
    OPTION_LABEL_CHARS,
    PLACEHOLDER_CHARS,
)
from handlers.discord.markdown import NOTHING, escaped, harmless
from handlers.discord.render import Json, text_display

SELECT: Final = 3
TEXT_INPUT: Final = 4
LABEL: Final = 18
SHORT: Final = 1
PARAGRAPH: Final = 2

REFILL: Final = "refill"
"""The first word of the action that opens a settings form again: this platform's own, unknown to the core."""
_JOINT = "|"


def modal(form: Form, *, place: Place | None = None) -> Json:
    """What a response of type 9 takes: a field's key is its custom_id, and its value stands in it.

    The introduction stands above the fields; where five of them leave no room, its beginning stands below the label of
    the last field without a hint, else in the first text that is empty. `place` is the group's, for a form that
    is opened elsewhere. Raises ValueError when the action is too long for a custom_id.
    """
    intro = harmless(form.intro).strip()
    above = bool(intro) and len(form.fields) < MODAL_PARTS
    parts = [text_display(cut(escaped(intro), MESSAGE_TEXT_CHARS))] if above else []
    squeezed = _squeezed(form, "" if above else intro)
    return {
        "custom_id": custom_id(form.action, place=place),
        "title": _label(form.title, MODAL_TITLE_CHARS),
        "components": [*parts, *(_part(field, *squeezed.get(field.key, ("", ""))) for field in form.fields)],
    }


def values_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Field key -> what was typed or chosen, of the `data` of a modal's submission; an empty field is an empty text."""
    return {each["custom_id"]: _value(each) for each in _inputs(data.get("components", ()))}


def refused_card(form: Form) -> Card:
    """Answers a submission that came back with errors, to the member alone.

    Its button carries `refill:…` for a form of settings (see `refilled`); any other form is opened by the core's own
    press of the form's action, with the draft that the core kept.
    """
    labels = {field.key: field.label for field in form.fields}
    errors = [(labels.get(key, form.title), text) for key, text in form.errors.items()]
    action, kept = _again(form)
    return form_again.refused(form.title, errors, action, kept=kept)


def refilled(form: Form, action: str) -> Form:
    """`form` as the core opens it now, with what was typed when `refused_card` made `action`."""
    typed = [unquote(value) for value in action.partition("?")[2].split(_JOINT)]
    if len(typed) != len(form.fields):
        return form
    return replace(form, fields=tuple(map(_filled, form.fields, typed)))


def _again(form: Form) -> tuple[str, bool]:
    """The action that opens the form again, and whether it brings back all that was typed."""
    name = form.action.partition(":")[0]
    if name not in SETTINGS_FORMS:
        return form.action, name in FORMS and FORMS[name].left is not None
    typed = [field.value for field in form.fields]
    for values in (typed, _right_values(form)):
        action = f"{REFILL}:{form.action}?{_JOINT.join(quote(value, safe='/:, ') for value in values)}"
        if len(action) <= MOST_ADDRESSED_CHARS:
            return action, values == typed
    return f"{REFILL}:{form.action}", False


def _right_values(form: Form) -> list[str]:
    return ["" if field.key in form.errors else field.value for field in form.fields]


def _filled(field: Field, typed: str) -> Field:
    if isinstance(field, ChoiceField) and typed not in dict(field.options):
        return field
    return replace(field, value=typed)


def _squeezed(form: Form, intro: str) -> dict[str, tuple[str, str]]:
    """Field key -> description and placeholder that hold the introduction."""
    bare = [field.key for field in form.fields if isinstance(field, ChoiceField) or not field.hint.strip()]
    if bare:
        return {bare[-1]: (intro, "")}
    empty = [field.key for field in form.fields if not field.value.strip()]
    return dict.fromkeys(empty[:1], ("", intro))


def _part(field: Field, description: str, placeholder: str) -> Json:
    hint = field.hint if isinstance(field, TextField) else ""
    shown = line(harmless(hint.strip() or description), DESCRIPTION_CHARS).strip()
    component = _text_input(field, placeholder) if isinstance(field, TextField) else _select(field)
    label: Json = {"type": LABEL, "label": _label(field.label, LABEL_CHARS), "component": component}
    return {**label, "description": shown} if shown else label


def _text_input(field: TextField, placeholder: str) -> Json:
    most = max(1, min(field.most_chars, INPUT_CHARS))
    drawn: Json = {
        "type": TEXT_INPUT, "custom_id": field.key, "style": PARAGRAPH if field.multiline else SHORT,
        "required": field.fewest_chars > 0, "max_length": most,
    }  # fmt: skip
    value = harmless(field.value)[:most]
    if value.strip():
        drawn["value"] = value
    # Discord would not open a modal with a draft that is shorter than it asks for; the core counts anyway.
    fewest = min(field.fewest_chars, most)
    if fewest and not 0 < len(value) < fewest:
        drawn["min_length"] = fewest
    shown = line(placeholder, PLACEHOLDER_CHARS)
    return {**drawn, **({"placeholder": shown} if shown else {})}


def _select(field: ChoiceField) -> Json:
    options = [
        {"label": _label(label, OPTION_LABEL_CHARS), "value": value, "default": value == field.value}
        for value, label in field.options
    ]
    return {"type": SELECT, "custom_id": field.key, "options": options, "required": True}


def _inputs(parts: Any) -> Iterator[Mapping[str, Any]]:
    """The inputs of a submission: each in its label, or in a row as old clients send them."""
    for part in parts:
        if "component" in part:
            yield part["component"]
        elif "components" in part:
            yield from _inputs(part["components"])
        elif "custom_id" in part:
            yield part


def _value(given: Mapping[str, Any]) -> str:
    if "values" in given:
        return str(next(iter(given["values"] or ()), ""))
    return str(given.get("value") or "")


def _label(text: str, most_chars: int) -> str:
    return line(harmless(text), most_chars).strip() or NOTHING
