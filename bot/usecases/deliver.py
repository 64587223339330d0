"""Make a message stand exactly once, whatever breaks half-way (DESIGN 5)."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card
from bot.domain.group import GroupId, MessageRef
from bot.errors import ChatBusy, ChatRefused
from bot.ports import Outgoing, Ports, Target

LOOK_BACK = timedelta(seconds=60)
"""Platform clocks and ours may differ; a look starts this much before the first try (reliability.md 2.2)."""


async def deliver(ports: Ports, group_id: GroupId, key: str, to: Target, card: Card) -> tuple[MessageRef, Outgoing]:
    """Send `card` once under `key`; where it stands, and how the try began.

    Raises ChatBusy and ChatRefused when it surely was not sent, ChatUnsure when it may have been: the next call with
    the same key looks before it sends again.
    """
    begun = await ports.outbox.begin(group_id, key, ports.clock.now())
    if begun.message is not None:
        return begun.message, begun
    if begun.look_first:
        standing = await ports.chat.find(to, key=key, since=begun.begun_at - LOOK_BACK)
        if standing:
            return await ports.outbox.sent(group_id, key, standing[0]), begun
    try:
        message = await ports.chat.send(to, card, key=key)
    except (ChatBusy, ChatRefused):
        await ports.outbox.release(group_id, key)
        raise
    winner = await ports.outbox.sent(group_id, key, message)
    if winner != message:
        await ports.chat.delete(message)
    return winner, begun


async def take_back(ports: Ports, group_id: GroupId, key: str) -> bool:
    """Delete the message under `key`; whether it stood. Raises what the chat raises: then it still stands."""
    message = await ports.outbox.get(group_id, key)
    if message is None:
        return False
    await ports.chat.delete(message)
    await ports.outbox.drop(group_id, key)
    return True


async def clear_copies(ports: Ports, to: Target, key: str, kept: MessageRef, begun: Outgoing) -> int:
    """Delete every copy of a message but `kept`; how many there were."""
    copies = [copy for copy in await ports.chat.find(to, key=key, since=begun.begun_at - LOOK_BACK) if copy != kept]
    for copy in copies:
        await ports.chat.delete(copy)
    return len(copies)
