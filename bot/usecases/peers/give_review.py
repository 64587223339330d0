"""Take a peer review: open its form with what was typed before, keep what comes back, check it, give it once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Card, Form
from bot.domain import duty as duties
from bot.domain.answer import Answer
from bot.domain.calibration import choose
from bot.domain.duty import AnswerId, Duty
from bot.domain.group import Group, Member
from bot.domain.peer_checks import Remarked, remarks
from bot.domain.peer_review import TEXTS, PeerReview, rated_sections
from bot.domain.post import Post
from bot.errors import Refusal, StoreDown
from bot.inbound import Submission
from bot.ports import Ports, ReviewWrite
from bot.usecases import owed
from bot.usecases.answering.take_answer import MOST_RACES
from bot.usecases.peers import peer_duties, peer_post, peer_scene
from bot.usecases.peers.peer_scene import Scene
from bot.usecases.peers.show_duties import check, question_of
from bot.views import notices
from bot.views.peers import duty_card, peer_words
from bot.views.peers.peer_form import BAND_KEYS, band_of, calibration_form, remarked, review_form

ASKED, ASKED_BY = "asked", "asked-by"
"""In a draft beside what was typed: the doubts that were raised, and by which event; each is raised once."""

TOKEN_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """What a reviewer sent, and what it is held against.

    `doubted`: the checks raised a doubt, now or before.
    """

    answer_id: AnswerId
    rated: Sequence[str]
    values: Mapping[str, str]
    event: str
    anonymous: bool
    doubted: bool = False

    @property
    def bands(self) -> dict[str, int | None]:
        bands = [band_of(self.values.get(key, "")) for key in BAND_KEYS]
        return dict(zip(self.rated, bands, strict=False))

    @property
    def texts(self) -> dict[str, str]:
        return {key: self.values.get(key, "").strip() for key in TEXTS}


async def open_form(ports: Ports, group: Group, member: Member, answer_id: AnswerId) -> Form:
    """The review form; before the first review ever, the calibration. Raises Refusal for who may not review it."""
    scene = await peer_scene.read(ports, group, also=answer_id.day)
    check(scene, member.id, answer_id)
    if await peer_post.find(ports, group.id, answer_id, member.id) is not None:
        raise Refusal(peer_words.GIVEN_BEFORE)
    rated = await _rated(ports, scene, answer_id)
    notes = await ports.peers.reviewer(group.id, member.id)
    calibration = choose(ports.library.calibrations, rated)
    if calibration is not None and not notes.calibrated and not notes.good_reviews:
        return calibration_form(calibration, answer_id, ports.library.framework)
    draft = await ports.peers.draft(group.id, answer_id, member.id)
    return await _form(ports, scene, answer_id, rated, draft, anonymous=not group.peers.named)


async def keep(ports: Ports, group: Group, member: Member, answer_id: AnswerId, typed: Mapping[str, str]) -> None:
    """Keep what was typed as the member's draft, with the doubts that were raised about it before."""
    if await ports.posts.get(group.id, answer_id.day) is None:
        raise Refusal(notices.EXPIRED)
    known = await ports.peers.draft(group.id, answer_id, member.id)
    marks = {key: known[key] for key in (ASKED, ASKED_BY) if key in known}
    await ports.peers.save_draft(group.id, answer_id, member.id, {**marks, **_typed(typed)})


async def submit(
    ports: Ports, group: Group, member: Member, answer_id: AnswerId, form: Submission, *, anonymous: bool
) -> Card | Form:
    """Keep the words first, then check them, then give the review: once, however often the form arrives.

    `anonymous`: the form promised so; what the group decided meanwhile can only add to that.
    """
    await keep(ports, group, member, answer_id, form.values)
    for _ in range(MOST_RACES):
        scene = await peer_scene.read(ports, group, also=answer_id.day)
        sent = _Sent(
            answer_id=answer_id,
            rated=await _rated(ports, scene, answer_id),
            values=_typed(form.values),
            event=form.caller.event,
            anonymous=anonymous or not group.peers.named,
        )
        reply = await _take(ports, scene, member, sent)
        if reply is not None:
            return reply
    raise StoreDown("a review lost every race for its write")


async def _take(ports: Ports, scene: Scene, member: Member, sent: _Sent) -> Card | Form | None:
    """None if the duty moved meanwhile: look again."""
    group, standing = scene.group, scene.standing(sent.answer_id, member.id)
    before = await peer_post.find(ports, group.id, sent.answer_id, member.id)
    if before is not None and before.texts == sent.texts:
        return await _saved(ports, scene, member, sent.answer_id)
    if before is not None:
        return notices.words_back(sent.texts, peer_words.ALREADY_GIVEN)
    if standing is None or sent.answer_id in scene.answers:
        try:
            check(scene, member.id, sent.answer_id)
        except Refusal as refusal:
            return notices.words_back(sent.texts, str(refusal))
    answer = scene.answers.get(sent.answer_id)
    found, doubted = await _remarks(ports, group, member, sent, answer)
    if found:
        draft = _typed(sent.values)
        form = await _form(ports, scene, sent.answer_id, sent.rated, draft, anonymous=sent.anonymous)
        return remarked(form, found, sent.rated)
    review = _review(member, sent, answer, scene.now, good=not doubted)
    if not await _give(ports, scene, review, standing, sent.event):
        return None
    return await _saved(ports, scene, member, sent.answer_id)


