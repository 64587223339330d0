"""Modals: filling in, sending, closing (discord.md 1 Modals, 6 "Modals and restarts")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.discord_interaction import SUBMIT, Interaction
from tests.servers.discord_pressing import value_of
from tests.servers.discord_seat import OpenModal, Seat, Unable
from tests.servers.discord_world import Body

INPUT, SELECT, RADIO, CHECKBOXES, CHECKBOX = 4, 3, 21, 22, 23


class Filling(Seat):
    """What a person does in a modal."""

    async def submit(self, values: Mapping[str, str | bool | Sequence[str]]) -> Interaction:
        """Fill in and send the modal that is open: label or custom_id -> text, option or options, by label or value.

        Raises Unable for what Discord's client does not send. What the app does not answer in 3 s stays open.
        """
        modal = self._open()
        known = {name for label, each in modal.fields for name in (label, each["custom_id"])}
        if unknown := values.keys() - known:
            raise Unable(f"there are no fields {sorted(unknown)}, only {[label for label, _ in modal.fields]}")
        parts = [_part(each, values) for each in modal.body["components"]]
        data = {"custom_id": modal.body["custom_id"], "components": parts, "resolved": {}}
        self.modal = None
        one = await self._interact(SUBMIT, data, self._channel(modal.channel_id), modal.source)
        if one.failure:
            self.modal = modal
        return one

    def close(self) -> None:
        """Close the modal; the app does not hear of it."""
        self._open()
        self.modal = None

    def _open(self) -> OpenModal:
        if self.modal is None:
            raise Unable(f"{self.person.name} has no modal open")
        return self.modal


def _part(part: Body, values: Mapping[str, Any]) -> Body:
    """docs: receiving-and-responding "Modal Submit Data Structure"."""
    body: Body = {"type": part["type"], "id": part.get("id", 0)}
    if part["type"] == 18:
        return {
            **body,
            "component": _filled(part["component"], values.get(part["label"], _by_id(part["component"], values))),
        }
    if part["type"] == 1:
        inner = [_filled(each, values.get(str(each.get("label")), _by_id(each, values))) for each in part["components"]]
        return {**body, "components": inner}
    return body


def _by_id(component: Body, values: Mapping[str, Any]) -> Any:
    return values.get(component["custom_id"])


def _filled(component: Body, given: Any) -> Body:
    kind = component["type"]
    body: Body = {"type": kind, "id": component.get("id", 0), "custom_id": component["custom_id"]}
    required = component.get("required", True)
    if kind == INPUT:
        text = str(component.get("value") or "") if given is None else str(given)
        _check_length(component, text, required=required)
        return {**body, "value": text}
    if kind == CHECKBOX:
        return {**body, "value": bool(component.get("default") if given is None else given)}
    chosen = _chosen(component, given)
    if kind == RADIO:
        if required and not chosen:
            raise Unable(f"{component['custom_id']}: choose one")
        return {**body, "value": chosen[0] if chosen else None}
    least = component.get("min_values", 1) if required else 0
    most = component.get("max_values", len(component["options"]) if kind == CHECKBOXES else 1)
    if not least <= len(chosen) <= most:
        raise Unable(f"{component['custom_id']}: choose between {least} and {most}")
    return {**body, "values": chosen}


def _chosen(component: Body, given: Any) -> list[str]:
    if "options" not in component:
        raise Unable(f"nobody can fill in a component of type {component['type']} here yet")
    if given is None:
        return [str(each["value"]) for each in component["options"] if each.get("default")]
    return [value_of(component["options"], str(each)) for each in ([given] if isinstance(given, str) else given)]


def _check_length(component: Body, text: str, *, required: bool) -> None:
    least = component.get("min_length") or (1 if required else 0)
    if (text or required) and not least <= len(text) <= component.get("max_length", 4000):
        raise Unable(f"{component['custom_id']}: {len(text)} characters, and Discord's client does not send that")
