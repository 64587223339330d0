"""Take what a member wrote: an answer, a part of one, or talk (DESIGN 6). One read, one write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.cards import Card
from bot.domain.answer import JOIN_WITHIN, MOST_CHARS, Answer, Part, edited, joined, measure, qualifies
from bot.domain.group import GroupId, Member, MemberId
from bot.domain.post import Post
from bot.domain.streak import Took, took_part
from bot.errors import Refusal, StoreDown
from bot.inbound import Caller, Said
from bot.ports import AnswerWrite, Job, Look, Ports
from bot.usecases import owed
from bot.usecases.answering.keep_as_draft import keep_as_draft
from bot.usecases.members.leave import come_back
from bot.views import notices
from bot.views.answering import answer_card

MOST_RACES = 5
"""Two messages in one second may race for the same answer; each loser looks again."""

Decide = Callable[[Look], "Decision"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to store: `answer` None stores nothing; `talk` says that it was read as talk.

    `judge`: a review of it becomes owed. `sealed`: it is an answer, but its question takes them by form alone.
    `follows`: a part of it has a newer text.
    """

    answer: Answer | None = None
    talk: bool = False
    judge: bool = False
    sealed: bool = False
    follows: bool = False


async def said(ports: Ports, group_id: GroupId, day: date, message: Said, *, is_edit: bool = False) -> Card | None:
    """A message in the thread of the post of `day`. `is_edit`: its text is newer than what is kept of it."""
    member_id = message.caller.member_id
    if len(message.text) > MOST_CHARS:
        raise Refusal(notices.too_long(len(message.text)))
    part = Part(message.message_id, message.text, message.sent_at)
    addressed = bool(message.mentions - {member_id})
    if addressed and not qualifies(part.text):
        return None

    def decide(look: Look) -> Decision:
        if look.post is not None and look.post.is_sealed(part.sent_at):
            return Decision(sealed=not addressed and qualifies(part.text))
        return Decision(talk=True) if addressed else _from_thread(look, part, member_id, day)

    decision = await store(ports, group_id, message.caller, day, decide)
    if not (decision.sealed or decision.talk):
        return None
    kept = await ports.answers.aside(group_id, day, member_id, part.message_id)
    if kept is not None and (kept == part.text or not is_edit):
        return None  # it came before, and may have been edited since
    if decision.sealed:
        return await keep_as_draft(ports, group_id, day, member_id, part.message_id, part.text)
    return await _talk(ports, group_id, member_id, part, day, addressed=addressed)


async def count_anyway(
    ports: Ports, group_id: GroupId, day: date, message_id: str, caller: Caller, text: str | None = None
) -> Card:
    """Count talk as the member's answer, or as a further part of it. Raises Refusal when it is no longer kept.

    `text`: what the message says, where the platform shows it; a part of the answer with an older text follows it.
    """
    member_id, shown = caller.member_id, text
    text = _countable(text or await ports.answers.aside(group_id, day, member_id, message_id))
    part = Part(message_id, text, ports.clock.now())

    def decide(look: Look) -> Decision:
        if look.post is not None and look.post.is_sealed(part.sent_at):
            return Decision(sealed=True)
        if look.answer is None:
            return Decision(first(look, part, member_id, day), judge=True)
        if not _holds(look.answer, message_id):
            return Decision(joined(look.answer, part))
        changed = look.answer if shown is None else edited(look.answer, message_id, shown)
        return Decision() if changed is look.answer else Decision(changed, follows=True)

    decision = await store(ports, group_id, caller, day, decide)
    if decision.sealed:
        return await keep_as_draft(ports, group_id, day, member_id, message_id, text)
    if decision.answer is None:
        return notices.notice(notices.ALREADY_COUNTED)
    if decision.follows:
        return answer_card.saved(day, changed=True, late=decision.answer.late, feedback_follows=False)
    member = await ports.groups.member(group_id, member_id)
    return answer_card.counted(
        day,
        joined_existing=not decision.judge,
        late=decision.answer.late,
        feedback_follows=member is None or member.auto_feedback,
        judged=ports.reviewer is not None,
    )


