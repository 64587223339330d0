from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import clean, measure, sentences
from bot.domain.words import stems
from evals import transforms
from evals.draws import drawn
from evals.golden import Golden
from tests.golden_answers import answers, strong, weak

BULLETS = "Intro line.\n- one is here; with 3.5 units\n- two is there\n\nLast. The end"
EVERY = [pytest.param(golden, id=golden.id) for golden in answers()]


@given(st.text(alphabet="ab1. \n-?", max_size=80))
def test_spans_are_the_sentences(text: str) -> None:
    """The spans of a text are exactly the sentences that the reviewer numbers."""
    text = clean(text)
    assert tuple(text[begin:end] for begin, end in transforms.spans(text)) == sentences(text)


@pytest.mark.parametrize("golden", EVERY)
def test_a_removal_takes_what_it_names(golden: Golden) -> None:
    """Without a sentence, the text holds all the others word for word, in their order."""
    for number in range(1, len(golden.sentences) + 1):
        left = [sentence for at, sentence in enumerate(golden.sentences, 1) if at != number]
        assert list(sentences(transforms.without(golden.text, {number}))) == left


def test_a_removal_leaves_no_empty_bullet() -> None:
    """A bullet whose sentence goes is gone too; the rest stays as it was typed."""
    assert transforms.without(BULLETS, {2, 4}) == "Intro line.\n- two is there\n\nThe end"


@pytest.mark.parametrize(("after", "place"), [(0, 0), (1, 1), (2, 2), (99, 5)])
def test_an_insertion_stands_where_it_should(after: int, place: int) -> None:
    """An added sentence stands on a line of its own after the named one, at most at the end."""
    found = list(sentences(transforms.inserted(BULLETS, "Something new.", after)))
    assert found.index("Something new.") == place
    assert [each for each in found if each != "Something new."] == list(sentences(BULLETS))


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_padding_adds_that_much_and_nothing_else(share: float) -> None:
    """A padded text has its own sentences and about that many words more, all from the list of fluff."""
    padded = transforms.padded(strong().text, share, drawn("test"))
    added = Counter(sentences(padded)) - Counter(strong().sentences)
    assert set(added) <= set(transforms.FLUFF)
    assert not Counter(strong().sentences) - Counter(sentences(padded))
    growth = measure(padded).words / measure(strong().text).words - 1
    assert share <= growth <= share + 0.15


def test_a_new_order_loses_nothing() -> None:
    """A reordered text has the same sentences in another order, be it of many lines or of one."""
    for text in (strong().text, " ".join(weak().sentences)):
        again = transforms.reordered(text, drawn("test"))
        assert Counter(sentences(again)) == Counter(sentences(text))
        assert sentences(again) != sentences(text)


@pytest.mark.parametrize("golden", EVERY)
def test_slips_and_learners_keep_numbers_and_content(golden: Golden) -> None:
    """Typos and learner's English keep every number and four fifths of the content words."""
    for reworded in (
        transforms.mistyped(golden.text, drawn("test", golden.id)),
        transforms.as_learner(golden.text, drawn("test", golden.id)),
    ):
        assert reworded != golden.text
        before, after = Counter(stems(golden.text)), Counter(stems(reworded))
        assert sum((before & after).values()) >= 0.8 * sum(before.values())
        assert [word for word in after if word[0].isdigit()] == [word for word in before if word[0].isdigit()]


def test_the_form_changes_and_the_words_do_not() -> None:
    """Bullets become one paragraph and prose becomes bullets, with the same words."""
    prose = transforms.as_prose(strong().text)
    assert "\n" not in prose
    assert stems(prose) == stems(strong().text)
    bullets = transforms.as_bullets(weak().text)
    assert all(line.startswith("- ") for line in bullets.split("\n"))
    assert sentences(bullets) == weak().sentences


def test_the_same_draw_gives_the_same_text() -> None:
    """A transform gives the same text whenever it is made from the same draw."""
    assert transforms.padded(weak().text, 1, drawn("x", 1)) == transforms.padded(weak().text, 1, drawn("x", 1))
    assert transforms.mistyped(weak().text, drawn("x")) != transforms.mistyped(weak().text, drawn("y"))
