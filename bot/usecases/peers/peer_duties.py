"""Look after the reviews of one answer: remind, end what is over, ask others, tell the facilitators."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.duty import AnswerId, CallOff, Duty, called_off, expired
from bot.domain.group import Group, GroupId, MemberId
from bot.domain.peer_plan import Plan, plan
from bot.domain.peer_review import unreviewed
from bot.domain.peers import stand_ins, wanted_reviewers
from bot.ports import Job, Ports
from bot.usecases import notify, owed
from bot.usecases.peers import peer_post, peer_scene
from bot.usecases.peers.peer_round import ask, new_duty
from bot.usecases.peers.peer_scene import Scene
from bot.usecases.work import Again


async def look_soon(ports: Ports, group_id: GroupId, answers: Iterable[AnswerId]) -> None:
    """Have these answers looked at now: something about them, or about those who review them, has changed."""
    for answer in sorted(set(answers)):
        await ports.jobs.add(owed.duties(group_id, answer), ports.clock.now())
    ports.wake()


async def owed_to(ports: Ports, group: Group, reviewer_id: MemberId) -> list[AnswerId]:
    """The answers that a member owes a review."""
    scene = await peer_scene.read(ports, group)
    return [duty.answer_id for duty in scene.duties if duty.reviewer_id == reviewer_id and duty.is_open]


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for one answer; safe to begin again after any line, for it looks before each step."""
    answer_id = AnswerId(*owed.whose(job.ref))
    group = await ports.groups.get(job.group_id)
    if group is None:
        return None
    scene = await peer_scene.read(ports, group, also=answer_id.day)
    if not await _call_off(ports, scene, answer_id):
        return Again(scene.now)
    answer = scene.answers.get(answer_id)
    if answer is None or group.peers.on is False:
        return None
    wanted = wanted_reviewers(len(scene.active))
    todo = plan(scene.of(answer_id), answered_at=answer.answered_at, wanted=wanted, now=scene.now)
    if todo.expire:
        await _expire(ports, scene, todo)
        return Again(scene.now)
    for duty in todo.remind:
        await ports.jobs.add(owed.nudge(group.id, duty.reviewer_id), scene.now)
    if todo.to_inbox:
        await _to_inbox(ports, scene, answer_id)
    if todo.ask and await _ask_others(ports, scene, answer_id, todo.ask):
        return Again(scene.now)
    return Again(todo.look_at) if todo.look_at else None


async def _call_off(ports: Ports, scene: Scene, answer_id: AnswerId) -> bool:
    """End duties that nobody can be asked for any more; False if one was ended: then all is to be looked at again."""
    mine = [duty for duty in scene.duties if duty.answer_id == answer_id and duty.is_open]
    over = [(duty, why) for duty in mine if (why := _why_over(scene, duty)) is not None]
    for duty, why in over:
        if await ports.peers.change(scene.group.id, called_off(duty, scene.now, why)):
            await peer_post.release(ports, scene.group.id, duty.day, duty.reviewer_id)
    return not over


def _why_over(scene: Scene, duty: Duty) -> CallOff | None:
    reviewer = scene.members.get(duty.reviewer_id)
    if duty.answer_id not in scene.answers:
        return CallOff.WITHDRAWN
    if scene.group.peers.on is False:
        return CallOff.SWITCHED_OFF
    if reviewer is None or reviewer.has_left:
        return CallOff.LEFT
    if reviewer.is_away(scene.group.schedule.local_day(scene.now)):
        return CallOff.AWAY
    return None if scene.may_read(duty.reviewer_id, duty.answer_id) else CallOff.UNREADABLE


async def _expire(ports: Ports, scene: Scene, todo: Plan) -> None:
    for duty in todo.expire:
        if await ports.peers.change(scene.group.id, expired(duty, scene.now)):
            await peer_post.release(ports, scene.group.id, duty.day, duty.reviewer_id)


async def _to_inbox(ports: Ports, scene: Scene, answer_id: AnswerId) -> None:
    """Tell the facilitators, who are told once a day of all that waits."""
    group = scene.group
    await ports.peers.file(group.id, unreviewed(answer_id, scene.now))
    await notify.tell_facilitators(ports, group, notify.INBOX)


async def _ask_others(ports: Ports, scene: Scene, answer_id: AnswerId, count: int) -> bool:
    """Ask up to `count` others; False if there is nobody to ask: then it is tried again in an hour."""
    circle = scene.circle(answer_id.day)
    chosen = stand_ins(answer_id, circle, count=count, seed=f"{scene.group.seed}|{scene.rounds}")
    duties = [new_duty(scene, answer_id, reviewer) for reviewer in chosen]
    if duties:
        await ask(ports, scene, answer_id.day, duties, after=scene.rounds)
    return bool(duties)
