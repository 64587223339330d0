"""The shapes of blocks, elements and views: which properties each has, and how long they may be.

The numbers are from the table in slack.md 1 "Blocks"; those marked [sdk] are stated in slack_sdk's docstrings. A
property that a type does not have is refused, as Slack refuses it ("invalid additional property").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Body = dict[str, Any]
Check = Callable[[Any, str], Iterator[str]]
"""Takes a value and its JSON pointer, gives the faults."""
Shape = Mapping[str, Check]
"""Property -> check; a property whose name ends with * is required."""


def chars(most: int, least: int = 1) -> Check:
    """A string of so many characters."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"[ERROR] must be a string [json-pointer:{at}]"
        elif len(value) > most:
            yield f"[ERROR] must be less than {most + 1} characters [json-pointer:{at}] (slack.md 1 Blocks)"
        elif len(value) < least:
            yield f"[ERROR] must be more than {least - 1} characters [json-pointer:{at}] (slack.md 1 Blocks)"

    return check


def number(least: int, most: int) -> Check:
    """A whole number in a range."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or not least <= value <= most:
            yield f"[ERROR] must be a number from {least} to {most} [json-pointer:{at}] (slack.md 1 Blocks)"

    return check


def either(*values: object) -> Check:
    """One of these values."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in values:
            yield f"[ERROR] value {value!r} does not match any of {values} [json-pointer:{at}]"

    return check


def many(child: Check, most: int, least: int = 1) -> Check:
    """A list of so many."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list) or not least <= len(value):
            yield f"[ERROR] must be a list of at least {least} items [json-pointer:{at}]"
            return
        if len(value) > most:
            yield f"[ERROR] no more than {most} items allowed [json-pointer:{at}] (slack.md 1 Blocks)"
        for index, item in enumerate(value):
            yield from child(item, f"{at}/{index}")

    return check


def named(shape: Shape) -> Check:
    """An object with these properties and no others."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"[ERROR] must be an object [json-pointer:{at}]"
            return
        for name, child in shape.items():
            plain = name.rstrip("*")
            if plain in value:
                yield from child(value[plain], f"{at}/{plain}")
            elif name.endswith("*"):
                yield f"[ERROR] missing required field: {plain} [json-pointer:{at}]"
        known = {name.rstrip("*") for name in shape} | {"type"}
        yield from (f"[ERROR] invalid additional property: {name} [json-pointer:{at}]" for name in value.keys() - known)

    return check


def any_of(shapes: Mapping[str, Shape], *kinds: str) -> Check:
    """An object whose `type` is one of `kinds`, or of all that are known."""

    def check(value: Any, at: str) -> Iterator[str]:
        kind = str(value.get("type")) if isinstance(value, dict) else ""
        if kind not in shapes or (kinds and kind not in kinds):
            yield f"[ERROR] unsupported type: {kind} [json-pointer:{at}/type]"
        else:
            yield from named(shapes[kind])(value, at)

    return check


flag = either(True, False)


def anything(value: Any, at: str) -> Iterator[str]:  # noqa: ARG001  the place for what has no rule here
    """Whatever it is."""
    return iter(())


def text(most: int, *kinds: str) -> Check:
    """A text object; without kinds, plain text or mrkdwn."""
    shapes = {
        "plain_text": {"text*": chars(most), "emoji": flag},
        "mrkdwn": {"text*": chars(most), "verbatim": flag},
    }
    return any_of(shapes, *kinds)


def plain(most: int) -> Check:
    """A plain text object."""
    return text(most, "plain_text")


ACTION: Shape = {"action_id": chars(255), "confirm": named(
    {"title*": plain(100), "text*": text(300), "confirm*": plain(30), "deny*": plain(30),  # [sdk]
     "style": either("primary", "danger")}
), "focus_on_load": flag}  # fmt: skip
OPTION = named({"text*": text(75), "value*": chars(150), "description": text(75), "url": chars(3000)})
GROUP = named({"label*": plain(75), "options*": many(OPTION, 100)})  # [sdk]
_CHOICES: Shape = {"options": many(OPTION, 100), "option_groups": many(GROUP, 100), "placeholder": plain(150)}
_TEN: Shape = {"options*": many(OPTION, 10)}  # [sdk] radio buttons and checkboxes
_PICK: Shape = {**ACTION, "placeholder": plain(150)}
_IMAGE: Shape = {"image_url": chars(3000), "alt_text*": chars(2000), "slack_file": anything}
_FEEDBACK = named({"text*": plain(75), "value*": chars(2000), "accessibility_label": chars(75)})

