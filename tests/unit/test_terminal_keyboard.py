"""What a typed line does, and where typed lines come from."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.commands import COMMANDS
from bot.inbound import Command, Deleted, Edited, Left, Press, Said, Submission
from handlers.terminal.completion import suggestions
from handlers.terminal.input_lines import PlainLines
from handlers.terminal.keyboard import Keyboard
from handlers.terminal.prompt import HISTORY_FILE, PromptLines
from handlers.terminal.room import Room
from handlers.terminal.screen import Screen
from tests.unit.terminal_bot import START, SmallBot


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path)
    opened.join("asha", START, admin=True)
    yield opened
    opened.close()


class Typed:
    """InputLines from a list; `defaults` is what stood in each form field."""

    leaves_typed = False

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = list(lines)
        self.defaults: list[str] = []

    async def ask(self, prompt: str, *, default: str = "", in_form: bool = False) -> str:
        if in_form:
            self.defaults.append(default)
        if not self._lines:
            raise EOFError(prompt)
        return self._lines.pop(0)

    def show_status(self, text: str) -> None:
        raise AssertionError(text)


async def typed(room: Room, *lines: str, bot: SmallBot | None = None) -> tuple[SmallBot, str, Typed]:
    bot = bot or SmallBot(room)
    await bot.settle()
    out, source = io.StringIO(), Typed(lines)
    screen = Screen(room, ZoneInfo("Europe/Paris"), Console(file=out, width=100), lambda: 100)
    screen.redraw()
    stop = room.listen(screen.show)
    await Keyboard(room, bot, screen, source, next(iter(room.people.values()))).run()
    stop()
    return bot, out.getvalue(), source


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


async def test_a_form_is_asked_field_by_field(room: Room) -> None:
    """A form asks each field with what stands in it; an option may be named by number, and Enter keeps one."""
    bot, _, source = await typed(room, "1", "my frame", "my way", "2", "[Answer]", "again", "", "")
    sent = [event.values for event in bot.events if isinstance(event, Submission)]
    assert sent == [{"s1": "my frame", "s2": "my way", "mood": "2"}, {"s1": "again", "s2": "", "mood": "1"}]
    assert source.defaults == ["", "from the draft", ""] * 2


async def test_what_cannot_be_sent_is_asked_again(room: Room) -> None:
    """A text that is too short and an option that does not exist are asked again with the reason."""
    bot, screen, source = await typed(room, "1", "", "x", "fine", "", "9", "1")
    assert "This needs an answer." in screen
    assert "At least 2 characters; this has 1." in screen
    assert "Choose one of: Not sure, Sure." in screen
    assert source.defaults[2] == "x"
    assert isinstance(bot.events[-1], Submission)


async def test_a_form_that_came_back_asks_what_is_wrong(room: Room) -> None:
    """A form that the bot sends back asks only the wrong field again, with its error, and keeps the rest."""
    bot, screen, _ = await typed(room, "1", "wrong", "my way", "2", "right")
    assert "That is wrong." in screen
    last = bot.events[-1]
    assert isinstance(last, Submission)
    assert last.values == {"s1": "right", "s2": "my way", "mood": "2"}


async def test_a_form_can_be_left(room: Room) -> None:
    """/cancel, also after a text that stood there, leaves the form; what was typed goes to the bot to keep."""
    bot, screen, _ = await typed(room, "1", "mine", "from the draft /cancel", "just text")
    assert "nothing was sent" in screen
    assert [type(event) for event in bot.events] == [Press, Left, Said]
    left = bot.events[1]
    assert isinstance(left, Left)
    assert left.values["s1"] == "mine"
    assert room.forms == {}


async def test_a_form_outlives_its_program(room: Room) -> None:
    """A form that was open at the end of the program is asked first at the next start, with what was typed so far."""
    bot, screen, _ = await typed(room, "1", "mine")
    assert "broke" not in screen
    room.reload()
    bot, _, source = await typed(room, "mine", "my way", "2", bot=bot)
    assert source.defaults == ["mine", "from the draft", ""]
    last = bot.events[-1]
    assert isinstance(last, Submission)
    assert last.values == {"s1": "mine", "s2": "my way", "mood": "2"}


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
