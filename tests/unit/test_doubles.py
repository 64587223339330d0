from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from bot.infra.library.doubles import NEAR, doubles, likeness
from tests.reviews import a_question, library

PROMPT = (
    "In Finland a phone line with nurses trains an assistant which suggests advice to them. Should the pairs of "
    "answers that train it be compared by nurses, or by a second AI model?"
)
GIVENS = (
    "Within 8 weeks 40,000 pairs must be compared, says the plan, for 60,000 euros",
    "A nurse takes 6 euros for a comparison, the AI model 0.02 euros",
    "The pilot: two nurses agreed on 78% of pairs, AI and nurse on 76%, and on 59% where symptoms are urgent",
    "Urgent calls are about 8%",
    "A paper in which models trained equally well on both kinds of label; the data officer wants no labels by nurses",
)


def test_other_words_for_the_same_prompt_are_found() -> None:
    """A prompt with its words in another order and some replaced is a double of its first."""
    asked = a_question()
    again = replace(asked, id="again", prompt=PROMPT, givens=("3 other facts", "nothing in common"))
    assert [(each.first.id, each.later.id, each.field) for each in doubles([asked, again])] == [
        (asked.id, "again", "prompt")
    ]


def test_other_words_for_the_same_givens_are_found() -> None:
    """The same figures behind another prompt are a double, too."""
    asked = a_question()
    again = replace(asked, id="again", prompt="Which team should own the budget of the canteen?", givens=GIVENS)
    assert [each.field for each in doubles([asked, again])] == ["givens"]


def test_the_packaged_bank_stays_clear_of_the_threshold() -> None:
    """No two packaged questions come within five points of what counts as nearly the same."""
    pairs = combinations(library().questions.values(), 2)
    assert max(max(likeness(*pair).values()) for pair in pairs) <= NEAR - 5
