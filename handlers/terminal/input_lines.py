"""Where a person's lines come from: a pipe or a terminal without abilities here, a real terminal in prompt.py."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from io import StringIO
from typing import Protocol, TextIO

CONTINUED = "\\"
"""A line that ends with it goes on in the next."""

PASTED_WITHIN_S = 0.05
"""Lines that come closer than this were pasted: nobody types them."""
PASTED = "(several lines: Enter sends them as one) "
_ALONE = re.compile(r"[/@\[]|\d+$")
"""How a line begins that is no text: a command, a speaker, a button. It never takes more lines in."""


class Interrupted(Exception):  # noqa: N818  it is no error
    """Ctrl-C; `typed` is what stood in the line."""

    def __init__(self, typed: str) -> None:
        super().__init__()
        self.typed = typed


class InputLines(Protocol):
    """Asks for one message at a time.

    `leaves_typed`: what was typed stays on the screen. `prefills`: a default stands in the line, ready to be edited.
    """

    leaves_typed: bool
    prefills: bool

    async def ask(self, prompt: str, *, default: str = "", in_form: bool = False) -> str:
        """One message, which may have several lines. Raises EOFError when the person leaves, Interrupted on Ctrl-C."""
        ...

    def show_status(self, text: str) -> None:
        """Show a passing line; empty takes it away."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """Around what is printed while a person may be typing."""
        ...


class PlainLines:
    """Lines of a stream, read in a thread of their own so that nothing waits for them."""

    prefills = False

    def __init__(self, stream: TextIO, out: TextIO) -> None:
        self._out = out
        self.leaves_typed = stream.isatty()
        self._asking = ""
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        threading.Thread(
            target=self._read, args=(stream, asyncio.get_running_loop()), name="keyboard", daemon=True
        ).start()

    async def ask(self, prompt: str, *, default: str = "", in_form: bool = False) -> str:  # noqa: ARG002  a stream has one way
        """One message; an empty one means the default. The prompt is shown only to a person."""
        self._show_prompt(prompt)
        try:
            parts = [await self._next()]
            while parts[-1].endswith(CONTINUED):
                parts[-1] = parts[-1].removesuffix(CONTINUED)
                parts.append(await self._next())
            if self.leaves_typed and not _ALONE.match(parts[0]):
                await self._take_in_pasted(parts)
        finally:
            self._asking = ""
        return "\n".join(parts) or default

    def show_status(self, text: str) -> None:
        """Print the line once."""
        if text:
            with self.aside():
                self._write(f"{text}\n")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is printed begins a line of its own, and the prompt that stood there comes again after it."""
        if self._asking:
            self._write("\n")
        yield
        if self._asking:
            self._write(self._asking)

    async def _take_in_pasted(self, parts: list[str]) -> None:
        """Add the lines that came with the first, and one more: the last one of a paste may still lack its end."""
        await asyncio.sleep(PASTED_WITHIN_S)
        if self._lines.empty():
            return
        with suppress(EOFError):
            while not self._lines.empty():
                parts.append(await self._next())
                await asyncio.sleep(PASTED_WITHIN_S)
            self._show_prompt(PASTED)
            parts.append(await self._next())

    def _show_prompt(self, prompt: str) -> None:
        if self.leaves_typed:
            self._asking = prompt
            self._write(prompt)

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()

    async def _next(self) -> str:
        line = await self._lines.get()
        if not line:
            self._lines.put_nowait("")
            raise EOFError
        return line.rstrip("\r\n")

    def _read(self, stream: TextIO, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            line = stream.readline()
            try:
                loop.call_soon_threadsafe(self._lines.put_nowait, line)
            except RuntimeError:
                return  # the loop has ended: nobody reads any more
            if not line:
                return


def is_terminal() -> bool:
    """Whether a person sits at both ends; an end that was closed before the start is None."""
    return all(end is not None and end.isatty() for end in (sys.stdin, sys.stdout))


def piped() -> TextIO:
    """What comes in; nothing if that was closed before the start."""
    return sys.stdin if sys.stdin is not None else StringIO()
