from __future__ import annotations

import random

import pytest

from bot.domain.question import Question
from bot.infra.library import packaged_library
from bot.usecases.walkthrough.near_questions import NEAR, likeness

BANK = tuple(packaged_library().questions.values())
FREE = (
    "How would you build a RAG system for a law firm?",
    "Explain RLHF end to end",
    "Design a customer support agent for a bank",
    "How would you reduce latency and cost of an LLM chatbot?",
    "What is speculative decoding and when would you use it?",
    "How do you evaluate a summarisation model for hospital discharge letters?",
    "How would you cut hallucinations in a pension advice chatbot?",
    "Design a memory system for a phone companion",
    "How would you price an API for a language model?",
)


def with_typos(text: str) -> str:
    """Every sixth word or so loses a letter."""
    lot, words = random.Random(1), text.split()  # noqa: S311  it only has to be the same each time
    for _ in range(len(words) // 6):
        at = lot.randrange(len(words))
        if len(words[at]) > 4:
            words[at] = words[at][:2] + words[at][3:]
    return " ".join(words)


@pytest.mark.parametrize("question", BANK, ids=lambda each: each.id)
def test_a_question_is_known_again(question: Question) -> None:
    """The prompt as it stands, half of it, with typing mistakes, with its givens or turned around is that question."""
    words = question.prompt.split()
    for text in (
        question.prompt, question.prompt.upper(), " ".join(words[: len(words) // 2]), with_typos(question.prompt),
        f"{question.prompt} {' '.join(question.givens)}", f"Please help me with {question.title}",
        *question.variants,
    ):  # fmt: skip
        assert likeness(text, question) >= NEAR, text


def test_no_question_is_taken_for_another() -> None:
    """No prompt of the bank is near another question by its prompt."""
    near = [
        (one.id, other.id)
        for one in BANK
        for other in BANK
        if one.id != other.id and likeness(one.prompt, other) >= NEAR
    ]
    assert near == []


@pytest.mark.parametrize("text", FREE)
def test_a_question_on_the_same_topic_is_another_one(text: str) -> None:
    """Short questions on the topics of the bank are near none of its questions."""
    assert [each.id for each in BANK if likeness(text, each) >= NEAR] == []
