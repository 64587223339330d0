"""A group's channel is closed to the bot: stop posting there, and tell those who run the group, once."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.group import GroupId
from bot.errors import ChatClosed
from bot.ports import Job, Ports
from bot.usecases import notify
from bot.usecases.facilitating import manage_group
from bot.usecases.work import Outcome, Work


def unless_closed(work: Work) -> Work:
    """`work`, which ends quietly where the place of its group is closed; the group is paused then."""

    async def run(ports: Ports, job: Job) -> Outcome:
        try:
            return await work(ports, job)
        except ChatClosed as closed:
            await lose_place(ports, job.group_id, closed.lacks)
            return None

    return run


async def lose_place(ports: Ports, group_id: GroupId, lacks: Sequence[str] = ()) -> None:
    """Pause the group, unless it is paused: what is still owed there is given up, and found again after a resume.

    `lacks`: the permissions that are missing, if that is known to be the reason.
    """
    group = await ports.groups.get(group_id)
    if group is None or group.paused:
        return
    await manage_group.pause(ports, group)
    today = group.schedule.local_day(ports.clock.now())
    await notify.tell_facilitators(ports, group, f"closed:{today}/{', '.join(lacks)}")
