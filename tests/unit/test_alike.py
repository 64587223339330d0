from __future__ import annotations

from itertools import combinations

import pytest

from bot.infra.library import packaged_library
from bot.infra.library.alike import alike
from bot.infra.library.doubles import NEAR

BANK = packaged_library().questions
PARAPHRASES = {
    "rag-ferry-handbook": "A ferry company in Greece wants an assistant that answers from the crew handbook. What now?",
    "crop-chemicals-safety-layer": "Design a safety layer for an assistant that answers on crop chemicals.",
    "tax-office-letter-drafts": "Design a system that uses LLMs to draft letters in a regional tax office.",
    "port-customs-codes": "Design the API of a service that suggests customs codes to freight agents at a port.",
}


def test_no_two_packaged_questions_are_alike() -> None:
    """No two questions of the packaged bank would be shown as near duplicates of each other."""
    found = [(one.id, other.id) for one, other in combinations(BANK.values(), 2) if alike(one.prompt, [other], 1)]
    assert found == []


@pytest.mark.parametrize(("question_id", "text"), PARAPHRASES.items(), ids=PARAPHRASES)
def test_a_question_in_other_words_is_found_first(question_id: str, text: str) -> None:
    """A question that is put in other words finds the original as the most alike."""
    found = alike(text, BANK.values(), 3)
    assert found[0][0].id == question_id
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert found[-1][1] >= NEAR


@pytest.mark.parametrize("text", ["", "?", "What is for lunch on Sunday?", "\ud800", "x" * 50_000])
def test_what_asks_something_else_finds_nothing(text: str) -> None:
    """Small talk, nothing at all, half of a pair and noise are like no question."""
    assert alike(text, BANK.values(), 3) == []
