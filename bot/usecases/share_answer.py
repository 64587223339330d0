"""Show a form answer in the thread of an open group, then owe its review."""

from __future__ import annotations

from datetime import date

from bot.domain.group import Group, MemberId, MessageRef
from bot.ports import Job, Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import deliver
from bot.usecases.work import Again
from bot.views import answer_card


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one form answer; shown once, edited when the answer changed."""
    day, member_id = owed.whose(job.ref)
    group = await ports.groups.get(job.group_id)
    look = await ports.answers.look(job.group_id, day, member_id, event="")
    if group is None or look.answer is None or look.member is None or look.post is None or look.post.message is None:
        return None
    card = answer_card.shared(look.answer, look.member, ports.library.framework)
    key = share_key(day, member_id)
    standing = await ports.outbox.get(group.id, key)
    if standing is None:
        await deliver(ports, group.id, key, _thread(group, look.post.message), card)
    else:
        await ports.chat.edit(standing, card)
    reviewed = await ports.answers.review(group.id, day, member_id)
    if reviewed is not None:
        await ports.jobs.add(owed.redraw(group.id, day, member_id), ports.clock.now())
    elif look.member.auto_feedback:
        await ports.jobs.add(owed.review(group.id, day, member_id), ports.clock.now())
    ports.wake()
    return None


def share_key(day: date, member_id: MemberId) -> str:
    """The outbox key of a shared form answer."""
    return f"answer:{owed.about(day, member_id)}"


def _thread(group: Group, post: MessageRef) -> Target:
    return Target(where=Where.THREAD, place=group.place, thread=post)
