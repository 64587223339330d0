"""Playing a script: what people do reaches the bot, and what happens is printed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.inbound import Command, Deleted, Departed, Edited, Press, Said, Submission
from handlers.terminal.playing import PlayFault, play
from handlers.terminal.room import Room
from handlers.terminal.script import parse_script
from tests.unit.terminal_bot import START, SmallBot

PARIS = ZoneInfo("Europe/Paris")
HOSTILE = "@everyone <!channel> \x1b[2J \u202egnorw \x00 \x07"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path)
    yield opened
    opened.close()


async def printed(room: Room, text: str, bot: SmallBot | None = None) -> list[dict[str, Any]]:
    out = io.StringIO()
    await play(parse_script(text), bot or SmallBot(room), room, PARIS, out, as_json=True)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def places(lines: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    return [(each["place"], each["to"], each["from"], each["kind"]) for each in lines]


async def test_a_post_has_the_promised_record(room: Room) -> None:
    """A post due at the start is printed as one object with the seven names of the design, in local time."""
    assert await printed(room, "") == [
        {
            "at": "2026-11-23T09:00:00+01:00",
            "place": "channel",
            "to": "study-group",
            "from": "bot",
            "kind": "post",
            "text": "Today\nWhy?\n[Answer] [Hint]",
            "data": {"day": "2026-11-23"},
        }
    ]


async def test_messages_edits_and_deletions_are_printed(room: Room) -> None:
    """A member's message, edit and deletion are printed under their name, and so is the bot's reply to them."""
    lines = await printed(room, "ben> one\nben edit> two\nben delete>\n")
    assert places(lines)[1:] == [
        ("thread", "study-group", "ben", "reply"),
        ("thread", "study-group", "ben", "edit"),
        ("thread", "study-group", "ben", "delete"),
        ("thread", "ben", "bot", "reply"),
    ]
    assert [each["text"] for each in lines[1:4]] == ["one", "two", "two"]
    assert lines[4]["data"] == {"of": "one"}


async def test_a_reply_to_a_command_is_private_and_brings_its_file(room: Room) -> None:
    """A card that answers a command goes to that member only, at once, and its file follows with its content."""
    lines = await printed(room, "asha> /note hi\n")
    assert places(lines)[1:] == [("only-you", "asha", "bot", "reply"), ("only-you", "asha", "bot", "file")]
    assert (lines[2]["text"], lines[2]["data"]) == ("you said hi", {"name": "note.md"})


async def test_a_form_is_printed_as_data(room: Room) -> None:
    """An opened form is printed with its action, its title and every field with label, value and options."""
    form = (await printed(room, "asha> [Answer]\n"))[1]
    assert form["kind"] == "form"
    assert (form["data"]["action"], form["data"]["title"], form["data"]["errors"]) == ("answer", "Your answer", {})
    assert form["data"]["fields"] == [
        {"key": "s1", "label": "Frame", "value": ""},
        {"key": "s2", "label": "Approach", "value": "from the draft"},
        {
            "key": "mood",
            "label": "How sure?",
            "value": "1",
            "options": [{"value": "1", "label": "Not sure"}, {"value": "2", "label": "Sure"}],
        },
    ]


async def test_a_form_keeps_what_is_not_named(room: Room) -> None:
    """A submission sends every field: those named as given, an option by its label too, the others as they stood."""
    bot = SmallBot(room)
    await printed(room, 'asha> [Answer]\nasha> {s1="mine"; mood="sure"}\n', bot)
    submitted = bot.events[-1]
    assert isinstance(submitted, Submission)
    assert submitted.values == {"s1": "mine", "s2": "from the draft", "mood": "2"}
    assert room.forms == {}


async def test_a_form_sent_back_stays_open(room: Room) -> None:
    """A submission that the bot does not take comes back with its error and what was typed, and can be sent again."""
    lines = await printed(room, 'asha> [Answer]\nasha> {s1="wrong"}\nasha> {s1="right"}\n')
    assert [each["kind"] for each in lines[1:4]] == ["form", "form", "reply"]
    assert lines[2]["data"]["errors"] == {"s1": "That is wrong."}
    assert lines[2]["data"]["fields"][0]["value"] == "wrong"


async def test_a_member_leaves(room: Room) -> None:
    """`! leave` tells the bot who left and when, and prints nothing."""
    bot = SmallBot(room)
    lines = await printed(room, "ben> hi\n! leave ben\n", bot)
    assert [(each["from"], each["kind"]) for each in lines[1:]] == [("ben", "reply"), ("bot", "reply")]
    said, departed = bot.events
    assert isinstance(departed, Departed)
    assert (departed.caller.member_id, departed.at) == (said.caller.member_id, START)


async def test_who_and_where_reach_the_bot(room: Room) -> None:
    """Each act carries its member, place and thread, the right of the room's admin, and a key of its own."""
    asha = room.join("asha", START, admin=True)
    bot = SmallBot(room)
    await printed(room, "ben> hi @ASHA and @nobody\nben edit> hm\nben delete>\nasha> /note a  b \nasha> [Hint]\n", bot)
    said, edited, deleted, command, press = bot.events
    post = room.ref(room.posts()[0].id)
    assert isinstance(said, Said)
    assert isinstance(edited, Edited)
    assert isinstance(deleted, Deleted)
    assert isinstance(command, Command)
    assert isinstance(press, Press)
    assert said.mentions == {asha.id}
    assert said.message_id == edited.message_id == deleted.message_id
    assert [each.caller.thread for each in bot.events] == [post, post, post, None, post]
    assert [each.caller.may_administer for each in bot.events] == [False, False, False, True, True]
    assert (command.name, command.text, press.action) == ("note", "a  b", "hint")
    assert len({each.caller.event for each in bot.events}) == 5


