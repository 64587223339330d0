"""What people do in the fake Discord, and what they see. A test acts as them."""

from __future__ import annotations

from tests.servers.discord_filling import Filling
from tests.servers.discord_pressing import Pressing
from tests.servers.discord_writing import Writing


class User(Writing, Pressing, Filling):
    """One person at Discord's client."""
