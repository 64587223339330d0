"""Inputs as people fill them in: what Slack's client takes, and the state that it sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.servers.slack_elements import INPUTS
from tests.servers.slack_text import elements, rich

Body = dict[str, Any]
Place = tuple[str, str]
"""block_id and action_id."""

_INITIAL = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
}
"""Kind -> the name of its value in the state, and of what the app put there."""


class Unable(AssertionError):  # noqa: N818  the test asks for what no person could do
    """A person cannot do that: there is no such button, or Slack's client does not take that value."""


def is_input(block: Mapping[str, Any]) -> bool:
    """Whether a block is one to fill in."""
    return block.get("type") == "input"


def inputs(blocks: Sequence[Body]) -> Iterator[tuple[Place, Body, Body]]:
    """Every (place, block, element) that holds a value."""
    for block, element in elements(blocks, *INPUTS):
        yield (block["block_id"], element["action_id"]), block, element


def state_of(blocks: Sequence[Body], typed: Mapping[Place, Body]) -> dict[str, dict[str, Body]]:
    """`state.values`: what was typed, else what the app put there."""
    values: dict[str, dict[str, Body]] = {}
    for place, _, element in inputs(blocks):
        name, initial = _INITIAL[element["type"]]
        empty: Any = [] if name.startswith("selected_") and name.endswith("s") else None
        untouched = {"type": element["type"], name: element.get(initial, empty) or empty}
        values.setdefault(place[0], {})[place[1]] = typed.get(place, untouched)
    return values


def filled(blocks: Sequence[Body], values: Mapping[str, str | Sequence[str]]) -> dict[Place, Body]:
    """The state after a person filled in `values`: block_id -> text, or the value or label of an option.

    Raises Unable for a field that is not there and for an option that is not offered.
    """
    found = {place[0]: (place, element) for place, _, element in inputs(blocks)}
    if unknown := sorted(values.keys() - found.keys()):
        raise Unable(f"there is no field {unknown}; the fields are {sorted(found)}")
    return {found[key][0]: state(found[key][1], value) for key, value in values.items()}


def state(element: Body, value: str | Sequence[str]) -> Body:
    """The state of one element that holds `value`."""
    kind = element["type"]
    name, _ = _INITIAL[kind]
    held: Any = value
    if name == "selected_option":
        held = option(element, str(value)) if value else None
    elif name == "selected_options":
        held = [option(element, each) for each in ([value] if isinstance(value, str) else value)]
    elif name == "rich_text_value":
        held = rich(str(value))[0]
    return {"type": kind, name: held or ([] if name == "selected_options" else None)}


def option(element: Body, wanted: str) -> Body:
    """The option with this value or label. Raises Unable."""
    groups = [group["options"] for group in element.get("option_groups", [])]
    offered = [each for options in (element.get("options", []), *groups) for each in options]
    for each in offered:
        if wanted in (each["value"], each["text"]["text"]):
            return dict(each)
    raise Unable(f"{wanted!r} is not offered; the options are {[each['text']['text'] for each in offered]}")


def client_faults(blocks: Sequence[Body], typed: Mapping[Place, Body]) -> dict[str, str]:
    """What Slack's client says before it sends a form: block_id -> the fault."""
    faults = {}
    values = state_of(blocks, typed)
    for place, block, element in inputs(blocks):
        held = next(value for name, value in values[place[0]][place[1]].items() if name != "type")
        if not held and is_input(block) and not block.get("optional"):
            faults[place[0]] = "Please complete this required field."
        elif isinstance(held, str) and held and element["type"] == "plain_text_input":
            least, most = element.get("min_length", 0), element.get("max_length", 3000)
            if not least <= len(held) <= most:
                faults[place[0]] = f"{len(held)} characters, {least} to {most} are allowed"
    return faults