async def test_time_moves_from_due_to_due(room: Room) -> None:
    """Advancing posts everything due on the way, each at its own instant, and stops where it was told."""
    bot = SmallBot(room)
    lines = await printed(room, "! advance 2d1h\n", bot)
    assert [each["at"][:16] for each in lines] == ["2026-11-23T09:00", "2026-11-24T09:00", "2026-11-25T09:00"]
    assert bot.now() == START + timedelta(days=2, hours=1)


async def test_older_threads_can_be_reached(room: Room) -> None:
    """Text with @-1 goes to the thread of the post before the newest."""
    await printed(room, "! advance 1d\nben@-1> late\nben> in time\n")
    first, second = room.posts()
    texts = {each.text: each.thread for each in room.standing()}
    assert (texts["late"], texts["in time"]) == (first.id, second.id)


async def test_a_restart_keeps_buttons_forms_and_threads(room: Room) -> None:
    """After a restart the room is read from its file, and buttons, open forms and threads work as before."""
    bot = SmallBot(room)
    text = '! settle\nasha> [Answer]\n! restart\nasha> {s1="kept"}\nben> hi\n! restart\nben edit> ho\nben> [Hint]\n'
    lines = await printed(room, text, bot)
    assert bot.restarts == 2
    assert "kept / from the draft / 1" in [each["text"] for each in lines]
    assert isinstance(bot.events[-1], Press)


async def test_what_the_bot_missed_is_brought_again(room: Room) -> None:
    """A message that the bot could not take in stands in the room and is brought again, once, with the same key."""
    bot = SmallBot(room)
    await bot.settle()
    bot.down = True
    with pytest.raises(PlayFault, match="line 1: no Redis"):
        await printed(room, "ben> do not lose me\n", bot)
    assert bot.events == []
    bot.down = False
    await printed(room, "! restart\n! restart\n", bot)
    [said] = bot.events
    assert isinstance(said, Said)
    assert (said.text, said.caller.event) == ("do not lose me", said.message_id)


