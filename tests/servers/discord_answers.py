"""How the app answers interactions (docs: interactions/receiving-and-responding; discord.md 1 Interactions, 2, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers.discord_commands import check_choice
from tests.servers.discord_components import check_modal
from tests.servers.discord_content import compose
from tests.servers.discord_faults import No, invalid
from tests.servers.discord_hub import APPLICATION_ID, Hub
from tests.servers.discord_interaction import (
    AUTOCOMPLETE,
    CHOICES,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    MODAL,
    REPLY,
    SUBMIT,
    UPDATE,
    Interaction,
)
from tests.servers.discord_rest import Asked, Run
from tests.servers.discord_world import EPHEMERAL, LOADING, MENU_REPLY, SLASH_REPLY, Body, Channel, Message

MOST_CHOICES = 25
_FITS: Mapping[int, tuple[int, ...]] = {
    REPLY: (2, COMPONENT, SUBMIT), DEFER: (2, COMPONENT, SUBMIT), DEFER_UPDATE: (COMPONENT, SUBMIT),
    UPDATE: (COMPONENT, SUBMIT), CHOICES: (AUTOCOMPLETE,), MODAL: (2, COMPONENT),
}  # fmt: skip
"""Callback type -> the interactions that it may answer; a modal cannot answer a modal (discord.md 1 Modals)."""


class Answers:
    """The routes of interactions."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def routes(self) -> Mapping[str, Run]:
        """By method and path."""
        at = "/webhooks/{application}/{token}"
        return {
            "POST /interactions/{interaction}/{token}/callback": self._callback,
            f"POST {at}": self._follow_up,
            f"GET {at}/messages/{{message}}": self._get,
            f"PATCH {at}/messages/{{message}}": self._edit,
            f"DELETE {at}/messages/{{message}}": self._delete,
        }

    def _callback(self, asked: Asked) -> Body:
        """Once, within 3 s: else 10062; a second time 40060 (discord.md 6)."""
        hub = self._hub
        one = hub.interactions.get(asked.at["token"])
        if one is None or one.id != asked.at["interaction"]:
            raise No(10062)
        if one.acknowledged is not None:
            raise No(40060)
        age_s = one.age_s(hub.now(), hub.monotonic_s())
        if age_s > hub.callback_within_s or one.failure:
            raise No(10062)
        kind, data = asked.body.get("type"), asked.body.get("data") or {}
        if kind not in _FITS or one.type not in _FITS[kind] or (kind in (DEFER_UPDATE, UPDATE) and not one.source):
            raise invalid("type", f"callback {kind} does not fit interaction {one.type}", "BASE_TYPE_CHOICES")
        self._take(one, kind, data, asked)
        one.acknowledged, one.took_s = kind, age_s
        one.answered.set()
        return self._answer(one, kind)

    def _take(self, one: Interaction, kind: int, data: Body, asked: Asked) -> None:
        if kind == MODAL:
            check_modal(data)
            one.modal = data
        elif kind == CHOICES:
            choices = data.get("choices")
            if not isinstance(choices, list) or len(choices) > MOST_CHOICES:
                raise invalid("data.choices", "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
            for each in choices:
                check_choice(each, _focused_kind(one.payload["data"]), "data.choices")
            one.choices = choices
        elif kind == REPLY:
            one.original = self._write(one, data, asked)
        elif kind == DEFER:
            flags = int(data.get("flags") or 0)
            if flags & ~EPHEMERAL:
                raise invalid("data.flags", "a deferred answer can only be ephemeral")
            one.original = self._placed(one, self._new(one, flags | LOADING))
            one.original.loading = True
        elif one.source is not None:
            one.original = one.source
            if kind == UPDATE:
                self._change(one.source, data, asked)

    def _answer(self, one: Interaction, kind: int) -> Body:
        """The body that discord.py requires (discord.md 1 Interactions)."""
        about: Body = {"id": one.id, "type": one.type}
        if one.original is not None:
            about |= {
                "response_message_id": one.original.id, "response_message_loading": one.original.loading,
                "response_message_ephemeral": one.original.only_for is not None,
            }  # fmt: skip
        resource: Body = {"type": kind}
        if kind in (REPLY, UPDATE) and one.original is not None:
            resource["message"] = self._hub.body(one.original)
        return {"interaction": about, "resource": resource}

    def _new(self, one: Interaction, flags: int) -> Message:
        hub = self._hub
        by_command = {2: SLASH_REPLY if one.payload["data"].get("type") == 1 else MENU_REPLY}
        message = Message(
            id=hub.new_id(), channel_id=one.channel_id, author=hub.bot, at=hub.now(), type=by_command.get(one.type, 0),
            interaction=self._about(one), only_for=one.user.id if flags & EPHEMERAL else None,
        )  # fmt: skip
        message.flags = flags & (EPHEMERAL | LOADING)
        return message

    def _about(self, one: Interaction) -> Body:
        """docs: resources/message "Message Interaction Metadata"."""
        user = {"id": one.user.id, "username": one.user.name, "discriminator": "0", "avatar": None}
        owners = one.payload["authorizing_integration_owners"]
        body: Body = {"id": one.id, "type": one.type, "user": user, "authorizing_integration_owners": owners}
        if one.source:
            body["interacted_message_id"] = one.source.id
        return body

    def _placed(self, one: Interaction, message: Message) -> Message:
        channel = self._place(one)
        if message.only_for:
            channel.whispers[message.id] = message
            one.ephemeral = True
        else:
            channel.messages[message.id] = message
            self._hub.message_event("MESSAGE_CREATE", message)
        return message

    def _write(self, one: Interaction, data: Body, asked: Asked) -> Message:
        message = self._new(one, int(data.get("flags") or 0))
        compose(self._hub, message, data, asked.files)
        return self._placed(one, message)

    def _change(self, message: Message, data: Body, asked: Asked) -> None:
        compose(self._hub, message, data, asked.files)
        was_loading = message.loading
        message.loading, message.flags = False, message.flags & ~LOADING
        if not was_loading:
            message.edited_at = self._hub.now()
        self._hub.message_event("MESSAGE_UPDATE", message)

    def _follow_up(self, asked: Asked) -> Body:
        """The first one after a defer becomes the original and keeps its ephemeral state (discord.md 6)."""
        one = self._of(asked)
        original = one.original
        if original is not None and original.loading:
            self._change(original, {**asked.body, "flags": int(asked.body.get("flags") or 0) & ~EPHEMERAL}, asked)
            return self._hub.body(original)
        message = self._write(one, asked.body, asked)
        one.followups.append(message)
        return self._hub.body(message)

    def _get(self, asked: Asked) -> Body:
        return self._hub.body(self._message(self._of(asked), asked))

    def _edit(self, asked: Asked) -> Body:
        message = self._message(self._of(asked), asked)
        self._change(message, asked.body, asked)
        return self._hub.body(message)

    def _delete(self, asked: Asked) -> None:
        self._hub.remove_message(self._message(self._of(asked), asked))

    def _of(self, asked: Asked) -> Interaction:
        """The interaction of a token: unknown before it is acknowledged (10015), void after 15 minutes (50027)."""
        one = self._hub.interactions.get(asked.at["token"])
        if one is None or asked.at["application"] != APPLICATION_ID:
            raise No(50027)
        if one.is_expired(self._hub.now()):
            raise No(50027)
        if one.acknowledged is None:
            raise No(10015)
        return one

    def _message(self, one: Interaction, asked: Asked) -> Message:
        id_ = asked.at["message"]
        known: list[Message] = [each for each in (one.original, *one.followups) if each is not None]
        found = one.original if id_ == "@original" else next((each for each in known if each.id == id_), None)
        channel = self._place(one)
        if found is None or found.id not in {**channel.messages, **channel.whispers}:
            raise No(10008)
        return found

    def _place(self, one: Interaction) -> Channel:
        channel: Any = self._hub.world.channels.get(one.channel_id)
        if not isinstance(channel, Channel):
            raise No(10003)
        return channel


def _focused_kind(data: Body) -> int:
    """The type of the option that somebody is typing."""
    for option in data.get("options", []):
        if option.get("focused"):
            return int(option["type"])
        if option.get("options") and (kind := _focused_kind(option)):
            return kind
    return 0
