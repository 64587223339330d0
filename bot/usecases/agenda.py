"""What the agenda's work is done by, and what happens to work that is given up."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ports import REFUSED, Job, Ports
from bot.usecases import notify, owed
from bot.usecases.answering import redraw, share_answer
from bot.usecases.facilitating import settle_entry, settle_suggestion
from bot.usecases.facilitating.lose_place import unless_closed
from bot.usecases.feedback import give_feedback, judge_section, put_variant
from bot.usecases.members import erase_member
from bot.usecases.peers import peer_duties, peer_notice, peer_post, peer_round
from bot.usecases.posting import post_question, propose_week, remind, reveal, tally
from bot.usecases.posting.plan_posts import plan_next
from bot.usecases.walkthrough import write_walkthrough
from bot.usecases.work import Work

WORKS: Mapping[str, Work] = {
    owed.ERASE: erase_member.run,
    owed.POST: unless_closed(post_question.run),
    owed.SHARE: unless_closed(share_answer.run),
    owed.REVIEW: unless_closed(give_feedback.run),
    owed.REDRAW: unless_closed(redraw.run),
    owed.REMIND: remind.run,
    owed.AUDIT: unless_closed(post_question.audit),
    owed.NOTICE: notify.run,
    owed.TALLY: unless_closed(tally.run),
    owed.REVEAL: unless_closed(reveal.run),
    owed.WALK: unless_closed(write_walkthrough.run),
    owed.PROPOSE: propose_week.run,
    owed.SETTLED: settle_suggestion.tell,
    owed.DECIDED: settle_entry.tell,
    owed.SHOT: unless_closed(judge_section.run),
    owed.VARIANT: put_variant.run,
    owed.ROUND: peer_round.run,
    owed.DUTIES: peer_duties.run,
    owed.ASK: peer_notice.ask,
    owed.NUDGE: peer_notice.nudge,
    owed.TOLD: peer_notice.told,
    owed.GIVEN: unless_closed(peer_post.run),
}
MOST_OF: Mapping[str, int] = {owed.REVIEW: 24, owed.SHOT: 8, owed.VARIANT: 8, owed.WALK: 4}
"""How many may run at once in a process. A model takes 20 to 30 s, so 24 are some 60 reviews a minute. Those of a busy
morning leave room for daily posts, and enough of the loop that members are acknowledged in time meanwhile. A
walkthrough takes minutes, and four of them most of a day's budget."""


async def report_dead(ports: Ports, job: Job) -> None:
    """Tell the facilitators of work that was given up, once a day for each kind.

    A dead daily post must not end the posts after it; of a dead notice nobody is told by another. Of a second shot its
    member is told too: nobody else sees that it is missing, and they can have it tried again. Of a post that the chat
    refused its reason is told.
    """
    group = await ports.groups.get(job.group_id)
    if group is None or job.kind == owed.NOTICE:
        return
    now = ports.clock.now()
    if job.kind == owed.POST:
        await plan_next(ports, group, after=now)
    if job.kind == owed.SHOT:
        day, member_id = owed.whose(job.ref)
        await notify.tell_member(ports, group, f"unjudged:{day}", member_id)
    why = await _refused_why(ports, job) if job.kind == owed.POST else ""
    what = f"refused:{job.ref}/{why}" if why else f"dead:{job.kind}:{group.schedule.local_day(now)}"
    await notify.tell_facilitators(ports, group, what)


async def _refused_why(ports: Ports, job: Job) -> str:
    """What the platform said when it refused the job for good; empty if that is not why it was given up."""
    why = next((why for dead, why in await ports.jobs.dead() if dead == job), "")
    return why.removeprefix(REFUSED) if why.startswith(REFUSED) else ""
