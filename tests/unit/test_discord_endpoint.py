from __future__ import annotations

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.errors import Refusal
from handlers.discord.endpoint import API_BASE_URL, GATEWAY_URL, Endpoint

HERE = Endpoint(api_base_url="http://127.0.0.1:1/api/v10", gateway_url="ws://127.0.0.1:1/")


def standing() -> tuple[str, yarl.URL]:
    return Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY


def test_discord_itself_is_the_default() -> None:
    """Without the two settings the addresses are discord.py's own."""
    assert Endpoint.of(None, None).is_discord
    assert standing() == (API_BASE_URL, yarl.URL(GATEWAY_URL))


@pytest.mark.parametrize(
    ("api", "gateway"),
    [
        ("https://relay.example/api/v10/", "wss://relay.example/"),
        ("http://localhost:8099/api/v10", "ws://[::1]:8099/gateway/"),
    ],
)
def test_encrypted_and_loopback_addresses_are_taken(api: str, gateway: str) -> None:
    """An address is https and wss, or on this machine."""
    endpoint = Endpoint.of(api, gateway)
    assert (endpoint.api_base_url, endpoint.gateway_url, endpoint.is_discord) == (api.rstrip("/"), gateway, False)


@pytest.mark.parametrize(
    ("api", "gateway", "named"),
    [
        ("http://relay.example/api/v10", "wss://relay.example/", "DISCORD_API_BASE_URL"),
        ("https://relay.example/api/v10", "ws://relay.example/", "DISCORD_GATEWAY_URL"),
        ("https://relay.example/api/v10", "https://relay.example/", "DISCORD_GATEWAY_URL"),
        ("http://127.0.0.1.evil.example/api/v10", "wss://relay.example/", "DISCORD_API_BASE_URL"),
        ("https:///api/v10", "wss://relay.example/", "DISCORD_API_BASE_URL"),
        ("https://me:secret@relay.example/api/v10", "wss://relay.example/", "DISCORD_API_BASE_URL"),
        ("https://relay.example/api/v10", None, "DISCORD_GATEWAY_URL"),
        (None, "wss://relay.example/", "DISCORD_API_BASE_URL"),
    ],
)
def test_other_addresses_are_refused(api: str | None, gateway: str | None, named: str) -> None:
    """An address that would give the token away, or one without the other, is refused by the setting's name."""
    with pytest.raises(Refusal) as refusal:
        Endpoint.of(api, gateway)
    assert named in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_the_change_does_not_last() -> None:
    """discord.py goes to the address inside, however often it is applied, and to its own again afterwards."""
    before = standing()
    first, second = HERE.applied(), HERE.applied()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert standing() == (HERE.api_base_url, yarl.URL(HERE.gateway_url))
    assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"
    second.__exit__(None, None, None)
    assert standing() == before


def test_two_addresses_exclude_each_other() -> None:
    """While one Discord is in use another is refused, and the first stays in use."""
    with HERE.applied():
        with pytest.raises(RuntimeError), Endpoint().applied():
            pass
        assert standing()[0] == HERE.api_base_url
    assert standing()[0] == API_BASE_URL
