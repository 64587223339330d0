"""Commands, buttons, selects, context menus: discord.md 2: what is not answered in 3 s, a person sees fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.discord_bodies import channel_body, member_body, user_body
from tests.servers.discord_commands import MESSAGE, SLASH, STRING, SUBCOMMAND, SUBCOMMAND_GROUP, USER
from tests.servers.discord_interaction import AUTOCOMPLETE, COMMAND, COMPONENT, Interaction
from tests.servers.discord_seat import Seat, Unable
from tests.servers.discord_text import nodes
from tests.servers.discord_world import BUTTON, Body, Channel, Message, Right

STRING_SELECT = 3
AS_USER, AS_CHANNEL = 6, 7
"""Option types (docs: interactions/application-commands)."""


class Pressing(Seat):
    """Each act returns when the app has answered it, or has failed to; how, stands in the Interaction."""

    async def slash(self, command: str, channel: Channel | str, **options: Any) -> Interaction:
        """Give a slash command: `slash("tpm-admin setup", channel, zone="Europe/Paris")`, in channels and threads.

        Options are typed by what the app declared: a User or its id for a user, a Channel or its id for a channel.
        """
        channel = self._channel(channel)
        declared, path = self._declared(command, channel)
        resolved: Body = {}
        given = [_option(each, options, resolved, self) for each in _leaf(declared, path) if each["name"] in options]
        _check_all_known(_leaf(declared, path), options)
        data = {**_named(declared, channel), "options": _nested(declared, path, given), "resolved": resolved}
        return await self._interact(COMMAND, {name: each for name, each in data.items() if each}, channel)

    async def stale_slash(self, name: str, channel: Channel | str, **options: str) -> Interaction:
        """Give a command that is not registered any more: an old client may still offer it."""
        channel = self._channel(channel)
        given = [{"name": each, "type": STRING, "value": value} for each, value in options.items()]
        data: Body = {"id": self._hub.new_id(), "name": name, "type": SLASH, "options": given}
        return await self._interact(COMMAND, data, channel)

    async def autocomplete(
        self, command: str, channel: Channel | str, option: str, typed: str, **others: Any
    ) -> list[str]:
        """Type into an option, and see what is offered: the names of the choices."""
        channel = self._channel(channel)
        declared, path = self._declared(command, channel)
        leaf = _leaf(declared, path)
        wanted = next((each for each in leaf if each["name"] == option), None)
        if wanted is None or not wanted.get("autocomplete"):
            raise Unable(f"{option} of {command} offers nothing while typing")
        given = [_option(each, others, {}, self) for each in leaf if each["name"] in others]
        focused = {"name": option, "type": wanted["type"], "value": typed, "focused": True}
        data = {**_named(declared, channel), "options": _nested(declared, path, [*given, focused])}
        one = await self._interact(AUTOCOMPLETE, data, channel)
        return [str(each["name"]) for each in one.choices]

    async def use_menu(self, name: str, target: Message | Seat, channel: Channel | str | None = None) -> Interaction:
        """Use a context menu on a message, or on a person; a message comes with its words (discord.md 2)."""
        on_message = isinstance(target, Message)
        place = self._visible(target) if isinstance(target, Message) else self._channel(channel or self.direct)
        declared, _ = self._declared(name, place, kind=MESSAGE if on_message else USER, whole=True)
        data = {**_named(declared, place), "target_id": target.id}
        if isinstance(target, Message):
            data["resolved"] = {"messages": {target.id: self._hub.body(target)}}
        else:
            data["resolved"] = {"users": {target.id: user_body(target.person)}, **self._as_member(place, target)}
        return await self._interact(COMMAND, data, place)

    async def press(self, message: Message, label: str) -> Interaction:
        """Press the button with this label."""
        channel = self._visible(message)
        for each in nodes(message.components):
            if each["type"] == BUTTON and (each.get("label") or each.get("emoji", {}).get("name")) == label:
                if each.get("disabled") or not each.get("custom_id"):
                    raise Unable(f"[{label}] cannot be pressed")
                data = {"component_type": BUTTON, "custom_id": each["custom_id"], "id": each["id"]}
                return await self._interact(COMPONENT, data, channel, message)
        raise Unable(f"{self.person.name} sees no button [{label}]; there are {message.labels}")

    async def choose(self, message: Message, select: str, *wanted: str) -> Interaction:
        """Choose options, by label or value, of the select with this placeholder or custom_id."""
        channel = self._visible(message)
        for each in nodes(message.components):
            if each["type"] == STRING_SELECT and select in (each.get("placeholder"), each["custom_id"]):
                values = [value_of(each["options"], name) for name in wanted]
                if each.get("disabled") or not each.get("min_values", 1) <= len(values) <= each.get("max_values", 1):
                    raise Unable(f"{len(values)} options of {select} cannot be chosen")
                data = {"component_type": STRING_SELECT, "custom_id": each["custom_id"], "id": each["id"]}
                return await self._interact(COMPONENT, {**data, "values": values}, channel, message)
        raise Unable(f"{self.person.name} sees no select {select}")

    def _declared(
        self, command: str, channel: Channel, *, kind: int = SLASH, whole: bool = False
    ) -> tuple[Body, list[str]]:
        """The command as this person's client shows it, and the names of its subcommand."""
        name, *path = [command] if whole else command.split()
        commands = [*self._hub.commands.get(channel.guild_id, []), *self._hub.commands.get(None, [])]
        found = next((each for each in commands if each["name"] == name and each["type"] == kind), None)
        if found is None:
            raise Unable(f"there is no {name}; registered are {[each['name'] for each in commands]}")
        context = 0 if channel.guild_id else 1
        if (found["contexts"] is not None and context not in found["contexts"]) or (
            context and not found["dm_permission"] and found["contexts"] is None
        ):
            raise Unable(f"{name} is not offered here")
        needed = int(found["default_member_permissions"] or 0)
        rights = int(self._hub.world.rights(channel, self.id))
        hidden = found["default_member_permissions"] is not None and channel.guild_id
        if hidden and (needed & ~rights or (not needed and not rights & Right.ADMINISTRATOR)):
            raise Unable(f"{name} is not offered to {self.person.name}: it needs permissions {needed}")
        if channel.guild_id and not self._may(channel, Right.USE_APPLICATION_COMMANDS):
            raise Unable(f"{self.person.name} may use no commands here")
        return found, path

    def _as_member(self, channel: Channel, target: Seat) -> Body:
        guild = self._hub.world.guilds.get(channel.guild_id or "")
        member = guild.members.get(target.id) if guild else None
        return {"members": {target.id: member_body(member, with_user=False)}} if member else {}

    def resolve(self, kind: int, value: Any, resolved: Body) -> str:
        """The id of a person or channel that is given to an option, with what Discord sends along about it."""
        world = self._hub.world
        id_ = value if isinstance(value, str) else str(value.id)
        if kind == AS_USER:
            resolved.setdefault("users", {})[id_] = user_body(world.people[id_])
            for guild in world.guilds.values():
                if id_ in guild.members:
                    member = {**member_body(guild.members[id_], with_user=False), "permissions": "0"}
                    resolved.setdefault("members", {})[id_] = member
        else:
            place = world.channels[id_]
            rights = str(int(world.rights(place, self.id)))
            body = channel_body(world, place, self._hub.bot.id)
            resolved.setdefault("channels", {})[id_] = {**body, "permissions": rights}
        return id_


