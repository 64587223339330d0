"""A form at a keyboard: one question after the other, each with what stands there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.cards import ChoiceField, Field, Form
from handlers.terminal.forms import chosen, fault
from handlers.terminal.input_lines import InputLines
from handlers.terminal.screen import Screen

CANCEL = "/cancel"
INDENT_CHARS = 4


async def fill(
    form: Form, lines: InputLines, screen: Screen, keep: Callable[[Mapping[str, str]], None]
) -> dict[str, str] | None:
    """Field key -> value as typed; None if the person leaves it. Raises EOFError if they leave altogether.

    `keep` is called with what was typed so far, after each field. A form that came back with errors asks only the
    fields that are wrong.
    """
    wrong = [each for each in form.fields if each.key in form.errors]
    asked = wrong or list(form.fields)
    again = " to look at again, the rest is kept" if wrong else ""
    screen.notice(f"{form.title}: {_count(len(asked))}{again}. Enter ends a part, {CANCEL} leaves the form.")
    if form.intro:
        screen.plain(form.intro)
    values: dict[str, str] = {}
    for number, field in enumerate(asked, start=1):
        value = await _ask(field, f"{number}/{len(asked)}", form.errors.get(field.key), lines, screen)
        if value is None:
            return None
        values[field.key] = value
        keep(values)
    return values


async def _ask(field: Field, number: str, error: str | None, lines: InputLines, screen: Screen) -> str | None:
    """Ask until the value may be sent; /cancel may follow a text that stood there already."""
    screen.plain(f"{number} {field.label}")
    default = "" if isinstance(field, ChoiceField) else field.value
    if isinstance(field, ChoiceField):
        for position, (value, label) in enumerate(field.options, start=1):
            screen.plain(
                f"{position}. {label}{' (Enter keeps this)' if value == field.value else ''}", indent_chars=INDENT_CHARS
            )
    elif field.hint:
        screen.plain(field.hint, indent_chars=INDENT_CHARS)
    while True:
        if error:
            screen.notice(error)
        typed = await lines.ask("> ", default=default, in_form=True)
        if typed.rstrip().endswith(CANCEL):
            return None
        value = chosen(field, typed or field.value) if isinstance(field, ChoiceField) else typed
        error = fault(field, value)
        if error is None:
            return value
        default = "" if isinstance(field, ChoiceField) else typed


def _count(fields: int) -> str:
    return "one part" if fields == 1 else f"{fields} parts"
