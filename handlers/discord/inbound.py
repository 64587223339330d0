"""From what Discord sends to the core's words. Nothing is decided here: what says nothing to the core is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands import COMMANDS
from bot.domain.group import MemberId, MessageRef, Place
from bot.domain.prose import clean
from bot.inbound import Asked, Caller, Command, Press, Submission, Written
from handlers.discord.custom_id import PLATFORM, carried
from handlers.discord.modal import values_of
from handlers.discord.rooms import ADMINISTRATOR, MANAGE_GUILD, Kind, Room, lacking
from handlers.discord.tree import CONTEXT_MENUS, text_of
from handlers.discord.words import NameOf, plain, without_mention

Body = Mapping[str, Any]
USED, PRESSED, TYPING, SUBMITTED = 2, 3, 4, 5
"""Types of an interaction: a command or a menu, a button, an argument being typed, a form."""
MENU = 3
"""The type of a command that is a message's menu."""
NO_ROOM = ("a text channel or a forum",)
"""What a group's channel must be; said where the bot's permissions are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An interaction that waits for its answer.

    Attributes:
        id, token: what an answer needs; the token lives for 15 minutes.
        place: the group's place.
        channel: where the person is: a channel, a thread or a direct message.
        thread: the thread that they are in.
        is_direct: they are in their conversation with the bot.
        has_message: it came from a message of the bot, by a button on it or by a modal that a button opened.
    """

    id: str
    token: str
    application: str
    place: Place
    member: MemberId
    channel: str
    thread: MessageRef | None
    is_direct: bool
    has_message: bool


def turn_of(body: Body, room: Room | None) -> Turn:
    """`room`: the channel that it was done in, None for a direct message, and for one that the bot cannot see.

    A place that a custom_id carries counts in a direct message alone: a person's rights are those in the server where
    they are, and must not reach another one's group.
    """
    is_direct = not body.get("guild_id")
    told = carried(body.get("data", {}).get("custom_id", "")) if is_direct else None
    channel = str(body.get("channel_id") or "")
    place = told.place if told is not None and told.place is not None else _place(body, room, channel)
    is_thread = room is not None and room.kind is Kind.THREAD
    return Turn(
        id=str(body["id"]),
        token=str(body["token"]),
        application=str(body["application_id"]),
        place=place,
        member=MemberId(str(_user(body)["id"])),
        channel=channel,
        thread=MessageRef(place, channel) if is_thread else None,
        is_direct=is_direct,
        has_message=bool(body.get("message")),
    )


def command(body: Body, caller: Caller, roots: Mapping[str, str]) -> Command:
    """A slash command. `roots`: the command's name in Discord -> its name in the table."""
    data = body["data"]
    name = roots.get(data["name"], data["name"])
    spec = next((row for row in COMMANDS if row.name == name), None)
    return Command(caller, name, text_of(spec, data.get("options") or ()) if spec else "")


def press(body: Body, caller: Caller) -> Press | None:
    """A button; None for one that is not ours."""
    told = carried(body["data"]["custom_id"])
    return None if told is None else Press(caller, told.action)


def submission(body: Body, caller: Caller) -> Submission | None:
    """A form; None for one that is not ours."""
    told = carried(body["data"]["custom_id"])
    return None if told is None else Submission(caller, told.action, values_of(body["data"]))


def menu(body: Body, caller: Caller, bot_id: str) -> Asked | None:
    """A choice in a message's menu; None for one that is not ours."""
    data = body["data"]
    wish = CONTEXT_MENUS.get(data["name"])
    message = data.get("resolved", {}).get("messages", {}).get(str(data.get("target_id")))
    if wish is None or message is None:
        return None
    author = message["author"]
    about = Written(
        author=None if author.get("bot") else MemberId(str(author["id"])),
        message_id=str(message["id"]),
        text=plain(without_mention(message.get("content", ""), bot_id), names_in(message)),
    )
    return Asked(caller=caller, wish=wish, message=about)


def caller_of(body: Body, turn: Turn, room: Room | None, home: Room | None) -> Caller:
    """Who did it, with the rights that Discord says they have at this moment. `home`: the group's channel, if known."""
    member = body.get("member") or {}
    rights = int(member.get("permissions") or 0)
    in_forum = home is not None and home.kind is Kind.FORUM
    had = body.get("app_permissions")
    lacks = lacking(int(had), in_forum=in_forum) if had is not None else ()
    if room is not None and room.kind is Kind.OTHER:
        lacks = NO_ROOM
    return Caller(
        member_id=turn.member,
        name=name_of(_user(body), member),
        place=turn.place,
        thread=turn.thread,
        may_administer=not turn.is_direct and bool(rights & (MANAGE_GUILD | ADMINISTRATOR)),
        event=f"{'form' if int(body['type']) == SUBMITTED else 'act'}:{turn.id}",
        place_name=(home.name if home else "") or (room.name if room else ""),
        lacks=lacks,
    )


def name_of(user: Body, member: Body) -> str:
    """What a person is called in a server: the first of their names that can be seen, without what cannot."""
    names = (_visible(str(name or "")) for name in (member.get("nick"), user.get("global_name"), user.get("username")))
    return next(filter(None, names), str(user["id"]))


def _visible(name: str) -> str:
    is_plain = name.isascii() and name.isprintable()  # most are, and cleaning takes its time
    return (name if is_plain else clean(name)).strip()


def names_in(message: Body) -> NameOf:
    """The names of those whom a message mentions."""
    known = {str(each["id"]): name_of(each, each.get("member") or {}) for each in message.get("mentions") or ()}
    return known.get


def _place(body: Body, room: Room | None, channel: str) -> Place:
    return Place(PLATFORM, str(body.get("guild_id") or ""), (room.parent if room else "") or channel)


def _user(body: Body) -> Body:
    found: Body = (body.get("member") or {}).get("user") or body["user"]
    return found
