"""Application commands (docs: interactions/application-commands; discord.md 2 "commands", 6 Sync)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.discord_faults import No, invalid
from tests.servers.discord_hub import APPLICATION_ID, Hub
from tests.servers.discord_rest import Asked, Run
from tests.servers.discord_world import Body

SLASH, USER, MESSAGE, ENTRY_POINT = 1, 2, 3, 4
MOST = {SLASH: 100, USER: 15, MESSAGE: 15, ENTRY_POINT: 1}
"""An app with Activities has one entry point, which an overwrite must name (docs: same, "Entry Point Commands")."""
MOST_CREATES_A_DAY = 200
MOST_COMMAND_CHARS = 8000
SUBCOMMAND, SUBCOMMAND_GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
_NAME = re.compile(r"^[-_'\w]{1,32}$")
_FIELDS = frozenset(
    {
        *(
            "id",
            "application_id",
            "version",
            "type",
            "guild_id",
            "name",
            "name_localizations",
            "description",
        ),
        *(
            "description_localizations",
            "options",
            "default_member_permissions",
            "dm_permission",
            "default_permission",
            "nsfw",
        ),
        *(
            "integration_types",
            "contexts",
            "handler",
        ),
    }
)
_OPTION_FIELDS = frozenset(
    {
        *(
            "type",
            "name",
            "name_localizations",
            "description",
            "description_localizations",
            "required",
            "choices",
            "options",
        ),
        *(
            "channel_types",
            "min_value",
            "max_value",
            "min_length",
            "max_length",
            "autocomplete",
        ),
    }
)


class Commands:
    """The routes of commands."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._created: dict[tuple[str | None, str], int] = {}

    def routes(self) -> Mapping[str, Run]:
        """By method and path."""
        at = "/applications/{application}"
        return {
            f"GET {at}/commands": lambda asked: self._list(asked, None),
            f"PUT {at}/commands": lambda asked: self._put(asked, None),
            f"GET {at}/guilds/{{guild}}/commands": lambda asked: self._list(asked, asked.at["guild"]),
            f"PUT {at}/guilds/{{guild}}/commands": lambda asked: self._put(asked, asked.at["guild"]),
        }

    def _list(self, asked: Asked, guild_id: str | None) -> list[Body]:
        self._check(asked, guild_id)
        bare = asked.query.get("with_localizations", "").lower() != "true"
        hidden = ("name_localizations", "description_localizations") if bare else ()
        return [{k: v for k, v in each.items() if k not in hidden} for each in self._hub.commands.get(guild_id, [])]

    def _put(self, asked: Asked, guild_id: str | None) -> list[Body]:
        """Bulk overwrite: what is not named is gone; a name that stood keeps its id and costs no create."""
        self._check(asked, guild_id)
        if not isinstance(asked.body, list):
            raise invalid("commands", "must be a list")
        before = (each["type"] for each in self._hub.commands.get(guild_id, []))
        if ENTRY_POINT in before and not any(each.get("type") == ENTRY_POINT for each in asked.body):
            raise No(50240)
        return self.register(asked.body, guild_id)

    def register(self, commands: Sequence[Body], guild_id: str | None = None) -> list[Body]:
        """Replace the commands of a guild, or the global ones. Raises No."""
        for number, each in enumerate(commands):
            _check_command(each, str(number))
        for kind, most in MOST.items():
            names = [each["name"] for each in commands if each.get("type", SLASH) == kind]
            if len(names) > most:
                raise invalid("commands", f"{most} commands of type {kind} at most", "APPLICATION_COMMANDS_TOO_MANY")
            if len(set(names)) < len(names):
                raise invalid("commands", "a name twice", "APPLICATION_COMMANDS_DUPLICATE_NAME")
        before = {(each["type"], each["name"]): each for each in self._hub.commands.get(guild_id, [])}
        self._count(guild_id, sum((each.get("type", SLASH), each["name"]) not in before for each in commands))
        stored = [
            self._stored(each, before.get((each.get("type", SLASH), each["name"])), guild_id) for each in commands
        ]
        self._hub.commands[guild_id] = stored
        return stored

    def _count(self, guild_id: str | None, new: int) -> None:
        """discord.md 6 Sync: 200 creates a day and guild, then 30034."""
        day = guild_id, self._hub.now().date().isoformat()
        if self._created.get(day, 0) + new > MOST_CREATES_A_DAY:
            raise No(30034)
        self._created[day] = self._created.get(day, 0) + new

    def _stored(self, given: Body, before: Body | None, guild_id: str | None) -> Body:
        """With what Discord fills in (docs: application-commands "Application Command Structure")."""
        body: Body = {
            "id": before["id"] if before else self._hub.new_id(), "application_id": APPLICATION_ID,
            "version": self._hub.new_id(), "type": SLASH, "description": "", "default_member_permissions": None,
            "dm_permission": True, "nsfw": False, "name_localizations": None, "description_localizations": None,
            "integration_types": [0], "contexts": None,
        }  # fmt: skip
        body |= {name: each for name, each in given.items() if each is not None}
        if body["default_member_permissions"] is not None:
            body["default_member_permissions"] = str(body["default_member_permissions"])
        if not body.get("options"):
            body.pop("options", None)
        if guild_id:
            body["guild_id"] = guild_id
        return body

    def _check(self, asked: Asked, guild_id: str | None) -> None:
        if asked.at["application"] != APPLICATION_ID:
            raise No(0, status=404, message="Unknown Application")
        if guild_id is not None and guild_id not in self._hub.joined():
            raise No(50001)


