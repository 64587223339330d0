"""The script grammar."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.domain.group import Mode
from handlers.terminal.acts import Act, Advance, Delete, Edit, Give, Leave, PressLabel, Restart, Say, Settle, Submit
from handlers.terminal.group_line import GroupLine
from handlers.terminal.script import ScriptFault, parse_script

CASES: dict[str, Act] = {
    "asha> /tpm-question": Give("asha", "/tpm-question"),
    "asha> /technical-pm How would you build it?": Give("asha", "/technical-pm How would you build it?"),
    "ben> My answer is [not a button] at all": Say("ben", "My answer is [not a button] at all"),
    "ben>  two blanks stay one": Say("ben", " two blanks stay one"),
    "ben> a > b": Say("ben", "a > b"),
    "ben> # no comment": Say("ben", "# no comment"),
    "ben> ! no order": Say("ben", "! no order"),
    "ben> \u200b": Say("ben", "\u200b"),
    "ben@-1> Late": Say("ben", "Late", 1),
    "ben@-12> Later": Say("ben", "Later", 12),
    "ben edit> the new text": Edit("ben", "the new text"),
    "ben delete>": Delete("ben"),
    "asha> [Answer]": PressLabel("asha", "Answer"),
    "asha> [Review my edit]": PressLabel("asha", "Review my edit"),
    "asha> {}": Submit("asha", ()),
    'asha> {s1="a; b}"; s2="c\\nd \\" e"}': Submit("asha", (("s1", "a; b}"), ("s2", 'c\nd " e'))),
    'asha> { s1 = "x" ; }': Submit("asha", (("s1", "x"),)),
    "Zoë-Ω.1> hi": Say("Zoë-Ω.1", "hi"),
    "! advance 1d2h": Advance(timedelta(days=1, hours=2)),
    "! advance 90s": Advance(timedelta(seconds=90)),
    "! settle": Settle(),
    "! restart": Restart(),
    "! leave ben": Leave("ben"),
}

FAULTS = {
    "hello": 'name> text"',
    "ben> ": "the message is empty",
    "ben edit>": "the message is empty",
    "bot> hello": "the bot itself",
    "ben@-1> [Answer]": "plain text only",
    "ben@-1 edit> text": "newest message",
    "ben>> more": "continues a message",
    "asha> {s1=x}": "no JSON string",
    "asha> {s1=5}": "must be one JSON string",
    'asha> {s1="a" s2="b"}': "; stands between",
    'asha> {s1="a"; s1="b"}': "twice",
    'asha> {"s1": "a"}': "a form is {",
    "! advance soon": "! advance 1d2h",
    "! advance 1d 2h": "! advance 1d2h",
    "! go": "after",
    "! leave": "! leave ben",
    "! leave asha ben": "! leave ben",
    "! leave bot": "! leave ben",
    "! group zone=Mars/Base": "Mars/Base",
    "! group at=25:00": "25:00",
    "! group days=someday": "someday",
    "! group colour=red": "colour=red",
}


@pytest.mark.parametrize("line", CASES)
def test_each_form_of_line_is_read(line: str) -> None:
    """Every form of line that the grammar has is read as what it means."""
    [step] = parse_script(line).steps
    assert step.act == CASES[line]


@pytest.mark.parametrize("line", FAULTS)
def test_each_fault_names_its_line_and_the_fix(line: str) -> None:
    """A line that cannot be read is refused with its number and what to write."""
    with pytest.raises(ScriptFault, match="line 3: ") as caught:
        parse_script(f"# a comment\n\n{line}\n")
    assert FAULTS[line] in str(caught.value)


def test_all_faults_come_together() -> None:
    """One reading names every fault of a script."""
    with pytest.raises(ScriptFault) as caught:
        parse_script("oops\nasha> fine\n! jump\n")
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == ["line 1", "line 3"]


def test_a_message_goes_on_over_lines() -> None:
    """Lines with >> join the message before them, empty ones too, across comments."""
    [step] = parse_script("ben> one\n# aside\nben>> two\nben>>\nben>>   four\n").steps
    assert step.act == Say("ben", "one\ntwo\n\n  four")
    assert step.line == 1


def test_only_the_author_goes_on() -> None:
    """A continuation after another member's message is refused."""
    with pytest.raises(ScriptFault, match="line 2"):
        parse_script("ben> one\nasha>> two\n")


def test_the_group_line_has_defaults() -> None:
    """Without a group line, or with an empty one, the group is in Paris at nine on weekdays, and asha is its admin."""
    expected = GroupLine(zone="Europe/Paris", at=time(9), days=frozenset({1, 2, 3, 4, 5}), admin="asha")
    assert parse_script("asha> hi").group == expected
    assert parse_script("! group\nasha> hi").group == expected


def test_the_group_line_is_read() -> None:
    """The group line sets zone, time, days, window, mode and admin."""
    sealed = parse_script("! group mode=sealed window=8h\n").group
    assert sealed == GroupLine(window=8, mode=Mode.SEALED)
    group = parse_script("# first week\n! group zone=Asia/Kolkata at=18:30 days=sat-sun admin=ben\n").group
    assert group == GroupLine(zone="Asia/Kolkata", at=time(18, 30), days=frozenset({6, 7}), admin="ben")


def test_the_group_line_comes_first() -> None:
    """A group line after another line is refused."""
    with pytest.raises(ScriptFault, match="line 2: the group line must come first"):
        parse_script("asha> hi\n! group at=10:00\n")


def test_files_from_other_systems_are_read() -> None:
    """A byte order mark and line ends of other systems change nothing."""
    script = parse_script("\ufeff! group at=10:00\r\nasha> hi\r\n\r\n")
    assert [step.act for step in script.steps] == [Say("asha", "hi")]
    assert script.group.at == time(10)
