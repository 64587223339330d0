"""A form at a keyboard: one question after the other, each with what stands there already."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bot.cards import ChoiceField, Field, Form, TextField
from bot.views.cut import cut
from handlers.terminal.forms import chosen, fault
from handlers.terminal.input_lines import InputLines, Interrupted
from handlers.terminal.screen import Screen

CANCEL = "/cancel"
INDENT_CHARS = 4
SHOWN_CHARS = 40
"""Of a choice that does not exist; the person has just typed it."""
_CANCELS = re.compile(rf"(?P<text>(?:.*\s)?){CANCEL}\s*", re.DOTALL)
"""The word alone or after a space: an answer may end in a path such as /orders/cancel."""


@dataclass(frozen=True, slots=True)
class LeftForm:
    """The person left the form; `line` is the command that they typed instead of a text, or empty."""

    line: str = ""


class _Leaving(Exception):  # noqa: N818  it is no error
    """Out of the form, with what stood in the field."""

    def __init__(self, text: str = "", line: str = "") -> None:
        super().__init__(line)
        self.text, self.line = text, line


@dataclass(frozen=True, slots=True)
class Desk:
    """What a form is filled at. `commands`: the words that leave a form and are obeyed, each with its slash."""

    lines: InputLines
    screen: Screen
    commands: Collection[str] = ()


async def fill(form: Form, desk: Desk, keep: Callable[[Mapping[str, str]], None]) -> dict[str, str] | LeftForm:
    """Field key -> value as typed, or how the person left it. Raises EOFError if they leave altogether.

    `keep` is called with what was typed so far, after each field and when the form is left. A form that came back with
    errors asks only the fields that are wrong.
    """
    wrong = [each for each in form.fields if each.key in form.errors]
    asked = wrong or list(form.fields)
    again = " to look at again, the rest is kept" if wrong else ""
    desk.screen.notice(
        f"{form.title}: {_count(len(asked))}{again}. Enter ends a part, {CANCEL} or any command leaves the form."
    )
    if form.intro:
        desk.screen.plain(form.intro)
    values: dict[str, str] = {}
    for number, field in enumerate(asked, start=1):
        try:
            values[field.key] = await _ask(field, f"{number}/{len(asked)}", form.errors.get(field.key), desk)
        except _Leaving as left:
            if isinstance(field, TextField) and left.text:
                keep({**values, field.key: left.text})
            return LeftForm(left.line)
        keep(values)
    return values


async def _ask(field: Field, number: str, error: str | None, desk: Desk) -> str:
    """Ask until the value may be sent."""
    desk.screen.plain(f"{number} {field.label}")
    if isinstance(field, ChoiceField):
        return await _ask_choice(field, error, desk)
    if field.hint:
        desk.screen.plain(field.hint, indent_chars=INDENT_CHARS)
    typed = field.value
    while True:
        if error:
            desk.screen.notice(error)
        typed = await _typed(typed, desk)
        error = fault(field, typed)
        if error is None:
            return typed


async def _ask_choice(field: ChoiceField, error: str | None, desk: Desk) -> str:
    while True:
        if error:
            desk.screen.notice(error)
        for number, (value, label) in enumerate(field.options, start=1):
            kept = " (Enter keeps this)" if value == field.value else ""
            desk.screen.plain(f"{number}. {label}{kept}", indent_chars=INDENT_CHARS)
        typed = await _typed("", desk)
        value = chosen(field, typed or field.value)
        if fault(field, value) is None:
            return value
        wrong = f"“{cut(typed, SHOWN_CHARS)}” is none of these." if typed else "This needs a choice."
        error = f"{wrong} Type the number of one:"


async def _typed(default: str, desk: Desk) -> str:
    """One text. Raises _Leaving on a command, on /cancel (which may follow a text), and on Ctrl-C."""
    if default and not desk.lines.prefills:
        desk.screen.plain(f"Enter keeps: {default}", indent_chars=INDENT_CHARS)
    try:
        typed = await desk.lines.ask("> ", default=default, in_form=True)
    except Interrupted as cut_off:
        raise _Leaving(cut_off.typed) from cut_off
    if left := _CANCELS.fullmatch(typed):
        raise _Leaving(left["text"].rstrip())
    added = typed.removeprefix(default)  # a command is typed behind the text that stands in the line
    if added.startswith("/") and "\n" not in added and added.split()[0] in {CANCEL, *desk.commands}:
        raise _Leaving(line=added.strip() if added.strip() != CANCEL else "")
    return typed


def _count(fields: int) -> str:
    return "one part" if fields == 1 else f"{fields} parts"
