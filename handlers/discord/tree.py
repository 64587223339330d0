"""The command table as Discord's application commands, and what a person chose there as text for the core to parse."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bot.commands import Argument, CommandSpec, Kind
from bot.inbound import Wish
from bot.views.cut import line
from handlers.discord.limits import COMMAND_DESCRIPTION_CHARS, COMMAND_NAME_CHARS
from handlers.discord.render import Json

CHAT_INPUT: Final = 1
MESSAGE: Final = 3
SUB_COMMAND: Final = 1
STRING: Final = 3
IN_GUILDS: Final = (0,)
"""`contexts`: a group is a channel of a server, and a direct message does not say which server is meant."""
GUILD_INSTALL: Final = (0,)
"""`integration_types`: the bot posts, so it must be a member of the server."""

CONTEXT_MENUS: Final[Mapping[str, Wish]] = {"Get feedback": Wish.FEEDBACK, "Count as my answer": Wish.COUNT}
"""Name in a message's menu -> what is wished for."""

SUGGESTED: Final = frozenset({Kind.TOPIC, Kind.LEVEL, Kind.ZONE, Kind.MEMBER})
"""Kinds that are completed while they are typed (see autocomplete.py)."""
_JOINED: Final[Mapping[Kind, str]] = {Kind.ZONE: "_", Kind.TOPIC: "-", Kind.DAYS: ","}
"""What stands for a blank inside a value that the core takes as one word."""
_RUN: Final = re.compile(r"\s*(?:[-\u2010-\u2014]|\bto\b)\s*", re.IGNORECASE)
"""What stands between the first and the last of a run of days."""


def payload(commands: Sequence[CommandSpec], names: Mapping[str, str] | None = None) -> list[Json]:
    """What a bulk overwrite of the application's commands takes; `names` renames roots.

    `default_member_permissions` stays open on purpose, for /tpm-admin too: whoever lacks the permission would not see
    the command at all, and a facilitator is a member whom an admin named, with no right that Discord knows. The core
    checks each use, and a server's admins can narrow a command in Server Settings, Integrations.

    Raises ValueError for a name that Discord does not take, or that two commands have.
    """
    renamed = names or {}
    rows = [_command(spec, renamed.get(spec.name, spec.name).lstrip("/")) for spec in commands]
    taken = [row["name"] for row in rows]
    if renamed.keys() - {spec.name for spec in commands} or len(taken) != len(set(taken)):
        raise ValueError(f"no such command, or two with one name: {', '.join(sorted(renamed))}")
    return [*rows, *({"type": MESSAGE, "name": name, **_scope()} for name in CONTEXT_MENUS)]


def guild_payload(rows: Iterable[Mapping[str, Any]]) -> list[Json]:
    """The same for one server, where contexts and installs are not taken: they are that server's anyway."""
    left_out = {"contexts", "integration_types"}
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


