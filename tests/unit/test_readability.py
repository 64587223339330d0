from __future__ import annotations

import pytest

from bot.domain.readability import MOST_LIX, MOST_SENTENCE_WORDS, lix, longest_sentence
from tests.reviews import library

EASY = "The bot asks one question a day. You answer in the thread. It reads what you wrote and says what to fix."
HARD = (
    "Notwithstanding heterogeneous infrastructural dependencies, stakeholders subsequently operationalised multimodal "
    "retrieval architectures, substantially ameliorating longitudinal hallucination characteristics organisationally."
)


def test_lix_is_words_a_sentence_and_long_words_in_a_hundred() -> None:
    """Ten words in two sentences, two of them longer than six letters, are 5 + 20."""
    assert lix(["The cat sat on chairs. The farmers planted a tree."]) == pytest.approx(5 + 20)


def test_plain_text_is_easy_and_jargon_is_hard() -> None:
    """A text in short plain sentences stays under the limit, a sentence of long words does not."""
    assert lix([EASY]) < 25
    assert lix([HARD]) > MOST_LIX


def test_the_longest_sentence_is_counted_in_words() -> None:
    """Words are counted in each sentence apart, also over several texts."""
    assert longest_sentence([EASY, "One two three."]) == 10
    assert longest_sentence([]) == 0


@pytest.mark.parametrize("nothing", ["", "  ", "12 345", "\U0001f600"])
def test_a_text_without_words_is_not_hard(nothing: str) -> None:
    """Nothing to read is nothing hard."""
    assert lix([nothing]) == 0


def test_the_packaged_bank_is_easy_to_read() -> None:
    """Every packaged question is at least a few points below the limit."""
    for question in library().questions.values():
        texts = (question.prompt, *question.givens)
        assert lix(texts) <= MOST_LIX - 5
        assert longest_sentence(texts) <= MOST_SENTENCE_WORDS
