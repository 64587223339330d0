"""A form at the keyboard: how it is filled, sent and left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cards import Reply
from bot.inbound import Command, Inbound, Left, Press, Said, Submission
from handlers.terminal.input_lines import Interrupted
from handlers.terminal.room import Room
from tests.unit.terminal_bot import START, SmallBot
from tests.unit.terminal_typing import typed


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path)
    opened.join("asha", START, admin=True)
    yield opened
    opened.close()


async def test_a_form_is_asked_field_by_field(room: Room) -> None:
    """A form asks each field with what stands in it; an option may be named by number, and Enter keeps one."""
    bot, _, source = await typed(room, "1", "my frame", "my way", "2", "[Answer]", "again", "", "")
    sent = [event.values for event in bot.events if isinstance(event, Submission)]
    assert sent == [{"s1": "my frame", "s2": "my way", "mood": "2"}, {"s1": "again", "s2": "", "mood": "1"}]
    assert source.defaults == ["", "from the draft", ""] * 2


async def test_what_cannot_be_sent_is_asked_again(room: Room) -> None:
    """A text that is too short and an option that does not exist are asked again, the options one a line."""
    bot, screen, source = await typed(room, "1", "", "x", "fine", "", "9", "1")
    assert "This needs an answer." in screen
    assert "At least 2 characters; this has 1." in screen
    assert "“9” is none of these. Type the number of one:\n    1. Not sure (Enter keeps this)\n    2. Sure\n" in screen
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


async def test_a_command_leaves_the_form_and_is_obeyed(room: Room) -> None:
    """A known command typed into a form leaves it with what was typed so far kept, says so, and is then obeyed."""
    bot, screen, _ = await typed(room, "1", "mine", "/note x", "just text")
    assert "You left the form; nothing was sent." in screen
    assert [type(event) for event in bot.events] == [Press, Left, Command, Said]
    left, command = bot.events[1:3]
    assert isinstance(left, Left)
    assert isinstance(command, Command)
    assert (left.values["s1"], command.name, command.text) == ("mine", "note", "x")
    assert room.forms == {}


async def test_a_command_in_the_form_of_another_is_theirs(room: Room) -> None:
    """A command typed into the form of somebody who was spoken for is obeyed as theirs."""
    bot, _, _ = await typed(room, "@ben 1", "/note x")
    last = bot.events[-1]
    assert isinstance(last, Command)
    assert last.caller.name == "ben"


@pytest.mark.parametrize(("typed_on", "then"), [("/note x", [Command]), ("/cancel", [])])
async def test_a_command_behind_a_draft_leaves_the_form(room: Room, typed_on: str, then: list[type[Inbound]]) -> None:
    """A command typed right behind the text that stands in a field is obeyed, and is not added to that text."""
    bot, _, _ = await typed(room, "1", "mine", f"from the draft{typed_on}")
    assert [type(event) for event in bot.events] == [Press, Left, *then]
    left = bot.events[1]
    assert isinstance(left, Left)
    assert left.values["s2"] == "from the draft"


@pytest.mark.parametrize("word", ["/quit", "/exit"])
async def test_quit_in_a_form_leaves_the_program(room: Room, word: str) -> None:
    """/quit, or /exit, typed into a form leaves the form and then the keyboard, before the next line is read."""
    bot, _, _ = await typed(room, "1", "mine", word, "never read")
    assert [type(event) for event in bot.events] == [Press, Left]


@pytest.mark.parametrize("text", [" /note x", "/unknown x", "/note x\nof two lines", "put /note in the middle"])
async def test_a_literal_slash_stays_text(room: Room, text: str) -> None:
    """A text that only looks like a command is one: behind a space, of an unknown name, or of several lines."""
    bot, screen, _ = await typed(room, "1", "mine", text, "2")
    assert "You left the form" not in screen
    last = bot.events[-1]
    assert isinstance(last, Submission)
    assert last.values["s2"] == text


async def test_a_path_that_ends_in_cancel_is_text(room: Room) -> None:
    """A text that ends in a path such as /orders/cancel is sent as text."""
    bot, _, _ = await typed(room, "1", "mine", "DELETE /orders/cancel", "2")
    last = bot.events[-1]
    assert isinstance(last, Submission)
    assert last.values["s2"] == "DELETE /orders/cancel"


@pytest.mark.parametrize("end", ["half a thought /cancel", Interrupted("half a thought")])
async def test_a_field_that_is_left_half_typed_is_kept(room: Room, end: str | Interrupted) -> None:
    """What stood in the field when /cancel or Ctrl-C left the form goes to the bot to keep, and the next line works."""
    bot, screen, _ = await typed(room, "1", "mine", end, "just text")
    assert "You left the form" in screen
    left = bot.events[1]
    assert isinstance(left, Left)
    assert (left.values["s1"], left.values["s2"]) == ("mine", "half a thought")
    assert isinstance(bot.events[2], Said)


async def test_a_form_stays_open_until_what_was_typed_is_kept(room: Room) -> None:
    """While the bot cannot keep what was typed, leaving a form does not close it."""

    class Losing(SmallBot):
        async def dispatch(self, event: Inbound) -> Reply:
            self.down = isinstance(event, Left)
            return await super().dispatch(event)

    _, screen, _ = await typed(room, "1", "mine", "/cancel", bot=Losing(room))
    assert "The bot cannot take this in now (no Redis)." in screen
    [opened] = room.forms.values()
    assert opened.form.fields[0].value == "mine"


async def test_what_stands_in_a_field_is_said_where_it_cannot_be_edited(room: Room) -> None:
    """Where a line cannot hold a text to edit, the field says what Enter keeps."""
    _, screen, _ = await typed(room, "1", "mine", prefills=False)
    assert "    Enter keeps: from the draft\n" in screen


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