ELEMENTS: Mapping[str, Shape] = {
    "button": {
        **ACTION, "text*": plain(75), "value": chars(2000, 0), "url": chars(3000), "style": either("primary", "danger"),
        "accessibility_label": chars(75), "visible_to_user_ids": many(chars(30), 10),
    },
    "static_select": {**ACTION, **_CHOICES, "initial_option": OPTION},
    "multi_static_select": {
        **ACTION, **_CHOICES, "initial_options": many(OPTION, 100), "max_selected_items": number(1, 100),
    },
    "users_select": {**_PICK, "initial_user": chars(30)},
    "multi_users_select": {**_PICK, "initial_users": many(chars(30), 100), "max_selected_items": number(1, 100)},
    "conversations_select": {**_PICK, "initial_conversation": chars(30), "filter": anything},
    "channels_select": {**_PICK, "initial_channel": chars(30)},
    "radio_buttons": {**ACTION, **_TEN, "initial_option": OPTION},
    "checkboxes": {**ACTION, **_TEN, "initial_options": many(OPTION, 10)},
    "overflow": {**ACTION, "options*": many(OPTION, 5)},
    "datepicker": {**_PICK, "initial_date": chars(10)},
    "timepicker": {**_PICK, "initial_time": chars(5), "timezone": chars(64)},
    "plain_text_input": {
        **_PICK, "initial_value": chars(3000, 0), "multiline": flag, "min_length": number(0, 3000),
        "max_length": number(1, 3000), "dispatch_action_config": anything,
    },
    "rich_text_input": {
        **_PICK, "initial_value": anything, "min_lines": number(1, 100), "max_lines": number(1, 100),
    },
    "number_input": {
        **_PICK, "is_decimal_allowed*": flag, "initial_value": chars(30, 0), "min_value": chars(30),
        "max_value": chars(30),
    },
    "image": _IMAGE,
    "plain_text": {"text*": chars(3000), "emoji": flag},
    "mrkdwn": {"text*": chars(3000), "verbatim": flag},
    "feedback_buttons": {"action_id": chars(255), "positive_button*": _FEEDBACK, "negative_button*": _FEEDBACK},
    "icon_button": {**ACTION, "icon*": either("trash"), "text*": plain(75), "value": chars(2000, 0),
                    "accessibility_label": chars(75), "visible_to_user_ids": many(chars(30), 10)},
}  # fmt: skip
CHOOSERS = (*(kind for kind in ELEMENTS if kind.endswith(("select", "picker"))), "radio_buttons", "checkboxes")
ACTIVE = (*CHOOSERS, "button", "overflow")
INPUTS = (*CHOOSERS, "plain_text_input", "rich_text_input", "number_input")

_STYLE: Shape = {"style": named(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))}
_INLINE: Mapping[str, Shape] = {
    "text": {"text*": chars(12_000), **_STYLE},
    "link": {"url*": chars(3000), "text": chars(3000), "unsafe": flag, **_STYLE},
    "emoji": {"name*": chars(100), "unicode": chars(100), **_STYLE},
    "user": {"user_id*": chars(30), **_STYLE},
    "channel": {"channel_id*": chars(30), **_STYLE},
    "broadcast": {"range*": either("here", "channel", "everyone")},
    "date": {"timestamp*": number(0, 2**40), "format*": chars(255), "fallback": chars(255), "url": chars(3000)},
}
_RUN = many(any_of(_INLINE), 1000, 0)
_SECTION: Shape = {"elements*": _RUN}
_RICH: Mapping[str, Shape] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": {**_SECTION, "border": number(0, 1)},
    "rich_text_preformatted": {**_SECTION, "border": number(0, 1), "language": chars(30)},
    "rich_text_list": {
        "style*": either("bullet", "ordered"), "indent": number(0, 8), "border": number(0, 1),
        "offset": number(0, 1000), "elements*": many(any_of({"rich_text_section": _SECTION}), 1000),
    },
}  # fmt: skip
_CELL = any_of({
    "raw_text": {"text*": chars(10_000, 0)}, "raw_number": {"value*": anything, "text": chars(100)},
    "rich_text": {"elements*": many(any_of(_RICH), 100)},
})  # fmt: skip
_ID: Shape = {"block_id": chars(255)}


BLOCKS: Mapping[str, Shape] = {
    "section": {**_ID, "text": text(3000), "fields": many(text(2000), 10), "accessory": any_of(ELEMENTS, *ACTIVE,
                "image"), "expand": flag},
    "header": {**_ID, "text*": plain(150)},
    "divider": _ID,
    "context": {**_ID, "elements*": many(any_of(ELEMENTS, "image", "plain_text", "mrkdwn"), 10)},
    "actions": {**_ID, "elements*": many(any_of(ELEMENTS, *ACTIVE), 25)},
    "context_actions": {**_ID, "elements*": many(any_of(ELEMENTS, "feedback_buttons", "icon_button"), 5)},
    "input": {**_ID, "label*": plain(2000), "element*": any_of(ELEMENTS, *INPUTS), "hint": plain(2000),
              "optional": flag, "dispatch_action": flag},
    "image": {**_ID, **_IMAGE, "title": plain(2000)},
    "markdown": {**_ID, "text*": chars(12_000)},
    "rich_text": {**_ID, "elements*": many(any_of(_RICH), 1000)},
    "table": {**_ID, "rows*": many(many(_CELL, 20), 100), "column_settings": anything},
}  # fmt: skip

_VIEW: Shape = {"blocks*": anything, "callback_id": chars(255), "private_metadata": chars(3000, 0),
                "external_id": chars(255)}  # fmt: skip
VIEW_PARTS: Mapping[str, Shape] = {
    "home": _VIEW,
    "modal": {**_VIEW, "title*": plain(24), "submit": plain(24), "close": plain(24), "notify_on_close": flag,
              "clear_on_close": flag, "submit_disabled": flag},
}  # fmt: skip
