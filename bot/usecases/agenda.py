"""What the agenda's work is done by, and what happens to work that is given up."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ports import Job, Ports
from bot.usecases import give_feedback, owed, post_question, remind, share_answer
from bot.usecases.notify import tell_facilitators
from bot.usecases.work import Work
from bot.views import notices

WORKS: Mapping[str, Work] = {
    owed.POST: post_question.run,
    owed.SHARE: share_answer.run,
    owed.REVIEW: give_feedback.run,
    owed.REMIND: remind.run,
    owed.AUDIT: post_question.audit,
}


async def report_dead(ports: Ports, job: Job) -> None:
    """Tell the facilitators of a job that was given up; a dead daily post must not end the posts after it."""
    group = await ports.groups.get(job.group_id)
    if group is None:
        return
    if job.kind == owed.POST:
        await post_question.plan_next(ports, group, after=ports.clock.now())
    await tell_facilitators(ports, group, f"dead:{job.kind}:{job.ref}", notices.job_dead(job.kind))
