"""Which questions come near a text: the open ones, which are not to be given away, and those of the bank."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from bot.domain.group import Group, MemberId
from bot.domain.post import Post
from bot.domain.question import READY, Question
from bot.domain.words import stems
from bot.ports import Ports
from bot.usecases.posting.choose_question import kept_back

NEAR = 70.0
"""From here on, of 100, a text asks for the same question. No two prompts of the bank reach 67, ten short questions on
the same topics reach 50 but for one that shares five words; half a prompt, or one with typing mistakes, reaches 95."""
FEWEST_SHARED = 5
"""Stems; a short text is inside many prompts otherwise."""
WHOLE_TITLE = 95.0
FEWEST_TITLE_STEMS = 2
RECENT_POSTS = 3
"""A window is 36 hours at most, so no older post is open."""
FEWEST_SHARED_OF_BANK = 2


async def open_questions(ports: Ports, group: Group) -> Sequence[tuple[Post, Question]]:
    """Each open post with its question, newest first."""
    now = ports.clock.now()
    found = []
    for post in reversed((await ports.posts.all(group.id))[-RECENT_POSTS:]):
        question = await ports.bank.question(group.id, post.question_id) if post.is_open(now) else None
        if question is not None:
            found.append((post, question))
    return found


async def near_open(ports: Ports, group: Group, text: str) -> tuple[Post, Question] | None:
    """The open post whose question the text is, or nearly is."""
    for post, question in await open_questions(ports, group):
        if likeness(text, question) >= NEAR:
            return post, question
    return None


async def nearest(ports: Ports, group: Group, member_id: MemberId, text: str, count: int) -> Sequence[Question]:
    """At most `count` questions of the bank that speak of the same things, the nearest first.

    None that is open and not answered by this member, and none that the group is soon asked for the first time.
    """
    closed = await kept_back(ports, group)
    for post, question in await open_questions(ports, group):
        if await ports.answers.get(group.id, post.day, member_id) is None:
            closed.add(question.id)
    bank = await ports.bank.of(group.id)
    known = [each for each in bank.values() if each.status == READY and each.outline and each.id not in closed]
    return (await asyncio.to_thread(_ranked, text, known))[:count]


def likeness(text: str, question: Question) -> float:
    """How nearly the text asks `question`, 0 to 100: by its prompt, its variants or its title."""
    from rapidfuzz import fuzz

    asked = stems(text)
    title = stems(question.title)
    if len(set(title)) >= FEWEST_TITLE_STEMS and set(title) <= set(asked):
        return WHOLE_TITLE
    best = 0.0
    for known in map(stems, (question.prompt, *question.variants)):
        shared = len(set(asked) & set(known))
        one, other = " ".join(asked), " ".join(known)
        best = max(best, fuzz.token_sort_ratio(one, other))
        if shared >= FEWEST_SHARED:
            best = max(best, fuzz.token_set_ratio(one, other))
    return best


def _ranked(text: str, questions: Iterable[Question]) -> Sequence[Question]:
    from rapidfuzz import fuzz

    asked = set(stems(text))
    scored = []
    for question in questions:
        words = set(
            stems(" ".join((question.title, question.topic, *question.also, question.prompt, *question.givens)))
        )
        if len(asked & words) >= min(FEWEST_SHARED_OF_BANK, len(asked)):
            score = fuzz.token_set_ratio(" ".join(sorted(asked)), " ".join(sorted(words)))
            scored.append((len(asked & words), score, question.id, question))
    return [each[-1] for each in sorted(scored, key=lambda each: (-each[0], -each[1], each[2]))]
