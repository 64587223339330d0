"""discord.py's client with what we need of it: the connection, the REST calls, and channels with their permissions.

What members do is read from the payloads themselves: discord.py would make an object of each message in each channel,
and an exception while it does ends the client (discord.md 1, "Gateway"). So its parsers of those events are replaced,
and all others are guarded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import discord

from handlers.discord.once import trace

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
Heard = Callable[[str, Body], None]
"""Told of each event that we read, by its name, and of READY, RESUMED and DISCONNECT."""

READ = frozenset({
    "INTERACTION_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK",
})  # fmt: skip
"""Events that only we read."""
SEEN = frozenset({"READY", "RESUMED", "GUILD_DELETE"})
"""Events that discord.py reads first."""
LONGEST_LIMIT_S = 30.0
"""A call that a rate limit would hold back for longer is not made (30 s is the least that discord.py takes)."""


class DiscordClient(discord.Client):
    """One connection's client. It keeps channels, roles and running threads, but no members and no messages."""

    def __init__(self, heard: Heard, *, message_content: bool) -> None:
        # its warnings of what it lacks for voice, which we do not use
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = True
        intents.message_content = message_content
        super().__init__(
            intents=intents,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=trace(),
            max_ratelimit_timeout=LONGEST_LIMIT_S,
        )
        self._heard = heard
        parsers = self._connection.parsers
        for name, parse in list(parsers.items()):
            parsers[name] = self._ours(name) if name in READ else self._guarded(name, parse)

    async def on_disconnect(self) -> None:
        """discord.py's word for a connection that is gone, for a moment or for good."""
        self._tell("DISCONNECT", {})

    def _ours(self, name: str) -> Callable[[Any], None]:
        def read(data: Any) -> None:
            self._tell(name, data)

        return read

    def _guarded(self, name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def read(data: Any) -> None:
            try:
                parse(data)
            except Exception as error:  # noqa: BLE001  what Discord sends next year must not end the program
                log.warning("a %s event could not be read: %s", name, type(error).__name__)
            if name in SEEN:
                self._tell(name, data)

        return read

    def _tell(self, name: str, data: Body) -> None:
        try:
            self._heard(name, data)
        except Exception as error:  # noqa: BLE001  the same
            log.warning("a %s event could not be taken: %s", name, type(error).__name__)
