"""What a person sees."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot import cards
from bot.cards import Button, Buttons, Card, Heading, Own, Quote, Text
from bot.ports import Where
from handlers.terminal.files import keep_file
from handlers.terminal.plain_text import safe, whole
from handlers.terminal.room import Room
from handlers.terminal.screen import Screen
from tests.pictures.terminal_room import record_svg
from tests.unit.terminal_bot import START

PARIS = ZoneInfo("Europe/Paris")
HOSTILE = "\x1b[2J\x1b]0;title\x07 [bold red]x[/] \u202egnorw \x9b31m"
WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen "
POST = Card(
    "question",
    (
        Heading("A question"),
        Text((WORDS, cards.Bold("bold"), cards.Link("a source", "https://example.org/a"))),
        cards.Bullets(((WORDS * 2,), ("short",))),
        Quote(WORDS * 2),
        cards.Facts((("Band", ("2 of 4",)),)),
        Buttons(tuple(Button(f"A button number {n}", f"b:{n}") for n in range(5))),
    ),
)
NOTE = Card("note", (Text(("for you",)), Buttons((Button("Go", "go"),))))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path)
    yield opened
    opened.close()


def filled(room: Room) -> None:
    asha, ben = room.join("asha", START), room.join("ben", START)
    post = room.send(Where.CHANNEL, POST, START)
    room.say(ben.id, f"{WORDS * 3}\nlast line", START, thread=post.id)
    room.send(Where.THREAD, NOTE, START, thread=post.id, to=ben.id)
    room.send(Where.ONLY_YOU, NOTE, START, to=asha.id)
    room.send(Where.DIRECT, NOTE, START, to=asha.id)


def drawn(room: Room, *, width: int = 80, color: bool = False) -> tuple[str, Screen]:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=color, color_system="truecolor" if color else None)
    screen = Screen(room, PARIS, console, lambda: width)
    screen.redraw()
    return out.getvalue(), screen


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_every_width_holds(room: Room, width: int) -> None:
    """No line is wider than the terminal, none has blanks at its end, and no word is lost."""
    filled(room)
    text, _ = drawn(room, width=width)
    assert max(map(cell_len, text.splitlines())) <= min(width, 100)
    assert all(line == line.rstrip() for line in text.splitlines())
    assert text.split().count("thirteen") == 1 + 2 + 2 + 3


def test_wide_letters_fit(room: Room) -> None:
    """Text in letters of double width is wrapped by what it takes on the screen."""
    post = room.send(Where.CHANNEL, POST, START)
    room.say(room.join("ben", START).id, "漢字" * 60, START, thread=post.id)
    text, _ = drawn(room, width=40)
    assert max(map(cell_len, text.splitlines())) <= 40
    assert text.count("漢") == 60


def test_threads_are_indented_beneath_their_post(room: Room) -> None:
    """A thread's messages stand four columns in, on each of their lines, and the post does not."""
    filled(room)
    lines = drawn(room)[0].splitlines()
    assert "A question" in lines
    assert "    last line" in lines
    assert "    ben  09:00" in lines


def test_private_messages_say_so_in_words(room: Room) -> None:
    """Without any colour it is plain who can see a message and for whom it is."""
    filled(room)
    text, _ = drawn(room)
    assert "bot  #study-group, Mon 23 Nov 09:00" in text
    assert "bot  in the thread, for ben, 09:00" in text
    assert "bot  only you (asha), 09:00" in text
    assert "bot  direct message to asha, 09:00" in text


def test_another_thread_is_named(room: Room) -> None:
    """A message in an older thread says whose thread it stands in."""
    ben = room.join("ben", START)
    first = room.send(Where.CHANNEL, POST, START)
    room.send(Where.CHANNEL, POST, START)
    out = io.StringIO()
    screen = Screen(room, PARIS, Console(file=out, width=80), lambda: 80)
    screen.redraw()
    room.listen(screen.show)
    room.say(ben.id, "late", START, thread=first.id)
    assert "In the thread of Mon 23 Nov 09:00:\n    ben  09:00\n    late\n" in out.getvalue()


def test_a_quote_is_marked_on_every_line(room: Room) -> None:
    """Each line of a wrapped quote carries the mark."""
    room.send(Where.CHANNEL, Card("question", (Quote(WORDS * 4),)), START)
    body = drawn(room, width=40)[0].splitlines()[1:-1]
    assert len(body) > 3
    assert all(line.startswith("> ") for line in body)