def _check_command(command: Any, at: str) -> None:
    if not isinstance(command, dict):
        raise invalid(at, "must be an object")
    if unknown := sorted(command.keys() - _FIELDS):
        raise invalid(at, f"unknown fields {unknown}")
    name, kind = str(command.get("name", "")), command.get("type", SLASH)
    if kind not in MOST:
        raise invalid(f"{at}.type", "1, 2, 3 or 4", "BASE_TYPE_CHOICES")
    if kind in (SLASH, ENTRY_POINT):
        _check_named(command, at)
        _check_options(command.get("options") or [], at, depth=0)
    elif not 1 <= len(name) <= 32 or command.get("description") or command.get("options"):
        raise invalid(at, "a context menu has a name of 32 characters, no description and no options")
    if _chars(command) > MOST_COMMAND_CHARS:
        raise invalid(at, "8000 characters over names, descriptions and values", "APPLICATION_COMMAND_TOO_LARGE")


def _check_named(node: Body, at: str) -> None:
    name = str(node.get("name", ""))
    if not _NAME.match(name) or name != name.lower():
        raise invalid(f"{at}.name", f"{name!r} is no command name", "APPLICATION_COMMAND_INVALID_NAME")
    if not 1 <= len(str(node.get("description") or "")) <= 100:
        raise invalid(f"{at}.description", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")


def _check_options(options: Sequence[Body], at: str, *, depth: int) -> None:
    if len(options) > 25:
        raise invalid(f"{at}.options", "25 options at most", "BASE_TYPE_MAX_LENGTH")
    optional = False
    for number, option in enumerate(options):
        here = f"{at}.options.{number}"
        if unknown := sorted(option.keys() - _OPTION_FIELDS):
            raise invalid(here, f"unknown fields {unknown}")
        _check_named(option, here)
        if option.get("required") and optional:
            raise invalid(here, "required options come first", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID")
        optional = optional or not option.get("required")
        _check_option(option, here, depth)
    if len({each["name"] for each in options}) < len(options):
        raise invalid(f"{at}.options", "a name twice", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE")
    nested = [each["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP) for each in options]
    if any(nested) and not all(nested):
        raise invalid(f"{at}.options", "subcommands and options exclude each other", "APPLICATION_COMMAND_OPTIONS_TYPE")


def _check_option(option: Body, at: str, depth: int) -> None:
    kind = option["type"]
    if kind in (SUBCOMMAND, SUBCOMMAND_GROUP):
        if depth > 1 - (kind == SUBCOMMAND_GROUP) or option.get("required"):
            raise invalid(f"{at}.type", "one level of groups, one of subcommands", "BASE_TYPE_CHOICES")
        _check_options(option.get("options") or [], at, depth=depth + 1)
        return
    choices = option.get("choices") or []
    if len(choices) > 25:
        raise invalid(f"{at}.choices", "25 choices at most", "BASE_TYPE_MAX_LENGTH")
    if choices and option.get("autocomplete"):
        raise invalid(f"{at}.autocomplete", "choices and autocomplete exclude each other")
    for each in choices:
        check_choice(each, kind, at)


def check_choice(choice: Body, kind: int, at: str) -> None:
    """One choice of an option, declared or by autocomplete. Raises No."""
    name, value = choice.get("name"), choice.get("value")
    if not isinstance(name, str) or not 1 <= len(name) <= 100:
        raise invalid(f"{at}.name", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
    fits = isinstance(value, str) and len(value) <= 100 if kind == STRING else isinstance(value, int | float)
    if not fits:
        raise invalid(f"{at}.value", "a value of the option's type, 100 characters at most")


def _chars(node: Body) -> int:
    own = sum(len(str(node.get(name) or "")) for name in ("name", "description"))
    own += sum(len(str(each["value"])) + len(each["name"]) for each in node.get("choices") or [])
    return own + sum(_chars(each) for each in node.get("options") or [])
