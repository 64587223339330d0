"""From what Slack sends to the core's words. Nothing is decided here: what says nothing to the core is None."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain.group import MemberId, MessageRef, Place
from bot.inbound import (
    Asked,
    Caller,
    Command,
    Deleted,
    Edited,
    Press,
    Said,
    Submission,
    Wish,
    Written,
    said_event,
)
from handlers.slack.addresses import channel_of
from handlers.slack.manifest import COUNT_AS_ANSWER, GET_FEEDBACK
from handlers.slack.modal import action_of, ids_of, values_of
from handlers.slack.stamps import at_of
from handlers.slack.words import NameOf, mentions, plain, without_mention

PLATFORM = "slack"
Body = Mapping[str, Any]

SPOKEN = frozenset({None, "thread_broadcast", "file_share"})
"""Subtypes of a message that a person wrote; all others are Slack's or a bot's (slack.md 4.4)."""
WISHES = {"feedback": Wish.FEEDBACK, "probe": Wish.PROBE, "probe me": Wish.PROBE}
"""What can be said to the bot in a thread, in any case, with or without a full stop."""
FRESH = timedelta(minutes=10)
"""A post is recorded within milliseconds; within a minute where Slack did not say whether it took it."""
SHORTCUTS = {GET_FEEDBACK: Wish.FEEDBACK, COUNT_AS_ANSWER: Wish.COUNT}
HELP = "tpm-help"


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


@dataclass(frozen=True, slots=True)
class Translator:
    """Reads the payloads of every workspace. `roots`: the command's name in Slack -> its name in the table."""

    roots: Mapping[str, str]

    def command(self, body: Body, name: str) -> tuple[Command, Origin]:
        """A slash command, of a person called `name`."""
        origin = Origin(
            place=Place(PLATFORM, body["team_id"], body["channel_id"]),
            member=MemberId(body["user_id"]),
            channel=body["channel_id"],
            response_url=body.get("response_url"),
            trigger_id=body.get("trigger_id"),
        )
        root = body["command"].removeprefix("/")
        caller = _caller(origin, name, str(body.get("trigger_id")))
        return Command(caller, self.roots.get(root, root), body.get("text", "")), origin


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
    return Press(_caller(origin, name, str(body.get("trigger_id"))), action["value"]), origin


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
    return Submission(_caller(origin, name, f"form:{view['id']}:{typed}"), action_of(view), values), origin


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
        text=plain(message.get("text", ""), name_of),
    )
    caller = replace(_caller(origin, name, str(body.get("trigger_id"))), thread=thread)
    return Asked(caller=caller, wish=wish, message=about), origin


@dataclass(frozen=True, slots=True)
class Told:
    """A message event in the core's words, and where it came from."""

    event: Said | Edited | Deleted | Asked | Command
    origin: Origin


def told(team_id: str, event: Body, bot_user_id: str, name_of: NameOf) -> Told | None:
    """What a `message` or `app_mention` event says; None for what is not ours to read (slack.md 4.2, 4.4)."""
    if event["type"] == "app_mention":
        return _mentioned(team_id, event, bot_user_id, name_of)
    match event.get("subtype"):
        case "message_deleted":
            return _gone(team_id, event, event["deleted_ts"], bot_user_id, name_of)
        case "message_changed":
            message = event["message"]
            if message.get("subtype") == "tombstone":  # a parent whose replies still stand
                return _gone(team_id, event, message["ts"], bot_user_id, name_of)
            return _changed(team_id, event, message, bot_user_id, name_of)
        case subtype if subtype in SPOKEN:
            return _said(team_id, event, bot_user_id, name_of)
    return None


def _said(team_id: str, event: Body, bot_user_id: str, name_of: NameOf) -> Told | None:
    if not _is_persons_reply(event) or not event.get("text", "").strip():
        return None
    origin = _origin(team_id, event["channel"], event, bot_user_id)
    if (wish := _wish(event, bot_user_id)) is not None:
        return _asked(origin, event, wish, name_of)
    said = Said(
        caller=_thread_caller(origin, said_event(event["ts"]), name_of),
        message_id=event["ts"],
        text=plain(without_mention(event["text"], bot_user_id), name_of),
        sent_at=at_of(event["ts"]),
        mentions=mentions(event["text"]) - {MemberId(bot_user_id)},
    )
    return Told(said, origin)