def test_hostile_text_steers_nothing(room: Room) -> None:
    """Control sequences and markup in names, answers, cards and labels come out as harmless characters."""
    ben = room.join(f"b{HOSTILE}", START)
    card = Card("question", (Heading(HOSTILE), Text((Own(HOSTILE),)), Buttons((Button("\x1b[2J", "a"),))))
    post = room.send(Where.CHANNEL, card, START)
    room.say(ben.id, HOSTILE, START, thread=post.id)
    text, _ = drawn(room)
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
    assert text.count("[bold red]x[/]") == 4


def test_numbers_keep_their_meaning(room: Room) -> None:
    """Every button drawn has a number of its own, which still means that button after more cards were drawn."""
    filled(room)
    text, screen = drawn(room)
    assert "1 [A button number 0]" in text
    assert "6 [Go]" in text
    seventh = screen.button(7)
    room.listen(screen.show)
    room.send(Where.CHANNEL, NOTE, START)
    assert screen.button(7) == seventh
    assert screen.button(9) is not None
    assert screen.button(0) is None
    assert screen.button(10) is None


def test_buttons_break_between_not_inside(room: Room) -> None:
    """A row of buttons that is too wide goes on in the next line between two buttons."""
    room.send(Where.CHANNEL, POST, START)
    lines = [line for line in drawn(room, width=60)[0].splitlines() if "[A button" in line]
    assert len(lines) == 3
    assert all(line.endswith("]") for line in lines)


def test_only_the_last_post_is_redrawn(room: Room) -> None:
    """At a start the last post, its thread and what came after are drawn, and neither older posts nor deleted text."""
    ben = room.join("ben", START)
    old = room.send(Where.CHANNEL, Card("question", (Heading("Yesterday"),)), START)
    new = room.send(Where.CHANNEL, Card("question", (Heading("Today"),)), START)
    room.say(ben.id, "to yesterday", START, thread=old.id)
    room.remove(room.say(ben.id, "taken back", START, thread=new.id), START)
    room.say(ben.id, "to today", START, thread=new.id)
    text, _ = drawn(room)
    assert "Today" in text
    assert "to today" in text
    assert not {"Yesterday", "to yesterday", "taken back"} & {line.strip() for line in text.splitlines()}


def test_of_private_messages_the_newest_are_redrawn(room: Room) -> None:
    """A start draws the whole thread and the newest three private messages, and counts the rest."""
    post = room.send(Where.CHANNEL, POST, START)
    ben = room.join("ben", START)
    for number in range(5):
        room.send(Where.ONLY_YOU, Card("streak", (Heading(f"Private {number}"),)), START, to=ben.id)
        room.say(ben.id, f"public {number}", START, thread=post.id)
    text, _ = drawn(room)
    assert [f"Private {number}" in text for number in range(5)] == [False, False, True, True, True]
    assert all(f"public {number}" in text for number in range(5))
    assert "2 older private messages are not shown again" in " ".join(text.split())


def test_a_picture_is_made_of_a_run(room: Room) -> None:
    """The picture is a well-formed SVG that holds what was said and typed and asks nothing of another host."""
    filled(room)
    room.did(room.join("asha", START).id, "/tpm-streak", START)
    svg = record_svg(room, PARIS, title="try <it> & see")
    texts = " ".join(ET.fromstring(svg).itertext()).replace("\xa0", " ")  # noqa: S314  made here
    assert "A question" in texts
    assert "/tpm-streak" in texts
    assert "try <it> & see" in texts
    assert svg.replace("http://www.w3.org/2000/svg", "").count("http") == texts.count("https://example.org/a")


def test_a_file_is_kept_inside_the_folder(tmp_path: Path) -> None:
    """A file that the bot sends is written under the data folder, whatever its name says."""
    card = Card("export", (Text(("x",)),), {}, cards.Attachment("../../me.md", b"mine"))
    line = keep_file(tmp_path, "1.000001", card)
    assert (tmp_path / "files" / "1.000001-me.md").read_bytes() == b"mine"
    assert str(tmp_path / "files" / "1.000001-me.md") in line


def test_text_is_made_harmless_and_keeps_its_words() -> None:
    """Line ends, tabs, emoji and right-to-left words stay; steering characters become visible or go."""
    assert safe("a\r\nb\tc 👩🏽\u200d🚀 שלום \u0301") == "a\nb\tc 👩🏽\u200d🚀 שלום \u0301"
    assert safe("\x1b[1m\x00\u202e\ud800") == "\u241b[1m\ufffd\ufffd"
    assert whole("a\ud800b😀") == "a\ufffdb😀"
