"""The link by which whoever manages a server adds the bot to it, with the permissions that it needs and no more."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import discord

from handlers.discord.rooms import NEEDED

WISHED: Final = ("attach_files",)
"""What the bot uses where it may, and does without where it may not: exports and long feedback are files."""
SCOPES: Final = ("bot", "applications.commands")
AUTHORIZE_URL: Final = "https://discord.com/oauth2/authorize"


def invitation(application_id: int) -> str:
    """The link; docs: topics/oauth2, "Bot Authorization Flow"."""
    permissions = discord.Permissions(**dict.fromkeys((*NEEDED, *WISHED), True)).value
    query = {"client_id": application_id, "scope": " ".join(SCOPES), "permissions": permissions}
    return f"{AUTHORIZE_URL}?{urlencode(query)}"
