"""What a message may hold, and whom it notifies. Limits: discord.md 2 (first row) and 1 "Components v2"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers import discord_text
from tests.servers.discord_bodies import SIZE_LIMIT_BYTES
from tests.servers.discord_components import check_message
from tests.servers.discord_faults import No, invalid
from tests.servers.discord_hub import Hub
from tests.servers.discord_world import COMPONENTS_V2, EPHEMERAL, Body, Channel, File, Kind, Message, Right

MOST_CONTENT_CHARS, MOST_EMBEDS, MOST_EMBED_CHARS, MOST_FILES, MOST_NONCE_CHARS = 2000, 10, 6000, 10, 25
_SETTABLE = COMPONENTS_V2 | EPHEMERAL | 1 << 2 | 1 << 12
"""Flags that an app may set: with suppress embeds and suppress notifications (docs: resources/message)."""
_FIELDS = frozenset(
    {
        *(
            "content",
            "nonce",
            "tts",
            "embeds",
            "allowed_mentions",
            "message_reference",
            "components",
            "sticker_ids",
            "attachments",
            "flags",
        ),
        *(
            "enforce_nonce",
            "poll",
            "username",
            "avatar_url",
        ),
    }
)


def compose(hub: Hub, message: Message, body: Body, files: Mapping[str, File]) -> None:
    """Write `body` into a new or a standing message. Raises No, and then the message is as it was."""
    if unknown := sorted(body.keys() - _FIELDS):
        raise invalid(unknown[0], f"unknown fields {unknown}: Discord would pass over them, so you may not know")
    content = str(body.get("content", message.content) or "")
    embeds = list(body.get("embeds", message.embeds) or [])
    components = body.get("components", message.components) or []
    # the V2 flag can be set by an edit but never unset (discord.md 1 Components v2)
    kept = message.flags & (COMPONENTS_V2 | EPHEMERAL | 1 << 5)
    flags = kept | (int(body.get("flags") or 0) & _SETTABLE) if "flags" in body else message.flags
    attached = _attachments(message, body, files)
    v2 = bool(flags & COMPONENTS_V2)
    if v2 and (content or embeds or body.get("poll") or body.get("sticker_ids")):
        raise invalid("flags", "content, embeds, stickers and polls have no place beside components v2",
                      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")  # fmt: skip
    check_message(components, [each.name for each in attached], v2=v2)
    _check_words(content, embeds)
    if not (content or embeds or components or attached):
        raise No(50006)
    text = discord_text.words(content, components)
    if any(word in text for word in hub.blocked_words):
        raise No(200000)
    message.content, message.embeds, message.flags, message.files = content, embeds, flags, attached
    message.components = _with_ids(components)
    if "allowed_mentions" in body or message.edited_at is None:
        _notify(hub, message, text, body.get("allowed_mentions"))


def _attachments(message: Message, body: Body, files: Mapping[str, File]) -> list[File]:
    new = list(files.values())
    if any(len(each.content) > SIZE_LIMIT_BYTES for each in new):
        raise No(40005)
    listed = body.get("attachments")
    ids = {str(each.get("id")) for each in listed} if listed is not None else None
    kept = [each for each in message.files if ids is None or each.id in ids]
    if len(kept) + len(new) > MOST_FILES:
        raise invalid("attachments", "Must be 10 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    for each in listed or []:
        described = str(each.get("description") or "")
        if len(described) > 1024:
            raise invalid("attachments", "a description has 1024 characters at most", "BASE_TYPE_MAX_LENGTH")
    return [*kept, *new]


def _check_words(content: str, embeds: Sequence[Body]) -> None:
    if len(content) > MOST_CONTENT_CHARS:
        raise invalid("content", "Must be 2000 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    if len(embeds) > MOST_EMBEDS:
        raise invalid("embeds", "Must be 10 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    chars = 0
    for number, embed in enumerate(embeds):
        fields = embed.get("fields", [])
        if len(str(embed.get("description") or "")) > 4096 or len(fields) > 25:
            raise invalid(f"embeds.{number}", "description 4096, 25 fields", "BASE_TYPE_MAX_LENGTH")
        texts = [embed.get("title"), embed.get("description"), embed.get("footer", {}).get("text")]
        chars += sum(len(str(each or "")) for each in texts)
        chars += sum(len(each["name"]) + len(each["value"]) for each in fields)
    if chars > MOST_EMBED_CHARS:
        raise invalid("embeds", "6000 characters over all embeds", "MAX_EMBED_SIZE_EXCEEDED")


def _with_ids(components: Sequence[Body]) -> list[Body]:
    """docs: components/reference "Anatomy": what has no id gets the next one."""
    taken = {int(each["id"]) for each in discord_text.nodes(components) if each.get("id")}
    following = iter(range(1, 1000))
    copy: list[Body] = _deep(list(components))
    for node in discord_text.nodes(copy):
        if not node.get("id"):
            node["id"] = next(each for each in following if each not in taken)
    return copy


def _deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _deep(each) for name, each in value.items() if each is not None}
    return [_deep(each) for each in value] if isinstance(value, list) else value


def _notify(hub: Hub, message: Message, text: str, allowed: Body | None) -> None:
    """docs: resources/message "Allowed Mentions": without it everything that is named is notified."""
    people, roles, everyone = discord_text.notified(text)
    allowed = {"parse": ["users", "roles", "everyone"], "replied_user": True} if allowed is None else allowed
    parse, users, named = allowed.get("parse", []), allowed.get("users", []), allowed.get("roles", [])
    if ("users" in parse and users) or ("roles" in parse and named):
        raise invalid(
            "allowed_mentions", "parse and a list exclude each other", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
        )
    channel = hub.world.channels[message.channel_id]
    there = people if "users" in parse else [each for each in people if each in map(str, users)]
    message.mentions = [each for each in there if each in hub.world.people]
    author = replied_to(hub, message)
    if author and allowed.get("replied_user") and author not in message.mentions:
        message.mentions.append(author)
    message.pings_all = roles if "roles" in parse else [each for each in roles if each in map(str, named)]
    may_all = hub.world.rights(channel, message.author.id) & Right.MENTION_EVERYONE
    if everyone and "everyone" in parse and may_all:
        message.pings_all = ["@everyone", *message.pings_all]


def replied_to(hub: Hub, message: Message) -> str | None:
    """The author of the message that this one replies to."""
    place, id_ = message.reference or ("", "")
    channel = hub.world.channels.get(place)
    other = channel.messages.get(id_) if channel and message.type == 19 else None
    return other.author.id if other else None


def open_for(hub: Hub, channel: Channel, user_id: str) -> None:
    """Whether somebody may write here; a message unarchives a thread, unless it is locked. Raises No.

    discord.md 2 (threads, forum) and 6 (Threads): 40058, 50013, 160005.
    """
    rights = hub.world.rights(channel, user_id)
    if channel.kind is Kind.FORUM:
        raise No(40058)
    needed = Right.SEND_MESSAGES_IN_THREADS if channel.thread else Right.SEND_MESSAGES
    if not rights & needed:
        raise No(50013)
    if channel.thread and channel.thread.locked and not rights & Right.MANAGE_THREADS:
        raise No(160005)
    if channel.thread and channel.thread.archived:
        channel.thread.archived, channel.thread.archived_at = False, hub.now()
        hub.channel_event("THREAD_UPDATE", channel)
