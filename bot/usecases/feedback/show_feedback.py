"""Show a member their feedback in full, or have an edited answer judged again."""

from __future__ import annotations

from datetime import date

from bot.cards import Card
from bot.domain.group import FeedbackMode, Group, Member
from bot.domain.post import Post
from bot.domain.review import Review, SelfCheck
from bot.errors import Refusal
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.answering import give_hint
from bot.usecases.feedback import dispute, second_shot
from bot.usecases.peers import show_reviews
from bot.usecases.work import LEASE
from bot.views import feedback, notices

RECENT_POSTS = 30


async def in_full(ports: Ports, group: Group, member: Member, day: date | None) -> Card:
    """The feedback of `day` (None: the newest there is). Raises Refusal when there is none."""
    for post in await _candidates(ports, group, day):
        card = await _of_post(ports, group, member, post)
        if card is not None:
            card = await _with_ways_on(ports, group, member, post, card)
            card = await give_hint.with_count(ports, group, member, post.day, card)
            answer = await ports.answers.get(group.id, post.day, member.id)
            return await show_reviews.with_line(ports, group, answer, card)
    raise Refusal(notices.NO_FEEDBACK_YET)


async def _with_ways_on(ports: Ports, group: Group, member: Member, post: Post, card: Card) -> Card:
    """What a member can do about a model's feedback."""
    made = await ports.answers.review(group.id, post.day, member.id)
    if not isinstance(made, Review):
        return card
    return await dispute.added(ports, group, made, card, await second_shot.button(ports, group, member, made))


async def _of_post(ports: Ports, group: Group, member: Member, post: Post) -> Card | None:
    made = await ports.answers.review(group.id, post.day, member.id)
    if isinstance(made, Review):
        return feedback.full_card(made, ports.library.framework, alone=group.feedback is FeedbackMode.BRIEF)
    if isinstance(made, SelfCheck):
        return feedback.self_check_in_full(made, ports.library.framework, name=member.name)
    if await ports.answers.get(group.id, post.day, member.id) is None:
        return None
    owed_at = await ports.jobs.owed(owed.review(group.id, post.day, member.id))
    return notices.notice(notices.FEEDBACK_COMING if owed_at else notices.FEEDBACK_NOT_ASKED)


async def again(ports: Ports, group: Group, member: Member, day: date | None) -> Card:
    """Owe a review of the newest version of an answer. Raises Refusal when nothing changed or there is no answer."""
    for post in await _candidates(ports, group, day):
        answer = await ports.answers.get(group.id, post.day, member.id)
        if answer is None:
            continue
        made = await ports.answers.review(group.id, post.day, member.id)
        if isinstance(made, Review) and made.version >= answer.version:
            raise Refusal(notices.NOTHING_CHANGED)
        await _owe(ports, owed.review(group.id, post.day, member.id))
        return notices.notice(notices.READING_AGAIN)
    raise Refusal(notices.NO_FEEDBACK_YET)


async def _owe(ports: Ports, job: Job) -> None:
    """Owe it now; while a model may be reading, when its lease ends: pressing twice must not pay for two reviews."""
    now = ports.clock.now()
    owed_at = await ports.jobs.owed(job)
    await ports.jobs.add(job, min(owed_at or now, now + LEASE))
    ports.wake()


async def _candidates(ports: Ports, group: Group, day: date | None) -> list[Post]:
    """The posts to look at, newest first."""
    if day is not None:
        post = await ports.posts.get(group.id, day)
        return [post] if post else []
    sent = [post for post in await ports.posts.all(group.id) if post.opened_at is not None]
    return sent[-RECENT_POSTS:][::-1]
