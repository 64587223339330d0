"""The room: a log that survives kill -9."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot import cards
from bot.cards import Button, Buttons, Card, Form, Heading, Own, Quote, Text
from bot.errors import ChatBusy, Refusal
from bot.ports import Target, Where
from handlers.terminal.chat import RoomChat
from handlers.terminal.log import FILE_NAME, RoomDown
from handlers.terminal.messages import Happened, Kind
from handlers.terminal.packing import pack, unpack
from handlers.terminal.room import Room
from tests.unit.terminal_bot import FORM, START, SmallBot

FULL = Card(
    "question",
    (
        Heading("Today"),
        Text(("plain", cards.Bold("b"), cards.Code("c"), cards.Link("t", "https://example.org"), Own("o"))),
        Text((cards.Moment(START, "Europe/Paris"),)),
        Quote("Today"),
        cards.Bullets((("one",), (Own("two"), cards.Bold("!")))),
        cards.Facts((("label", ("value",)),)),
        Buttons((Button("Answer", "answer:1"), Button("Hint", "hint"))),
    ),
    {"sections": [{"key": "s1", "quotes": ["a"]}], "none": None},
    cards.Attachment("f.md", b"\x00\xff"),
)


@contextmanager
def opened(folder: Path) -> Iterator[Room]:
    room = Room(folder)
    try:
        yield room
    finally:
        room.close()


def state(room: Room) -> object:
    return room.channel, room.people, room.messages, room.forms, room.deeds, room.waiting()


def filled(room: Room) -> None:
    asha = room.join("asha", START, admin=True)
    post = room.send(Where.CHANNEL, FULL, START, key="p")
    said = room.say(asha.id, "first", START, thread=post.id)
    room.change(said, "second", START)
    gone = room.say(asha.id, "oops", START, thread=post.id)
    room.remove(gone, START)
    room.heard(said.id)
    room.did(asha.id, "/tpm-streak", START)
    room.ask(asha.id, FORM, START, thread=post.id)


@pytest.mark.parametrize("value", [FULL, FORM], ids=["card", "form"])
def test_cards_and_forms_come_back_as_they_were(value: Card | Form) -> None:
    """Every kind of block, span and field is the same after it was stored as JSON."""
    assert unpack(json.loads(json.dumps(pack(value)))) == value


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """A room opened again holds the same people, messages, forms and undelivered events."""
    with opened(tmp_path) as room:
        filled(room)
        before = state(room)
    with opened(tmp_path) as room:
        assert state(room) == before
        assert room.posts()[0].card == FULL


def test_every_record_is_on_disk_at_once(tmp_path: Path) -> None:
    """What happened can be read from the file before the room is closed, as after kill -9."""
    with opened(tmp_path) as room:
        filled(room)
        assert len((tmp_path / FILE_NAME).read_bytes().splitlines()) == 10


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_torn_last_line_is_dropped(tmp_path: Path, cut: int) -> None:
    """A last record that was not written whole is cut off, and the room goes on after the one before."""
    with opened(tmp_path) as room:
        room.join("asha", START)
        room.join("ben", START)
    path = tmp_path / FILE_NAME
    os.truncate(path, path.stat().st_size - cut)
    with opened(tmp_path) as room:
        assert [person.name for person in room.people.values()] == ["asha"]
        room.join("chen", START)
    with opened(tmp_path) as room:
        assert [person.name for person in room.people.values()] == ["asha", "chen"]


def test_damage_is_named(tmp_path: Path) -> None:
    """A record that cannot be read is refused with the file's and the line's name, and the file stays as it is."""
    with opened(tmp_path) as room:
        room.join("asha", START)
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes().replace(b"joined", b"j\x00ined") + b'{"type":"heard","event":"1"}\n')
    before = path.read_bytes()
    with pytest.raises(Refusal, match=r"room\.jsonl is damaged at line 2"):
        Room(tmp_path)
    assert path.read_bytes() == before


def test_another_version_is_refused(tmp_path: Path) -> None:
    """A file of another format is refused with both versions in the message."""
    (tmp_path / FILE_NAME).write_text('{"type":"room","version":2,"channel":"c"}\n')
    with pytest.raises(Refusal, match="format 2, this one reads 1"):
        Room(tmp_path)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A room that is open elsewhere is refused with the two ways out, and is free again once it is closed."""
    with opened(tmp_path), pytest.raises(Refusal, match=r"/quit.*--data DIR"):
        Room(tmp_path)
    with opened(tmp_path):
        pass


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """A data folder that cannot be one is refused with the fix."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(Refusal, match="--data DIR"):
        Room(tmp_path / "taken")


@contextmanager
def full_disk(path: Path, spare_bytes: int) -> Iterator[None]:
    """Files of this process can grow by `spare_bytes` over the size of `path` and no further."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + spare_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """A record that does not fit is not half written: the bot is told to wait, and all goes on when there is space."""
    with opened(tmp_path) as room:
        filled(room)
        before = state(room)
        chat = RoomChat(room, SmallBot(room))
        with full_disk(tmp_path / FILE_NAME, 10):
            with pytest.raises(ChatBusy):
                await chat.send(Target(where=Where.CHANNEL, place=room.place), FULL, key="k")
            with pytest.raises(RoomDown):
                room.join("ben", START)
        assert state(room) == before
        room.join("ben", START)
        after = state(room)
    with opened(tmp_path) as room:
        assert state(room) == after


def test_ids_are_never_used_twice(tmp_path: Path) -> None:
    """Ids go up within a file, and a room begun anew at a later time repeats none."""
    with opened(tmp_path) as room:
        filled(room)
        old = list(room.messages)
        assert old == sorted(old)
    (tmp_path / FILE_NAME).unlink()
    with opened(tmp_path) as room:
        new = room.send(Where.CHANNEL, FULL, START + timedelta(minutes=1))
        assert new.id not in old


def test_a_person_is_known_by_name(tmp_path: Path) -> None:
    """A name in other letters is the same person, in this file and in a new one."""
    with opened(tmp_path) as room:
        asha = room.join("Asha", START)
        assert room.join("ASHA", START) == asha
    with opened(tmp_path / "other") as room:
        assert room.join("asha", START).id == asha.id


def test_a_card_of_an_older_make_keeps_its_words(tmp_path: Path) -> None:
    """A stored card that this version cannot build any more stands as its plain text."""
    with opened(tmp_path) as room:
        room.send(Where.CHANNEL, FULL, START)
    path = tmp_path / FILE_NAME
    path.write_text(path.read_text().replace('"_":"Heading"', '"_":"Banner"'))
    with opened(tmp_path) as room:
        [message] = room.standing()
        assert message.card is None
        assert message.text == FULL.plain


def test_what_happens_is_told(tmp_path: Path) -> None:
    """Listeners hear each post, reply, edit, deletion, form and file, in order, and nothing after they left."""
    heard: list[Happened] = []
    with opened(tmp_path) as room:
        stop = room.listen(heard.append)
        filled(room)
        stop()
        room.join("ben", START)
        room.send(Where.CHANNEL, FULL, START)
    kinds = [Kind.POST, Kind.FILE, Kind.REPLY, Kind.EDIT, Kind.REPLY, Kind.DELETE, Kind.FORM]
    assert [each.kind for each in heard] == kinds
