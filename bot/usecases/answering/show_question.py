"""Show a question: today's with the member's state, or an extra one for practice."""

from __future__ import annotations

from bot.cards import Card
from bot.domain import question as questions
from bot.domain.group import Group, Member
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases.answering.answer_by_form import newest_post
from bot.usecases.peers import show_reviews
from bot.usecases.posting.choose_question import kept_back
from bot.usecases.posting.plan_posts import next_post
from bot.views import notices, question_card


async def today(ports: Ports, group: Group, member: Member) -> Card:
    """The newest question and what this member has done with it; without one, when the first comes."""
    post = await newest_post(ports, group)
    now = ports.clock.now()
    question = await ports.bank.question(group.id, post.question_id) if post else None
    if post is None or question is None:
        return question_card.none_yet(next_post(group, now), group)
    answer = await ports.answers.get(group.id, post.day, member.id)
    card = question_card.mine(question, post, group, ports.library.framework, answer=answer, now=now)
    return await show_reviews.with_line(ports, group, answer, card)


async def practice(
    ports: Ports, group: Group, member: Member, topic: str | None, level: int | None, shown: str = ""
) -> Card:
    """An extra question for this member alone, another than `shown`. Raises Refusal when the bank has none like it.

    One that the group is soon asked for the first time is never given, not even when nothing else is left: its points
    stand behind a button, so the group's post would be spoilt, while another topic is one word away.
    """
    posts = await ports.posts.all(group.id)
    known_ids = {shown, *(post.question_id for post in posts[-1:])}
    kept = await kept_back(ports, group)
    bank = tuple((await ports.bank.of(group.id)).values())
    seed = f"{member.id}:{ports.clock.now():%Y-%m-%dT%H:%M:%S}"
    chosen = questions.practice(bank, topic=topic, level=level, exclude=known_ids | kept, seed=seed)
    if chosen is not None:
        return question_card.practice(chosen, ports.library.framework)
    if questions.practice(bank, topic=topic, level=level, exclude=known_ids, seed=seed) is not None:
        raise Refusal(notices.kept_for_the_group(topic, level))
    raise Refusal(notices.NO_OTHER_PRACTICE if shown else notices.no_practice(topic, level))


async def check_myself(ports: Ports, group: Group, question_id: str) -> Card:
    """The points of a practice question, as questions to oneself. Raises Refusal when the question is gone."""
    question = await ports.bank.question(group.id, question_id)
    if question is None:
        raise Refusal(notices.QUESTION_GONE)
    return question_card.points_to_check(question, ports.library.framework)