def fingerprint(rows: Iterable[Mapping[str, Any]]) -> str:
    """A stable hash of commands, the same for what we send and for what Discord gives back of it."""
    settled = sorted((_settled(row) for row in rows), key=lambda row: (row["type"], row["name"]))
    return hashlib.sha256(json.dumps(settled, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def changes(standing: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Names of the commands that are `added`, `changed` and `removed` when `wanted` replaces `standing`."""
    before, after = _by_name(standing), _by_name(wanted)
    return {
        "added": sorted(name for _, name in after.keys() - before.keys()),
        "changed": sorted(key[1] for key in after.keys() & before.keys() if before[key] != after[key]),
        "removed": sorted(name for _, name in before.keys() - after.keys()),
    }


def text_of(spec: CommandSpec, options: Sequence[Mapping[str, Any]]) -> str:
    """The `text` of bot.inbound.Command, from the `options` of an interaction with the command of `spec`.

    Values of one word are named; a text or a member of several words stands last, as only there it takes the rest.
    """
    for option in options:
        verb = next((row for row in spec.verbs if row.name == option["name"]), None)
        if option.get("type") == SUB_COMMAND and verb is not None:
            return f"{verb.name} {text_of(verb, option.get('options', ()))}".strip()
    arguments = {argument.name: argument for argument in spec.arguments}
    named, last = [], ""
    for option in options:
        argument = arguments.get(option["name"])
        value = str(option.get("value", ""))
        is_days = argument is not None and argument.kind is Kind.DAYS
        words = (_RUN.sub("-", value).replace(",", " ") if is_days else value).split()
        if argument is None or not words:
            continue
        if argument.takes_the_rest and len(words) > 1:
            last = " ".join(words)
        else:
            named.append(f"{argument.name}={_JOINED.get(argument.kind, '').join(words)}")
    return " ".join(filter(None, (*named, last)))


def focused(spec: CommandSpec, options: Sequence[Mapping[str, Any]]) -> tuple[Argument, str] | None:
    """The argument that is being typed, and what stands in it, of an autocomplete interaction."""
    for option in options:
        if option.get("type") == SUB_COMMAND:
            verb = next((row for row in spec.verbs if row.name == option["name"]), None)
            return focused(verb, option.get("options", ())) if verb is not None else None
        if option.get("focused"):
            known = (argument for argument in spec.arguments if argument.name == option["name"])
            return next(((argument, str(option.get("value", ""))) for argument in known), None)
    return None


def _command(spec: CommandSpec, name: str) -> Json:
    return {"type": CHAT_INPUT, **_described(name, spec.summary), "options": _options(spec), **_scope()}


def _scope() -> Json:
    return {
        "contexts": list(IN_GUILDS), "integration_types": list(GUILD_INSTALL), "default_member_permissions": None,
        "nsfw": False,
    }  # fmt: skip


def _options(spec: CommandSpec) -> list[Json]:
    """None is required: the core says what is missing, with the words of a refusal."""
    if spec.verbs:
        return [
            {"type": SUB_COMMAND, **_described(verb.name, verb.summary), "options": _options(verb)}
            for verb in spec.verbs
        ]
    return [_option(argument) for argument in spec.arguments]


def _option(argument: Argument) -> Json:
    drawn: Json = {"type": STRING, **_described(argument.name, argument.help), "required": False}
    if argument.choices:
        return {**drawn, "choices": [{"name": choice, "value": choice} for choice in argument.choices]}
    return {**drawn, "autocomplete": True} if argument.kind in SUGGESTED else drawn


def _described(name: str, text: str) -> Json:
    return {"name": _name(name), "description": line(text[:1].upper() + text[1:], COMMAND_DESCRIPTION_CHARS)}


def _name(name: str) -> str:
    fits = name and len(name) <= COMMAND_NAME_CHARS and name == name.lower()
    if not fits or not all(char.isalnum() or char in "-_" for char in name):
        raise ValueError(f"{name!r} cannot be a command: lower case, letters, digits, - and _, at most 32 characters")
    return name


def _settled(row: Mapping[str, Any]) -> Json:
    """A command or an option as far as we set it: without ids, and with what Discord takes for granted spelt out."""
    settled: Json = {
        "type": row.get("type", CHAT_INPUT), "name": row["name"], "description": row.get("description") or "",
        "options": [_settled(option) for option in row.get("options") or ()],
        "choices": [(choice["name"], choice["value"]) for choice in row.get("choices") or ()],
    }  # fmt: skip
    flags = {name: bool(row.get(name)) for name in ("required", "autocomplete", "nsfw")}
    places = {name: sorted(row.get(name) or ()) for name in ("contexts", "integration_types")}
    return settled | flags | places | {"default_member_permissions": row.get("default_member_permissions")}


def _by_name(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], Json]:
    return {(row.get("type", CHAT_INPUT), row["name"]): _settled(row) for row in rows}
