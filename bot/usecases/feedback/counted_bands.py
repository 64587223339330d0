"""The bands of a feedback as they count, for whoever adds them up: a facilitator's decision goes before the model's."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import dispute
from bot.domain.group import GroupId
from bot.domain.peer_review import InboxEntry
from bot.domain.review import Review
from bot.domain.second_shot import sections_of
from bot.ports import Ports


async def counted(ports: Ports, group_id: GroupId, made: Review) -> Review:
    """`made` with the bands that count; raises StoreDown."""
    return dispute.counted(made, await disputes_of(ports, group_id, made))


async def disputes_of(ports: Ports, group_id: GroupId, made: Review) -> Sequence[InboxEntry]:
    """The disputes about one feedback, open or decided, in the order of its sections; raises StoreDown."""
    ids = [dispute.about(made, section).id for section in sections_of(made)]
    return await ports.peers.entries(group_id, ids)
