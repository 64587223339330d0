"""What Slack tells of messages and people, in the core's words; what is not ours is None (slack.md 4.2, 4.4, 4.14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.group import MemberId, MessageRef, Place
from bot.inbound import Arrived, Asked, Caller, Command, Deleted, Departed, Edited, Said, Wish, said_event
from handlers.slack.inbound import PLATFORM, Body, Origin, caller_of
from handlers.slack.stamps import at_of
from handlers.slack.words import NameOf, mentions, plain, without_mention

SPOKEN = frozenset({None, "thread_broadcast", "file_share"})
"""Subtypes of a message that a person wrote; all others are Slack's or a bot's (slack.md 4.4)."""
WISHES = {"feedback": Wish.FEEDBACK, "probe": Wish.PROBE, "probe me": Wish.PROBE}
"""What can be said to the bot in a thread, in any case, with or without a full stop."""
FRESH = timedelta(minutes=10)
"""A post is recorded within milliseconds; within a minute where Slack did not say whether it took it."""
HELP = "tpm-help"
LEFT = "member_left_channel"


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


def came_or_went(body: Body, bot_user_id: str) -> Arrived | Departed | None:
    """Somebody who came into a channel or is out of it; None for the bot itself, which learns that by its posts."""
    event = body["event"]
    if event["user"] == bot_user_id:
        return None
    place, member = Place(PLATFORM, body["team_id"], event["channel"]), MemberId(event["user"])
    at = str(event.get("event_ts") or body["event_time"])
    caller = caller_of(Origin(place=place, member=member), member, f"{event['type']}:{member}:{at}")
    return (Departed if event["type"] == LEFT else Arrived)(caller, at_of(at))


def _said(team_id: str, event: Body, bot_user_id: str, name_of: NameOf) -> Told | None:
    if not _is_persons_reply(event) or not (event.get("text") or "").strip():
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
    text = message.get("text") or ""
    if message.get("subtype") not in SPOKEN or not _is_persons_reply(message):
        return None
    if edited_ts is None or (before.get("text") or "") == text:
        return None
    origin = _origin(team_id, event["channel"], message, bot_user_id)
    edited = Edited(
        caller=_thread_caller(origin, f"edit:{message['ts']}:{edited_ts}", name_of),
        message_id=message["ts"],
        text=plain(without_mention(text, bot_user_id), name_of),
        edited_at=at_of(edited_ts),
        mentions=mentions(text) - {MemberId(bot_user_id)},
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
    caller = caller_of(origin, name_of(origin.member) or origin.member, f"mention:{event['ts']}")
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
    return caller_of(origin, name_of(origin.member) or origin.member, event)


def _is_fresh(ts: str, thread_ts: str | None) -> bool:
    return thread_ts is not None and at_of(ts) - at_of(thread_ts) < FRESH