def value_of(options: Sequence[Body], wanted: str) -> str:
    """The value of an option by its label or value. Raises Unable."""
    for name in ("label", "name", "value"):
        for each in options:
            if str(each.get(name)) == wanted:
                return str(each["value"])
    raise Unable(f"there is no option {wanted!r}")


def _named(declared: Body, channel: Channel) -> Body:
    data = {"id": declared["id"], "name": declared["name"], "type": declared["type"]}
    if declared.get("guild_id"):
        data["guild_id"] = channel.guild_id
    return data


def _leaf(declared: Body, path: Sequence[str]) -> list[Body]:
    """The options of a command or of its subcommand. Raises Unable: one with subcommands cannot run bare."""
    node = declared
    for name in path:
        node = next((each for each in node.get("options", []) if each["name"] == name), {})
        if node.get("type") not in (SUBCOMMAND, SUBCOMMAND_GROUP):
            raise Unable(f"{declared['name']} has no subcommand {name}")
    options: list[Body] = node.get("options", [])
    if any(each["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP) for each in options):
        raise Unable(f"{declared['name']} runs only with one of {[each['name'] for each in options]}")
    return options


def _nested(declared: Body, path: Sequence[str], given: list[Body]) -> list[Body]:
    if not path:
        return given
    node = next(each for each in declared["options"] if each["name"] == path[0])
    return [{"name": path[0], "type": node["type"], "options": _nested(node, path[1:], given)}]


def _option(declared: Body, options: Mapping[str, Any], resolved: Body, who: Pressing) -> Body:
    """One option as the client sends it. Raises Unable for what the client would not let pass."""
    kind, value = declared["type"], options[declared["name"]]
    if kind in (AS_USER, AS_CHANNEL):
        value = who.resolve(kind, value, resolved)
    elif declared.get("choices"):
        chosen = value_of(declared["choices"], str(value))
        value = next(each["value"] for each in declared["choices"] if str(each["value"]) == chosen)
    if isinstance(value, str) and not declared.get("min_length", 0) <= len(value) <= declared.get("max_length", 6000):
        raise Unable(f"{declared['name']}: {len(value)} characters")
    return {"name": declared["name"], "type": kind, "value": value}


def _check_all_known(declared: Sequence[Body], options: Mapping[str, Any]) -> None:
    names = {each["name"] for each in declared}
    if unknown := options.keys() - names:
        raise Unable(f"there are no options {sorted(unknown)}, only {sorted(names)}")
    if missing := [each["name"] for each in declared if each.get("required") and each["name"] not in options]:
        raise Unable(f"{missing} must be given")
