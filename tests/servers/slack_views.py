"""views.*: modals and the home tab. The rules are from slack.md 1 "Ack and retries", "Blocks" and "Other surfaces"."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.servers import slack_blocks
from tests.servers.slack_hub import APP_ID, Hub, No
from tests.servers.slack_inputs import is_input, state_of
from tests.servers.slack_web import Method
from tests.servers.slack_world import Body, View, Workspace

MOST_STACKED = 3


class ViewMethods:
    """Opens, pushes, changes and publishes views."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def methods(self) -> Mapping[str, Method]:
        """The methods by name, with the arguments of Slack's method reference; they need no scope."""
        opened = "trigger_id interactivity_pointer view*"
        return {
            "views.open": Method(self._open, opened),
            "views.push": Method(self._push, opened),
            "views.update": Method(self._update, "external_id hash view_id view*"),
            "views.publish": Method(self._publish, "hash user_id* view*"),
        }

    def _open(self, workspace: Workspace, arguments: Body) -> Body:
        self.check(arguments["view"], "modal")
        user = self._exchange(workspace, arguments.get("trigger_id"))
        workspace.stacks[user] = []
        return {"view": self.body(self.put(workspace, user, arguments["view"]))}

    def _push(self, workspace: Workspace, arguments: Body) -> Body:
        self.check(arguments["view"], "modal")
        user = self._exchange(workspace, arguments.get("trigger_id"), within=True)
        return {"view": self.body(self.put(workspace, user, arguments["view"]))}

    def put(self, workspace: Workspace, user: str, body: Body) -> View:
        """A new modal on top of what the person has open: 3 at most."""
        stack = workspace.stacks.setdefault(user, [])
        if len(stack) >= MOST_STACKED:
            raise No("push_limit_reached", "slack.md 1 Blocks: stack of 3")
        self._check_external_id(workspace, body, None)
        id_ = self._hub.new_id("V")
        root = workspace.views[stack[0]].id if stack else id_
        view = View(
            id=id_, team_id=workspace.id, user=user, body=self._kept(body), hash=self._hub.new_ts(), root_id=root,
            previous_id=stack[-1] if stack else None,
        )  # fmt: skip
        workspace.views[id_] = view
        stack.append(id_)
        return view

    def _update(self, workspace: Workspace, arguments: Body) -> Body:
        self.check(arguments["view"], "modal", "home")
        view = self._found(workspace, arguments)
        if arguments.get("hash") and arguments["hash"] != view.hash:
            raise No("hash_conflict", "slack.md 1 Other surfaces")
        self._check_external_id(workspace, arguments["view"], view)
        self.change(view, arguments["view"])
        return {"view": self.body(view)}

    def _found(self, workspace: Workspace, arguments: Body) -> View:
        """slack.md 4.17: a modal that was closed is `not_found`."""
        is_open = {id_ for stack in workspace.stacks.values() for id_ in stack}
        views = [each for each in workspace.views.values() if each.id in is_open] + list(workspace.homes.values())
        for view in views:
            external = arguments.get("external_id")
            if view.id == arguments.get("view_id") or (external and external == view.body.get("external_id")):
                return view
        raise No("not_found", "slack.md 4.17")

    def change(self, view: View, body: Body) -> None:
        """Give a view new blocks. Inputs survive only with the same block_id and action_id."""
        view.body, view.hash = self._kept(body), self._hub.new_ts()
        view.errors = {}
        places = {
            (block["block_id"], block["element"]["action_id"]): block["element"]
            for block in view.blocks
            if is_input(block)
        }
        view.typed = {place: state for place, state in view.typed.items() if place in places}

    def _publish(self, workspace: Workspace, arguments: Body) -> Body:
        self.check(arguments["view"], "home")
        user = arguments["user_id"]
        if user not in workspace.people:
            raise No("invalid_arguments", "[ERROR] user_id is not a user of this workspace [json-pointer:/user_id]")
        home = workspace.homes.get(user)
        if arguments.get("hash") and (home is None or arguments["hash"] != home.hash):
            raise No("hash_conflict", "slack.md 1 Other surfaces")
        if home is None:
            id_ = self._hub.new_id("V")
            home = View(id=id_, team_id=workspace.id, user=user, body={}, hash="", root_id=id_)
        home.body, home.hash = self._kept(arguments["view"]), self._hub.new_ts()
        workspace.homes[user] = home
        return {"view": self.body(home)}

    def _kept(self, body: Body) -> Body:
        return {**body, "blocks": slack_blocks.with_ids(body["blocks"], "v.")}

    def check(self, view: object, *kinds: str) -> None:
        """Raises No for a view that Slack refuses."""
        if faults := slack_blocks.view_faults(view, *kinds):
            raise No("invalid_arguments", *faults)
        if len(json.dumps(view).encode()) > slack_blocks.MOST_VIEW_BYTES:
            raise No("view_too_large", "slack.md 1 Blocks: 250 kB")

    def _check_external_id(self, workspace: Workspace, body: Body, mine: View | None) -> None:
        external = body.get("external_id")
        others = (each for each in workspace.views.values() if each is not mine)
        if external and any(each.body.get("external_id") == external for each in others):
            raise No("duplicate_external_id", "slack.md 1 Other surfaces: unique in the team")

    def _exchange(self, workspace: Workspace, id_: object, *, within: bool = False) -> str:
        """slack.md 1 Ack and retries: a trigger_id lives 3 s and works once."""
        trigger = self._hub.triggers.get(str(id_))
        if trigger is None or trigger.team_id != workspace.id:
            raise No("invalid_trigger_id", "slack.md 1 Ack and retries")
        if self._hub.courier.monotonic_s() - trigger.born_s > self._hub.trigger_life_s:
            raise No("expired_trigger_id", "slack.md 1 Ack and retries: it lives 3 s")
        if trigger.used:
            raise No("exchanged_trigger_id", "slack.md 1 Ack and retries: it works once")
        if within and trigger.view_id not in workspace.stacks.get(trigger.user, []):
            raise No("not_found", "views.push needs the trigger of a modal that is open")
        trigger.used = True
        return trigger.user

    def body(self, view: View) -> Body:
        """A view as payloads show it, with the state of its inputs."""
        return {
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "submit": None,
            "close": None,
            "notify_on_close": False,
            **view.body,
            "id": view.id,
            "team_id": view.team_id,
            "app_id": APP_ID,
            "app_installed_team_id": view.team_id,
            "bot_id": self._hub.workspaces[view.team_id].bot_id,
            "hash": view.hash,
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
            "state": {"values": state_of(view.blocks, view.typed)},
        }
