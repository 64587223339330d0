"""What a typed line does, and where typed lines come from."""

from __future__ import annotations

import asyncio
import io
import os
import pty
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.commands import COMMANDS
from bot.inbound import Command, Deleted, Edited, Press, Said
from handlers.terminal.completion import suggestions
from handlers.terminal.input_lines import PASTED, Interrupted, PlainLines
from handlers.terminal.keyboard import Keyboard
from handlers.terminal.prompt import HISTORY_FILE, PromptLines
from handlers.terminal.room import Room
from handlers.terminal.screen import Screen
from tests.unit.terminal_bot import START, SmallBot
from tests.unit.terminal_typing import Typed, typed


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path)
    opened.join("asha", START, admin=True)
    yield opened
    opened.close()


async def test_plain_text_answers(room: Room) -> None:
    """Text goes to the newest thread as the current speaker's; @name says it as another, who comes in if new."""
    bot, _, _ = await typed(room, "an answer", "@ben another", "@ben", "a third", "@ASHA fourth")
    said = [(event.caller.name, event.text) for event in bot.events if isinstance(event, Said)]
    assert said == [("asha", "an answer"), ("ben", "another"), ("ben", "a third"), ("asha", "fourth")]


async def test_lines_keep_their_shape(room: Room) -> None:
    """A message of several lines keeps them, also behind a speaker's name."""
    bot, _, _ = await typed(room, "@ben one\n\n  two")
    [said] = bot.events
    assert isinstance(said, Said)
    assert said.text == "one\n\n  two"


async def test_verbs_and_buttons(room: Room) -> None:
    """Commands, edits, deletions, labels and numbers do what they say."""
    bot, _, _ = await typed(room, "hm", "/edit better", "/delete", "/note x", "[Hint]", "2")
    kinds = [type(event) for event in bot.events]
    assert kinds == [Said, Edited, Deleted, Command, Press, Press]
    assert [event.action for event in bot.events if isinstance(event, Press)] == ["hint", "hint"]


async def test_older_threads(room: Room) -> None:
    """@-1 answers in the thread of the post before, alone or behind a speaker's name."""
    bot = SmallBot(room)
    await bot.settle()
    bot.move_to(START.replace(day=24))
    await typed(room, "@-1 late", "@ben@-1 later", bot=bot)
    first = room.ref(room.posts()[0].id)
    assert [event.caller.thread for event in bot.events] == [first, first]


async def test_ctrl_c_clears_a_line_and_then_leaves(room: Room) -> None:
    """Ctrl-C takes a typed line away and says how to get it back; in an empty line it leaves."""
    bot, screen, _ = await typed(room, Interrupted("not yet"), "just text", Interrupted(""), "never read")
    assert "Not sent. The Up key brings it back" in screen
    assert len(bot.events) == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("99", "No button on the screen has the number 99."),
        ("[Nope]", "asha sees no button [Nope]."),
        ("/edit", "Write the new text after /edit."),
        ("/delete", "No message of asha stands."),
        ("/cancel", "No form is open"),
        ("@bot hi", "bot is the bot itself."),
        ("@-7 x", "There is 1 post"),
        ("/refuse", "Not today. Try /form."),
        ("note", "Did you mean /note? Nothing was sent."),
        ("exit", "Did you mean /exit? Nothing was sent."),
        ("?", "Did you mean /tpm-help? Nothing was sent."),
        ("/keys", "speaks as ben, who comes in if new"),
    ],
)
async def test_mistakes_are_answered(room: Room, line: str, words: str) -> None:
    """A line that cannot be obeyed is answered in words, and the next line works."""
    bot, screen, _ = await typed(room, line, "still here")
    assert words in screen
    assert isinstance(bot.events[-1], Said)


async def test_a_private_number_is_for_one(room: Room) -> None:
    """The number of a button on somebody else's private card is refused with the way to press it as them."""
    bot, screen, _ = await typed(room, "@ben /note x", "3", "@ben 3")
    assert "That button is for ben. Write @ben 3 to press it." in screen
    assert [event.caller.name for event in bot.events if isinstance(event, Press)] == ["ben"]


async def test_a_bot_in_trouble_loses_nothing(room: Room) -> None:
    """While the store is down a message stands and the person is told; it is brought again when the store is back."""
    bot = SmallBot(room)
    bot.down = True
    _, screen, _ = await typed(room, "keep this", "/note x", bot=bot)
    assert screen.count("The bot cannot take this in now (no Redis).") == 2
    bot.down = False
    keyboard = Keyboard(room, bot, Screen(room, ZoneInfo("UTC"), Console(file=io.StringIO()), lambda: 80), Typed([]),
                        room.join("asha", START))  # fmt: skip
    assert await keyboard.bring_waiting() == ""
    [said] = bot.events
    assert isinstance(said, Said)
    assert said.text == "keep this"


