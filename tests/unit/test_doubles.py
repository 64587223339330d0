from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from bot.domain.question import RETIRED
from bot.infra.library.doubles import MOST_COMPARED, NEAR, Double, doubles, likeness, resembled
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


def test_a_copy_is_found_among_many() -> None:
    """Among more questions than are compared with one, its copy in other words is found, and nothing else."""
    bank = list(library().questions.values())
    assert len(bank) > MOST_COMPARED
    asked = a_question()
    again = replace(asked, id="again", prompt=PROMPT, givens=())
    (found,) = resembled([again], bank)
    assert (found.first.id, found.later.id, found.field) == (asked.id, "again", "prompt")


def test_the_nearest_one_before_it_is_named() -> None:
    """Of several that a question is near to, the nearest is named; the first of a file has nothing to be near to."""
    asked = a_question()
    near = replace(asked, id="near", prompt=PROMPT.replace("Finland", "Norway").replace("trains", "feeds"), givens=())
    same = replace(asked, id="same")
    found = [(each.first.id, each.later.id) for each in resembled([near, asked, same], [])]
    assert found == [("near", asked.id), (asked.id, "same")]
    found = [(each.first.id, each.later.id) for each in resembled([asked, near, same], [])]
    assert found == [(asked.id, "near"), (asked.id, "same")]


def test_a_short_text_inside_a_longer_is_not_near() -> None:
    """Few words that stand in a longer prompt, or few givens that stand in more, make no double; the same words do."""
    asked = a_question()
    short = replace(asked, id="short", prompt="What do nurses compare?", givens=("About 8% are urgent calls",))
    assert likeness(asked, short) == {"prompt": likeness(asked, short)["prompt"], "givens": 0.0}
    assert list(resembled([short], [asked])) == []
    again = replace(short, id="again", prompt="What do the nurses compare?")
    assert [each.field for each in resembled([again], [short])] == ["prompt"]


def test_scripts_without_blanks_are_compared_by_letters() -> None:
    """A Japanese prompt with one word changed is a double; another one is not."""
    first = replace(a_question(), prompt="裁判所の手紙の翻訳をどう評価しますか", givens=())
    near = replace(first, id="near", prompt=first.prompt.replace("手紙", "文書"))
    other = replace(first, id="other", prompt="博物館の案内を作る方法は何ですか")
    assert [each.later.id for each in resembled([near, other], [first])] == ["near"]


def test_nothing_is_said_that_a_terminal_would_obey() -> None:
    """The id and title of a question from a file are told without control characters."""
    first = replace(a_question(), id="own\x9b1m", title="A\x1b[2J handbook")
    told = Double(first, a_question(), "prompt", 82.6).rule
    assert told == "says nearly the same as the prompt of own\ufffd1m, “A\ufffd[2J handbook” (83 of 100)"


def test_retired_questions_do_not_count() -> None:
    """A file that repeats a retired question, or is retired itself, is near to nothing."""
    asked = a_question()
    again = replace(asked, id="again")
    assert [each.later.id for each in resembled([again], [asked])] == ["again"]
    retired = replace(asked, status=RETIRED)
    assert list(resembled([again], [retired])) == list(resembled([replace(again, status=RETIRED)], [asked])) == []
