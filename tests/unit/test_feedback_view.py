from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import MOST_CARD_CHARS, Bullets, Card, Link, Quote
from bot.domain.group import FeedbackMode
from bot.domain.review import Met, Review, SectionReview, SelfCheck, Soundness
from bot.infra.offline import OfflineSelfCheck
from bot.views.cut import ELLIPSIS, cut
from bot.views.feedback import brief_card, full_card, review_data, self_check_card, self_check_in_full, thread_card
from bot.views.feedback.full import as_markdown, markdown
from bot.views.feedback.words import graded
from tests.reviews import NOW, a_question, a_reading, a_review, all_met, an_answer, library, without_notes

HOSTILE = "@everyone <!channel> [x](http://e.example) \u202eabc `code` **b** \U0001f469\u200d\U0001f467 " * 40
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


def a_check(text: str = "", *, notes: bool = True) -> SelfCheck:
    checker = OfflineSelfCheck(library().framework)
    question = a_question() if notes else without_notes()
    return checker(question, an_answer(text), reason="No model is set up here.", retried=True, made_at=NOW)


def check_card(text: str = "", *, notes: bool = True, name: str = "asha", edited: bool = False) -> Card:
    return self_check_card(a_check(text, notes=notes), library().framework, name=name, edited=edited)


def swollen(review: Review) -> Review:
    """The same review with far too much of everything."""
    points = tuple(replace(point, quotes=(HOSTILE,) * 3) for section in review.sections for point in section.points)
    return replace(
        review,
        sections=tuple(replace(s, reading=HOSTILE, points=points, weight=1, band=2) for s in review.sections),
        held=replace(review.held, quote=HOSTILE, why=HOSTILE) if review.held else None,
        hand_waving=review.hand_waving * 5,
        claims=review.claims * 8,
        fix=replace(review.fix, quote=HOSTILE, why=HOSTILE, rewrite=HOSTILE),
        probe=HOSTILE,
    )


def test_the_thread_shows_words_and_no_grade() -> None:
    """The thread card has the quote that holds, a line in words a section, the fix and the probe, and no band."""
    card = thread_card(a_review(), library().framework, name="asha")
    text = card.plain
    assert "> So: 8% of 40,000 is 3,200 urgent pairs" in text
    assert "Users: named, not yet specific" in text
    assert "Trade-offs: specific, weighed, and tied to its effect" in text
    assert "Metrics: nothing yet" in text
    assert "API and developers" not in text
    assert "Fix this next, in Metrics" in text
    assert "> The metrics are accuracy and user satisfaction." in text
    assert "One question back: You may ask" in text
    assert not re.search(r"\d of \d,", text)


def test_an_edited_answer_can_be_reviewed_again() -> None:
    """The card offers the full feedback always, and another review only when the answer has changed."""
    framework = library().framework
    fresh, edited = (thread_card(a_review(), framework, edited=how, name="asha").buttons for how in (False, True))
    assert [(button.label, button.action) for button in fresh] == [("Full feedback", "feedback:2026-11-23")]
    assert (edited[1].label, edited[1].action) == ("Review my edit", "again:2026-11-23")
    assert [button.action for button in check_card(edited=True).buttons] == ["feedback:2026-11-23", "again:2026-11-23"]


def test_a_brief_group_sees_no_quote_in_the_thread() -> None:
    """In a brief group the thread says only that feedback is ready."""
    card = thread_card(a_review(), library().framework, mode=FeedbackMode.BRIEF, name="asha")
    assert card == brief_card(a_review(), library().framework, name="asha")
    assert card.plain == "asha, your feedback is ready. Only you can open it.\n[Full feedback]"


def test_the_full_card_shows_bands_with_their_words() -> None:
    """The full card gives each band as a number with its words, points with quotes, and claims with a link."""
    card = full_card(a_review(), library().framework)
    text = card.plain
    assert "Users: 1 of 4, named, not yet specific" in text
    assert "specific: Prices the label plan against the budget. “All nurses costs" in text
    assert "not there yet: Measures outcomes on calls" in text
    assert "Not asked today: API and developers." in text
    links = [
        span
        for b in card.blocks
        if isinstance(b, Bullets)
        for item in b.items
        for span in item
        if isinstance(span, Link)
    ]
    assert [link.url for link in links] == [library().facts["rlaif-matches-rlhf"].url]


