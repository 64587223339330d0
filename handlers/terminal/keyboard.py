"""Somebody at the keyboard: what each typed line does."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Collection
from contextlib import suppress
from typing import TypeVar

from bot.errors import Refusal, Trouble
from handlers.terminal.filling import CANCEL, Desk, LeftForm, fill
from handlers.terminal.host import Host
from handlers.terminal.input_lines import InputLines, Interrupted
from handlers.terminal.messages import Person
from handlers.terminal.room import Room
from handlers.terminal.screen import Screen
from handlers.terminal.script import BOT_NAME, NAME
from handlers.terminal.session import Session

log = logging.getLogger(__name__)

T = TypeVar("T")

BRING_AGAIN_EVERY_S = 5.0
"""How often the bot is brought what it could not take in."""

KEYS = (
    ("text", "answers in the thread of the newest post; a line that ends with \\ goes on"),
    ("@-1 text", "the same in the thread of the post before"),
    ("1 or [Answer]", "presses that button"),
    ("/tpm-help", "lists the commands; Tab completes one"),
    ("/edit text", "gives your newest message a new text"),
    ("/delete", "removes your newest message"),
    ("@ben text", "speaks as ben, who comes in if new; @ben alone makes you ben"),
    ("in a form", "/cancel or a command leaves it; with a space before its slash, a command is text"),
    ("/quit, Ctrl-D", "leaves; everything is kept"),
)
QUIT = ("/quit", "/exit")
LOCAL = ("/edit", "/delete", "/keys", *QUIT)
"""What is obeyed here, beside the bot's commands."""

_MEANT = {"help": "/tpm-help", "?": "/tpm-help"}
"""What newcomers type at first; a command without its slash is seen by itself."""

LEFT_FORM = "You left the form; nothing was sent. An answer or a review that you began is kept for next time."
AS_TEXT = "To write a command as text, begin with a space."
NOT_SENT = "Not sent. The Up key brings it back; Ctrl-C in an empty line leaves."

_SPEAKER = re.compile(rf"@(?P<name>(?!-\d){NAME}?)(?P<back>@-\d+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,4}")
_LABEL = re.compile(r"\[[^\[\]\n]+\]")
_BACK = re.compile(r"@-(?P<back>\d{1,3})\s+(?P<text>.*)", re.DOTALL)


