"""Tell a reviewer what they are asked for, remind them once, and tell them what became of a review; in their hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.duty import Duty, DutyState, awake_from, reminded
from bot.domain.group import Group, Member, MemberId
from bot.domain.peer_review import ReactionKind
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.peers import peer_post, peer_scene
from bot.usecases.peers.peer_scene import NIGHT, Scene
from bot.usecases.peers.show_duties import to_review
from bot.usecases.send_direct import next_morning, send_direct
from bot.usecases.work import Again
from bot.views.peers import duty_card, peer_card

FRESH = timedelta(hours=3)
"""What was asked so shortly before its reminder is due, as the night lay between, is not reminded of."""
ASK_FIRST = timedelta(minutes=1)


async def ask(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one reviewer: one message for all that they owe, however many duties came together."""
    found = await _open(ports, job, MemberId(job.ref))
    if found is None:
        return None
    scene, member, duties = found
    if (at := _awake(scene.group, member, scene.now)) > scene.now:
        return Again(at)
    told_now = await _tell(ports, scene, member, duties, again=False)
    if not told_now:
        return Again(next_morning(scene.group, scene.now))
    await _remind_no_more(ports, scene, [duty for duty in duties if _is_due(duty, scene.now + FRESH)])
    return None


async def nudge(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one reminder; the duty that came last is noted last, so that a repeat is the same."""
    found = await _open(ports, job, MemberId(job.ref))
    if found is None:
        return None
    scene, member, duties = found
    due = [duty for duty in duties if _is_due(duty, scene.now)]
    if not due:
        return None
    if await ports.jobs.owed(owed.ask(scene.group.id, member.id)) is not None:
        return Again(scene.now + ASK_FIRST)
    if (at := _awake(scene.group, member, scene.now)) > scene.now:
        return Again(at)
    if not await _tell(ports, scene, member, due, again=True):
        return Again(next_morning(scene.group, scene.now))
    await _remind_no_more(ports, scene, due)
    return None


async def told(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one reaction: its reviewer hears of it, unless it was never noted.

    That a review was used is told in any case, if not that day; thanks beyond the day's measure are not.
    """
    about, by, kind = job.ref.rsplit("|", 2)
    answer_id, reviewer_id = peer_post.pair_of(about)
    group = await ports.groups.get(job.group_id)
    review = await peer_post.find(ports, job.group_id, answer_id, reviewer_id)
    member = await ports.groups.member(job.group_id, reviewer_id)
    reactions = await ports.peers.reactions(job.group_id, [answer_id.day])
    noted = any((each.reviewer_id, each.by, each.kind) == (reviewer_id, by, kind) for each in reactions)
    if group is None or review is None or member is None or not noted:
        return None
    if (at := _awake(group, member, ports.clock.now())) > ports.clock.now():
        return Again(at)
    person = await ports.groups.member(group.id, MemberId(by))
    card = peer_card.told(ReactionKind(kind), review, person.name if person else "", group.name)
    if await send_direct(ports, group, reviewer_id, "told", job.ref, card) or kind != ReactionKind.USED:
        return None
    return Again(next_morning(group, ports.clock.now()))


async def _open(ports: Ports, job: Job, reviewer_id: MemberId) -> tuple[Scene, Member, Sequence[Duty]] | None:
    """The reviewer's open duties about answers that they may read; None if there are none."""
    group = await ports.groups.get(job.group_id)
    if group is None or group.peers.on is False:
        return None
    scene = await peer_scene.read(ports, group)
    member = scene.members.get(reviewer_id)
    duties = [duty for duty in scene.duties if duty.reviewer_id == reviewer_id and duty.is_open]
    shown = [each for each in duties if each.answer_id in scene.answers and scene.may_read(reviewer_id, each.answer_id)]
    return (scene, member, shown) if member is not None and shown and not member.has_left else None


async def _remind_no_more(ports: Ports, scene: Scene, duties: Sequence[Duty]) -> None:
    for duty in sorted(duties, key=_assigned_at):
        await ports.peers.change(scene.group.id, reminded(duty))


def _is_due(duty: Duty, now: datetime) -> bool:
    return duty.state is DutyState.ASSIGNED and duty.remind_at is not None and duty.remind_at <= now


async def _tell(ports: Ports, scene: Scene, member: Member, duties: Sequence[Duty], *, again: bool) -> bool:
    rows = [await to_review(ports, scene, duty.answer_id, duty) for duty in sorted(duties, key=_expires_at)]
    newest = max(map(_assigned_at, duties))
    about = f"{'again' if again else 'asked'}:{newest:%Y%m%dT%H%M%S.%f}|{member.id}"
    return await send_direct(
        ports, scene.group, member.id, "duty", about, duty_card.asked(rows, scene.group, again=again)
    )


def _awake(group: Group, member: Member, now: datetime) -> datetime:
    return awake_from(now, member.quiet or NIGHT, group.schedule.zone)


def _assigned_at(duty: Duty) -> datetime:
    return duty.assigned_at


def _expires_at(duty: Duty) -> datetime:
    return duty.expires_at
