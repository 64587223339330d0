"""The one middleware that takes everything: words are saved and then acknowledged, all else is acknowledged and done.

It answers each request itself and calls no listener of bolt's. So nothing is unhandled (slack.md 4.2), no exception of
a handler can take back an ack (4.1), no listener polls (4.5), and what goes on after an ack is in a set of ours (4.11).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.cards import Form
from bot.errors import Refusal
from bot.inbound import Arrived, Asked, Command
from bot.ports import Meter
from bot.views import notices
from handlers.seen import Seen
from handlers.slack import inbound
from handlers.slack.desk import Desk, Unsaved, unsaved_card
from handlers.slack.inbound import PLATFORM, Body, Translator, at_home
from handlers.slack.modal import errors_of, ids_of, modal
from handlers.slack.names import CommandNames
from handlers.slack.told import came_or_went, told

log = logging.getLogger(__name__)

UNSAVED, FAILED = 503, 500
Outcome = tuple[str, str, BoltResponse]
"""Kind and outcome in the meter's words, and what Slack is told."""


class Intake(AsyncMiddleware):
    """Everything that Slack sends, after bolt has checked where it comes from."""

    def __init__(self, desk: Desk, meter: Meter, names: CommandNames, leave: Callable[[str], None]) -> None:
        """`leave` is called with the id of a workspace that the app may have been removed from."""
        self._desk = desk
        self._leave = leave
        self._meter = meter
        self._names_here = names
        self._translator = Translator(names)
        self._seen = Seen()

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002
    ) -> BoltResponse:
        """Take one request."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            bot = req.context.authorize_result  # without one, bolt has answered
            kind, outcome, answer = await self._take(req.body, bot) if bot else _ignored()
        except Unsaved:
            kind, outcome, answer = _kind(req.body), "unsaved", BoltResponse(status=UNSAVED)
        except Exception:
            # not acknowledged: Slack brings an event again, and a person sees that it did not work
            log.exception("a request of type %s failed", _kind(req.body))
            kind, outcome, answer = _kind(req.body), "failed", BoltResponse(status=FAILED)
        self._meter.event(PLATFORM, kind, outcome, loop.time() - began_s)
        return answer

    async def _take(self, body: Body, bot: AuthorizeResult) -> Outcome:
        body = at_home(body, str(bot.team_id))
        match "command" if "command" in body else body.get("type"):
            case "command":
                return self._command(body)
            case "event_callback":
                return await self._event(body, bot.bot_user_id)
            case "block_actions":
                return self._press(body)
            case "view_submission":
                return await self._submission(body)
            case "message_action":
                return await self._shortcut(body)
            case "app_rate_limited":
                log.error("Slack holds back events: more than 30,000 came in an hour")
        return _ignored()

    async def _event(self, body: Body, bot_user_id: str | None) -> Outcome:
        team_id, event = body["team_id"], body["event"]
        match event["type"]:
            case "message" | "app_mention" if bot_user_id:
                return await self._message(team_id, event, bot_user_id)
            case "app_home_opened" if event.get("tab") == "home" and self._seen.first(body.get("event_id", "")):
                self._desk.publish_home_later(team_id, event["user"])
                return "home", "taken", _ok()
            case "member_joined_channel" | "member_left_channel" if bot_user_id:
                return await self._came_or_went(body, bot_user_id)
            case "app_uninstalled":
                self._leave(team_id)
                return "uninstalled", "taken", _ok()
            case "tokens_revoked" if (event.get("tokens") or {}).get("bot"):
                self._leave(team_id)
                return "uninstalled", "taken", _ok()
        return _ignored()

    async def _message(self, team_id: str, event: Body, bot_user_id: str) -> Outcome:
        heard = told(team_id, event, bot_user_id, self._names(team_id))
        if heard is None:
            return "message", "ignored", _ok()
        kind = type(heard.event).__name__.lower()
        if isinstance(heard.event, Asked | Command):
            if not self._seen.first(heard.event.caller.event):
                return kind, "repeated", _ok()
            self._desk.answer_later(heard.event, heard.origin)
        else:
            await self._desk.save(heard.event, heard.origin)
        return kind, "taken", _ok()

    async def _came_or_went(self, body: Body, bot_user_id: str) -> Outcome:
        """Kept before it is acknowledged, for Slack tells of it only until then."""
        moved = came_or_went(body, bot_user_id)
        if moved is None:
            return "moved", "ignored", _ok()
        if isinstance(moved, Arrived):
            self._desk.meet_later(body["team_id"], moved.caller.member_id)
        await self._desk.saved(moved)
        return "joined" if isinstance(moved, Arrived) else "left", "taken", _ok()

    def _command(self, body: Body) -> Outcome:
        name = self._name(body["team_id"], body["user_id"]) or body.get("user_name") or body["user_id"]
        event, origin = self._translator.command(body, name, self._names(body["team_id"]))
        self._desk.answer_later(event, origin)
        return "command", "taken", _ok()

    def _press(self, body: Body) -> Outcome:
        pressed = inbound.press(body, self._name_of_user(body))
        if pressed is None:
            return "press", "ignored", _ok()
        self._desk.answer_later(*pressed)
        return "press", "taken", _ok()

    async def _shortcut(self, body: Body) -> Outcome:
        """Its words stand in Slack, but whoever uses it expects that they count from now on."""
        asked = inbound.shortcut(body, self._name_of_user(body), self._names(body["team"]["id"]))
        if asked is None:
            return "shortcut", "ignored", _ok()
        event, origin = asked
        try:
            await self._desk.save(event, origin)
        except Unsaved:
            self._desk.show_later(unsaved_card(), origin)
            raise
        return "shortcut", "taken", _ok()

    async def _submission(self, body: Body) -> Outcome:
        event, origin = inbound.submission(body, self._name_of_user(body))
        first_field = next(iter(event.values))
        try:
            reply = await self._desk.submitted(event, origin)
        except Refusal as refusal:
            field = refusal.field if refusal.field in event.values else None
            return "submission", "taken", _errors({field or first_field: self._names_here.text(str(refusal))})
        except Unsaved:
            # the window stays open, and with it the words
            return "submission", "unsaved", _errors({first_field: notices.STORE_DOWN_WORDS})
        if isinstance(reply, Form):
            form = self._names_here.form(reply)
            if form.errors:
                return "submission", "taken", _errors(errors_of(form))
            view = modal(form, ids=ids_of(body["view"]))
            return "submission", "taken", _json({"response_action": "update", "view": view})
        if reply is not None:
            self._desk.show_later(reply, origin)
        return "submission", "taken", _ok()

    def _name(self, team_id: str, user_id: str) -> str | None:
        return self._desk.name_in(team_id, user_id)

    def _name_of_user(self, body: Body) -> str:
        user: Mapping[str, Any] = body["user"]
        return self._name(body["team"]["id"], user["id"]) or user.get("name") or user["id"]

    def _names(self, team_id: str) -> Callable[[str], str | None]:
        return lambda user_id: self._name(team_id, user_id)


def _kind(body: Body) -> str:
    """What sort of thing came in, without a word of it."""
    event = body.get("event") or {}
    return str(event.get("type") or body.get("type") or ("command" if "command" in body else "other"))


def _ignored() -> Outcome:
    return "other", "ignored", _ok()


def _ok() -> BoltResponse:
    return BoltResponse(status=200, body="")


def _errors(errors: Mapping[str, str]) -> BoltResponse:
    return _json({"response_action": "errors", "errors": dict(errors)})


def _json(body: Mapping[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
