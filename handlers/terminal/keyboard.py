"""Somebody at the keyboard: what each typed line does."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.errors import Refusal, Trouble
from handlers.terminal.filling import fill
from handlers.terminal.host import Host
from handlers.terminal.input_lines import InputLines
from handlers.terminal.messages import Person
from handlers.terminal.room import Room
from handlers.terminal.screen import Screen
from handlers.terminal.script import BOT_NAME, NAME
from handlers.terminal.session import Session

log = logging.getLogger(__name__)

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
    ("/quit, Ctrl-D", "leaves; everything is kept"),
)

_SPEAKER = re.compile(rf"@(?P<name>(?!-\d){NAME}?)(?P<back>@-\d+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,4}")
_LABEL = re.compile(r"\[[^\[\]\n]+\]")
_BACK = re.compile(r"@-(?P<back>\d{1,3})\s+(?P<text>.*)", re.DOTALL)


class Keyboard:
    """One keyboard, at which several people may speak in turn."""

    def __init__(self, room: Room, host: Host, screen: Screen, lines: InputLines, speaker: Person) -> None:
        self.speaker = speaker
        self.session = Session(room, host)
        self._room, self._host, self._screen, self._lines = room, host, screen, lines

    async def run(self) -> None:
        """Obey lines until the person leaves. A form that was open when they left, or were cut off, comes first."""
        bringing = asyncio.create_task(self._bring_again())
        try:
            await self._guarded(lambda: self._ask_forms(self.speaker))
            while await self._obey((await self._lines.ask(f"{self.speaker.name}> ")).strip()):
                pass
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

    async def _obey(self, line: str) -> bool:
        """Do what one message says; False to leave."""
        if line == "/quit":
            return False
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
        if line:
            await self._guarded(lambda: self._act(person, line))
            await self._guarded(lambda: self._ask_forms(person))
        return True

    async def _act(self, person: Person, line: str) -> None:
        verb, _, rest = line.partition(" ")
        if not self._lines.leaves_typed and (line.startswith("/") or _NUMBER.fullmatch(line) or _LABEL.fullmatch(line)):
            self._screen.typed(person.name, line)
        match verb:
            case "/keys":
                self._screen.pairs(KEYS)
            case "/cancel":
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

    async def _ask_forms(self, person: Person) -> None:
        """Ask the form that is open to the person, and again if it comes back."""
        while (opened := self._room.forms.get(person.id)) is not None:
            values = await fill(opened.form, self._lines, self._screen, lambda typed: self.session.keep(person, typed))
            if values is None:
                await self.session.cancel(person)
                self._screen.notice(
                    "You left the form; nothing was sent. Finished parts are there when you open it again."
                )
                return
            await self.session.submit(person, values)

    async def _guarded(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it; whatever goes wrong becomes a line on the screen, but the end of input. This is the handler's edge."""
        try:
            await act()
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

    async def _bring_again(self) -> None:
        while True:
            await asyncio.sleep(BRING_AGAIN_EVERY_S)
            if self._room.waiting():
                await self.bring_waiting()
