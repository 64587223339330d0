from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.own_question import Typed, question_of, typed_of
from bot.domain.picks import Pick, Rule, Why
from bot.domain.question import KIND_NAMES, KINDS
from bot.infra.library import packaged_library
from bot.views.facilitating import bank_card
from bot.views.facilitating.why import why_text

LIBRARY = packaged_library()
KEYS = [section.key for section in LIBRARY.framework.sections]
WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_shown_by_its_name_and_may_be_typed_so(kind: str) -> None:
    """A question's form shows its kind by name, and reads back the name in any case as well as the key."""
    for word in (KIND_NAMES[kind], KIND_NAMES[kind].upper(), kind):
        for about in (f"rag-systems, 2, {word}", f"2 rag-systems {word}"):
            made, found = question_of(Typed("Guide", "Why?", about=about), "own-guide", KEYS, LIBRARY.topics)
            assert (found, made.kind, made.topic) == ([], kind, "rag-systems")
            assert typed_of(made).about == f"rag-systems, 2, {KIND_NAMES[kind]}"


@pytest.mark.parametrize("kind", KINDS)
def test_the_bank_shows_the_name_of_a_kind(kind: str) -> None:
    """The list and the card of a question name its kind as members know it, never by its key."""
    question = replace(next(iter(LIBRARY.questions.values())), kind=kind, topic="evals")
    entry = bank_card.Entry(question=question, own=False, used_on=())
    listed = bank_card.listed([entry], "Evals", "evals", 1).plain
    assert f"{KIND_NAMES[kind]}, never asked" in listed
    shown = bank_card.shown(entry, LIBRARY.framework).plain
    assert f", {KIND_NAMES[kind]}, {question.minutes} minutes" in shown
    assert "tradeoff" not in listed + bank_card.HINTS["about"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("design", "a design"), ("rag", "a RAG design"), ("tradeoff", "a trade-off"), ("explain", "an explanation"),
        ("api", "an API"), ("metrics", "metrics"), ("incident", "an incident"), ("estimate", "an estimate"),
    ],
)  # fmt: skip
def test_the_queue_names_a_kind_with_its_article(kind: str, words: str) -> None:
    """Why a question comes is said in whole words, from the same table."""
    pick = Pick(WEDNESDAY, "x", Why(Rule.SHAPE, kind))
    assert why_text(pick, LIBRARY.framework) == f"week shape: Wednesday, {words}"


def test_a_slip_is_answered_with_the_name() -> None:
    """A kind that is nearly right is refused with the name that members know."""
    typed = Typed("Guide", "Why?", about="evals, 2, trade-of")
    _, found = question_of(typed, "own-guide", KEYS, LIBRARY.topics)
    assert [fault.rule for fault in found] == ["does not know “trade-of”; did you mean trade-off?"]
