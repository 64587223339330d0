"""From an answer to what the reviewer is asked, and from its reading to a review."""

from __future__ import annotations

from datetime import datetime

from bot.domain.answer import JUDGED_CHARS, Answer, clean, sentences
from bot.domain.judge import judge
from bot.domain.question import Question
from bot.domain.review import Review
from bot.ports import Library, Reviewer, ReviewRequest

NEAREST_FACTS = 8
"""Beside the question's own facts, so that claims on other topics can be held against something (DESIGN 7)."""


async def request_of(library: Library, question: Question, answer: Answer, member_key: str) -> ReviewRequest:
    """What the reviewer reads: the numbered sentences, and the facts that claims are held against."""
    text = clean(answer.text)[:JUDGED_CHARS]
    own = [library.facts[fact_id] for fact_id in question.facts if fact_id in library.facts]
    nearest = await library.nearest_facts(text, NEAREST_FACTS)
    facts = own + [fact for fact in nearest if fact not in own]
    return ReviewRequest(question=question, sentences=sentences(text), facts=facts, member_key=member_key)


async def judge_answer(
    reviewer: Reviewer, library: Library, request: ReviewRequest, answer: Answer, made_at: datetime
) -> Review:
    """The review of an answer. Raises ReviewerBusy, ReviewerDeclined or ReviewerDown."""
    reading, stamp = await reviewer.read(request)
    return judge(
        reading,
        question=request.question,
        framework=library.framework,
        facts=library.facts,
        sentences=request.sentences,
        answer=answer,
        cut=len(clean(answer.text)) > JUDGED_CHARS,
        stamp=stamp,
        made_at=made_at,
    )
