"""What Discord tells of messages in threads, in the core's words; what is not ours to read is None."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.group import MemberId, MessageRef, Place
from bot.inbound import Asked, Caller, Command, Deleted, Edited, Said, Wish, said_event
from handlers.discord.custom_id import PLATFORM
from handlers.discord.inbound import name_of, names_in
from handlers.discord.rooms import Kind, Room
from handlers.discord.stamps import at_of, instant
from handlers.discord.words import plain, without_mention

Body = Mapping[str, Any]

SPOKEN = frozenset({0, 19})
"""Types of a message that a person wrote: said, and replied; all others are Discord's own."""
WISHES = {"feedback": Wish.FEEDBACK, "probe": Wish.PROBE, "probe me": Wish.PROBE}
"""What can be said to the bot in a thread, in any case, with or without a full stop."""
FRESH = timedelta(minutes=10)
"""A post is recorded within milliseconds; within a minute where Discord did not say whether it took it."""
HELP = "tpm-help"


def is_persons(message: Body) -> bool:
    """Whether a member wrote it in a server: no bot, no webhook, and none of Discord's own."""
    author = message.get("author") or {}
    by_machine = author.get("bot") or author.get("system") or message.get("webhook_id")
    return bool(author) and not by_machine and int(message.get("type") or 0) in SPOKEN


def said(message: Body, guild_id: str, room: Room, bot_id: str) -> Said | Asked | Command | None:
    """A message: words in the thread of a post, a wish there, or somebody who wants to know what the bot can do."""
    if not is_persons(message):
        return None
    content = str(message.get("content") or "")
    words = without_mention(content, bot_id)
    if not (room.kind is Kind.THREAD and room.owner == bot_id):
        is_asked = words != content.strip()
        return (
            Command(_caller(message, guild_id, room, bot_id, f"mention:{message['id']}"), HELP, "")
            if is_asked
            else None
        )
    wish = WISHES.get(words.casefold().rstrip(".! ").strip()) if _speaks_to(message, bot_id) else None
    if wish is not None:
        return Asked(caller=_caller(message, guild_id, room, bot_id, f"wish:{message['id']}"), wish=wish)
    if not words:
        return None
    return Said(
        caller=_caller(message, guild_id, room, bot_id, said_event(str(message["id"]))),
        message_id=str(message["id"]),
        text=plain(words, names_in(message)),
        sent_at=at_of(message["id"]),
        mentions=_addressed(message, bot_id),
    )


def is_unread(message: Body, room: Room, bot_id: str) -> bool:
    """Whether a person wrote in a thread of the bot, to nobody by name, and Discord does not show what."""
    is_blank = not message.get("content") and not _addressed(message, bot_id)
    return is_blank and _is_in_our_thread(message, room, bot_id)


def is_file(message: Body, room: Room, bot_id: str) -> bool:
    """Whether a person's message in a thread of the bot is a text file: Discord makes one of what is over 2,000."""
    kinds = (str(each.get("content_type") or each.get("filename") or "") for each in message.get("attachments") or ())
    is_text = any(kind.startswith("text/") or kind.endswith((".txt", ".md")) for kind in kinds)
    is_blank = not without_mention(str(message.get("content") or ""), bot_id) and not _addressed(message, bot_id)
    return is_text and is_blank and _is_in_our_thread(message, room, bot_id)


def _is_in_our_thread(message: Body, room: Room, bot_id: str) -> bool:
    return is_persons(message) and room.kind is Kind.THREAD and room.owner == bot_id


def edited(message: Body, guild_id: str, room: Room, bot_id: str) -> Edited | None:
    """A message with a new text; its `text` is empty where Discord does not show it. Discord also tells of previews."""
    at = message.get("edited_timestamp")
    if not at or not _is_in_our_thread(message, room, bot_id):
        return None
    return Edited(
        caller=_caller(message, guild_id, room, bot_id, f"edit:{message['id']}:{at}"),
        message_id=str(message["id"]),
        text=plain(without_mention(str(message.get("content") or ""), bot_id), names_in(message)),
        edited_at=instant(at),
        mentions=_addressed(message, bot_id),
    )


def deleted(message_id: str, author: MemberId, place: Place, thread_id: str, at: datetime) -> Deleted:
    """A message that is gone; Discord does not say whose it was, nor when it went."""
    caller = Caller(
        member_id=author,
        name=author,
        place=place,
        thread=MessageRef(place, thread_id),
        fresh_thread=at - at_of(thread_id) < FRESH,
        event=f"delete:{message_id}",
    )
    return Deleted(caller=caller, message_id=message_id, deleted_at=at)


def place_of(guild_id: str, room: Room) -> Place:
    """The group's place, of a channel or of a thread in it."""
    return Place(PLATFORM, guild_id, room.parent or room.id)


def _caller(message: Body, guild_id: str, room: Room, bot_id: str, event: str) -> Caller:
    place = place_of(guild_id, room)
    is_fresh = room.owner == bot_id and at_of(message["id"]) - at_of(room.id) < FRESH
    return Caller(
        member_id=MemberId(str(message["author"]["id"])),
        name=name_of(message["author"], message.get("member") or {}),
        place=place,
        thread=MessageRef(place, room.id) if room.kind is Kind.THREAD else None,
        fresh_thread=is_fresh,
        event=event,
    )


def _speaks_to(message: Body, bot_id: str) -> bool:
    return any(str(each["id"]) == bot_id for each in message.get("mentions") or ())


def _addressed(message: Body, bot_id: str) -> frozenset[MemberId]:
    """The people whom a message mentions, and the one to whom it replies."""
    people = [str(each["id"]) for each in message.get("mentions") or ()]
    answered = (message.get("referenced_message") or {}).get("author") or {}
    if answered and not answered.get("bot"):
        people.append(str(answered["id"]))
    return frozenset(MemberId(each) for each in people if each not in (bot_id, str(message["author"]["id"])))
