"""Give a member their name when it was not known as they first wrote: words are saved before anybody is looked up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.domain.group import MemberId, Place
from bot.ports import Ports
from bot.usecases import owed

RECENT_POSTS = 2


async def follow_name(ports: Ports, place: Place, member_id: MemberId, ask: Callable[[], Awaitable[str]]) -> None:
    """Ask for the name and keep it, if this member of the place's group goes by their bare id."""
    group_id = await ports.groups.at(place)
    member = await ports.groups.member(group_id, member_id) if group_id else None
    if group_id is None or member is None or member.name != member_id:
        return
    name = await ask()
    await ports.groups.update_member(group_id, member_id, lambda known: replace(known, name=name))
    for post in (await ports.posts.all(group_id))[-RECENT_POSTS:]:  # cards that went out meanwhile show the id
        await ports.jobs.add(owed.redraw(group_id, post.day, member_id), ports.clock.now())
    ports.wake()
