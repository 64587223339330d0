"""Components as Discord checks them.

Every number is from discord.md 1 "Components v2", "Modals" and 2, or from docs: components/reference where the
reference is silent. What Discord does not know is refused here, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord_faults import invalid
from tests.servers.discord_text import nodes

Body = dict[str, Any]

MOST_COMPONENTS, MOST_TEXT_CHARS = 40, 4000
MOST_ROWS, MOST_MODAL_PARTS = 5, 5
ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = 1, 2, 3, 4, 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 17, 18, 19, 21, 22, 23
SELECTS = (3, 5, 6, 7, 8)
_IN_LABEL = (INPUT, *SELECTS, UPLOAD, RADIO, CHECKBOXES, CHECKBOX)
_V2_TOP = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a component may say. `texts`: name -> (least, most) characters; `must` are the names that it needs."""

    texts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


_CUSTOM = {"custom_id": (1, 100)}
_CHOICE = ("required", "min_values", "max_values", "disabled")
SHAPES: Mapping[int, Shape] = {
    ROW: Shape(must=("components",)),
    BUTTON: Shape({**_CUSTOM, "label": (1, 80), "url": (1, 512)}, ("style",), ("disabled", "emoji", "sku_id")),
    SELECT: Shape({**_CUSTOM, "placeholder": (0, 150)}, ("custom_id", "options"), _CHOICE),
    **{
        kind: Shape(
            {**_CUSTOM, "placeholder": (0, 150)}, ("custom_id",), (*_CHOICE, "default_values", "channel_types")
        )
        for kind in SELECTS[1:]
    },
    INPUT: Shape(
        {**_CUSTOM, "placeholder": (0, 100), "value": (0, 4000), "label": (1, 45)},
        ("custom_id", "style"), ("min_length", "max_length", "required"),
    ),
    SECTION: Shape(must=("components", "accessory")),
    TEXT: Shape({"content": (1, 4000)}, ("content",)),
    THUMBNAIL: Shape({"description": (0, 1024)}, ("media",), ("spoiler",)),
    GALLERY: Shape(must=("items",)),
    FILE: Shape(must=("file",), may=("spoiler", "name", "size")),
    SEPARATOR: Shape(may=("divider", "spacing")),
    CONTAINER: Shape(must=("components",), may=("accent_color", "spoiler")),
    LABEL: Shape({"label": (1, 45), "description": (0, 100)}, ("label", "component")),
    UPLOAD: Shape(_CUSTOM, ("custom_id",), ("required", "min_values", "max_values")),
    RADIO: Shape(_CUSTOM, ("custom_id", "options"), ("required",)),
    CHECKBOXES: Shape(_CUSTOM, ("custom_id", "options"), ("required", "min_values", "max_values")),
    CHECKBOX: Shape(_CUSTOM, ("custom_id",), ("default",)),
}  # fmt: skip
_CHILDREN: Mapping[int, tuple[int, int, tuple[int, ...]]] = {
    ROW: (1, 5, (BUTTON, *SELECTS, INPUT)),
    SECTION: (1, 3, (TEXT,)),
    CONTAINER: (1, MOST_COMPONENTS, (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)),
}
"""Kind -> least, most and kinds of its children."""
_OPTIONS = {SELECT: (1, 25), RADIO: (2, 10), CHECKBOXES: (1, 10)}