def _changed(team_id: str, event: Body, message: Body, bot_user_id: str, name_of: NameOf) -> Told | None:
    """An edit by its author; Slack also tells of previews that it added, and of replies."""
    before = event.get("previous_message") or {}
    edited_ts = (message.get("edited") or {}).get("ts")
    if message.get("subtype") not in SPOKEN or not _is_persons_reply(message):
        return None
    if edited_ts is None or before.get("text") == message.get("text"):
        return None
    origin = _origin(team_id, event["channel"], message, bot_user_id)
    edited = Edited(
        caller=_thread_caller(origin, f"edit:{message['ts']}:{edited_ts}", name_of),
        message_id=message["ts"],
        text=plain(without_mention(message.get("text", ""), bot_user_id), name_of),
        edited_at=at_of(edited_ts),
        mentions=mentions(message.get("text", "")) - {MemberId(bot_user_id)},
    )
    return Told(edited, origin)


def _gone(team_id: str, event: Body, ts: str, bot_user_id: str, name_of: NameOf) -> Told | None:
    message = event.get("previous_message") or {}
    if not _is_persons_reply(message):
        return None
    origin = _origin(team_id, event["channel"], message, bot_user_id)
    deleted = Deleted(
        caller=_thread_caller(origin, f"delete:{ts}", name_of),
        message_id=ts,
        deleted_at=at_of(event.get("event_ts") or event["ts"]),
    )
    return Told(deleted, origin)


def _mentioned(team_id: str, event: Body, bot_user_id: str, name_of: NameOf) -> Told | None:
    """Words to the bot: a wish in a thread, an answer in a thread, or somebody who wants to know what it can do."""
    if event.get("bot_id") or not event.get("user"):
        return None
    if _is_persons_reply(event):
        return _said(team_id, event, bot_user_id, name_of)
    origin = _origin(team_id, event["channel"], event, bot_user_id)
    caller = _caller(origin, name_of(origin.member) or origin.member, f"mention:{event['ts']}")
    return Told(Command(caller, HELP, ""), origin)


def _asked(origin: Origin, event: Body, wish: Wish, name_of: NameOf) -> Told:
    return Told(Asked(caller=_thread_caller(origin, f"wish:{event['ts']}", name_of), wish=wish), origin)


def _wish(event: Body, bot_user_id: str) -> Wish | None:
    if bot_user_id not in mentions(event["text"]):
        return None
    return WISHES.get(without_mention(event["text"], bot_user_id).casefold().rstrip(".! ").strip())


def _is_persons_reply(message: Body) -> bool:
    """Whether a person wrote it in a thread; a parent carries its own `ts` as its thread's."""
    thread_ts = message.get("thread_ts")
    return bool(message.get("user")) and not message.get("bot_id") and thread_ts not in (None, message.get("ts"))


def _origin(team_id: str, channel: str, message: Body, bot_user_id: str) -> Origin:
    place = Place(PLATFORM, team_id, channel)
    thread_ts = message.get("thread_ts")
    return Origin(
        place=place,
        member=MemberId(message["user"]),
        channel=channel,
        thread=MessageRef(place, thread_ts) if thread_ts else None,
        fresh_thread=message.get("parent_user_id") == bot_user_id and _is_fresh(message["ts"], thread_ts),
    )


def _thread_caller(origin: Origin, event: str, name_of: NameOf) -> Caller:
    return _caller(origin, name_of(origin.member) or origin.member, event)


def _caller(origin: Origin, name: str, event: str) -> Caller:
    return Caller(
        member_id=origin.member, name=name, place=origin.place, thread=origin.thread,
        fresh_thread=origin.fresh_thread, event=event,
    )  # fmt: skip


def _is_fresh(ts: str, thread_ts: str | None) -> bool:
    return thread_ts is not None and at_of(ts) - at_of(thread_ts) < FRESH
