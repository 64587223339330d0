"""A member leaves the channel, is removed from it, or comes back."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.group import GroupId, Member, MemberId
from bot.ports import Ports
from bot.usecases import peer_duties


async def run(ports: Ports, group_id: GroupId, member_id: MemberId) -> None:
    """Note it, and have others asked for the reviews that the member owes. Nothing that they wrote is touched."""
    group = await ports.groups.get(group_id)
    known = await ports.groups.member(group_id, member_id)
    if group is None or known is None:
        return
    now = ports.clock.now()
    await ports.groups.update_member(group_id, member_id, lambda member: replace(member, left_at=now))
    await peer_duties.look_soon(ports, group_id, await peer_duties.owed_to(ports, group, member_id))


async def come_back(ports: Ports, group_id: GroupId, member: Member) -> Member:
    """Whoever does something here is here."""
    if not member.has_left:
        return member
    return await ports.groups.update_member(group_id, member.id, lambda known: replace(known, left_at=None))
