"""The door of the Web API: token, scopes, arguments, faults; then the method itself. Everything is recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.servers.slack_faults import Fault
from tests.servers.slack_hub import APP_TOKEN, Call, Hub, No
from tests.servers.slack_world import Body, Workspace

Run = Callable[[Workspace, Body], Body]
_JSON_ARGUMENTS = ("attachments", "blocks", "chunks", "files", "loading_messages", "metadata", "view")


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `scopes`: any one of them is enough; none are needed if empty. `arguments`: those with * must be."""

    run: Run
    arguments: str
    scopes: tuple[str, ...] = ()
    by_app: bool = False
    """Called with the app token."""


def truth(value: object) -> bool:
    """A boolean as JSON or as a form gives it."""
    return value in (True, 1, "1", "true", "True")


class WebApi:
    """Everything under /api/."""

    def __init__(self, hub: Hub, methods: Mapping[str, Method]) -> None:
        self._hub = hub
        self._methods = methods

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        method = request.match_info["method"]
        arguments, token = await _read(request)
        fault = self._hub.faults.take(method)
        if fault is not None and fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault is not None and not fault.commits:
            self._record(request, method, arguments, token, "a fault before it took effect")
            return await self._go_wrong(request, fault)
        body = self._answer(method, arguments, token)
        self._record(request, method, arguments, token, body.get("error"))
        if fault is not None and fault.late_s:
            await asyncio.sleep(fault.late_s)
        if fault is not None and not (fault.delay_s or fault.late_s):
            return await self._go_wrong(request, fault)
        return web.json_response(body, headers=self._scopes(token))

    def _scopes(self, token: str) -> dict[str, str]:
        """Slack names what a token may do in a header of every answer."""
        workspace = self._hub.workspace_of(token)
        return {"x-oauth-scopes": ",".join(sorted(workspace.scopes))} if workspace else {}

    def _record(self, request: web.Request, method: str, arguments: Body, token: str, error: str | None) -> None:
        workspace = self._hub.workspace_of(token)
        peer = request.transport.get_extra_info("peername") if request.transport else None
        self._hub.calls.append(
            Call(
                method=method, arguments=arguments, team_id=workspace.id if workspace else "", error=error,
                at=self._hub.now(), connection=str(peer),
            )
        )  # fmt: skip

    async def _go_wrong(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.hangs:
            await self._hub.faults.closing.wait()
        if (fault.cuts or fault.hangs) and request.transport is not None:
            request.transport.abort()
        headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
        return web.json_response({"ok": False, "error": fault.error}, status=fault.status, headers=headers)

    def _answer(self, name: str, arguments: Body, token: str) -> Body:
        try:
            method = self._known(name)
            workspace = self._authorized(method, token)
            _check_arguments(method, arguments)
            return {"ok": True, **method.run(workspace, arguments)}
        except No as no:
            more: Body = dict(no.more)
            if no.messages:
                more["response_metadata"] = {"messages": list(no.messages)}
            return {"ok": False, "error": no.error, **more}

    def _known(self, name: str) -> Method:
        if name not in self._methods:
            raise No("unknown_method", f"this Slack does not know {name}")
        return self._methods[name]

    def _authorized(self, method: Method, token: str) -> Workspace:
        """slack.md 4.18: a dead token is token_revoked or account_inactive."""
        if not token:
            raise No("not_authed")
        workspace = self._hub.workspace_of(token)
        if workspace is None and token != APP_TOKEN:
            raise No("invalid_auth")
        if (workspace is None) != method.by_app:
            raise No("not_allowed_token_type")
        if workspace is None:
            return next(iter(self._hub.workspaces.values()))
        if workspace.revoked:
            raise No(workspace.revoked, "slack.md 4.18")
        if method.scopes and not workspace.scopes & set(method.scopes):
            provided = ",".join(sorted(workspace.scopes))
            raise No("missing_scope", needed=",".join(method.scopes), provided=provided)
        return workspace


async def _read(request: web.Request) -> tuple[Body, str]:
    """The arguments from the query and the body, JSON or form, and the token from its header or among them."""
    arguments: Body = dict(request.query)
    if request.content_type == "application/json":
        arguments |= await request.json()
    elif request.can_read_body:
        arguments |= dict(await request.post())
    for name in _JSON_ARGUMENTS:
        if isinstance(arguments.get(name), str):
            arguments[name] = _parsed(arguments[name])
    header = request.headers.get("authorization", "").removeprefix("Bearer").strip()
    return arguments, str(arguments.pop("token", "") or header)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _check_arguments(method: Method, arguments: Body) -> None:
    """The arguments are from Slack's method reference; Slack passes over unknown ones, here they are a fault."""
    names = method.arguments.split()
    missing = [each[:-1] for each in names if each.endswith("*") and arguments.get(each[:-1]) in (None, "")]
    if missing:
        raise No("invalid_arguments", *(f"[ERROR] missing required field: {each}" for each in missing))
    known = {each.rstrip("*") for each in names} | {"team_id"}  # bolt sends its team_id along with every call
    if unknown := sorted(arguments.keys() - known):
        raise No("invalid_arguments", f"unknown arguments {unknown}: Slack would pass over them, so you may not know")
