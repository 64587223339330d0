"""From what Slack sends to the core's words. Nothing is decided here: what says nothing to the core is None."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.group import MemberId, MessageRef, Place
from bot.inbound import (
    Asked,
    Caller,
    Command,
    Press,
    Submission,
    Wish,
    Written,
)
from handlers.slack.addresses import channel_of
from handlers.slack.manifest import COUNT_AS_ANSWER, GET_FEEDBACK
from handlers.slack.modal import action_of, ids_of, values_of
from handlers.slack.names import CommandNames
from handlers.slack.words import NameOf, plain, typed

PLATFORM = "slack"
Body = Mapping[str, Any]

SHORTCUTS = {GET_FEEDBACK: Wish.FEEDBACK, COUNT_AS_ANSWER: Wish.COUNT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where something was done, and so where its answer is shown.

    Attributes:
        place: the group's place.
        channel: where the person is, if that is a conversation; a view is none.
        thread: the thread they are in.
        fresh_thread: the bot began that thread a few minutes ago.
        in_view: it was done in the home tab or in a modal.
        view_id: the modal that the answer is to stand in.
    """

    place: Place
    member: MemberId
    channel: str | None = None
    thread: MessageRef | None = None
    fresh_thread: bool = False
    response_url: str | None = None
    trigger_id: str | None = None
    in_view: bool = False
    view_id: str | None = None


def at_home(body: Body, team_id: str) -> Body:
    """What came in, as from the workspace that the app is installed in, whichever workspace it names."""
    return {**body, "team_id": team_id, "team": {"id": team_id}}


@dataclass(frozen=True, slots=True)
class Translator:
    """Reads slash commands, whatever they are called here."""

    names: CommandNames

    def command(self, body: Body, name: str, name_of: NameOf) -> tuple[Command, Origin]:
        """A slash command, of a person called `name`."""
        origin = Origin(
            place=Place(PLATFORM, body["team_id"], body["channel_id"]),
            member=MemberId(body["user_id"]),
            channel=body["channel_id"],
            response_url=body.get("response_url"),
            trigger_id=body.get("trigger_id"),
        )
        root = body["command"].removeprefix("/")
        caller = caller_of(origin, name, str(body.get("trigger_id")))
        return Command(caller, self.names.in_table(root), typed(body.get("text", ""), name_of)), origin


def press(body: Body, name: str) -> tuple[Press, Origin] | None:
    """A button; None for an element that does nothing by itself, such as an open menu."""
    action = body["actions"][0]
    if action.get("type") != "button" or not action.get("value"):
        return None
    container = body.get("container") or {}
    here = container.get("channel_id")
    thread_ts = container.get("thread_ts")
    channel = channel_of(action.get("block_id", "")) or here or ""
    place = Place(PLATFORM, body["team"]["id"], channel)
    origin = Origin(
        place=place,
        member=MemberId(body["user"]["id"]),
        channel=here,
        thread=MessageRef(place, thread_ts) if thread_ts else None,
        response_url=body.get("response_url"),
        trigger_id=body.get("trigger_id"),
        in_view=here is None,
        view_id=body["view"]["id"] if here is None and body["view"]["type"] == "modal" else None,
    )
    return Press(caller_of(origin, name, str(body.get("trigger_id"))), action["value"]), origin


def submission(body: Body, name: str) -> tuple[Submission, Origin]:
    """A form. Its key is the view and what was typed: sent again unchanged, it is the same event."""
    view, values = body["view"], values_of(body["view"])
    ids = ids_of(view)
    place = Place(PLATFORM, body["team"]["id"], ids["channel"])
    origin = Origin(
        place=place,
        member=MemberId(body["user"]["id"]),
        channel=ids["channel"],
        thread=MessageRef(place, ids["thread"]) if "thread" in ids else None,
        trigger_id=body.get("trigger_id"),
    )
    typed = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
    return Submission(caller_of(origin, name, f"form:{view['id']}:{typed}"), action_of(view), values), origin


def shortcut(body: Body, name: str, name_of: NameOf) -> tuple[Asked, Origin] | None:
    """A message shortcut; None for one that is not ours."""
    wish = SHORTCUTS.get(body["callback_id"])
    if wish is None:
        return None
    message = body["message"]
    place = Place(PLATFORM, body["team"]["id"], body["channel"]["id"])
    thread = MessageRef(place, message.get("thread_ts") or message["ts"])
    origin = Origin(
        place=place,
        member=MemberId(body["user"]["id"]),
        channel=place.channel,
        thread=thread if message.get("thread_ts") not in (None, message["ts"]) else None,
        response_url=body.get("response_url"),
        trigger_id=body.get("trigger_id"),
    )
    is_ours = bool(message.get("bot_id"))
    about = Written(
        author=None if is_ours else MemberId(message.get("user", "")),
        message_id=message["ts"],
        text=plain(message.get("text") or "", name_of),
    )
    caller = replace(caller_of(origin, name, str(body.get("trigger_id"))), thread=thread)
    return Asked(caller=caller, wish=wish, message=about), origin


def caller_of(origin: Origin, name: str, event: str) -> Caller:
    """Who did it, with the key that tells the event from others."""
    return Caller(
        member_id=origin.member, name=name, place=origin.place, thread=origin.thread,
        fresh_thread=origin.fresh_thread, event=event,
    )  # fmt: skip
