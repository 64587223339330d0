"""Where a person's lines come from: a pipe or a terminal without abilities here, a real terminal in prompt.py."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Protocol, TextIO

CONTINUED = "\\"
"""A line that ends with it goes on in the next."""


class InputLines(Protocol):
    """Asks for one message at a time. `leaves_typed`: what was typed stays on the screen."""

    leaves_typed: bool

    async def ask(self, prompt: str, *, default: str = "", in_form: bool = False) -> str:
        """One message, which may have several lines. Raises EOFError when the person leaves."""
        ...

    def show_status(self, text: str) -> None:
        """Show a passing line; empty takes it away."""
        ...


class PlainLines:
    """Lines of a stream, read in a thread of their own so that nothing waits for them."""

    def __init__(self, stream: TextIO, out: TextIO) -> None:
        self._out = out
        self.leaves_typed = stream.isatty()
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        threading.Thread(
            target=self._read, args=(stream, asyncio.get_running_loop()), name="keyboard", daemon=True
        ).start()

    async def ask(self, prompt: str, *, default: str = "", in_form: bool = False) -> str:  # noqa: ARG002  a stream has one way
        """One message; an empty one means the default. The prompt is shown only to a person."""
        if self.leaves_typed:
            self._out.write(prompt)
            self._out.flush()
        parts = [await self._next()]
        while parts[-1].endswith(CONTINUED):
            parts[-1] = parts[-1].removesuffix(CONTINUED)
            parts.append(await self._next())
        return "\n".join(parts) or default

    def show_status(self, text: str) -> None:
        """Print the line once."""
        if text:
            self._out.write(f"{text}\n")
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
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()
