"""A member leaves the channel, is removed from it, or comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.group import GroupId, Member, MemberId
from bot.ports import Ports
from bot.usecases.peers import peer_duties


async def run(ports: Ports, group_id: GroupId, member_id: MemberId, at: datetime) -> None:
    """Note that they left at `at`, and have others asked for the reviews that they owe. What they wrote stays.

    Told twice, or after their return, it changes nothing.
    """
    group = await ports.groups.get(group_id)
    known = await ports.groups.member(group_id, member_id)
    if group is None or known is None:
        return
    member = await ports.groups.update_member(
        group_id, member_id, lambda member: replace(member, left_at=max(at, member.left_at or at))
    )
    if member.has_left:
        await peer_duties.look_soon(ports, group_id, await peer_duties.owed_to(ports, group, member_id))


async def arrive(ports: Ports, group_id: GroupId, member_id: MemberId, at: datetime) -> None:
    """Note that they came into the channel at `at`, even if it is not known yet that they had left.

    Of somebody who never took part nothing is kept.
    """
    if await ports.groups.member(group_id, member_id) is not None:
        await ports.groups.update_member(
            group_id, member_id, lambda member: replace(member, back_at=max(at, member.back_at or at))
        )


async def come_back(ports: Ports, group_id: GroupId, member: Member) -> Member:
    """Whoever does something here is here."""
    if not member.has_left:
        return member
    now = ports.clock.now()
    return await ports.groups.update_member(
        group_id, member.id, lambda known: replace(known, back_at=max(now, known.left_at or now))
    )