def test_what_does_not_fit_goes_to_a_file() -> None:
    """A review that is too long for a card is shortened on it, says so, and is whole in a Markdown file."""
    review = swollen(a_review())
    card = full_card(review, library().framework)
    assert len(card.plain) <= MOST_CARD_CHARS
    assert "Shortened to fit" in card.plain
    assert card.file is not None
    assert card.file.name == "feedback-2026-11-23.md"
    assert card.file.content.decode().count(markdown(HOSTILE)) > 30


def test_a_review_that_fits_has_no_file() -> None:
    """A short review stands whole on its card."""
    short = a_review(a_reading(hand_waving=(), claims=(), criteria={}))
    card = full_card(replace(short, sections=short.sections[:2]), library().framework)
    assert card.file is None
    assert "Shortened" not in card.plain


@pytest.mark.parametrize("name", ["", HOSTILE, FAMILY * 100])
def test_no_card_breaks_its_budget(name: str) -> None:
    """However long and hostile the words are, every card can be built and none opens with a broken letter."""
    review, framework = swollen(a_review()), library().framework
    for card in (
        thread_card(review, framework, name=name, edited=True),
        brief_card(review, framework, name=name),
        full_card(review, framework),
        check_card(HOSTILE, name=name),
        check_card(HOSTILE, notes=False, name=name),
    ):
        assert 0 < len(card.plain) <= MOST_CARD_CHARS
        assert "\U0001f469\u200d" + ELLIPSIS not in card.plain


def test_the_file_holds_no_live_markup_of_others() -> None:
    """In the file, the words of members and models form no link, mention or markup; our own link is one."""
    review = a_review(a_reading(probe="[x](http://e.example) <b> @everyone www.e.example # `y`"))
    text = as_markdown(review, library().framework)
    assert "\\[x\\](http\\://e.example) \\<b\\> \\@everyone www\\.e.example" in text
    assert f"](<{library().facts['rlaif-matches-rlhf'].url}>)" in text


def test_an_off_topic_answer_is_told_so() -> None:
    """An answer to another question hears that no section counts, and what to do, instead of a list of gaps."""
    text = thread_card(a_review(a_reading(off_topic=True)), library().framework, name="asha").plain
    assert "This reads as an answer to another question" in text
    assert "nothing yet" not in text
    assert "reply in that thread" in text


def test_words_to_the_judge_are_named_privately_only() -> None:
    """A sentence that spoke to the reader is mentioned on the private card and not in the thread."""
    review = a_review(a_reading(instructions_to_judge=(1,)))
    assert "spoke to the reader" in full_card(review, library().framework).plain
    assert "spoke to the reader" not in thread_card(review, library().framework, name="asha").plain


@pytest.mark.parametrize(
    ("band", "how", "soundness", "words"),
    [
        (0, (Met.NO,), Soundness.SOUND, "0 of 4, nothing yet"),
        (1, (Met.NAMED, Met.NO), Soundness.SOUND, "1 of 4, named, not yet specific"),
        (2, (Met.SPECIFIC, Met.NO, Met.NO), Soundness.SOUND, "2 of 4, one point specific"),
        (3, (Met.SPECIFIC, Met.NAMED), Soundness.SOUND, "3 of 4, half or more of the points met, one of them specific"),
        (3, (Met.SPECIFIC, Met.SPECIFIC), Soundness.SOUND, "3 of 4, two points specific"),
        (4, (Met.SPECIFIC, Met.SPECIFIC), Soundness.SOUND, "4 of 4, specific, weighed, and tied to its effect"),
        (2, (Met.SPECIFIC, Met.SPECIFIC), Soundness.SHAKY, "2 of 4, two points specific, but one step is shaky"),
        (0, (Met.NO,), Soundness.UNSOUND, "0 of 4, the reasoning does not hold yet"),
        (None, (Met.NOT_CHECKED,), Soundness.SOUND, "could not be checked"),
    ],
)
def test_each_band_has_its_words(band: int | None, how: tuple[Met, ...], soundness: Soundness, words: str) -> None:
    """A band reads as its number with what earned it, and a doubt that held it back is named."""
    points = tuple(replace(a_review().sections[0].points[0], met=met) for met in how)
    section = SectionReview(key="s1", title="Scope", weight=1, band=band, points=points, soundness=soundness)
    assert graded(section) == words


