"""Tell the people who run a group that something needs them, once."""

from __future__ import annotations

from datetime import date

from bot.domain.group import Group, MemberId
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.send_direct import send_direct
from bot.usecases.work import Again
from bot.views import notices


async def tell_facilitators(ports: Ports, group: Group, what: str) -> None:
    """Owe a direct message to each facilitator, or to each admin when none is named.

    `what`: `missed:FIRST/LAST` (dates), `empty:DATE`, `closed:DATE` or `dead:KIND:DATE`; the same is said once.
    """
    for member_id in sorted(group.facilitator_ids or group.admin_ids):
        await ports.jobs.add(owed.notice(group.id, what, member_id), ports.clock.now())
    ports.wake()


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one notice to one person."""
    what, _, member_id = job.ref.rpartition("|")
    group = await ports.groups.get(job.group_id)
    if group is not None:
        await send_direct(ports, group, MemberId(member_id), "notice", job.ref, notices.notice(_words(what, group)))
    return None


def _words(what: str, group: Group) -> str:
    kind, _, rest = what.partition(":")
    match kind:
        case "missed":
            first, last = map(date.fromisoformat, rest.split("/"))
            return notices.missed_days(first, last)
        case "empty":
            return notices.bank_empty(date.fromisoformat(rest))
        case "closed":
            return notices.place_closed(group)
        case _:
            return notices.job_dead(rest.partition(":")[0])
