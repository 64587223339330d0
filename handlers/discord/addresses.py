"""Where a message stands, in the core's words: a channel is a place; a thread or a direct message is one inside it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.group import Place

_JOINT = "/"
_DIRECT = "@"
"""Discord's ids are digits."""


@dataclass(frozen=True, slots=True)
class Spot:
    """`conversation`: the thread or direct message, None for the group's channel itself."""

    conversation: str | None
    group: Place
    is_direct: bool = False


def in_thread(group: Place, thread_id: str) -> Place:
    """Where a message in a thread of the group's channel stands: later edits need both."""
    return Place(group.platform, group.workspace, f"{thread_id}{_JOINT}{group.channel}")


def in_direct(group: Place, direct_id: str) -> Place:
    """Where a direct message stands that is about a group."""
    return in_thread(group, f"{_DIRECT}{direct_id}")


def spot_of(place: Place) -> Spot:
    """What the two above and a group's own place say."""
    conversation, joint, channel = place.channel.partition(_JOINT)
    if not joint:
        return Spot(None, place)
    group = Place(place.platform, place.workspace, channel)
    return Spot(conversation.removeprefix(_DIRECT), group, conversation.startswith(_DIRECT))