def check_message(components: Any, files: Sequence[str], *, v2: bool) -> None:
    """Components of a message. `files` are the names of its attachments. Raises No."""
    at = "components"
    if not isinstance(components, list):
        raise invalid(at, "must be a list")
    if not v2 and len(components) > MOST_ROWS:
        raise invalid(at, "classic messages take 5 rows")
    for number, each in enumerate(components):
        _check(each, f"{at}.{number}", _V2_TOP if v2 else (ROW,), modal=False)
    whole = list(nodes(components))
    if len(whole) > MOST_COMPONENTS:
        raise invalid(at, f"{len(whole)} components in the tree, 40 at most", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED")
    chars = sum(len(each["content"]) for each in whole if each["type"] == TEXT)
    if chars > MOST_TEXT_CHARS:
        raise invalid(at, f"{chars} characters of text, 4000 at most", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED")
    _check_unique(whole, at)
    for each in whole:
        if each["type"] == FILE and str(each["file"].get("url", "")).removeprefix("attachment://") not in files:
            raise invalid(at, "a file component names a file that is not attached")


def check_modal(data: Any) -> None:
    """The data of a modal. Raises No."""
    _check_text(data, "data", "title", 1, 45, must=True)
    _check_text(data, "data", "custom_id", 1, 100, must=True)
    parts = data.get("components")
    if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_MODAL_PARTS:
        raise invalid("data.components", "between 1 and 5 components")
    for number, each in enumerate(parts):
        _check(each, f"data.components.{number}", (LABEL, TEXT, ROW), modal=True)
    _check_unique(list(nodes(parts)), "data.components")


def _check(node: Any, at: str, kinds: tuple[int, ...], *, modal: bool) -> None:
    if not isinstance(node, dict) or node.get("type") not in kinds:
        raise invalid(f"{at}.type", f"one of {kinds}", "BASE_TYPE_CHOICES")
    kind = node["type"]
    shape = SHAPES[kind]
    if missing := [name for name in shape.must if node.get(name) is None]:
        raise invalid(f"{at}.{missing[0]}", "This field is required", "BASE_TYPE_REQUIRED")
    known = {"type", "id", *shape.must, *shape.may, *shape.texts}
    if unknown := sorted(node.keys() - known):
        raise invalid(at, f"unknown fields {unknown}: Discord would pass over them, so you may not know")
    for name, (least, most) in shape.texts.items():
        _check_text(node, at, name, least, most)
    _check_children(node, at, modal=modal)
    if kind in _RULES:
        _RULES[kind](node, at, modal)


def _check_children(node: Body, at: str, *, modal: bool) -> None:
    kind = node["type"]
    if kind in _CHILDREN:
        least, most, kinds = _CHILDREN[kind]
        children = node["components"]
        if not isinstance(children, list) or not least <= len(children) <= most:
            raise invalid(f"{at}.components", f"between {least} and {most} components", "BASE_TYPE_BAD_LENGTH")
        for number, each in enumerate(children):
            _check(each, f"{at}.components.{number}", kinds, modal=modal)
    if kind == SECTION:
        _check(node["accessory"], f"{at}.accessory", (BUTTON, THUMBNAIL), modal=modal)
    if kind == LABEL:
        _check(node["component"], f"{at}.component", _IN_LABEL, modal=modal)


def _row(node: Body, at: str, modal: bool) -> None:
    kinds = [each["type"] for each in node["components"]]
    if modal != (kinds == [INPUT]):
        raise invalid(f"{at}.components", "a row holds text inputs in modals, and nowhere else")
    if modal and not node["components"][0].get("label"):
        raise invalid(f"{at}.components.0.label", "This field is required", "BASE_TYPE_REQUIRED")
    if len(kinds) > 1 and set(kinds) != {BUTTON}:
        raise invalid(f"{at}.components", "five buttons or one select")


def _button(node: Body, at: str, _: bool) -> None:
    style = node["style"]
    if style not in range(1, 7):
        raise invalid(f"{at}.style", "between 1 and 6", "BASE_TYPE_CHOICES")
    needed = {5: "url", 6: "sku_id"}.get(style, "custom_id")
    for name in ("custom_id", "url", "sku_id"):
        if (node.get(name) is not None) != (name == needed):
            raise invalid(f"{at}.{name}", f"a button of style {style} has {needed} and no other address")
    if style != 6 and not node.get("label") and not node.get("emoji"):
        raise invalid(at, "a button needs a label or an emoji")


def _choices(node: Body, at: str, modal: bool) -> None:
    kind = node["type"]
    if kind in _OPTIONS:
        _check_options(node, at, *_OPTIONS[kind])
    least, most = node.get("min_values", 1), node.get("max_values", 1)
    if kind != RADIO and not (0 <= least <= 25 and 1 <= most <= 25 and least <= most):
        raise invalid(f"{at}.min_values", "between 0 and 25, and not above max_values")
    if kind == SELECT and most > len(node["options"]):
        raise invalid(f"{at}.max_values", "not more than there are options")
    if modal and node.get("disabled"):
        raise invalid(f"{at}.disabled", "a modal has no disabled components")
    if modal and node.get("required", True) and node.get("min_values") == 0:
        raise invalid(f"{at}.min_values", "at least 1 if it is required")


def _check_options(node: Body, at: str, least: int, most: int) -> None:
    options = node["options"]
    if not isinstance(options, list) or not least <= len(options) <= most:
        raise invalid(f"{at}.options", f"between {least} and {most} options", "BASE_TYPE_BAD_LENGTH")
    for number, option in enumerate(options):
        for name in ("label", "value"):
            _check_text(option, f"{at}.options.{number}", name, 1, 100, must=True)
        _check_text(option, f"{at}.options.{number}", "description", 0, 100)
    if twice := _twice(str(each["value"]) for each in options):
        raise invalid(f"{at}.options", f"value {twice} twice", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED")


def _input(node: Body, at: str, _: bool) -> None:
    least, most = node.get("min_length", 0), node.get("max_length", 4000)
    if node["style"] not in (1, 2) or not (0 <= least <= 4000 and 1 <= most <= 4000 and least <= most):
        raise invalid(at, "style 1 or 2; min_length 0 to 4000, max_length 1 to 4000")
    if len(node.get("value") or "") > most:
        raise invalid(f"{at}.value", "longer than max_length")


def _gallery(node: Body, at: str, _: bool) -> None:
    if not 1 <= len(node["items"]) <= 10:
        raise invalid(f"{at}.items", "between 1 and 10 items", "BASE_TYPE_BAD_LENGTH")


def _label(node: Body, at: str, _: bool) -> None:
    if node["component"].get("label") is not None:
        raise invalid(f"{at}.component.label", "the label stands on the Label")


_RULES: Mapping[int, Callable[[Body, str, bool], None]] = {
    ROW: _row, BUTTON: _button, INPUT: _input, GALLERY: _gallery, LABEL: _label, RADIO: _choices, CHECKBOXES: _choices,
    UPLOAD: _choices, **dict.fromkeys(SELECTS, _choices),
}  # fmt: skip


def _check_text(node: Any, at: str, name: str, least: int, most: int, *, must: bool = False) -> None:
    value = node.get(name) if isinstance(node, dict) else None
    if value is None:
        if must:
            raise invalid(f"{at}.{name}", "This field is required", "BASE_TYPE_REQUIRED")
        return
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise invalid(f"{at}.{name}", f"Must be between {least} and {most} in length.", "BASE_TYPE_BAD_LENGTH")


def _check_unique(whole: Sequence[Body], at: str) -> None:
    if twice := _twice(str(each["custom_id"]) for each in whole if each.get("custom_id")):
        raise invalid(at, f"custom_id {twice} twice", "COMPONENT_CUSTOM_ID_DUPLICATED")
    if twice := _twice(str(each["id"]) for each in whole if each.get("id")):
        raise invalid(at, f"id {twice} twice", "COMPONENT_ID_DUPLICATED")


def _twice(values: Iterator[str]) -> str | None:
    return next((value for value, times in Counter(values).items() if times > 1), None)
