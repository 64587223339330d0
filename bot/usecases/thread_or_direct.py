"""What belongs into the thread of a post reaches its member all the same where that takes nothing any more."""

from __future__ import annotations

import logging

from bot.cards import Card
from bot.domain.group import Group, MemberId
from bot.domain.post import Post
from bot.errors import ChatClosed, ChatRefused
from bot.ports import Ports, Target, Where
from bot.usecases.deliver import deliver
from bot.usecases.notify import tell_facilitators
from bot.usecases.send_direct import next_morning, send_direct
from bot.usecases.work import Again

log = logging.getLogger(__name__)


async def thread_or_direct(
    ports: Ports, group: Group, post: Post, key: str, to: Target, member_id: MemberId, card: Card
) -> Again | None:
    """Send `card` once under `key` (`kind:about`, as in `send_direct`); directly where the thread takes nothing.

    The next morning, if that is too much for the member's day. What was for one person alone and is refused is logged
    and dropped: a command shows it. Raises ChatClosed, ChatBusy and ChatUnsure.
    """
    try:
        await deliver(ports, group.id, key, to, card)
    except ChatClosed:
        raise
    except ChatRefused as refused:
        log.warning("a message of group %s is not delivered (%s): %s", group.id, to.where.value, refused)
        if to.where is Where.THREAD:
            await tell_facilitators(ports, group, f"thread:{post.day}")
            kind, _, about = key.partition(":")
            if not await send_direct(ports, group, member_id, kind, about, card):
                return Again(next_morning(group, ports.clock.now()))
    return None
