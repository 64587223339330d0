"""Show a member the answers that they owe a review, or may review all the same; and one of them to read."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card
from bot.domain.duty import AnswerId, Duty, DutyState
from bot.domain.group import Group, Member, MemberId
from bot.domain.question import Question
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases.peers import peer_scene
from bot.usecases.peers.peer_scene import Scene
from bot.views import notices
from bot.views.peers import duty_card, peer_words
from bot.views.peers.duty_card import ToReview

MOST_OFFERED = 3
OFFERED_FOR = timedelta(hours=36)


async def run(ports: Ports, group: Group, member: Member) -> Card:
    """What this member owes, soonest first; with nothing owed, the answers that nobody has reviewed yet."""
    scene = await peer_scene.read(ports, group)
    mine = sorted(
        (duty for duty in scene.duties if duty.reviewer_id == member.id and duty.is_open),
        key=lambda duty: duty.expires_at,
    )
    if group.peers.on is False:  # what stands is about to be called off
        mine = []
    readable = [duty for duty in mine if duty.answer_id in scene.answers and scene.may_read(member.id, duty.answer_id)]
    if len(readable) == 1:
        return await read(ports, group, member, readable[0].answer_id)
    duties = [await to_review(ports, scene, duty.answer_id, duty) for duty in readable]
    offered = [] if duties else [await to_review(ports, scene, each, None) for each in offers(scene, member.id)]
    return duty_card.owed(duties, offered, group, is_on=scene.is_on)


async def read(ports: Ports, group: Group, member: Member, answer_id: AnswerId) -> Card:
    """One answer in full, with the form. Raises Refusal for who may not review it."""
    scene = await peer_scene.read(ports, group, also=answer_id.day)
    duty = check(scene, member.id, answer_id)
    question = await question_of(ports, scene, answer_id)
    each = await to_review(ports, scene, answer_id, duty)
    asked_for = duty is not None and duty.is_open
    return duty_card.to_read(
        each, scene.answers[answer_id], question.prompt, ports.library.framework, group, asked_for=asked_for
    )


def check(scene: Scene, member_id: MemberId, answer_id: AnswerId) -> Duty | None:
    """The member's duty for an answer, ended or not; None if they may review it unasked. Raises Refusal else.

    Whoever was ever asked may write the review after all. Unasked, only an answer that lacks one can be reviewed, and
    nobody reviews somebody on their list, whoever of the two put the other there; what is refused then names no reason.
    """
    if answer_id.author_id == member_id:
        raise Refusal(peer_words.OWN_ANSWER)
    duty = scene.standing(answer_id, member_id)
    if answer_id not in scene.answers:
        raise Refusal(peer_words.NO_SUCH_ANSWER if duty is not None else peer_words.NOT_YOURS_TO_REVIEW)
    if duty is None and answer_id not in _open_to(scene, member_id):
        raise Refusal(peer_words.NOT_YOURS_TO_REVIEW)
    if not scene.may_read(member_id, answer_id):
        raise Refusal(peer_words.AFTER_THE_CLOSE)
    return duty


def offers(scene: Scene, member_id: MemberId) -> list[AnswerId]:
    """Answers that nobody has reviewed and that this member may review, those that wait longest first."""
    if not scene.is_on:
        return []
    found = [each for each in _open_to(scene, member_id) if scene.may_read(member_id, each)]
    recent = [each for each in found if scene.now - scene.answers[each].answered_at < OFFERED_FOR]
    return sorted(recent, key=lambda each: (scene.answers[each].answered_at, each))[:MOST_OFFERED]


async def to_review(ports: Ports, scene: Scene, answer_id: AnswerId, duty: Duty | None) -> ToReview:
    """A row about one answer."""
    author = scene.members.get(answer_id.author_id)
    question = await question_of(ports, scene, answer_id)
    due_at = duty.expires_at if duty is not None and duty.is_open else None
    return ToReview(answer=answer_id, author=author.name if author else "", title=question.title, due_at=due_at)


async def question_of(ports: Ports, scene: Scene, answer_id: AnswerId) -> Question:
    """What was answered. Raises Refusal when it is gone."""
    post = next((post for post in scene.posts if post.day == answer_id.day), None)
    question = await ports.bank.question(scene.group.id, post.question_id) if post else None
    if question is None:
        raise Refusal(notices.QUESTION_GONE)
    return question


def _open_to(scene: Scene, member_id: MemberId) -> list[AnswerId]:
    """Answers of others, off both lists, that have no review and that this member was never asked about."""
    reviewed = {duty.answer_id for duty in scene.duties if duty.state is DutyState.GIVEN}
    return [
        each
        for each in scene.answers
        if each.author_id != member_id
        and each not in reviewed
        and scene.standing(each, member_id) is None
        and frozenset((each.author_id, member_id)) not in scene.not_with
    ]
