"""What `tpm-bot doctor` says of Discord: the token, the commands, and what the bot may do in each group's channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import aiohttp
import discord

from bot.commands import CommandSpec
from bot.domain.group import Group
from bot.ports import Check
from handlers.discord.endpoint import Endpoint
from handlers.discord.gateway import NO_CONTENT, REFUSED_SIGN_ON
from handlers.discord.render import Json
from handlers.discord.rooms import FORUMS, lacking
from handlers.discord.sync import client_for_calls, standing_commands, without_entry_point
from handlers.discord.tree import changes, fingerprint, guild_payload, payload

GONE = "add the bot to the server again (tpm-bot sync prints the link), or give it View Channel; then /tpm-admin resume"


async def checks(
    token: str, endpoint: Endpoint, commands: Sequence[CommandSpec], groups: Sequence[Group], *, message_content: bool
) -> Sequence[Check]:
    """One line for each thing that an operator or an admin can mend; `groups` are those on Discord."""
    try:
        with endpoint.applied():
            async with client_for_calls() as client:
                await client.login(token)
                return (
                    Check(name="Discord", ok=True, detail=f"signed on as {client.user}"),
                    *([_content(client)] if message_content else []),
                    await _commands(client, payload(commands), {group.place.workspace for group in groups}),
                    *[await _channel(client, group) for group in groups],
                )
    except discord.LoginFailure:
        detail, _, fix = REFUSED_SIGN_ON.partition(". ")
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        detail, fix = f"cannot be reached ({type(error).__name__})", "try again in a minute"
    return (Check(name="Discord", ok=False, detail=detail, fix=fix),)


def _content(client: discord.Client) -> Check:
    flags = client.application_flags
    ok = flags.gateway_message_content or flags.gateway_message_content_limited
    detail, _, fix = NO_CONTENT.partition(": ")
    return Check(name="Discord's messages", ok=ok, detail="are read" if ok else detail, fix="" if ok else fix)


async def _commands(client: discord.Client, wanted: list[Json], guild_ids: Collection[str]) -> Check:
    """They stand for every server, or in each server with a group; in both, members see each of them twice."""
    name, everywhere = "Discord's commands", without_entry_point(await standing_commands(client, None))
    alone = {guild_id: rows for guild_id in guild_ids if (rows := await _alone(client, guild_id))}
    if not everywhere and len(alone) == len(guild_ids) > 0:
        old = [each for each, rows in alone.items() if fingerprint(rows) != fingerprint(guild_payload(wanted))]
        detail = f"{len(wanted)} on {len(alone)} servers alone"
        return Check(
            name=name, ok=not old, detail="out of date on a server" if old else detail,
            fix=f"tpm-bot sync --guild {old[0]}" if old else "",
        )  # fmt: skip
    if fingerprint(everywhere) != fingerprint(wanted):
        found = changes(everywhere, wanted)
        told = (
            f"{what}: {', '.join(names)}"
            for what, names in zip(("missing", "old", "extra"), found.values(), strict=True)
            if names
        )
        return Check(name=name, ok=False, detail="; ".join(told), fix="tpm-bot sync")
    if alone:
        twice = min(alone)
        detail = f"server {twice} has its own too, so each is shown twice"
        return Check(name=name, ok=False, detail=detail, fix=f"tpm-bot sync --guild {twice} --remove")
    return Check(name=name, ok=True, detail=f"{len(wanted)}, as they should be")


async def _alone(client: discord.Client, guild_id: str) -> Sequence[Json]:
    """What stands in one server; nothing where the bot is not."""
    try:
        return [dict(row) for row in await standing_commands(client, int(guild_id))]
    except (discord.Forbidden, discord.NotFound):
        return []


async def _channel(client: discord.Client, group: Group) -> Check:
    name = f"Discord channel {group.name}"
    try:
        guild = await client.fetch_guild(int(group.place.workspace), with_counts=False)
        channel = await guild.fetch_channel(int(group.place.channel))
        me = await guild.fetch_member(client.user.id if client.user else 0)
    except (discord.Forbidden, discord.NotFound, discord.InvalidData):
        return Check(name=name, ok=False, detail="the bot cannot see it", fix=GONE)
    lacks = lacking(channel.permissions_for(me).value, in_forum=channel.type.value in FORUMS)
    if lacks:
        return Check(
            name=name, ok=False, detail=f"the bot lacks {', '.join(lacks)}",
            fix="give it these in the channel's settings, Permissions; then /tpm-admin resume",
        )  # fmt: skip
    return Check(name=name, ok=True, detail="the bot may do all that it needs")