async def test_a_refusal_is_a_private_card(room: Room) -> None:
    """What the bot refuses is told to that member only, in the refusal's own words, and the script goes on."""
    lines = await printed(room, "asha> /refuse\nasha> /note on\n")
    assert (lines[1]["place"], lines[1]["text"]) == ("only-you", "Not today. Try /form.")
    assert lines[2]["text"] == "you said on\n[Open]"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("asha> [Nope]", r"line 1: asha sees no button \[Nope\]\. The buttons there are: \[Answer\], \[Hint\]\."),
        ("asha> [answer]", r"line 1: asha sees no button \[answer\]"),
        ('asha> {s1="x"}', "line 1: No form is open to asha"),
        ('asha> [Answer]\nasha> {s9="x"}', "line 2: .* no field s9. Its fields are: s1, s2, mood"),
        ('asha> [Answer]\nasha> {s1="x"}', "line 2: s1: At least 2 characters; this has 1"),
        ('asha> [Answer]\nasha> {s1="123456789012345678901"}', "line 2: s1: At most 20 characters; this has 21"),
        ('asha> [Answer]\nasha> {s1="ok"; mood="3"; s2=""}', "line 2: mood: Choose one of: Not sure, Sure"),
        ("ben@-3> late", "line 1: There is 1 post"),
        ("ben edit> x", "line 1: No message of ben stands"),
        ("ben> x\nben delete>\nben delete>", "line 3: No message of ben stands"),
    ],
)
async def test_what_cannot_be_played_is_named(room: Room, text: str, fault: str) -> None:
    """A line that cannot be played ends the play with its number and what there is instead."""
    with pytest.raises(PlayFault, match=fault):
        await printed(room, text)


async def test_private_buttons_are_for_one(room: Room) -> None:
    """A button on a card that only one member sees cannot be pressed by another."""
    await printed(room, "asha> /note x\nasha> [Open]\n")
    with pytest.raises(PlayFault, match="ben sees no button"):
        await printed(room, "ben> [Open]\n")


async def test_the_newest_card_is_pressed(room: Room) -> None:
    """Of two cards with the same label the newest is pressed."""
    bot = SmallBot(room)
    await printed(room, "! advance 1d\nasha> [Hint]\n", bot)
    assert bot.events[-1].caller.thread == room.ref(room.posts()[-1].id)


async def test_work_that_never_ends_is_named(room: Room) -> None:
    """Advancing past work that is still due after it was done ends with a fault instead of going on for ever."""

    class Stuck(SmallBot):
        async def settle(self) -> None:
            pass

    with pytest.raises(PlayFault, match=r"line 1: work that was due at .* does not end"):
        await printed(room, "! advance 1d\n", Stuck(room))


async def test_no_line_is_broken_by_hostile_text(room: Room) -> None:
    """Text with control characters and half a surrogate pair gives one ASCII line an event, and comes back."""
    out = io.StringIO()
    text = f'ben> {HOSTILE}\nasha> [Answer]\nasha> {{s1="ok"; s2="\\ud800"}}\n'
    await play(parse_script(text), SmallBot(room), room, PARIS, out, as_json=True)
    assert out.getvalue().isascii()
    assert "\x1b" not in out.getvalue()
    texts = [json.loads(line)["text"] for line in out.getvalue().splitlines()]
    assert texts[1] == HOSTILE
    assert "ok / \ufffd / 1" in texts


async def test_the_transcript_is_for_people(room: Room) -> None:
    """Without JSON each event is a paragraph that names who, where and what, with nothing that steers a terminal."""
    out = io.StringIO()
    await play(parse_script(f"ben> {HOSTILE}\nasha> /note x\n"), SmallBot(room), room, PARIS, out, as_json=False)
    paragraphs = out.getvalue().split("\n\n")
    assert paragraphs[0] == "Mon 23 Nov 09:00  bot, #study-group\n    Today\n    Why?\n    [Answer] [Hint]"
    assert paragraphs[1].startswith("Mon 23 Nov 09:00  ben, in the thread\n    @everyone <!channel> ")
    assert paragraphs[2].startswith("Mon 23 Nov 09:00  bot, only you (asha)\n")
    assert not {"\x1b", "\x00", "\x07", "\u202e"} & set(out.getvalue())


def test_a_script_needs_no_screen() -> None:
    """Playing a script imports neither the drawing nor the prompting library."""
    code = "import sys, handlers.terminal.playing; print(sorted({'rich', 'prompt_toolkit'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
