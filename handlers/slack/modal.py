"""A form as a modal, and what a person typed into one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.cards import Bold, ChoiceField, Field, Form, TextField
from bot.views.cut import cut, line
from handlers.slack.limits import (
    INPUT_CHARS,
    INPUT_LABEL_CHARS,
    LABEL_CHARS,
    PRIVATE_METADATA_CHARS,
    VIEW_TITLE_CHARS,
)
from handlers.slack.mrkdwn import NOTHING, harmless
from handlers.slack.render import Json, plain_text, rich_text

CALLBACK_ID = "form"
"""Of every modal with a form; what its submission does travels in its private metadata."""
VALUE = "value"
"""The action_id of every input: Slack keeps what was typed over an update only if it stays the same."""


def modal(form: Form, *, ids: Mapping[str, str] | None = None) -> Json:
    """The view of a form: a field's key is its block_id, and its value stands in it; an error stands above its field.

    `ids` come back with the submission (see `ids_of`); ids only, no words. Raises ValueError when they are too long.
    """
    metadata = json.dumps({"action": form.action, "ids": dict(ids or {})}, separators=(",", ":"))
    if len(metadata) > PRIVATE_METADATA_CHARS:
        raise ValueError(f"form {form.action[:40]!r} carries {len(metadata)} characters of ids")
    intro = rich_text((cut(harmless(form.intro), INPUT_CHARS),))
    errors = errors_of(form)
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": metadata,
        "title": plain_text(_label(form.title, VIEW_TITLE_CHARS)),
        "submit": plain_text(_label(form.submit, VIEW_TITLE_CHARS)),
        "blocks": [*intro, *(block for field in form.fields for block in _field(field, errors.get(field.key, "")))],
    }


def errors_of(form: Form) -> dict[str, str]:
    """What `response_action: errors` takes: block_id -> what is wrong. One that names no field stands at the first."""
    keys = [field.key for field in form.fields]
    errors: dict[str, str] = {}
    for key, text in form.errors.items():
        at = key if key in keys else keys[0]
        errors[at] = f"{errors[at]} {harmless(text)}" if at in errors else harmless(text)
    return errors


def values_of(view: Mapping[str, Any]) -> dict[str, str]:
    """Field key -> what was typed or chosen, in the form's order; an empty field is an empty text."""
    state: Mapping[str, Any] = view["state"]["values"]
    order = [block["block_id"] for block in view.get("blocks", ()) if block.get("block_id") in state]
    return {key: _value(state[key]) for key in (*order, *(key for key in state if key not in order))}


def action_of(view: Mapping[str, Any]) -> str:
    """What the submission of the form does."""
    return str(json.loads(view["private_metadata"])["action"])


def ids_of(view: Mapping[str, Any]) -> dict[str, str]:
    """The ids that the modal was opened with."""
    return dict(json.loads(view["private_metadata"])["ids"])


def _value(inputs: Mapping[str, Any]) -> str:
    """Of a block with one input."""
    state: Mapping[str, Any] = next(iter(inputs.values()), {})
    if "selected_option" in state:
        return str((state["selected_option"] or {}).get("value", ""))
    return str(state.get("value") or "")


def _field(field: Field, error: str) -> Iterator[Json]:
    yield from rich_text((Bold(error),))
    drawn: Json = {"type": "input", "block_id": field.key, "label": plain_text(_label(field.label, INPUT_LABEL_CHARS))}
    match field:
        case TextField():
            hint = line(harmless(field.hint), INPUT_LABEL_CHARS)
            drawn |= {"optional": field.fewest_chars == 0, "element": _text_input(field)}
            yield drawn | ({"hint": plain_text(hint)} if hint else {})
        case ChoiceField():
            yield drawn | {"element": _select(field)}


def _text_input(field: TextField) -> Json:
    most = max(1, min(field.most_chars, INPUT_CHARS))
    drawn = {"type": "plain_text_input", "action_id": VALUE, "multiline": field.multiline, "max_length": most}
    if field.fewest_chars > 0:
        drawn["min_length"] = min(field.fewest_chars, most)
    if value := harmless(field.value)[:most]:
        drawn["initial_value"] = value
    return drawn


def _select(field: ChoiceField) -> Json:
    options = [{"text": plain_text(_label(label, LABEL_CHARS)), "value": value} for value, label in field.options]
    chosen = [option for option in options if option["value"] == field.value]
    drawn: Json = {"type": "static_select", "action_id": VALUE, "options": options}
    return {**drawn, "initial_option": chosen[0]} if chosen else drawn


def _label(text: str, most_chars: int) -> str:
    return line(harmless(text), most_chars).strip() or NOTHING
