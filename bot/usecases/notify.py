"""Tell the people who run a group that something needs them, once."""

from __future__ import annotations

import logging

from bot.cards import Card
from bot.domain.group import Group
from bot.errors import ChatBusy, ChatRefused
from bot.ports import Ports, Target, Where
from bot.usecases.deliver import deliver
from bot.views import notices

log = logging.getLogger(__name__)


async def tell_facilitators(ports: Ports, group: Group, key: str, text: str) -> None:
    """A direct message to each facilitator, or to each admin when none is named; `key` makes it stand once."""
    card = notices.notice(text)
    for member_id in sorted(group.facilitator_ids or group.admin_ids):
        to = Target(where=Where.DIRECT, place=group.place, member=member_id)
        await _tell(ports, group, f"notice:{key}:{member_id}", to, card)


async def _tell(ports: Ports, group: Group, key: str, to: Target, card: Card) -> None:
    """A notice that the platform refuses is logged: it must not keep the work that it reports on from being settled."""
    try:
        await deliver(ports, group.id, key, to, card)
    except (ChatBusy, ChatRefused) as refused:
        log.warning("notice %s of group %s not delivered: %s", key.partition(":")[0], group.id, refused)
