"""The test's own door to a fake Slack in another process: its state as JSON, and acts of people.

GET /test/state
POST /test/act    {"as": "U1", "do": "command", "with": {"command": "/tpm-help", "text": "", "channel": "C1"}}
POST /test/clock  {"advance_s": 86400}
POST /test/fault  {"method": "chat.postMessage", "error": "is_archived"}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from tests.servers.slack_faults import Fault
from tests.servers.slack_hub import Hub
from tests.servers.slack_inputs import Unable
from tests.servers.slack_people import User
from tests.servers.slack_world import Body, Message, View, Workspace

ACTS = ("archive", "choose", "close", "command", "delete", "edit", "fill", "invite", "open_home", "press", "remove",
        "say", "shortcut", "submit")  # fmt: skip


class Door:
    """Serves /test/."""

    def __init__(self, hub: Hub, users: Mapping[tuple[str, str], User]) -> None:
        self._hub = hub
        self._users = users

    def add_to(self, app: web.Application) -> None:
        """Its routes."""
        app.router.add_get("/test/state", self._state)
        app.router.add_post("/test/act", self._act)
        app.router.add_post("/test/clock", self._clock)
        app.router.add_post("/test/fault", self._fault)

    async def _state(self, _: web.Request) -> web.Response:
        hub = self._hub
        calls = [{"method": each.method, "team": each.team_id, "error": each.error} for each in hub.calls]
        deliveries = [
            {"kind": each.kind, "tries": [{"failure": one.failure, "took_s": one.took_s} for one in each.attempts]}
            for each in hub.courier.deliveries
        ]
        teams = {id_: _workspace(each) for id_, each in hub.workspaces.items()}
        return web.json_response({"teams": teams, "calls": calls, "deliveries": deliveries, "odd": hub.odd})

    async def _act(self, request: web.Request) -> web.Response:
        body: Body = await request.json()
        team, act, given = body.get("team", "T1"), body["do"], dict(body.get("with", {}))
        if act not in ACTS:
            return web.json_response({"fault": f"do one of {ACTS}"}, status=400)
        user = self._users[team, body["as"]]
        for name in ("message", "where", "thread"):
            if given.get(name) is not None:
                given[name] = self._place(user, team, given[name])
        try:
            done = getattr(user, act)(**given)
            result = await done if hasattr(done, "__await__") else done
        except Unable as unable:
            return web.json_response({"fault": str(unable)}, status=409)
        return web.json_response({"ts": result.ts if isinstance(result, Message) else None})

    def _place(self, user: User, team: str, id_: str) -> Message | View:
        if id_ == "home" and user.home is not None:
            return user.home
        channels = self._hub.workspaces[team].channels
        seen = {each.ts: each for channel in channels for each in user.sees(channel)}
        return seen[id_]

    async def _clock(self, request: web.Request) -> web.Response:
        self._hub.ahead += timedelta(seconds=float((await request.json())["advance_s"]))
        return web.json_response({"now": self._hub.now().isoformat()})

    async def _fault(self, request: web.Request) -> web.Response:
        body: Body = await request.json()
        self._hub.faults.add(body.pop("method"), Fault(**body))
        return web.json_response({})


def _workspace(workspace: Workspace) -> Body:
    channels = {
        channel.id: {
            "name": channel.name,
            "members": sorted(channel.members),
            "archived": channel.archived,
            "messages": [_message(each) for each in channel.messages.values()],
            "whispers": [_message(each) for each in channel.whispers.values()],
        }
        for channel in workspace.channels.values()
    }
    views = {user: _view(modal) for user in workspace.stacks if (modal := workspace.modal(user))}
    homes = {user: _view(home) for user, home in workspace.homes.items()}
    failures = {each.id: each.failures for each in workspace.people.values() if each.failures}
    return {"channels": channels, "views": views, "homes": homes, "failures": failures}


def _message(message: Message) -> Body:
    return {
        "ts": message.ts,
        "user": message.user,
        "thread_ts": message.thread_ts,
        "only_for": message.only_for,
        "text": message.text,
        "shown": message.shown,
        "labels": message.labels,
        "metadata": message.metadata,
        "pings": message.pings,
        "files": [each.name for each in message.files],
    }


def _view(view: View) -> Body:
    return {"id": view.id, "title": view.title, "shown": view.shown, "labels": view.labels, "errors": view.errors}
