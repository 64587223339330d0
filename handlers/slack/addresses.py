"""Which group's channel a button is about, where Slack does not say it: in direct messages, views and the home tab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.group import Place

_MARK = "of:"
_JOINT = "/"


def addressed(blocks: Iterable[Mapping[str, Any]], channel_id: str) -> list[dict[str, Any]]:
    """`blocks` whose buttons carry the channel: in the block_id, which comes back with a press."""
    return [
        {**block, "block_id": f"{_MARK}{channel_id}:{number}"} if block.get("type") == "actions" else dict(block)
        for number, block in enumerate(blocks)
    ]


def channel_of(block_id: str) -> str | None:
    """The channel that a pressed button carries, or None."""
    return block_id.removeprefix(_MARK).partition(":")[0] if block_id.startswith(_MARK) else None


def direct_place(group: Place, direct_id: str) -> Place:
    """Where a direct message stands that is about a group: later edits need both."""
    return Place(group.platform, group.workspace, f"{direct_id}{_JOINT}{group.channel}")


def conversation_of(place: Place) -> tuple[str, str | None]:
    """The conversation that Slack knows, and the group's channel if that is another one."""
    conversation, joint, group = place.channel.partition(_JOINT)
    return conversation, group if joint else None
