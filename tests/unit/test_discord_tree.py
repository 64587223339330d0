from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import COMMANDS, Argument, CommandSpec, Kind
from bot.commands.dispatch import parse
from bot.domain.parse import parse_zone
from handlers.discord import limits
from handlers.discord.autocomplete import Known, choices
from handlers.discord.tree import CONTEXT_MENUS, changes, fingerprint, focused, guild_payload, payload, text_of
from tests.servers.discord_commands import Commands
from tests.servers.discord_hub import Hub

KNOWN = Known(topics=("rag-systems", "agent-systems", "evals"), members=("Asha B", "ben", "Änne"))
ADMIN = next(spec for spec in COMMANDS if spec.name == "tpm-admin")
SETUP = next(verb for verb in ADMIN.verbs if verb.name == "setup")
SUGGEST = CommandSpec(name="suggest", summary="s", arguments=(Argument("text", Kind.TEXT, "h"),))
BOTH = CommandSpec(
    name="both", summary="s", arguments=(Argument("topic", Kind.TOPIC, "h"), Argument("text", Kind.TEXT, "h"))
)


def option(name: str, value: object, **more: object) -> dict[str, Any]:
    return {"type": 3, "name": name, "value": value, **more}


def test_discord_takes_the_commands() -> None:
    """The commands keep to Discord's limits, as the local Discord checks them, global and for one server."""
    rows = payload(COMMANDS)
    Commands(Hub()).register(rows)
    Commands(Hub()).register(guild_payload(rows), "1")
    assert len(rows) == len(COMMANDS) + len(CONTEXT_MENUS) <= limits.COMMANDS


def test_every_command_says_where_it_is_used() -> None:
    """Contexts and installs are set on each command: servers alone, with the bot a member; rights are the core's."""
    for row in payload(COMMANDS):
        assert (row["contexts"], row["integration_types"], row["default_member_permissions"]) == ([0], [0], None)
    assert not any(row.keys() & {"contexts", "integration_types"} for row in guild_payload(payload(COMMANDS)))


def test_the_table_is_declared_whole() -> None:
    """Every command, verb, argument and choice of the table can be used on Discord."""
    rows = {row["name"]: row for row in payload(COMMANDS)}
    for spec in COMMANDS:
        declared = {each["name"]: each for each in rows[spec.name]["options"]}
        assert list(declared) == [each.name for each in spec.verbs or spec.arguments]
        for verb in spec.verbs:
            assert [each["name"] for each in declared[verb.name]["options"]] == [each.name for each in verb.arguments]
    assert {row["name"] for row in rows.values() if row["type"] == 3} == {"Get feedback", "Count as my answer"}


def test_arguments_are_offered_by_their_kind() -> None:
    """A choice has its choices; a topic, a level, a zone and a member are completed while they are typed."""
    setup = next(each for row in payload(COMMANDS) if row["name"] == "tpm-admin" for each in row["options"])
    by_name = {each["name"]: each for each in setup["options"]}
    assert by_name["zone"]["autocomplete"] is True
    assert "autocomplete" not in by_name["at"]
    assert [each["value"] for each in by_name["mode"]["choices"]] == list(SETUP.arguments[-1].choices)
    assert "autocomplete" not in by_name["mode"]


@pytest.mark.parametrize("name", ["", "Tpm-me", "tpm me", "t" * 33, "tpm/me"])
def test_a_name_that_discord_refuses_is_refused_here(name: str) -> None:
    """A command cannot be renamed to what Discord does not take."""
    with pytest.raises(ValueError, match="cannot be a command"):
        payload(COMMANDS, {"tpm-me": name})


@pytest.mark.parametrize("names", [{"tpm-me": "tpm-help"}, {"tpm-them": "tpm-us"}])
def test_two_commands_of_one_name_are_refused(names: dict[str, str]) -> None:
    """A renamed command must exist, and must not take the name of another."""
    with pytest.raises(ValueError, match="no such command, or two"):
        payload(COMMANDS, names)


def test_the_hash_is_that_of_what_discord_gives_back() -> None:
    """The hash of commands is the same before they are sent and as Discord lists them, whatever it adds or reorders."""
    rows = payload(COMMANDS)
    standing = Commands(Hub()).register(rows)
    assert fingerprint(standing) == fingerprint(reversed(rows)) == fingerprint(rows)
    in_one = Commands(Hub()).register(guild_payload(rows), "1")
    assert fingerprint(guild_payload(in_one)) == fingerprint(guild_payload(rows))