async def test_a_fault_of_the_bot_ends_nothing(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """An unforeseen error is logged and said, is not met again at the next start, and the next line works."""

    class Broken(SmallBot):
        async def dispatch(self, event: object) -> None:
            if isinstance(event, Said) and event.text == "boom":
                raise ZeroDivisionError
            await super().dispatch(event)  # type: ignore[arg-type]  # only inbound events come

    bot, screen, _ = await typed(room, "boom", "fine", bot=Broken(room))
    assert "Something in the bot broke" in screen
    assert "ZeroDivisionError" in caplog.text
    assert len(bot.events) == 1
    assert not room.waiting()


async def test_a_pipe_is_read_in_lines() -> None:
    """Lines of a pipe come one by one, a backslash at the end joins two, and the end of the pipe is the end."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream, os.fdopen(writing, "w") as pipe:
        pipe.write("one\ntwo\\\nthree\n\nlast")
        pipe.close()
        lines = PlainLines(stream, io.StringIO())
        got = [await lines.ask("> ") for _ in range(2)]
        assert got == ["one", "two\nthree"]
        assert await lines.ask("> ", default="kept") == "kept"
        assert await lines.ask("> ") == "last"
        with pytest.raises(EOFError):
            await lines.ask("> ")


@asynccontextmanager
async def plain_terminal() -> AsyncIterator[tuple[PlainLines, TextIO, io.StringIO]]:
    """A terminal without abilities: its lines, the keyboard's end of it, and what was printed."""
    keyboard, far_end = pty.openpty()
    out = io.StringIO()
    with os.fdopen(far_end) as stream, os.fdopen(keyboard, "w") as keys:
        lines = PlainLines(stream, out)
        yield lines, keys, out
        keys.write("\x04")
        keys.flush()
        with pytest.raises(EOFError):
            await asyncio.wait_for(lines.ask("> "), 20)


async def test_a_paste_into_a_plain_terminal_is_one_message() -> None:
    """Lines that come at once are one message, ended by one more Enter; a command is never joined."""
    async with plain_terminal() as (lines, keys, out):
        keys.write("one\n\ntwo\nthr")
        keys.flush()
        asking = asyncio.create_task(lines.ask("> "))
        await until(lambda: PASTED in out.getvalue())
        keys.write("ee\n")
        keys.flush()
        assert await asyncio.wait_for(asking, 20) == "one\n\ntwo\nthree"
        keys.write("/tpm-help\n/quit\n")
        keys.flush()
        assert [await asyncio.wait_for(lines.ask("> "), 20) for _ in range(2)] == ["/tpm-help", "/quit"]


async def test_what_comes_while_a_plain_terminal_asks_has_lines_of_its_own() -> None:
    """What is printed beside a standing prompt begins a new line, and the prompt comes again after it."""
    async with plain_terminal() as (lines, keys, out):
        asking = asyncio.create_task(lines.ask("asha> "))
        await until(lambda: out.getvalue() == "asha> ")
        lines.show_status("reading")
        assert out.getvalue() == "asha> \nreading\nasha> "
        keys.write("text\n")
        keys.flush()
        assert await asyncio.wait_for(asking, 20) == "text"
        lines.show_status("done")
        assert out.getvalue().endswith("asha> done\n")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("hello\r", "hello"),
        ("one\\\rtwo\r", "one\ntwo"),
        ("\x1b[200~pasted\nlines\x1b[201~\r", "pasted\nlines"),
        ("/tpm-st\t\r\r", "/tpm-streak"),
        ("[A\t\r\r", "[Answer]"),
    ],
)
async def test_a_terminal_is_read_by_keys(room: Room, tmp_path: Path, keys: str, message: str) -> None:
    """Enter sends, a backslash or a paste makes lines, and Tab completes a command or a button."""
    await SmallBot(room).settle()
    asha = room.join("asha", START)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()) as session:
        lines = PromptLines(
            tmp_path, lambda text: suggestions(text, room=room, commands=COMMANDS, speaker=asha), lambda: "hint"
        )
        asking = asyncio.create_task(lines.ask("asha> "))
        before, tab, after = keys.partition("\t")
        pipe.send_text(before)
        if tab:
            await until(lambda: session.app is not None and session.app.current_buffer.complete_state is not None)
            pipe.send_text(tab)
            await until(lambda: session.app is not None and session.app.current_buffer.text == message)
            pipe.send_text(after)
        assert await asyncio.wait_for(asking, 20) == message
    assert message.splitlines()[0] in (tmp_path / HISTORY_FILE).read_text()


async def test_ctrl_c_keeps_what_was_typed(tmp_path: Path) -> None:
    """Ctrl-C hands over what stood in the line and keeps it in the history."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        lines = PromptLines(tmp_path, lambda _: [], lambda: "hint")
        pipe.send_text("half a thought\x03")
        with pytest.raises(Interrupted) as cut_off:
            await asyncio.wait_for(lines.ask("asha> "), 20)
    assert cut_off.value.typed == "half a thought"
    assert "half a thought" in (tmp_path / HISTORY_FILE).read_text()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  prompt_toolkit tells nobody
            await asyncio.sleep(0.01)


def test_completion_knows_commands_people_and_buttons(room: Room) -> None:
    """Commands, verbs, choices, arguments, people and labels are offered where they fit, and nothing inside text."""
    asha = room.join("asha", START)

    def offered(text: str) -> list[str]:
        return [what for what, _, _ in suggestions(text, room=room, commands=COMMANDS, speaker=asha)]

    assert "/tpm-streak" in offered("/tpm-s")
    assert offered("/qu") == ["/quit"]
    assert offered("@as") == ["@asha "]
    assert offered("@ben /tpm-str") == ["/tpm-streak"]
    assert "post-now" in offered("/tpm-admin ")
    assert offered("/tpm-admin po") == ["post-now"]
    assert "zone=" in offered("/tpm-admin schedule z")
    assert offered("/tpm-feedback ") == ["again"]
    assert offered("an answer /tpm-") == []
    assert offered("@ben some text") == []
    assert offered("") == []
