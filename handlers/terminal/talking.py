"""The way in for a person: a room on the screen, a keyboard, and the bot between them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import tzinfo
from pathlib import Path
from shutil import get_terminal_size

from rich.console import Console

from bot.commands.spec import CommandSpec
from handlers.terminal.completion import suggestions
from handlers.terminal.files import keep_file
from handlers.terminal.host import Host
from handlers.terminal.input_lines import InputLines, PlainLines, is_terminal, piped
from handlers.terminal.keyboard import Keyboard
from handlers.terminal.messages import Happened, Kind, Person
from handlers.terminal.room import Room
from handlers.terminal.screen import Screen


async def talk(
    host: Host, room: Room, zone: tzinfo, *, folder: Path, commands: Sequence[CommandSpec] = (), first: str = "asha"
) -> None:
    """Let people at this keyboard use the room until they leave.

    The first person of the room speaks; in an empty room that is `first`, its admin. `folder` takes the history and the
    files that the bot sends; `zone` is for the times shown. At a pipe it ends when the pipe does and all work is done.
    """
    speaker = next(iter(room.people.values()), None) or room.join(first, host.now(), admin=True)
    console, source = Console(highlight=False), piped()
    screen = Screen(room, zone, console, lambda: get_terminal_size().columns)
    lines, patched = (
        _prompt(folder, room, commands, lambda: keyboard.speaker)
        if is_terminal() and not console.is_dumb_terminal
        else (PlainLines(source, sys.stdout), nullcontext())
    )
    keyboard = Keyboard(room, host, screen, lines, speaker, [each.name for each in commands])
    with ExitStack() as closing:
        closing.enter_context(patched)
        screen.redraw()
        screen.plain(welcome(room, speaker))
        closing.callback(room.listen(lambda happened: _show(happened, screen, lines, folder)))
        closing.callback(room.listen_status(lines.show_status))
        if why := await keyboard.bring_waiting():
            screen.notice(f"The bot cannot be reached yet ({why}); what you write is kept and brought to it.")
        await keyboard.run()
        if not source.isatty():
            await host.settle()


def welcome(room: Room, speaker: Person) -> str:
    """What a newcomer can do now, in three lines."""
    now = (
        "Type your answer to the question and press Enter, or [Answer] for a form."
        if room.posts()
        else "There is no question yet: /tpm-admin post-now posts one."
    )
    return (
        f"This is #{room.channel}, a study group in your terminal. You are {speaker.name}.\n{now}\n"
        "/tpm-help lists the commands, /keys the rest. /quit leaves, all is kept."
    )


def _prompt(
    folder: Path, room: Room, commands: Sequence[CommandSpec], speaker: Callable[[], Person]
) -> tuple[InputLines, AbstractContextManager[None]]:
    from prompt_toolkit.patch_stdout import patch_stdout

    from handlers.terminal.prompt import PromptLines

    def suggest(text: str) -> list[tuple[str, int, str]]:
        return list(suggestions(text, room=room, commands=commands, speaker=speaker()))

    def hint() -> str:
        return f"{speaker().name} in #{room.channel}   /tpm-help   /keys   /quit"

    return PromptLines(folder, suggest, hint), patch_stdout(raw=True)


def _show(happened: Happened, screen: Screen, lines: InputLines, folder: Path) -> None:
    if happened.message is None:
        return
    with lines.aside():
        screen.show(happened)
        if happened.kind is Kind.FILE and happened.message.card is not None:
            screen.notice(keep_file(folder, happened.message.id, happened.message.card))