async def store(
    ports: Ports, group_id: GroupId, caller: Caller, day: date, decide: Decide, *, share: bool = False
) -> Decision:
    """Look, decide, write; again when another write came between. What becomes owed is written with the answer.

    `share`: the answer came by form and is to be shown in the thread first.
    """
    for _ in range(MOST_RACES):
        look = await ports.answers.look(group_id, day, caller.member_id, caller.event)
        if look.seen or look.post is None:
            return Decision()
        decision = decide(look)
        if decision.answer is None:
            return decision
        member = await come_back(ports, group_id, look.member or await _join(ports, group_id, caller))
        job = _job(group_id, member, day, decision, share=share)
        reviewers = owed.next_round(group_id) if look.answer is None else None
        change = AnswerWrite(
            member_id=member.id,
            day=day,
            number=look.post.number,
            event=caller.event,
            answer=decision.answer,
            expected_version=look.answer.version if look.answer else 0,
            took=await _took(ports, group_id, look.post, look, decision.answer),
            job=job,
            second_job=reviewers,
            due_at=ports.clock.now() if job or reviewers else None,
        )
        if await ports.answers.write(group_id, change):
            if job or reviewers:
                ports.wake()
            return decision
    raise StoreDown("an answer lost every race for its write")


async def _join(ports: Ports, group_id: GroupId, caller: Caller) -> Member:
    fresh = Member(id=caller.member_id, name=caller.name, joined_at=ports.clock.now())
    return await ports.groups.join(group_id, fresh)


def is_late(post: Post | None, sent_at: datetime) -> bool:
    """Whether an answer sent at `sent_at` is outside the window, whenever it arrives."""
    return post is None or not post.is_open(sent_at)


def _job(group_id: GroupId, member: Member, day: date, decision: Decision, *, share: bool) -> Job | None:
    if share:
        return owed.share(group_id, day, member.id)
    if not decision.judge:
        return owed.redraw(group_id, day, member.id)
    return owed.review(group_id, day, member.id) if member.auto_feedback else None


def first(look: Look, part: Part, member_id: MemberId, day: date) -> Answer:
    """A member's first answer to a post."""
    return Answer(member_id=member_id, day=day, parts=(part,), late=is_late(look.post, part.sent_at))


async def _took(ports: Ports, group_id: GroupId, post: Post, look: Look, answer: Answer) -> Took | None:
    """What the write says of taking part: only a first answer changes it.

    A day keeps what was earned in time: an answer that was deleted after the close may be followed by a late one.
    """
    if look.answer is not None:
        return None
    if not answer.late:
        return Took.ANSWERED
    record = await ports.answers.record(group_id, answer.member_id)
    return None if took_part(record, post.number) else Took.LATE


def _countable(text: str | None) -> str:
    if not text:
        raise Refusal(notices.TALK_GONE)
    if len(text) > MOST_CHARS:
        raise Refusal(notices.too_long(len(text)))
    if measure(text).words == 0 and measure(text).cjk_chars == 0:
        raise Refusal(notices.NO_WORDS)
    return text


def _holds(answer: Answer, message_id: str) -> bool:
    return any(part.message_id == message_id for part in answer.parts)


def _from_thread(look: Look, part: Part, member_id: MemberId, day: date) -> Decision:
    answer = look.answer
    if answer is None:
        if qualifies(part.text):
            return Decision(first(look, part, member_id, day), judge=True)
        return Decision(talk=True)
    if _holds(answer, part.message_id):
        return Decision()
    last = answer.parts[-1]
    if not answer.by_form and part.sent_at - last.sent_at <= JOIN_WITHIN:
        return Decision(joined(answer, part))
    return Decision(talk=True)


async def _talk(
    ports: Ports, group_id: GroupId, member_id: MemberId, part: Part, day: date, *, addressed: bool
) -> Card | None:
    """Keep talk for a while; say once a day how it can still be counted."""
    new = await ports.answers.set_aside(group_id, day, member_id, part.message_id, part.text)
    if not new:
        return None
    answered = await ports.answers.get(group_id, day, member_id) is not None
    return answer_card.not_counted(day, part.message_id, measure(part.text), answered=answered, addressed=addressed)
