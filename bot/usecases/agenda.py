"""What the agenda's work is done by, and what happens to work that is given up."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ports import Job, Ports
from bot.usecases import give_feedback, notify, owed, post_question, redraw, remind, share_answer
from bot.usecases.lose_place import unless_closed
from bot.usecases.plan_posts import plan_next
from bot.usecases.work import Work

WORKS: Mapping[str, Work] = {
    owed.POST: unless_closed(post_question.run),
    owed.SHARE: unless_closed(share_answer.run),
    owed.REVIEW: unless_closed(give_feedback.run),
    owed.REDRAW: unless_closed(redraw.run),
    owed.REMIND: remind.run,
    owed.AUDIT: unless_closed(post_question.audit),
    owed.NOTICE: notify.run,
}


async def report_dead(ports: Ports, job: Job) -> None:
    """Tell the facilitators of work that was given up, once a day for each kind.

    A dead daily post must not end the posts after it; of a dead notice nobody is told by another.
    """
    group = await ports.groups.get(job.group_id)
    if group is None or job.kind == owed.NOTICE:
        return
    now = ports.clock.now()
    if job.kind == owed.POST:
        await plan_next(ports, group, after=now)
    await notify.tell_facilitators(ports, group, f"dead:{job.kind}:{group.schedule.local_day(now)}")
