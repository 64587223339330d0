"""A second shot: a member writes one section again, once, for 48 hours after their feedback."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from bot.cards import Button, Card, Form
from bot.domain.answer import Answer
from bot.domain.duty import AnswerId
from bot.domain.group import Group, Member
from bot.domain.peer_review import ReactionKind
from bot.domain.review import Review, SectionReview
from bot.domain.second_shot import MOST_SHOT_CHARS, SecondShot, closes_at, own_text, sections_of
from bot.errors import Refusal
from bot.inbound import Submission
from bot.ports import Ports
from bot.usecases import owed
from bot.usecases.feedback import judge_section
from bot.usecases.peers import peer_post, react_to_review
from bot.views import notices
from bot.views.feedback import second_shot_card
from bot.views.feedback.second_shot_card import NOBODY, TEXT, USED

MOST_REVIEWS = 8


async def button(ports: Ports, group: Group, member: Member, made: Review) -> list[Button]:
    """The way to it on the full feedback: as long as it may be begun, and to its result for ever."""
    begun = await ports.shots.get(group.id, made.day, member.id) is not None
    open_now = bool(sections_of(made)) and not made.off_topic and ports.clock.now() < closes_at(made)
    return [Button(second_shot_card.LABEL, f"shot:{made.day}")] if begun or open_now else []


async def show(ports: Ports, group: Group, member: Member, day: date) -> Card:
    """How it stands; before it was begun, the sections to choose from. Raises Refusal when it cannot be begun."""
    shot = await ports.shots.get(group.id, day, member.id)
    if shot is not None:
        return await _standing(ports, group, member, shot)
    review, _ = await _begin(ports, group, member, day)
    return second_shot_card.choose(review, ports.library.framework, group)


async def open_form(ports: Ports, group: Group, member: Member, day: date, section: str) -> Card | Form:
    """The form with what was typed before, or with the section's own text."""
    shot = await ports.shots.get(group.id, day, member.id)
    if shot is not None:
        return await _standing(ports, group, member, shot)
    review, answer = await _begin(ports, group, member, day)
    return await _form(ports, group, member, _section(review, section), answer)


async def keep(ports: Ports, group: Group, member: Member, day: date, section: str, typed: Mapping[str, str]) -> None:
    """Keep what was typed as a draft."""
    values = {key: typed[key] for key in (TEXT, USED) if typed.get(key, "").strip()}
    await ports.drafts.save(group.id, member.id, _draft(day, section), values)


async def submit(ports: Ports, group: Group, member: Member, day: date, section: str, form: Submission) -> Card | Form:
    """Keep the words first, then take them once, however often the form arrives."""
    await keep(ports, group, member, day, section, form.values)
    text, used = form.values.get(TEXT, "").strip(), form.values.get(USED, NOBODY)
    shot = await ports.shots.get(group.id, day, member.id)
    if shot is None:
        try:
            review, answer = await _begin(ports, group, member, day)
            before = _section(review, section)
        except Refusal as refusal:
            return notices.words_back({section: text}, str(refusal))
        if error := _fault(text, own_text(answer, before)):
            return await _form(ports, group, member, before, answer, error=error)
        shot = await ports.shots.keep(
            group.id,
            SecondShot(
                member_id=member.id, day=day, section=section, version=review.version, text=text,
                event=form.caller.event, at=ports.clock.now(), before=before, language=review.language,
            ),
        )  # fmt: skip
    if (shot.section, shot.text) != (section, text):
        return notices.words_back({section: text}, second_shot_card.TAKEN)
    await _credit(ports, group, member, day, used)
    await ports.drafts.save(group.id, member.id, _draft(day, section), {})
    return await _standing(ports, group, member, shot)


async def everything(ports: Ports, group: Group, member: Member) -> list[dict[str, object]]:
    """What is stored of a member, JSON-ready."""
    shots = [await ports.shots.get(group.id, post.day, member.id) for post in await ports.posts.all(group.id)]
    return [second_shot_card.data(shot) for shot in shots if shot is not None]


async def _begin(ports: Ports, group: Group, member: Member, day: date) -> tuple[Review, Answer]:
    """The feedback that it starts from, and the answer. Raises Refusal."""
    made = await ports.answers.review(group.id, day, member.id)
    answer = await ports.answers.get(group.id, day, member.id)
    if answer is None or not isinstance(made, Review) or made.off_topic or not sections_of(made):
        raise Refusal(second_shot_card.NO_FEEDBACK)
    if ports.clock.now() >= closes_at(made):
        raise Refusal(second_shot_card.OVER)
    if made.version < answer.version:
        raise Refusal(second_shot_card.EDITED)
    return made, answer


def _section(review: Review, key: str) -> SectionReview:
    section = next((each for each in sections_of(review) if each.key == key), None)
    if section is None:
        raise Refusal(second_shot_card.NO_SECTION)
    return section


def _fault(text: str, before: str) -> str:
    if not any(map(str.isalnum, text)):
        return second_shot_card.EMPTY
    if len(text) > MOST_SHOT_CHARS:
        return second_shot_card.TOO_LONG
    return second_shot_card.SAME if text.split() == before.split() else ""


async def _form(
    ports: Ports, group: Group, member: Member, section: SectionReview, answer: Answer, *, error: str = ""
) -> Form:
    draft = await ports.drafts.get(group.id, member.id, _draft(answer.day, section.key))
    reviews = await _read_reviews(ports, group, answer)
    text = draft.get(TEXT) or ("" if error else own_text(answer, section))
    errors = {TEXT: error} if error else None
    used = draft.get(USED, NOBODY)
    return second_shot_card.form(
        answer.day, section, ports.library.framework, text, reviews, used=used, errors=errors
    )  # fmt: skip


async def _read_reviews(ports: Ports, group: Group, answer: Answer) -> list[tuple[str, str]]:
    """The peer reviews that the member could read by now: (token, label)."""
    answer_id = AnswerId(answer.day, answer.member_id)
    if await peer_post.hold(ports, group, answer_id) is not None:
        return []
    names = {each.id: each.name for each in await ports.groups.members(group.id)}
    found = []
    for number, review in enumerate(await peer_post.of_answer(ports, group.id, answer_id), start=1):
        if not peer_post.is_about(review, answer) or await peer_post.is_removed(ports, group.id, review):
            continue
        who = "a member" if review.anonymous else names.get(review.reviewer_id) or "a member"
        found.append((review.token, f"Review {number}, by {who}"))
    return found[:MOST_REVIEWS]


async def _credit(ports: Ports, group: Group, member: Member, day: date, used: str) -> None:
    """As [I used this] under that review does: its reviewer is told, once."""
    if used and used != NOBODY:
        with suppress(Refusal):  # the review is gone meanwhile; what was written must not be refused for that
            await react_to_review.run(ports, group, member, ReactionKind.USED, AnswerId(day, member.id), used)


async def _standing(ports: Ports, group: Group, member: Member, shot: SecondShot) -> Card:
    """How it stands; what is not settled is owed, whatever happened before."""
    if shot.is_settled:
        return judge_section.card_of(ports, member, shot)
    job = owed.shot(group.id, shot.day, member.id)
    if await ports.jobs.owed(job) is None:
        await ports.jobs.add(job, ports.clock.now())
        ports.wake()
    return second_shot_card.pending(shot, ports.library.framework)


def _draft(day: date, section: str) -> str:
    return f"shot:{day}:{section}"
