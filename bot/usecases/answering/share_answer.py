"""Show a form answer in the thread, unless its question is sealed until the close; then owe its review."""

from __future__ import annotations

import logging
from datetime import date

from bot.domain.group import Group, GroupId, MemberId, MessageRef
from bot.errors import ChatClosed, ChatRefused
from bot.ports import Job, Ports, Target, Where
from bot.usecases import owed
from bot.usecases.deliver import deliver
from bot.usecases.posting.tally import owe_tally
from bot.usecases.work import Again
from bot.views.answering import answer_card

log = logging.getLogger(__name__)


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one form answer; shown once, edited when the answer changed.

    Its review is owed all the same where the thread takes nothing any more.
    """
    day, member_id = owed.whose(job.ref)
    look = await ports.answers.look(job.group_id, day, member_id, event="")
    if look.answer is None or look.member is None or look.post is None or look.post.message is None:
        return None
    if look.post.is_sealed(ports.clock.now()):
        await owe_tally(ports, job.group_id, day)
    else:
        try:
            await put_in_thread(ports, job.group_id, day, member_id)
        except ChatClosed:
            raise
        except ChatRefused as refused:
            log.warning("an answer of group %s is not shown: %s", job.group_id, refused)
    reviewed = await ports.answers.review(job.group_id, day, member_id)
    if reviewed is not None:
        await ports.jobs.add(owed.redraw(job.group_id, day, member_id), ports.clock.now())
    elif look.member.auto_feedback:
        await ports.jobs.add(owed.review(job.group_id, day, member_id), ports.clock.now())
    ports.wake()
    return None


async def put_in_thread(ports: Ports, group_id: GroupId, day: date, member_id: MemberId) -> None:
    """Show the answer as it stands now, once; a message that shows it already is edited."""
    group = await ports.groups.get(group_id)
    look = await ports.answers.look(group_id, day, member_id, event="")
    if group is None or look.answer is None or look.member is None or look.post is None or look.post.message is None:
        return
    card = answer_card.shared(look.answer, look.member, ports.library.framework)
    key = share_key(day, member_id)
    standing = await ports.outbox.get(group_id, key)
    if standing is None:
        await deliver(ports, group_id, key, _thread(group, look.post.message), card)
    else:
        await ports.chat.edit(standing, card)


def share_key(day: date, member_id: MemberId) -> str:
    """The outbox key of a shared form answer."""
    return f"answer:{owed.about(day, member_id)}"


def _thread(group: Group, post: MessageRef) -> Target:
    return Target(where=Where.THREAD, place=group.place, thread=post)
