"""Ask members to review the answers that wait: a round (docs/peers.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.domain.duty import AnswerId, Duty, DutyState, assigned
from bot.domain.group import MemberId
from bot.domain.peer_plan import INBOX_AFTER
from bot.domain.peers import draw, round_at, wanted_reviewers
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.peers import peer_scene
from bot.usecases.peers.peer_scene import NIGHT, Scene
from bot.usecases.work import Again


async def run(ports: Ports, job: Job) -> Again | None:
    """The agenda's work for a group: start the round that is due, or wait for it. Every new answer calls it."""
    group = await ports.groups.get(job.group_id)
    if group is None or group.peers.on is False:
        return None
    scene = await peer_scene.read(ports, group)
    if not scene.is_on:
        return None
    unseen = [*_lost_sight_of(scene), *scene.overlooked()]
    await ports.jobs.restore([(owed.duties(group.id, answer), scene.now) for answer in unseen])
    waiting = scene.waiting()
    since = [waiting[answer] for answer in await _fresh(ports, scene, sorted(waiting))]
    starts = round_at(since, scene.close_after(min(since)) if since else None)
    if starts is None:
        return None
    if starts > scene.now:
        return Again(starts)
    return None if await _start(ports, scene, sorted(waiting)) else Again(scene.now)


def new_duty(scene: Scene, answer: AnswerId, reviewer: MemberId) -> Duty:
    """What `reviewer` is asked, in their own hours; it takes the place of one that was called off."""
    group, quiet = scene.group, scene.members[reviewer].quiet or NIGHT
    before = scene.standing(answer, reviewer)
    return assigned(answer, reviewer, now=scene.now, quiet=quiet, zone=group.schedule.zone, before=before)


async def ask(ports: Ports, scene: Scene, day: date, duties: Sequence[Duty], *, after: int) -> bool:
    """Store duties for answers to one post and owe what follows from them; False if others were assigned meanwhile."""
    group_id = scene.group.id
    follows = [owed.duties(group_id, answer) for answer in sorted({duty.answer_id for duty in duties})]
    follows += [owed.ask(group_id, reviewer) for reviewer in sorted({duty.reviewer_id for duty in duties})]
    jobs = [(job, scene.now) for job in follows]
    done = await ports.peers.assign(group_id, day, duties, after=after, jobs=jobs)
    ports.wake()
    return done


async def _fresh(ports: Ports, scene: Scene, waiting: Sequence[AnswerId]) -> list[AnswerId]:
    """Those whose round is still to come; for one that got nobody in its round, others are sought by the hour."""
    return [each for each in waiting if await ports.jobs.owed(owed.duties(scene.group.id, each)) is None]


async def _start(ports: Ports, scene: Scene, waiting: Sequence[AnswerId]) -> bool:
    """Draw and store; the answers of each post in a write of their own, for a process may die between them.

    False if others were assigned meanwhile: then all is looked at again.
    """
    circle = scene.circle(waiting[-1].day)
    wanted = wanted_reviewers(len(scene.active))
    drawn = draw(waiting, circle, wanted=wanted, seed=f"{scene.group.seed}|{scene.rounds}")
    for before, day in enumerate(sorted({answer.day for answer in waiting})):
        duties = [new_duty(scene, answer, reviewer) for answer, reviewer in drawn if answer.day == day]
        if not await ask(ports, scene, day, duties, after=scene.rounds + before):
            return False
    reached = {answer for answer, _ in drawn}
    for answer in waiting:
        if answer not in reached:
            await ports.jobs.add(owed.duties(scene.group.id, answer), scene.now)
    return True


def _lost_sight_of(scene: Scene) -> list[AnswerId]:
    """Answers that somebody was asked to review and that lack one: an answer given anew may have lost its job."""
    lacking = []
    for answer_id, answer in scene.answers.items():
        duties = scene.of(answer_id)
        reviewed = any(duty.state is DutyState.GIVEN for duty in duties)
        if duties and not reviewed and scene.now < answer.answered_at + INBOX_AFTER:
            lacking.append(answer_id)
    return lacking