class Keyboard:
    """One keyboard, at which several people may speak in turn. `commands`: the bot's, by name, without the slash."""

    def __init__(
        self, room: Room, host: Host, screen: Screen, lines: InputLines, speaker: Person, commands: Collection[str] = ()
    ) -> None:
        self.speaker = speaker
        self.session = Session(room, host)
        self._room, self._host, self._screen, self._lines = room, host, screen, lines
        self._desk = Desk(lines, screen, frozenset({*LOCAL, *(f"/{name}" for name in commands)}))

    async def run(self) -> None:
        """Obey lines until the person leaves. A form that was open when they left, or were cut off, comes first."""
        bringing = asyncio.create_task(self._bring_again())
        try:
            going_on = await self._do(self.speaker, await self._ask_forms(self.speaker))
            while going_on:
                going_on = await self._ask_one()
        except (EOFError, KeyboardInterrupt):
            pass
        finally:
            bringing.cancel()
            with suppress(asyncio.CancelledError):
                await bringing

    async def bring_waiting(self) -> str:
        """Bring the bot what it could not take in before; why that fails again, or an empty text."""
        try:
            await self.session.deliver_waiting()
        except Trouble as trouble:
            return str(trouble)
        except Exception as error:
            log.exception("what was written earlier could not be handled")
            return type(error).__name__
        return ""

    async def _ask_one(self) -> bool:
        try:
            line = await self._lines.ask(f"{self.speaker.name}> ")
        except Interrupted as cut_off:
            if cut_off.typed.strip():
                self._screen.notice(NOT_SENT)
            return bool(cut_off.typed.strip())
        return await self._obey(line.strip())

    async def _obey(self, line: str) -> bool:
        """Do what one message says; False to leave."""
        person = self.speaker
        spoken = _SPEAKER.fullmatch(line)
        if spoken is not None:
            if spoken["name"].casefold() == BOT_NAME:
                self._screen.notice("bot is the bot itself. Choose another name.")
                return True
            person = self._room.join(spoken["name"], self._host.now())
            line = f"{spoken['back'] or ''} {spoken['rest'] or ''}".strip()
            if not line:
                self.speaker = person
        return await self._do(person, line)

    async def _do(self, person: Person, line: str) -> bool:
        """Do it, and what a form that it opened was left for; False to leave."""
        while line and line not in QUIT:
            await self._guarded(self._act(person, line))
            line = await self._ask_forms(person)
        return not line

    async def _act(self, person: Person, line: str) -> None:
        verb, _, rest = line.partition(" ")
        if not self._lines.leaves_typed and (line.startswith("/") or _NUMBER.fullmatch(line) or _LABEL.fullmatch(line)):
            self._screen.typed(person.name, line)
        match verb:
            case "/keys":
                self._screen.pairs(KEYS)
            case _ if line == CANCEL:
                raise Refusal("No form is open, so there is nothing to leave.")
            case "/edit" if rest.strip():
                await self.session.edit(person, rest.strip())
            case "/edit":
                raise Refusal("Write the new text after /edit.")
            case "/delete":
                await self.session.delete(person)
            case _ if _NUMBER.fullmatch(line):
                await self._press_number(person, int(line))
            case _ if _LABEL.fullmatch(line):
                await self.session.press(person, line[1:-1])
            case _ if line.startswith("/"):
                await self.session.command(person, line)
            case _:
                await self._say(person, line)

    async def _say(self, person: Person, line: str) -> None:
        meant = _MEANT.get(line, f"/{line}")
        if meant in self._desk.commands:
            raise Refusal(f"Did you mean {meant}? Nothing was sent.")
        back = _BACK.fullmatch(line)
        await self.session.say(person, back["text"] if back else line, back=int(back["back"]) if back else 0)

    async def _press_number(self, person: Person, number: int) -> None:
        drawn = self._screen.button(number)
        if drawn is None:
            raise Refusal(f"No button on the screen has the number {number}.")
        message, button = drawn
        if not message.seen_by(person.id):
            name = self._room.name_of(message.to)
            raise Refusal(f"That button is for {name}. Write @{name} {number} to press it.")
        now = self._room.messages[message.id]
        if now.deleted_at is not None or now.card is None or button not in now.card.buttons:
            raise Refusal(f"The button {number} [{button.label}] is gone.")
        await self.session.press_on(person, now, button)

    async def _ask_forms(self, person: Person) -> str:
        """Ask the form that is open to the person; the command that it was left for, or empty."""
        return await self._guarded(self._fill_forms(person)) or ""

    async def _fill_forms(self, person: Person) -> str:
        """Until the bot has taken the form: it may send it back."""
        while (opened := self._room.forms.get(person.id)) is not None:
            values = await fill(opened.form, self._desk, lambda typed: self.session.keep(person, typed))
            if isinstance(values, LeftForm):
                await self.session.cancel(person)
                self._screen.notice(f"{LEFT_FORM} {AS_TEXT}" if values.line else LEFT_FORM)
                return values.line
            await self.session.submit(person, values)
        return ""

    async def _guarded(self, act: Awaitable[T]) -> T | None:
        """Do it; whatever goes wrong becomes a line on the screen, but the end of input. This is the handler's edge."""
        try:
            return await act
        except Refusal as refusal:
            self._screen.notice(str(refusal))
        except Trouble as trouble:
            self._screen.notice(
                f"The bot cannot take this in now ({trouble}). A message stands and is brought to it again until it "
                "does; anything else: try again in a moment."
            )
        except EOFError:
            raise
        except Exception:
            log.exception("what was typed could not be handled")
            self._screen.notice("Something in the bot broke; what you wrote in the thread stands. The log says more.")
        return None

    async def _bring_again(self) -> None:
        while True:
            await asyncio.sleep(BRING_AGAIN_EVERY_S)
            if self._room.waiting():
                await self.bring_waiting()