async def _remarks(
    ports: Ports, group: Group, member: Member, sent: _Sent, answer: Answer | None
) -> tuple[list[Remarked], bool]:
    """What to say before it is sent, and whether anything was ever doubted. A doubt is raised once.

    The same event again gets the same doubts: a form that a platform brings twice must not confirm itself.
    """
    draft = await ports.peers.draft(group.id, sent.answer_id, member.id)
    asked = set(filter(None, draft.get(ASKED, "").split()))
    notes = await ports.peers.reviewer(group.id, member.id)
    found = remarks(
        sent.bands,
        sent.texts,
        rated=sent.rated,
        answer=answer.text if answer else "",
        sections=ports.library.framework.sections,
        good_reviews=notes.good_reviews,
    )
    again = draft.get(ASKED_BY) == sent.event
    doubts = [each for each in found if not each.blocks]
    open_doubts = [each for each in doubts if answer is not None and (again or _name(each) not in asked)]
    said = [each for each in found if each.blocks or each in open_doubts]
    if open_doubts:
        marks = {ASKED: " ".join(sorted(asked | set(map(_name, open_doubts)))), ASKED_BY: sent.event}
        await ports.peers.save_draft(group.id, sent.answer_id, member.id, {**sent.values, **marks})
    return said, bool(doubts or asked)


def _review(member: Member, sent: _Sent, answer: Answer | None, now: datetime, *, good: bool) -> PeerReview:
    return PeerReview(
        day=sent.answer_id.day,
        author_id=sent.answer_id.author_id,
        reviewer_id=member.id,
        version=answer.version if answer else 0,
        bands={section: band for section, band in sent.bands.items() if band is not None},
        texts=sent.texts,
        given_at=now,
        good=good,
        token=secrets.token_hex(TOKEN_BYTES),
        anonymous=sent.anonymous,
    )


async def _give(ports: Ports, scene: Scene, review: PeerReview, standing: Duty | None, event: str) -> bool:
    """Keep it, and have all looked at that waits for it; False if the duty moved meanwhile."""
    group_id, now = scene.group.id, scene.now
    duty = standing or duties.volunteered(review.answer_id, review.reviewer_id, now=now)
    post = _open_post(scene)
    write = ReviewWrite(
        event=event,
        review=review,
        duty=duties.given(duty, now),
        number=post.number if post else None,
        job=owed.given(group_id, review.answer_id, review.reviewer_id),
        due_at=now,
    )
    if not await ports.peers.give(group_id, write):
        return False
    await peer_duties.look_soon(ports, group_id, [review.answer_id])
    await peer_post.release(ports, group_id, review.day, review.reviewer_id)
    return True


async def _saved(ports: Ports, scene: Scene, member: Member, answer_id: AnswerId) -> Card:
    group, author = scene.group, scene.members.get(answer_id.author_id)
    post = next((post for post in scene.posts if post.day == answer_id.day), None)
    sealed_until = post.closes_at if post is not None and post.is_sealed(scene.now) else None
    held_until = await peer_post.hold(ports, group, answer_id)
    opened = await peer_post.of_answer(ports, group.id, AnswerId(answer_id.day, member.id))
    left = [duty for duty in scene.duties if duty.reviewer_id == member.id and duty.is_open]
    return duty_card.saved(
        answer_id.day,
        author.name if author else "",
        posted=answer_id in scene.answers,
        opens_at=max(filter(None, (sealed_until, held_until)), default=None),
        group=group,
        counts=_open_post(scene) is not None,
        opened=bool(opened) and group.peers.give_to_get,
        more=any(duty.answer_id != answer_id for duty in left),
    )


async def _form(
    ports: Ports, scene: Scene, answer_id: AnswerId, rated: Sequence[str], values: Mapping[str, str], *, anonymous: bool
) -> Form:
    author = scene.members.get(answer_id.author_id)
    question = await question_of(ports, scene, answer_id)
    return review_form(
        answer_id,
        author.name if author else "a member",
        question.title,
        rated,
        ports.library.framework,
        values,
        named=not anonymous,
    )


async def _rated(ports: Ports, scene: Scene, answer_id: AnswerId) -> tuple[str, ...]:
    question = await question_of(ports, scene, answer_id)
    return rated_sections(question.emphasis, [section.key for section in ports.library.framework.sections])


def _open_post(scene: Scene) -> Post | None:
    """The post in which a review that is given now takes part."""
    return next((post for post in reversed(scene.posts) if post.is_open(scene.now)), None)


def _typed(values: Mapping[str, str]) -> dict[str, str]:
    return {key: values[key] for key in (*BAND_KEYS, *TEXTS) if values.get(key, "").strip()}


def _name(remark: Remarked) -> str:
    return f"{remark.field}:{remark.remark}"
