"""State as the API's JSON shows it. Null optionals are left out: discord.py indexes into them (discord.md 5)."""

from __future__ import annotations

from datetime import datetime

from tests.servers.discord_world import (
    HAS_THREAD,
    Body,
    Channel,
    File,
    Guild,
    Kind,
    Member,
    Message,
    Person,
    Role,
    World,
)

SIZE_LIMIT_BYTES = 10 * 2**20
"""attachment_size_limit of a guild without boosts (docs: reference, "Uploading Files")."""


def stamp(at: datetime) -> str:
    """An instant as Discord writes it."""
    return at.isoformat(timespec="microseconds")


def user_body(person: Person) -> Body:
    """docs: resources/user."""
    return {
        "id": person.id, "username": person.name, "discriminator": "0", "global_name": person.name.title(),
        "avatar": None, "bot": person.is_bot, "public_flags": 0,
    }  # fmt: skip


def member_body(member: Member, *, with_user: bool = True) -> Body:
    """docs: resources/guild "Guild Member Object"."""
    body: Body = {
        "nick": member.nick, "avatar": None, "roles": sorted(member.roles), "joined_at": stamp(member.joined_at),
        "premium_since": None, "deaf": False, "mute": False, "flags": 0, "pending": False,
        "communication_disabled_until": None,
    }  # fmt: skip
    return {"user": user_body(member.user), **body} if with_user else body


def role_body(role: Role, position: int) -> Body:
    """docs: topics/permissions "Role Object"."""
    return {
        "id": role.id, "name": role.name, "color": 0, "hoist": False, "position": position,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "permissions": str(int(role.rights)), "managed": False, "mentionable": False, "flags": 0,
    }  # fmt: skip


def channel_body(world: World, channel: Channel, viewer: str = "") -> Body:
    """docs: resources/channel; `viewer` is who asks, for their own thread membership."""
    body: Body = {"id": channel.id, "type": int(channel.kind), "flags": 16 if channel.requires_tag else 0}
    if channel.messages:
        body["last_message_id"] = list(channel.messages)[-1]
    if channel.kind is Kind.DIRECT:
        others = [world.people[each] for each in channel.people if each != viewer]
        return {**body, "recipients": [user_body(each) for each in others]}
    body |= {"guild_id": channel.guild_id, "name": channel.name, "rate_limit_per_user": 0}
    if channel.parent_id:
        body["parent_id"] = channel.parent_id
    if channel.thread:
        return {**body, **_thread(channel, viewer)}
    body |= {
        "position": 0,
        "nsfw": False,
        "topic": None,
        "parent_id": None,
        "permission_overwrites": _overwrites(world, channel),
    }
    if channel.kind is Kind.FORUM:
        tags = [
            {"id": id_, "name": name, "moderated": name in channel.moderated_tags, "emoji_id": None, "emoji_name": None}
            for id_, name in channel.tags.items()
        ]
        body |= {
            "available_tags": tags,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "default_thread_rate_limit_per_user": 0,
        }
    return body


def _overwrites(world: World, channel: Channel) -> list[Body]:
    guild = world.guilds[channel.guild_id or ""]
    return [
        {"id": id_, "type": 0 if id_ in guild.roles else 1, "allow": str(int(allow)), "deny": str(int(deny))}
        for id_, (allow, deny) in channel.overwrites.items()
    ]


def _thread(channel: Channel, viewer: str) -> Body:
    thread = channel.thread
    if thread is None:
        raise ValueError(channel.id)
    metadata = {
        "archived": thread.archived, "locked": thread.locked, "auto_archive_duration": thread.auto_archive_minutes,
        "archive_timestamp": stamp(thread.archived_at), "create_timestamp": stamp(thread.archived_at),
    }  # fmt: skip
    written = len([each for each in channel.messages.values() if each.id != channel.id])
    body: Body = {
        "owner_id": thread.owner_id, "message_count": written, "total_message_sent": written,
        "member_count": min(50, len(thread.members)), "thread_metadata": metadata, "applied_tags": list(thread.tags),
    }  # fmt: skip
    if viewer in thread.members:
        joined = {"id": channel.id, "user_id": viewer, "join_timestamp": stamp(thread.archived_at), "flags": 1}
        body["member"] = joined
    return body


