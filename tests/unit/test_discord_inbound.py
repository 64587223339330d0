"""Who did what where, from an interaction's body."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.group import Place
from handlers.discord.custom_id import custom_id
from handlers.discord.inbound import name_of, turn_of
from handlers.discord.rooms import Kind, Room

OURS, THEIRS = Place("discord", "1000", "2000"), Place("discord", "9000", "9999")
STUDY = Room(id="2000", kind=Kind.TEXT, name="study")
USER: dict[str, Any] = {"id": "2", "username": "ben"}


def pressed(**more: Any) -> dict[str, Any]:
    data = {"custom_id": custom_id("skip:2026-11-23", place=THEIRS)}
    return {"id": "5", "token": "t", "application_id": "1", "type": 3, "channel_id": "2000", "data": data, **more}


def test_a_place_that_is_carried_counts_in_a_direct_message() -> None:
    """A button in a direct message is about the group whose place it carries."""
    turn = turn_of(pressed(user=USER), None)
    assert (turn.place, turn.is_direct) == (THEIRS, True)


def test_a_place_that_is_carried_counts_in_no_server() -> None:
    """Whoever may manage one server reaches no other server's group by a custom_id that carries its place."""
    turn = turn_of(pressed(guild_id="1000", member={"user": USER}), STUDY)
    assert (turn.place, turn.is_direct) == (OURS, False)


def test_a_channel_that_is_not_known_is_no_direct_message() -> None:
    """What is done in a server is answered to its member alone, also where the bot does not see the channel."""
    turn = turn_of(pressed(guild_id="1000", member={"user": USER}), None)
    assert (turn.place, turn.is_direct) == (OURS, False)


@pytest.mark.parametrize(
    ("nick", "global_name", "shown"),
    [
        ("Ben", "Benjamin", "Ben"),
        ("\u3164", "Benjamin", "Benjamin"),  # Hangul filler: a letter that cannot be seen
        ("\u200b\u2060", None, "ben"),
        ("\u202eneB", None, "neB"),
        ("\u2067Ben", None, "Ben"),
        ("  Ben ", None, "Ben"),
        (None, "", "ben"),
    ],
)
def test_a_name_can_be_seen(nick: str | None, global_name: str | None, shown: str) -> None:
    """A person has the first of their names that can be seen, and it turns round nothing beside it."""
    assert name_of({**USER, "global_name": global_name}, {"nick": nick}) == shown
