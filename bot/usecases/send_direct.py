"""Send a direct message, but only so many a day: the bot is quiet (DESIGN 1)."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from bot.cards import Card
from bot.domain.group import Group, MemberId, MessageRef
from bot.domain.schedule import Schedule
from bot.errors import ChatRefused
from bot.ports import Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import deliver

log = logging.getLogger(__name__)

MOST_A_DAY = {"remind": 1, "notice": 2}
"""Three in all on one local date, to a member of a group; a flood of notices leaves room for the reminder."""
MORNING = time(8)
PLACES_OF = {"duty": "notice", "told": "notice", "variant": "notice", "review": "notice", "peer": "notice"}
"""Kinds that share the places of another kind."""


async def send_direct(ports: Ports, group: Group, member_id: MemberId, kind: str, about: str, card: Card) -> bool:
    """A direct message of a kind of `MOST_A_DAY` or `PLACES_OF`, once for each `about`.

    `about` must hold the member's id after a `|`.
    What is too much for the day is logged and dropped, and False; what the platform refused is logged and dropped.
    Raises ChatBusy and ChatUnsure.
    """
    key = f"{kind}:{about}"
    if await ports.outbox.get(group.id, key) is not None:
        return True  # it was said, maybe on another day: it takes no place of this one
    if not await _has_place(ports, group, member_id, kind, key):
        log.warning("a %s of group %s is one too many for its day", kind, group.id)
        return False
    try:
        await deliver(ports, group.id, key, Target(where=Where.DIRECT, place=group.place, member=member_id), card)
    except ChatRefused as refused:
        log.warning("a %s of group %s is not delivered: %s", kind, group.id, refused)
    return True


def next_morning(group: Group, now: datetime) -> datetime:
    """When to try again what was too much for a day and must be said all the same."""
    found = Schedule(zone=group.schedule.zone, at=MORNING, days=frozenset(range(1, 8))).next_due(now)
    return found[1] if found else now + timedelta(days=1)


async def _has_place(ports: Ports, group: Group, member_id: MemberId, kind: str, key: str) -> bool:
    """Whether the message has one of the day's places, or gets one; a place holds the key of its message.

    A try that broke off keeps its place, for its message may stand; the next try finds it there.
    """
    day, mine = group.schedule.local_day(ports.clock.now()), MessageRef(group.place, key)
    kind = PLACES_OF.get(kind, kind)
    for number in range(1, MOST_A_DAY[kind] + 1):
        place = f"direct:{kind}:{number}:{owed.about(day, member_id)}"
        if await ports.outbox.sent(group.id, place, mine) == mine:
            return True
    return False
