"""Slack: translate, dispatch, render."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from handlers.slack.app import SlackPlatform


def slack(settings: Settings) -> SlackPlatform:
    """Slack as a platform. Its libraries are imported here and not with the package: the manifest needs none."""
    from handlers.slack.app import SlackPlatform

    return SlackPlatform(settings)
