"""The script grammar of `tpm-bot try --script`: text to steps, or every fault in it with its fix."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

from bot.errors import Refusal
from handlers.terminal.acts import (
    Act,
    Advance,
    Delete,
    Edit,
    Give,
    Leave,
    PressLabel,
    Restart,
    Say,
    Script,
    Settle,
    Step,
    Submit,
)
from handlers.terminal.group_line import GroupLine, parse_group

BOT_NAME = "bot"
NAME = r"[^\s@>{}\[\]!#/]{1,80}"
_MEMBER = re.compile(
    rf"(?P<name>{NAME})(?:@-(?P<back>\d{{1,3}}))?(?:[ ]+(?P<verb>edit|delete))?(?P<arrow>>>?)[ ]?(?P<rest>.*)",
    re.DOTALL,
)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:\d{1,6}[wdhms])+")
_KEY = re.compile(r"\s*([\w-]+)\s*=\s*")
_NEXT = re.compile(r"\s*(;|$)")


class ScriptFault(Refusal):
    """The script cannot be read: one line for each fault, with its line number and the fix."""


def parse_script(text: str) -> Script:
    """Read a script. Raises ScriptFault with every fault in it."""
    group, steps, found = GroupLine(), list[Step](), list[str]()
    begun = False
    for number, line in enumerate(re.split(r"\r?\n", text.removeprefix("\ufeff")), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            if line.startswith("!") and line[1:].split()[:1] == ["group"]:
                if begun:
                    raise ScriptFault("the group line must come first")
                group = parse_group(line[1:].split()[1:])
            else:
                _add(steps, number, line)
        except Refusal as fault:
            found.append(f"line {number}: {fault}")
        begun = True
    if found:
        raise ScriptFault("\n".join(found))
    return Script(group, tuple(steps))


def _add(steps: list[Step], number: int, line: str) -> None:
    if line.startswith("!"):
        steps.append(Step(number, _directive(line[1:].split())))
        return
    match = _MEMBER.fullmatch(line)
    if match is None:
        raise ScriptFault(
            'a line is "name> text", "! advance 1d2h", "! settle", "! restart", "! leave ben" or "# a comment"'
        )
    name, rest = match["name"], match["rest"]
    if name.casefold() == BOT_NAME:
        raise ScriptFault(f'"{BOT_NAME}" is the bot itself; give the member another name')
    if match["verb"] and match["back"]:
        raise ScriptFault(f"{match['verb']} acts on the newest message; write {name} {match['verb']}>")
    if match["arrow"] == ">>":
        _continue(steps, match)
    elif match["verb"] == "delete":
        steps.append(Step(number, Delete(name)))
    elif match["verb"] == "edit":
        steps.append(Step(number, Edit(name, _worded(rest))))
    else:
        steps.append(Step(number, _act(name, rest, int(match["back"] or 0))))


def _act(name: str, rest: str, back: int) -> Act:
    act: Act
    typed = rest.strip()
    if typed.startswith("/"):
        act = Give(name, typed)
    elif re.fullmatch(r"\[[^\[\]]+\]", typed):
        act = PressLabel(name, typed[1:-1])
    elif typed.startswith("{") and typed.endswith("}"):
        act = Submit(name, form_values(typed))
    else:
        return Say(name, _worded(rest), back)
    if back:
        raise ScriptFault(f"@-{back} goes with plain text only; write {name}> {typed}")
    return act


def _continue(steps: list[Step], match: re.Match[str]) -> None:
    name, last = match["name"], steps[-1] if steps else None
    if last is None or not isinstance(last.act, Say | Edit) or last.act.name != name or match["verb"] or match["back"]:
        raise ScriptFault(f'"{name}>>" continues a message; the line before it must be "{name}> text"')
    steps[-1] = replace(last, act=replace(last.act, text=f"{last.act.text}\n{match['rest']}"))


def _worded(text: str) -> str:
    if not text.strip():
        raise ScriptFault("the message is empty; write its text after the >")
    return text


def _directive(words: list[str]) -> Act:
    match words:
        case ["settle"]:
            return Settle()
        case ["restart"]:
            return Restart()
        case ["leave", name] if re.fullmatch(NAME, name) and name.casefold() != BOT_NAME:
            return Leave(name)
        case ["leave", *_]:
            raise ScriptFault('name one member who leaves, such as "! leave ben"')
        case ["advance", text] if _DURATION.fullmatch(text):
            parts = re.findall(r"(\d+)([wdhms])", text)
            return Advance(sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta()))
        case ["advance", *_]:
            raise ScriptFault('write a time such as "! advance 1d2h" (w, d, h, m and s, no blanks)')
    raise ScriptFault('after "!" comes advance, settle, restart, leave, or group on the first line')


def form_values(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of `{s1="..."; s2="..."}`; each value is a JSON string. Raises ScriptFault."""
    body, at, pairs = text[1:-1], 0, dict[str, str]()
    decoder = json.JSONDecoder()
    while body[at:].strip():
        key = _KEY.match(body, at)
        if key is None:
            raise ScriptFault('a form is {s1="..."; s2="..."}: a key, =, and a JSON string')
        try:
            value, at = decoder.raw_decode(body, key.end())
        except json.JSONDecodeError:
            raise ScriptFault(f"the value of {key[1]} is no JSON string (\\n is a line end in it)") from None
        end = _NEXT.match(body, at)
        if not isinstance(value, str) or end is None:
            raise ScriptFault(f"the value of {key[1]} must be one JSON string, and ; stands between two fields")
        if key[1] in pairs:
            raise ScriptFault(f"the field {key[1]} stands there twice")
        pairs[key[1]], at = value, end.end()
    return tuple(pairs.items())
