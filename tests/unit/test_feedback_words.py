from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.judge import TOP_BAND
from bot.domain.question import Facet
from bot.domain.review import (
    Remark,
    SectionReview,
    Soundness,
)
from bot.views.cut import ELLIPSIS, cut
from bot.views.feedback import full_card, thread_card
from bot.views.feedback.labels import ENGLISH, labels_of
from bot.views.feedback.translations import TRANSLATIONS
from bot.views.feedback.words import graded, told
from tests.reviews import a_reading, a_review, library

HOSTILE = "@everyone <!channel> [x](http://e.example) \u202eabc `code` **b** \U0001f469\u200d\U0001f467 " * 40
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


def test_a_sentence_without_full_credit_is_one_to_build_on() -> None:
    """What holds is a sentence that earned full credit; any other that was held up is called one to build on."""
    review = a_review(a_reading(held=Remark(8, "Guards are the right place to look.")))
    text = thread_card(review, library().framework, name="asha").plain
    assert "Build on this\n> For safety we use guardrails" in text
    assert "What holds" not in text


def test_an_answer_in_spanish_has_spanish_labels() -> None:
    """Headings, section titles and band words follow the language of the answer, whatever its region."""
    review, framework = a_review(a_reading(language="es-CL")), library().framework
    thread, full = thread_card(review, framework, name="asha").plain, full_card(review, framework).plain
    assert "Comentarios para asha" in thread
    assert "Corrige esto primero, en Métricas" in thread
    assert "Usuarios: 1 de 4, en términos generales" in full
    both = thread + full
    assert [words for words in ("Feedback for", "Users:", "not there yet", "One question") if words in both] == []


def test_a_language_outside_the_table_reads_english() -> None:
    """A language without labels of its own has the English ones."""
    assert labels_of("sw-KE") is labels_of("") is labels_of("en-GB") is ENGLISH
    assert labels_of("pt_BR") is TRANSLATIONS["pt"]


@pytest.mark.parametrize("language", sorted(TRANSLATIONS))
def test_every_language_says_all_that_english_says(language: str) -> None:
    """A translation has every label, another than the English one, with the same places to fill, and every title."""
    ours, english = asdict(TRANSLATIONS[language]), asdict(ENGLISH)
    places = re.compile(r"{(\w+)")
    same = {name for name, text in english.items() if ours[name] == text}
    assert same == set()
    for name, text in english.items():
        if isinstance(text, str):
            assert ours[name].strip()
            assert places.findall(ours[name]) == places.findall(text)
    assert len(ours["bands"]) == len(english["bands"]) == TOP_BAND + 1
    assert ours["sections"].keys() == {section.short for section in library().framework.sections}


@pytest.mark.parametrize(
    ("band", "soundness", "facets", "words"),
    [
        (0, Soundness.SOUND, {}, "0 of 4, none of its points yet"),
        (0, Soundness.SOUND, {Facet.TRADEOFF: ("a sentence",)}, "0 of 4, something to build on"),
        (1, Soundness.SOUND, {}, "1 of 4, in general words"),
        (2, Soundness.SOUND, {}, "2 of 4, partly specific"),
        (3, Soundness.SOUND, {}, "3 of 4, specific"),
        (4, Soundness.SOUND, {}, "4 of 4, specific and weighed"),
        (2, Soundness.SHAKY, {}, "2 of 4, one step is shaky"),
        (0, Soundness.UNSOUND, {}, "0 of 4, the reasoning does not hold yet"),
        (None, Soundness.SOUND, {}, "not checked"),
    ],
)
def test_each_band_has_its_words(
    band: int | None, soundness: Soundness, facets: dict[Facet, tuple[str, ...]], words: str
) -> None:
    """A band reads as its number with a short word, and a doubt that held it back is that word."""
    section = SectionReview(key="s1", title="Scope", weight=1, band=band, facets=facets, soundness=soundness)
    assert graded(section) == words


def test_a_text_is_shortened_by_whole_sentences() -> None:
    """What is left out of a text begins after a full sentence; only a first sentence that is too long is cut."""
    text = "One thing is clear. The other is not. A third follows."
    assert told(text, 60) == text
    assert told(text, 40) == "One thing is clear. The other is not."
    assert told(text, 12) == "One thing…"


@given(st.text(max_size=300), st.integers(2, 80))
def test_a_cut_never_exceeds_its_room(text: str, most_chars: int) -> None:
    """A cut text has at most the characters asked for, and is untouched when it fits."""
    short = cut(text, most_chars)
    assert len(short) <= most_chars
    assert short == text if len(text) <= most_chars else short.endswith(ELLIPSIS)


def test_a_cut_keeps_words_and_letters_whole() -> None:
    """A cut falls between words where there are any, and never inside a letter made of several code points."""
    assert cut("one two three four", 14) == "one two three…"
    assert cut(FAMILY * 3, 8) == FAMILY + ELLIPSIS
    assert cut("e\u0301" * 5, 4) == "e\u0301…"
