"""Modals: filling in, sending, closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.slack_courier import Delivery
from tests.servers.slack_hub import No
from tests.servers.slack_inputs import client_faults, filled
from tests.servers.slack_seat import Seat
from tests.servers.slack_world import Body, View

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack shows in a modal whose submission was not acknowledged."""


class Filling(Seat):
    """What a person does in a modal. `view` None is the one on top."""

    def fill(self, values: Mapping[str, str | Sequence[str]], view: View | None = None) -> None:
        """Type into a modal without sending it: block_id -> text, or the value or label of an option."""
        there = self._modal(view)
        there.typed |= filled(there.blocks, values)

    async def submit(
        self, view: View | None = None, values: Mapping[str, str | Sequence[str]] | None = None
    ) -> Delivery | None:
        """Fill in and send a modal. None: Slack's client did not send it; `view.errors` says why."""
        there = self._modal(view)
        there.typed |= filled(there.blocks, values or {})
        there.errors = client_faults(there.blocks, there.typed)
        if there.errors:
            return None
        payload = self._interaction("view_submission", there.id)
        payload |= {"view": self._views.body(there), "response_urls": []}
        delivery = await self._hub.courier.once("interactive", payload)
        if not delivery.accepted:
            self.failures.append(TROUBLE)
        else:
            self._submitted(there, delivery.answer if isinstance(delivery.answer, dict) else {})
        return delivery

    def _submitted(self, view: View, answer: Body) -> None:
        """slack.md 1 Other surfaces: errors, update, push, clear; without any, the modal closes."""
        stack = self._workspace.stacks[self.id]
        try:
            match answer.get("response_action"):
                case None:
                    stack.remove(view.id)
                case "clear":
                    stack.clear()
                case "errors":
                    self._show_errors(view, answer.get("errors"))
                case "update":
                    self._views.check(answer.get("view"), "modal")
                    self._views.change(view, answer["view"])
                case "push":
                    self._views.check(answer.get("view"), "modal")
                    self._views.put(self._workspace, self.id, answer["view"])
                case other:
                    self._hub.odd.append(f"unknown response_action {other!r}")
                    self.failures.append(TROUBLE)
        except No as no:
            self._hub.odd.append(f"{no.error}: {'; '.join(no.messages)}")
            self.failures.append(TROUBLE)

    def _show_errors(self, view: View, errors: Any) -> None:
        known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or set(errors) - known:
            raise No("invalid_arguments", f"errors must name input blocks of the view: {errors!r}")
        view.errors = {key: str(text) for key, text in errors.items()}

    async def close(self, view: View | None = None, *, all_of_them: bool = False) -> Delivery | None:
        """Close a modal; the app hears of it if it asked for that with `notify_on_close`."""
        there = self._modal(view)
        stack = self._workspace.stacks[self.id]
        del stack[0 if all_of_them else stack.index(there.id) :]
        if not there.body.get("notify_on_close"):
            return None
        payload = self._interaction("view_closed", None)
        del payload["trigger_id"]
        payload |= {"view": self._views.body(there), "is_cleared": all_of_them}
        return await self._hub.courier.once("interactive", payload)
