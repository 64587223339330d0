"""What Discord costs at least: discord.py as its guide has it, with one command.

`python -m benchmarks.discord_floor TOKEN API_URL GATEWAY_URL` runs until it is killed.
"""

from __future__ import annotations

import sys

import discord
from discord import app_commands

from handlers.discord.endpoint import Endpoint


def _bare(token: str, endpoint: Endpoint) -> None:
    client = discord.Client(intents=discord.Intents.default())
    tree = app_commands.CommandTree(client)

    @tree.command(name="tpm-question", description="The question")
    @app_commands.guild_only()
    async def _question(interaction: discord.Interaction, topic: str = "", level: str = "") -> None:
        await interaction.response.send_message(f"There is no question {topic}{level}.", ephemeral=True)

    with endpoint.applied():
        client.run(token, log_handler=None)


if __name__ == "__main__":
    _bare(sys.argv[1], Endpoint.of(*sys.argv[2:]))