def guild_body(world: World, guild: Guild, viewer: str, *, whole: bool) -> Body:
    """docs: resources/guild; `whole` as GUILD_CREATE brings it, with the channels and threads that `viewer` sees."""
    body: Body = {
        "id": guild.id, "name": guild.name, "owner_id": guild.owner_id, "icon": None, "splash": None, "banner": None,
        "roles": [role_body(each, number) for number, each in enumerate(guild.roles.values())], "emojis": [],
        "stickers": [], "features": [], "preferred_locale": guild.locale, "afk_channel_id": None, "afk_timeout": 300,
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
        "system_channel_id": None, "system_channel_flags": 0, "rules_channel_id": None, "premium_tier": 0,
        "public_updates_channel_id": None, "nsfw_level": 0, "premium_progress_bar_enabled": False,
        "safety_alerts_channel_id": None, "description": None, "discovery_splash": None, "vanity_url_code": None,
    }  # fmt: skip
    if not whole:
        return body
    here = [each for each in world.channels.values() if each.guild_id == guild.id]
    seen = [each for each in here if each.thread is None or (not each.thread.archived and world.can_see(each, viewer))]
    shown = [(each, channel_body(world, each, viewer)) for each in seen]
    me = guild.members[viewer]
    return body | {
        "channels": [one for each, one in shown if not each.thread],
        "threads": [one for each, one in shown if each.thread],
        "members": [member_body(me)], "member_count": len(guild.members), "large": False, "unavailable": False,
        "joined_at": stamp(me.joined_at), "voice_states": [], "presences": [], "stage_instances": [],
        "guild_scheduled_events": [], "soundboard_sounds": [],
    }  # fmt: skip


def file_body(file: File, channel_id: str, url: str) -> Body:
    """docs: resources/message "Attachment Object"."""
    link = f"{url}/attachments/{channel_id}/{file.id}/{file.name}"
    return {"id": file.id, "filename": file.name, "size": len(file.content), "url": link, "proxy_url": link}


def message_body(world: World, message: Message, url: str, *, blank: bool = False, nested: bool = False) -> Body:
    """docs: resources/message; `blank` as an app without the message-content intent gets it."""
    channel = world.channels[message.channel_id]
    body: Body = {
        "id": message.id, "channel_id": message.channel_id, "author": user_body(message.author), "type": message.type,
        "content": "" if blank else message.content, "components": [] if blank else message.components,
        "embeds": [] if blank else message.embeds, "timestamp": stamp(message.at), "pinned": message.pinned,
        "attachments": [] if blank else [file_body(each, channel.id, url) for each in message.files],
        "edited_timestamp": stamp(message.edited_at) if message.edited_at else None, "tts": False,
        "flags": message.flags, "mentions": [user_body(world.people[each]) for each in message.mentions],
        "mention_roles": [each for each in message.pings_all if each != "@everyone"],
        "mention_everyone": "@everyone" in message.pings_all,
    }  # fmt: skip
    if message.interaction:
        body |= {
            "interaction_metadata": message.interaction,
            "application_id": message.author.id,
            "webhook_id": message.author.id,
        }
    elif message.author.is_bot:
        body["application_id"] = message.author.id
    if message.flags & HAS_THREAD and message.id in world.channels:
        body["thread"] = channel_body(world, world.channels[message.id])
    if message.reference and not nested:
        body |= _reference(world, message, url)
    return body


def _reference(world: World, message: Message, url: str) -> Body:
    place, id_ = message.reference or ("", "")
    there = world.channels.get(place)
    reference: Body = {"type": 0, "channel_id": place, "message_id": id_}
    if there and there.guild_id:
        reference["guild_id"] = there.guild_id
    other = there.messages.get(id_) if there else None
    referenced = message_body(world, other, url, nested=True) if other else None
    return {"message_reference": reference, "referenced_message": referenced}
