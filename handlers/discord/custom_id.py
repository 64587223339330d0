"""What a button and a modal carry in their custom_id: what they do, and in a direct message whose group it is about."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from bot.domain.group import Place
from handlers.discord.limits import CUSTOM_ID_CHARS

PLATFORM = "discord"
MOST_ADDRESSED_CHARS = 76
"""Of an action that travels with a place."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SNOWFLAKE_BYTES = 8
_ADDRESS = re.compile(r"([0-9a-z])(?:([A-Za-z0-9_-]{11})([A-Za-z0-9_-]{11}))?:(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a custom_id says. `place` is None where it was sent to a channel of the group: the interaction tells it."""

    action: str
    place: Place | None = None


def custom_id(action: str, *, number: int = 0, place: Place | None = None) -> str:
    """`number` tells apart the buttons of one message (0 to 35), which Discord wants to differ.

    Raises ValueError when the action is too long: 98 characters are taken, or 76 with a place.
    """
    address = "" if place is None else _packed(place.workspace) + _packed(place.channel)
    made = f"{_DIGITS[number]}{address}:{action}"
    if len(made) > CUSTOM_ID_CHARS:
        raise ValueError(f"action {action[:40]!r} has {len(action)} characters: too many for a custom_id")
    return made


def carried(made: str) -> Carried | None:
    """What `custom_id` put in; None for one that is not ours."""
    found = _ADDRESS.fullmatch(made)
    if found is None:
        return None
    if found[2] is None:
        return Carried(found[4])
    return Carried(found[4], Place(PLATFORM, _unpacked(found[2]), _unpacked(found[3])))


def _packed(snowflake: str) -> str:
    """11 characters instead of up to 20."""
    return base64.urlsafe_b64encode(int(snowflake).to_bytes(_SNOWFLAKE_BYTES, "big")).decode().rstrip("=")


def _unpacked(text: str) -> str:
    return str(int.from_bytes(base64.urlsafe_b64decode(f"{text}="), "big"))
