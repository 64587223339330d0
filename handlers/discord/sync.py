"""Telling Discord of the commands: an operator's step, never a start's (discord.md 6, "Sync").

What is registered is asked of Discord each time. A hash that we kept would say what we once sent, not what stands: the
commands may have been changed by another copy of the bot, or by the developer portal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord

from bot.commands import CommandSpec
from bot.errors import ChatBusy, ChatRefused, Refusal, Trouble
from handlers.discord.endpoint import Endpoint
from handlers.discord.gateway import REFUSED_SIGN_ON
from handlers.discord.invitation import invitation
from handlers.discord.render import Json
from handlers.discord.tree import changes, fingerprint, guild_payload, payload

AGAIN_AFTER_S = 60.0
ENTRY_POINT = 4
"""Type of what opens an app's Activity (docs: interactions/application-commands, "Entry Point Commands")."""
NOT_IN_SERVER = (
    "Discord does not let this app set commands in server {guild_id}. Check the id, and that the app was added there "
    "with the scope applications.commands. Nothing was changed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a sync did, JSON-ready by `dataclasses.asdict`.

    Attributes:
        scope: `global`, or the server's id.
        written: whether Discord was told anything; False when all stood as it should.
        fingerprint: the hash of what is registered now.
        commands: the names of what is registered now.
        invitation: the link that adds the bot to a server.
    """

    scope: str
    written: bool
    fingerprint: str
    commands: tuple[str, ...]
    invitation: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


async def sync(
    token: str,
    endpoint: Endpoint,
    commands: Sequence[CommandSpec],
    *,
    guild_id: int | None = None,
    remove: bool = False,
) -> Synced:
    """Register `commands` for every server, or in one alone, if what stands there differs.

    `remove` registers none. Raises Refusal for a token or a server that Discord refuses, ChatRefused when it does
    not take the commands, ChatBusy when it cannot be reached now; a sync that broke off can be made again.
    """
    rows = [] if remove else payload(commands)
    wanted = rows if guild_id is None else guild_payload(rows)
    try:
        with endpoint.applied():
            async with client_for_calls() as client:
                await client.login(token)
                link = invitation(_application_id(client))
                everything = await standing_commands(client, guild_id)
                standing = without_entry_point(everything)
                differ = fingerprint(standing) != fingerprint(wanted)
                if differ:
                    kept = [_as_given(row) for row in everything if row not in standing]
                    await _overwrite(client, guild_id, [*wanted, *kept])
    except discord.LoginFailure:
        raise Refusal(REFUSED_SIGN_ON) from None
    except (discord.Forbidden, discord.NotFound):
        raise Refusal(NOT_IN_SERVER.format(guild_id=guild_id)) from None
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise _trouble(error) from None
    return Synced(
        scope=str(guild_id or "global"),
        written=differ,
        fingerprint=fingerprint(wanted),
        commands=tuple(str(row["name"]) for row in wanted),
        invitation=link,
        **{name: tuple(rows) for name, rows in changes(standing, wanted).items()},
    )


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, discord.HTTPException) and error.status < 500 and error.status != 429:  # noqa: PLR2004  HTTP's
        return ChatRefused(
            f"Discord does not take the commands: {error.status}, code {error.code}. Nothing was changed."
        )
    return ChatBusy(f"Discord cannot be reached ({type(error).__name__}). Try again in a minute.", AGAIN_AFTER_S)


def client_for_calls() -> discord.Client:
    """A client for calls alone; without its warnings of what it lacks for voice and for events, which we do not use."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    return discord.Client(intents=discord.Intents(guilds=True))


async def standing_commands(client: discord.Client, guild_id: int | None) -> Sequence[Mapping[str, Any]]:
    """What is registered; of a server without what its commands do not have (see `guild_payload`)."""
    application_id = _application_id(client)
    if guild_id is None:
        return await client.http.get_global_commands(application_id)
    return guild_payload(await client.http.get_guild_commands(application_id, guild_id))


def without_entry_point(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows but for the one that opens an app's Activity, which Discord makes, not we."""
    return [row for row in rows if row.get("type") != ENTRY_POINT]


def _as_given(row: Mapping[str, Any]) -> Json:
    """A command as it can be sent back: an overwrite without an entry point that stands is refused (50240)."""
    return {name: value for name, value in row.items() if name not in {"id", "application_id", "version"}}


async def _overwrite(client: discord.Client, guild_id: int | None, wanted: list[Json]) -> None:
    """The whole list in one call: Discord puts all or nothing in its place."""
    application_id = _application_id(client)
    if guild_id is None:
        await client.http.bulk_upsert_global_commands(application_id, wanted)
    else:
        await client.http.bulk_upsert_guild_commands(application_id, guild_id, wanted)


def _application_id(client: discord.Client) -> int:
    """Known since the login."""
    return int(client.application_id or 0)
