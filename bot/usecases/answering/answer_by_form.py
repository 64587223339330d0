"""The answer form: open it with what was typed before, take what comes back (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.cards import MOST_FIELD_CHARS, Card, Form
from bot.domain.answer import Answer, Part, as_form_parts, as_form_values, measure, qualifies
from bot.domain.group import Group, Member
from bot.domain.post import Post
from bot.domain.question import Question
from bot.errors import Refusal
from bot.inbound import Caller, Submission
from bot.ports import Look, Ports
from bot.usecases.answering.take_answer import Decision, is_late, store
from bot.views import notices
from bot.views.answering import answer_card
from bot.views.answering.answer_form import answer_form


async def open_form(ports: Ports, group: Group, member: Member, day: date | None) -> Form:
    """The form for the post of `day` (None: the newest). Raises Refusal when there is no post."""
    post, question = await _post(ports, group, day)
    answer = await ports.answers.get(group.id, post.day, member.id)
    draft = await ports.answers.draft(group.id, post.day, member.id)
    if not draft and answer is not None and not answer.by_form and len(answer.text) > MOST_FIELD_CHARS:
        raise Refusal(notices.TOO_LONG_FOR_FORM)
    values = draft or (as_form_values(answer) if answer else {})
    return answer_form(question, post, ports.library.framework, values)


async def submit(ports: Ports, group: Group, member: Member, day: date, form: Submission) -> Card | Form:
    """Keep the words first, then check them: a form that comes back keeps everything that was typed."""
    post, question = await _post(ports, group, day)
    values = await keep(ports, group, member, day, form.values)
    text = "\n".join(values.values())
    if not qualifies(text):
        first_field = next(iter(answer_form(question, post, ports.library.framework, {}).fields)).key
        errors = {first_field: notices.too_short(measure(text))}
        return replace(answer_form(question, post, ports.library.framework, values), errors=errors)
    parts = as_form_parts(values, message_id=form.caller.event, sent_at=ports.clock.now())
    return await _store(ports, group, member, post, form.caller, parts)


async def keep(ports: Ports, group: Group, member: Member, day: date, typed: Mapping[str, str]) -> Mapping[str, str]:
    """Keep what was typed as the member's draft, without what was left empty; what was kept."""
    values = {key: value for key, value in typed.items() if value.strip()}
    await ports.answers.save_draft(group.id, day, member.id, values)
    return values


async def _store(
    ports: Ports, group: Group, member: Member, post: Post, caller: Caller, parts: tuple[Part, ...]
) -> Card:
    existing: Answer | None = None

    def decide(look: Look) -> Decision:
        nonlocal existing
        existing = look.answer
        if existing is not None and _is_same(existing, parts):
            return Decision()
        if existing is not None:
            changed = replace(existing, parts=parts, version=existing.version + 1, begun_at=existing.answered_at)
            return Decision(changed)
        late = is_late(look.post, parts[0].sent_at)
        return Decision(Answer(member_id=member.id, day=post.day, parts=parts, late=late), judge=True)

    decision = await store(ports, group.id, caller, post.day, decide, share=True)
    await ports.answers.save_draft(group.id, post.day, member.id, {})
    stands = decision.answer or existing
    is_sealed = post.is_sealed(parts[0].sent_at)
    is_changed = existing is not None
    if existing is not None and decision.answer is None:  # the same text came again, perhaps after a fault
        made = await ports.answers.review(group.id, post.day, member.id)
        if made is not None and made.version >= existing.version:
            return answer_card.unchanged(post.day, sealed=is_sealed)
        is_changed = made is not None
    return answer_card.saved(
        post.day,
        changed=is_changed,
        late=bool(stands and stands.late),
        feedback_follows=member.auto_feedback,
        judged=ports.reviewer is not None,
        sealed=is_sealed,
    )


def _is_same(answer: Answer, parts: tuple[Part, ...]) -> bool:
    """Whether the form says what stands already, field by field."""
    return [(part.section, part.text) for part in answer.parts] == [(part.section, part.text) for part in parts]


async def _post(ports: Ports, group: Group, day: date | None) -> tuple[Post, Question]:
    post = await ports.posts.get(group.id, day) if day else await newest_post(ports, group)
    if post is None or post.opened_at is None:
        raise Refusal(notices.NO_OPEN_QUESTION)
    question = await ports.bank.question(group.id, post.question_id)
    if question is None:
        raise Refusal(notices.NO_OPEN_QUESTION)
    return post, question


async def newest_post(ports: Ports, group: Group) -> Post | None:
    """The newest post that was sent, open or not."""
    sent = [post for post in await ports.posts.all(group.id) if post.opened_at is not None]
    return sent[-1] if sent else None
