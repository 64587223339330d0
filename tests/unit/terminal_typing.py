"""Somebody who types at a keyboard, line by line, and what they then see."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from zoneinfo import ZoneInfo

from rich.console import Console

from handlers.terminal.input_lines import Interrupted
from handlers.terminal.keyboard import Keyboard
from handlers.terminal.room import Room
from handlers.terminal.screen import Screen
from tests.unit.terminal_bot import SmallBot


class Typed:
    """InputLines from a list; `defaults` is what stood in each form field."""

    leaves_typed = False

    def __init__(self, lines: Sequence[str | Interrupted], *, prefills: bool = True) -> None:
        self.prefills = prefills
        self._lines = list(lines)
        self.defaults: list[str] = []

    async def ask(self, prompt: str, *, default: str = "", in_form: bool = False) -> str:
        if in_form:
            self.defaults.append(default)
        if not self._lines:
            raise EOFError(prompt)
        line = self._lines.pop(0)
        if isinstance(line, Interrupted):
            raise line
        return line

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()

    def show_status(self, text: str) -> None:
        raise AssertionError(text)


async def typed(
    room: Room, *lines: str | Interrupted, bot: SmallBot | None = None, prefills: bool = True
) -> tuple[SmallBot, str, Typed]:
    bot = bot or SmallBot(room)
    await bot.settle()
    out, source = io.StringIO(), Typed(lines, prefills=prefills)
    screen = Screen(room, ZoneInfo("Europe/Paris"), Console(file=out, width=100), lambda: 100)
    screen.redraw()
    stop = room.listen(screen.show)
    await Keyboard(room, bot, screen, source, next(iter(room.people.values())), ["note", "refuse", "tpm-help"]).run()
    stop()
    return bot, out.getvalue(), source
