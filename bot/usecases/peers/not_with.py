"""A member's confidential list: whom they neither review nor are reviewed by."""

from __future__ import annotations

from bot.domain.group import Group, Member
from bot.errors import Refusal
from bot.ports import Ports
from bot.views import notices
from bot.views.peers import peer_words


async def toggle(ports: Ports, group: Group, member: Member, value: str) -> None:
    """Put somebody on the list, or take them off it. Raises Refusal when nobody is called that.

    It holds from the next draw on: to call a duty off now would tell who did it.
    """
    wanted = value.strip().lstrip("@").casefold()
    if not wanted:
        raise Refusal(peer_words.NOT_WITH_FORM)
    known = await ports.groups.members(group.id)
    other = next((each for each in known if each.name.casefold() == wanted), None)
    if other is None:
        raise Refusal(notices.no_such_member(value, [each.name for each in known]))
    if other.id == member.id:
        raise Refusal(peer_words.NOT_WITH_SELF)
    listed = (member.id, other.id) in await ports.peers.not_with(group.id)
    await ports.peers.avoid(group.id, member.id, other.id, on=not listed)


async def names(ports: Ports, group: Group, member: Member) -> list[str]:
    """Who is on the member's own list; for their eyes alone."""
    known = {each.id: each.name for each in await ports.groups.members(group.id)}
    listed = [other for whose, other in await ports.peers.not_with(group.id) if whose == member.id]
    return sorted(known[other] for other in listed if other in known)
