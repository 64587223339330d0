"""Discord's settings, and which platforms run."""

from __future__ import annotations

import pytest

from bot.errors import Refusal
from bot.settings import read
from handlers.serve import platforms

TOKEN = "part.of.three"
HERE = {"discord_api_base_url": "http://127.0.0.1:1/api/v10", "discord_gateway_url": "ws://127.0.0.1:1"}


def test_a_token_alone_is_enough() -> None:
    """With DISCORD_TOKEN Discord is one of the platforms that run; without it, it is not."""
    assert [each.name for each in platforms(read(discord_token=TOKEN))] == ["discord"]
    assert platforms(read()) == []


@pytest.mark.parametrize("token", ["Bot part.of.three", "no-dots", "two.parts"])
def test_something_else_than_a_token_is_told_without_showing_it(token: str) -> None:
    """What cannot be a bot token is refused by name, and is not in the message."""
    with pytest.raises(Refusal, match="DISCORD_TOKEN") as refusal:
        read(discord_token=token)
    assert token not in str(refusal.value)


@pytest.mark.parametrize("name", HERE)
def test_the_two_addresses_go_together(name: str) -> None:
    """One of the two addresses without the other is refused."""
    with pytest.raises(Refusal, match="together"):
        read(**{name: HERE[name]})
    assert read(**HERE).discord_gateway_url == HERE["discord_gateway_url"]


@pytest.mark.parametrize(
    ("name", "url"),
    [("discord_api_base_url", "http://example.org/api/v10"), ("discord_gateway_url", "ws://example.org")],
)
def test_the_token_leaves_this_machine_encrypted_only(name: str, url: str) -> None:
    """Plain http and ws are for the loopback address."""
    with pytest.raises(Refusal, match="for this machine only"):
        read(**{**HERE, name: url})


def test_the_token_is_a_secret() -> None:
    """Discord's token is among what the log never shows, and in no description of the settings."""
    settings = read(discord_token=TOKEN)
    assert TOKEN in settings.secrets
    assert TOKEN not in settings.described
    assert "Discord set up" in settings.described
