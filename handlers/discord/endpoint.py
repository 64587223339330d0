"""Where Discord is reached, and how discord.py is pointed there.

discord.py keeps its addresses on two classes (`Route.BASE`, `DiscordWebSocket.DEFAULT_GATEWAY`) and offers no way to
set them for one client. The change is contained here: it holds for the length of one `with`, is counted, so that two
clients of one process may share it, is undone when the last leaves, and another address is refused meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.errors import Refusal

API_BASE_URL = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One Discord: the base of its REST API, with the version, and its gateway. Raises Refusal for an unsafe address.

    Both carry the bot's token, so they leave this machine encrypted or not at all.
    """

    api_base_url: str = API_BASE_URL
    gateway_url: str = GATEWAY_URL

    def __post_init__(self) -> None:
        _check("DISCORD_API_BASE_URL", self.api_base_url, "https", "http", "/api/v10")
        _check("DISCORD_GATEWAY_URL", self.gateway_url, "wss", "ws", "/")

    @classmethod
    def of(cls, api_base_url: str | None, gateway_url: str | None) -> Endpoint:
        """From the two settings, which are set together or not at all. Raises Refusal."""
        if (api_base_url is None) != (gateway_url is None):
            missing = "DISCORD_API_BASE_URL" if api_base_url is None else "DISCORD_GATEWAY_URL"
            raise Refusal(f"Set {missing} too: DISCORD_API_BASE_URL and DISCORD_GATEWAY_URL go together.")
        if api_base_url is None or gateway_url is None:
            return cls()
        return cls(api_base_url=api_base_url.rstrip("/"), gateway_url=gateway_url)

    @property
    def is_discord(self) -> bool:
        """Whether it is Discord itself; if not, say so once in the log: the token goes to somebody else."""
        return self == Endpoint()

    @contextmanager
    def applied(self) -> Iterator[None]:
        """discord.py uses these addresses inside; enter before a client is made, leave when it is closed.

        Raises RuntimeError if another client of this process uses another Discord now.
        """
        _use(self)
        try:
            yield
        finally:
            _leave()


@dataclass(slots=True)
class _Use:
    """What is applied now, how often, and what stood there before."""

    endpoint: Endpoint | None = None
    times: int = 0
    before: tuple[str, Any] = field(default=("", None))


_NOW = _Use()


def _use(endpoint: Endpoint) -> None:
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    if _NOW.times and endpoint != _NOW.endpoint:
        raise RuntimeError("discord.py reaches one Discord at a time, and another one is in use in this process")
    if not _NOW.times:
        _NOW.endpoint, _NOW.before = endpoint, (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
        Route.BASE = endpoint.api_base_url
        address = type(DiscordWebSocket.DEFAULT_GATEWAY)  # yarl's, a library of discord.py's that we do not ask for
        DiscordWebSocket.DEFAULT_GATEWAY = address(endpoint.gateway_url)
    _NOW.times += 1


def _leave() -> None:
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    _NOW.times -= 1
    if not _NOW.times:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = _NOW.before
        _NOW.endpoint = None


def _check(name: str, url: str, secure: str, plain: str, path: str) -> None:
    parts = urlsplit(url)
    safe = parts.scheme == secure or (parts.scheme == plain and _is_loopback(parts.hostname))
    if not (safe and parts.hostname):
        raise Refusal(
            f"{name}: write it as {secure}://host{path}; plain {plain}:// is for this machine only (127.0.0.1), "
            "because the bot's token goes there."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Refusal(f"{name}: write the address alone, without a user, a password, ? or #.")


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