def test_the_data_has_an_entry_for_each_section_of_the_framework() -> None:
    """Stored feedback is JSON-ready, with every section in order, those not asked too, and the member's own quotes."""
    framework = library().framework
    data = json.loads(json.dumps(review_data(a_review(), framework)))
    assert [section["key"] for section in data["sections"]] == [section.key for section in framework.sections]
    assert [section["band"] for section in data["sections"]] == [3, 1, 0, 4, None, 0]
    unasked = data["sections"][4]
    assert (unasked["weight"], unasked["points"], unasked["reading"]) == (0, [], "Not asked today.")
    priced = data["sections"][0]["points"][1]
    assert (priced["id"], priced["met"], len(priced["quotes"])) == ("price-both", "specific", 2)
    assert (data["kind"], data["member"], data["day"], data["version"]) == ("feedback", "asha", "2026-11-23", 2)
    assert data["claims"][0]["verdict"] == "differs from"
    assert (data["model"], data["prompt"]["version"], data["usage"]["input_tokens"]) == ("a-model", 1, 5200)


def test_every_card_carries_its_data() -> None:
    """Thread, brief and full card of one review carry the same data."""
    review, framework = a_review(), library().framework
    expected = review_data(review, framework)
    cards = (
        thread_card(review, framework, name="a"),
        brief_card(review, framework, name="a"),
        full_card(review, framework),
    )
    assert [card.data for card in cards] == [expected] * 3


def test_the_self_check_judges_nothing() -> None:
    """The self-check says that it does not judge, gives no band, and says when a review will follow."""
    card = check_card("All nurses cost 240,000 euros in total, four times the budget of the label plan.")
    data = json.loads(json.dumps(card.data))
    assert "This card does not judge." in card.plain
    assert "The review is still owed" in card.plain
    assert "“All nurses cost 240,000 euros" in card.plain
    assert data["kind"] == "self-check"
    assert {section["band"] for section in data["sections"]} == {None}
    assert {point["met"] for section in data["sections"] for point in section["points"]} == {"not checked"}
    assert len(data["sections"]) == len(library().framework.sections)


def test_the_thread_gives_few_points_away() -> None:
    """Others who have not answered read the thread, so it shows three open points and no word of what is specific."""
    question, card = a_question(), check_card("Nothing of it.")
    looks = [look for found in question.look_for.values() for look in found]
    assert sum(look.point in card.plain for look in looks) == 3
    assert not any(look.specific in card.plain for look in looks)


def test_all_points_of_the_framework_are_in_the_file() -> None:
    """Without notes there are too many points for a card, so it shows some and a file holds all."""
    check = a_check("We need p95 latency of 2 s for 2M users.", notes=False)
    card = self_check_in_full(check, library().framework, name="asha")
    assert card.file is not None
    assert card.file.content.decode().count("\n- ") == sum(len(s["points"]) for s in card.data["sections"])


def test_an_empty_review_points_at_the_first_step() -> None:
    """When no section shows a point, the thread says where to start instead of listing every gap."""
    nothing = a_reading(sections=all_met(a_question(), Met.NO, 1), held=None)
    card = thread_card(a_review(nothing), library().framework, name="asha")
    assert "No section shows one of its points yet." in card.plain
    assert "nothing yet" not in card.plain
    assert len([block for block in card.blocks if isinstance(block, Quote)]) == 1


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
