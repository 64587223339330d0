"""What of an open question's points is in the member's own text: after a walkthrough of it, for that member alone."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.answer import Answer, Part
from bot.domain.group import Group
from bot.domain.judge import with_framework_points
from bot.domain.review import Met, Review
from bot.domain.walkthrough import Ask
from bot.ports import Ports
from bot.views.walkthrough import walkthrough_card


async def comparison(ports: Ports, group: Group, ask: Ask) -> Card | None:
    """By the review of the answer where there is one, else by the words that code finds; None without a text."""
    post = await ports.posts.get(group.id, ask.near_day) if ask.near_day else None
    question = await ports.bank.question(group.id, post.question_id) if post else None
    if post is None or question is None:
        return None
    answer = await ports.answers.get(group.id, post.day, ask.member_id)
    made = await ports.answers.review(group.id, post.day, ask.member_id) if answer else None
    if isinstance(made, Review) and not made.off_topic:
        points = [point for section in made.sections for point in section.points if point.met is not Met.NOT_CHECKED]
        inside = [point.point for point in points if point.met is not Met.NO]
        outside = [point.point for point in points if point.met is Met.NO]
        return walkthrough_card.comparison(question.title, inside, outside, of="answer")
    text = answer or _as_answer(ask)
    if text is None:
        return None
    asked = with_framework_points(question, ports.library.framework)
    check = ports.self_check(asked, text, reason="", retried=False, made_at=ports.clock.now())
    inside = [point.point for point in check.points if point.found]
    outside = [point.point for point in check.points if not point.found]
    return walkthrough_card.comparison(question.title, inside, outside, of="answer" if answer else "sketch")


def _as_answer(ask: Ask) -> Answer | None:
    if not ask.sketch.strip() or ask.near_day is None:
        return None
    return Answer(member_id=ask.member_id, day=ask.near_day, parts=(Part(ask.id, ask.sketch, ask.asked_at),))
