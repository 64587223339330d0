"""Discord: translate, dispatch, render."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from handlers.discord.app import DiscordPlatform


def discord(settings: Settings) -> DiscordPlatform:
    """Discord as a platform. Its library is imported here, not with the package: the commands' payload needs none."""
    from handlers.discord.app import DiscordPlatform

    return DiscordPlatform(settings)
