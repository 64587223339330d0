"""Erase a member at an operator's word: the running bot does it, since it alone can take back messages."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.group import Group, Member, MemberId
from bot.errors import Refusal
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.members import manage_self
from bot.usecases.work import Again
from bot.views import notices

AGAIN_AFTER = timedelta(minutes=1)


async def find(ports: Ports, group: Group, wanted: str) -> Member:
    """The member of that name or id. Raises Refusal when there is none, or more than one of the name."""
    known = await ports.groups.members(group.id)
    name = wanted.strip().lstrip("@").casefold()
    found = [each for each in known if each.id == wanted.strip()]
    found = found or [each for each in known if each.name.casefold() == name]
    if not found:
        raise Refusal(notices.no_such_member(wanted, [each.name for each in known]))
    if len(found) > 1:
        raise Refusal(notices.many_such_members(wanted, [each.id for each in found]))
    return found[0]


async def owe(ports: Ports, group: Group, member: Member) -> None:
    """Owe it. Safe to repeat."""
    await ports.jobs.add(owed.erase(group.id, member.id), ports.clock.now())


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work: all that `/tpm-me forget` does. A chat that is away is waited for."""
    group = await ports.groups.get(job.group_id)
    member = await ports.groups.member(job.group_id, MemberId(job.ref))
    if group is None or member is None:
        return None
    try:
        await manage_self.forget(ports, group, member)
    except Refusal:
        return Again(ports.clock.now() + AGAIN_AFTER)
    return None