def test_each_change_changes_the_hash_and_is_named() -> None:
    """A command that is new, gone or different is named, and nothing else is."""
    rows = payload(COMMANDS)
    longer = [replace(COMMANDS[0], summary="other"), *COMMANDS[2:], SUGGEST]
    assert changes(rows, payload(longer)) == {
        "added": ["suggest"], "changed": [COMMANDS[0].name], "removed": [COMMANDS[1].name],
    }  # fmt: skip
    assert fingerprint(rows) != fingerprint(payload(longer))
    assert not any(changes(rows, Commands(Hub()).register(rows)).values())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([], ""),
        ([{"type": 1, "name": "pause"}], "pause"),
        ([{"type": 1, "name": "setup", "options": [option("days", "mon, wed"), option("at", "9:00 pm")]}],
         "setup days=mon,wed at=9:00pm"),
        ([{"type": 1, "name": "setup", "options": [option("days", "mon wed, fri")]}], "setup days=mon,wed,fri"),
        ([{"type": 1, "name": "setup", "options": [option("days", "Mon to Thu sun")]}], "setup days=Mon-Thu,sun"),
        ([{"type": 1, "name": "setup", "options": [option("zone", " New York ")]}], "setup zone=New_York"),
        ([{"type": 1, "name": "members", "options": [option("name", "Asha B")]}], "members Asha B"),
        ([{"type": 1, "name": "members", "options": [option("name", "ben")]}], "members name=ben"),
        ([{"type": 1, "name": "skip", "options": [option("date", ""), option("gone", "x")]}], "skip"),
    ],
)  # fmt: skip
def test_options_become_text(options: list[dict[str, Any]], text: str) -> None:
    """What was chosen on Discord becomes the line that the same command is typed as elsewhere."""
    assert text_of(ADMIN, options) == text


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        (SETUP, {"zone": "Europe/Paris", "at": "9:00", "days": "mon-fri", "window": "24", "mode": "thread"}),
        (SETUP, {"mode": "brief"}),
        (SUGGEST, {"text": "How would you price it?"}),
        (SUGGEST, {"text": "one=two"}),
        (BOTH, {"topic": "rag systems", "text": "two words"}),
        (BOTH, {"text": "word"}),
    ],
)
def test_the_core_reads_what_was_meant(spec: CommandSpec, values: dict[str, str]) -> None:
    """The text that options become is parsed to the same values, whatever was left out."""
    expected = {**values, **({"topic": "rag-systems"} if "topic" in values else {})}
    assert parse(spec, text_of(spec, [option(name, value) for name, value in reversed(values.items())])) == expected


def test_the_argument_being_typed_is_found() -> None:
    """An autocomplete interaction says which argument is typed, inside a verb too."""
    typed = [{"type": 1, "name": "setup", "options": [option("at", "9"), option("zone", "par", focused=True)]}]
    found = focused(ADMIN, typed)
    assert found is not None
    assert (found[0].kind, found[1]) == (Kind.ZONE, "par")
    assert focused(ADMIN, [{"type": 1, "name": "gone", "options": []}]) is None
    assert focused(SUGGEST, [option("text", "a")]) is None


@pytest.mark.parametrize(
    ("kind", "typed", "values"),
    [
        (Kind.ZONE, "paris", ["Europe/Paris"]),
        (Kind.ZONE, "São paulo", ["America/Sao_Paulo"]),
        (Kind.ZONE, "new york", ["America/New_York"]),
        (Kind.ZONE, "utc", ["UTC"]),
        (Kind.ZONE, "atlantis", []),
        (Kind.TOPIC, "SYSTEMS", ["agent-systems", "rag-systems"]),
        (Kind.TOPIC, "rag s", ["rag-systems"]),
        (Kind.LEVEL, "", ["1", "2", "3"]),
        (Kind.LEVEL, "str", ["3"]),
        (Kind.MEMBER, "an", ["Änne"]),
        (Kind.MEMBER, "", ["Asha B", "ben", "Änne"]),
        (Kind.TEXT, "", []),
    ],
)
def test_what_is_typed_is_completed(kind: Kind, typed: str, values: list[str]) -> None:
    """Any part of a name finds it, without regard to case, accents and blanks."""
    assert [each["value"] for each in choices(kind, typed, KNOWN)] == values


def test_what_begins_so_comes_first() -> None:
    """Names, and cities, that begin with what was typed stand before those that only hold it."""
    found = [each["value"] for each in choices(Kind.ZONE, "lo", Known())]
    begin = [name.rpartition("/")[2].lower().startswith("lo") for name in found]
    assert found[:2] == ["America/Los_Angeles", "Europe/London"]
    assert begin == sorted(begin, reverse=True)
    assert not all(begin)


def test_an_abbreviation_offers_what_most_people_mean() -> None:
    """A zone's abbreviation offers the place that follows its clock, first."""
    assert choices(Kind.ZONE, "IST", Known())[0]["value"] == "Asia/Kolkata"


def test_no_more_is_offered_than_discord_shows() -> None:
    """At most 25 choices come back, each within its length, and every zone among them is one that the core takes."""
    found = choices(Kind.ZONE, "a", Known())
    assert len(found) == limits.CHOICES
    assert [parse_zone(each["value"]) for each in choices(Kind.ZONE, "", Known())] == [
        each["value"] for each in choices(Kind.ZONE, "", Known())
    ]
    assert choices(Kind.MEMBER, "", Known(members=("x" * 101, "y"))) == [{"name": "y", "value": "y"}]
