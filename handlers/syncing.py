"""`tpm-bot sync`: Discord is told which commands there are."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from bot.errors import Refusal
from bot.settings import Settings


async def sync(settings: Settings, *, guild_id: int | None, remove: bool, as_json: bool) -> None:
    """Bring Discord's commands up to date and print what changed. Raises Refusal, ChatBusy."""
    from bot.commands import COMMANDS
    from handlers.discord.endpoint import Endpoint
    from handlers.discord.sync import sync as synced

    if settings.discord_token is None:
        raise Refusal("DISCORD_TOKEN is not set, so there is no app whose commands could be set.")
    endpoint = Endpoint.of(settings.discord_api_base_url, settings.discord_gateway_url)
    token = settings.discord_token.get_secret_value()
    done = await synced(token, endpoint, COMMANDS, guild_id=guild_id, remove=remove)
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False, indent=2))
        return
    for what, names in (("added", done.added), ("changed", done.changed), ("removed", done.removed)):
        for name in names:
            click.echo(f"{what} {name}")
    where = "on every server" if guild_id is None else f"on server {guild_id}"
    click.echo(f"{len(done.commands)} commands stand {where}{'' if done.written else '; nothing to change'}", err=True)
    click.echo(f"Add the bot to a server: {done.invitation}", err=True)
