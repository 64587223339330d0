"""What a platform checks before a form may be sent: lengths and choices."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import ChoiceField, Field, Form


def chosen(field: Field, text: str) -> str:
    """What `text` means for this field: an option may be named by value, label (any case) or number."""
    if not isinstance(field, ChoiceField):
        return text
    for number, (value, label) in enumerate(field.options, start=1):
        if text == value or text.strip().casefold() in (label.casefold(), str(number)):
            return value
    return text


def fault(field: Field, value: str) -> str | None:
    """What keeps `value` from being sent, for the person who typed it; None if nothing does."""
    if isinstance(field, ChoiceField):
        labels = [label for _, label in field.options]
        known = any(value == each for each, _ in field.options)
        return None if known else f"Choose one of: {', '.join(labels)}."
    length = len(value)
    if length < field.fewest_chars:
        return f"At least {field.fewest_chars} characters; this has {length}." if value else "This needs an answer."
    if length > field.most_chars:
        return f"At most {field.most_chars:,} characters; this has {length:,}."
    return None


def faults(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """Field key -> what keeps the form from being sent."""
    found = {each.key: fault(each, values[each.key]) for each in form.fields}
    return {key: wrong for key, wrong in found.items() if wrong is not None}
