from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from bot.cards import MOST_CARD_CHARS, Bullets, Card, Link, Quote
from bot.domain.group import FeedbackMode
from bot.domain.judge import MOST_CLAIMS, MOST_SLIPS
from bot.domain.review import (
    ClaimReading,
    Met,
    QuotedRemark,
    Remark,
    Review,
    SelfCheck,
    Verdict,
)
from bot.infra.offline import OfflineSelfCheck
from bot.infra.redis.codec import dump, load
from bot.views.cut import ELLIPSIS
from bot.views.feedback import brief_card, full_card, review_data, self_check_card, self_check_in_full, thread_card
from bot.views.feedback.full import as_markdown
from bot.views.feedback.labels import ENGLISH
from bot.views.feedback.markdown import markdown
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
    points = tuple(
        replace(point, quotes=(HOSTILE,) * 3, gist=HOSTILE) for section in review.sections for point in section.points
    )
    return replace(
        review,
        verdict=HOSTILE,
        slips=(QuotedRemark(HOSTILE, HOSTILE),) * MOST_SLIPS,
        sections=tuple(
            replace(s, line=HOSTILE, reading=HOSTILE, points=points, weight=1, band=2) for s in review.sections
        ),
        held=replace(review.held, quote=HOSTILE, why=HOSTILE) if review.held else None,
        hand_waving=review.hand_waving * 5,
        claims=tuple(replace(claim, quote=HOSTILE, note=HOSTILE) for claim in review.claims * MOST_CLAIMS),
        fix=replace(review.fix, quote="x" * 400, why=HOSTILE, rewrite=HOSTILE),
        probe=HOSTILE,
    )


def test_the_thread_shows_words_and_no_grade() -> None:
    """The thread card has verdict, held quote, fix, faults, a line a section and probe, in this order, and no band."""
    text = thread_card(a_review(), library().framework, name="asha").plain
    places = [
        text.index(part)
        for part in (
            "Feedback for asha\nYou split the pairs by risk",
            "What holds\n> So: 8% of 40,000 is 3,200 urgent pairs",
            "Fix this next, in Metrics\n> The metrics are accuracy and user satisfaction.",
            "Try it like this: Every week",
            "What does not fit\n- “In 8 weeks that is 40,000 / 8 = 4,000 pairs a week, so two nurses are enough.” 4",
            "RLHF in all tasks.” The source tested two tasks; you say all. RLAIF vs. RLHF (Lee et al.",
            "Users: You say that people can die; which caller",
            "Metrics: You name accuracy and satisfaction;",
            "One question back: You may ask",
        )
    ]
    assert places == sorted(places)
    assert "API and developers" not in text
    assert not re.search(r"\d of \d,", text)
    assert not any(words in text for words in (*ENGLISH.bands, ENGLISH.shaky, ENGLISH.unsound))


def test_the_fix_tells_its_own_fault_once() -> None:
    """A slip in the sentence that the fix quotes is told by the fix alone; every other slip is listed."""
    both = (Remark(11, "40,000 pairs in 8 weeks are 5,000 a week."), Remark(9, "Two measures decide nothing here."))
    text = thread_card(a_review(a_reading(slips=both)), library().framework, name="asha").plain
    assert "5,000 a week" in text
    assert "Two measures decide nothing here." not in text


def test_a_claim_without_a_source_stands_in_the_file_only() -> None:
    """A claim that no fact speaks to is in the file and on no card; one that a source confirms is on the full card."""
    claims = (
        ClaimReading(4, Verdict.NO_SOURCE, None, "Look up how often triage calls end badly."),
        ClaimReading(7, Verdict.MATCHES, "rlaif-matches-rlhf", "The source says so for summaries."),
    )
    review, framework = a_review(a_reading(claims=claims)), library().framework
    thread, full = thread_card(review, framework, name="asha"), full_card(review, framework)
    assert "Look up how often" not in thread.plain + full.plain
    assert "The source says so" not in thread.plain
    assert "Agrees with a source\n- “The paper is about" in full.plain
    assert full.file is not None
    assert "Look up how often" in full.file.content.decode()
    assert "The file has every word." in full.plain


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


def test_the_full_card_adds_to_the_thread() -> None:
    """The full card gives each band, reading and point, and repeats neither verdict, fix, probe nor a shown quote."""
    review, framework = a_review(), library().framework
    text = full_card(review, framework).plain
    assert "Users: 1 of 4, in general words\nHarm is the reason for your split" in text
    assert "- specific: both plans priced against the budget. “All nurses costs" in text
    assert "- not there yet: a standing check of the AI labels; results on calls, with both kinds of error." in text
    assert "Not asked today: API and developers." in text
    held, fix = review.held, review.fix
    assert held is not None
    told_before = (review.verdict, held.quote, held.why, fix.quote, fix.why, fix.rewrite, review.probe)
    assert [words for words in told_before if words in text] == []
    quotes = re.findall("“(.+?)”", text)
    assert len(quotes) == len(set(quotes))


def test_the_full_card_stays_short() -> None:
    """Besides its quotes, the full card of a usual review has at most 320 words, and no sentence of it is cut."""
    text = full_card(a_review(), library().framework).plain
    bare = re.sub("“.+?”", "", text)
    assert len(bare.split()) <= 320
    assert ELLIPSIS not in bare


def test_a_brief_group_reads_all_of_it_in_private() -> None:
    """Where the thread says only that feedback is ready, the full card has the verdict, fix, faults and probe too."""
    card = full_card(a_review(), library().framework, alone=True)
    for part in ("You split the pairs by risk", "Fix this next, in Metrics", "5,000 a week", "One question back: "):
        assert part in card.plain
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
    """A review that is too long for its cards has all of it in a Markdown file, and the card says so."""
    review = swollen(a_review())
    card = full_card(review, library().framework)
    assert len(card.plain) <= MOST_CARD_CHARS
    assert "The file has every word." in card.plain
    assert card.file is not None
    assert card.file.name == "feedback-2026-11-23.md"
    assert card.file.content.decode().count(markdown(HOSTILE)) > 30


def test_a_shortened_thread_is_whole_in_the_file() -> None:
    """When the thread could not show a text in full, the full card has a file with it, though its own texts fit."""
    review = replace(a_review(), verdict="A short sentence. " * 250)
    assert review.verdict.strip() not in thread_card(review, library().framework, name="asha").plain
    card = full_card(review, library().framework)
    assert card.file is not None
    assert review.verdict.strip() in card.file.content.decode()


def test_a_review_that_fits_has_no_file() -> None:
    """A review whose words all stand on its two cards has no file."""
    card = full_card(a_review(), library().framework)
    assert card.file is None
    assert "file" not in card.plain


@pytest.mark.parametrize("name", ["", HOSTILE, FAMILY * 100])
def test_no_card_breaks_its_budget(name: str) -> None:
    """However long and hostile the words are, every card can be built and none opens with a broken letter."""
    review, framework = swollen(a_review()), library().framework
    for card in (
        thread_card(review, framework, name=name, edited=True),
        brief_card(review, framework, name=name),
        full_card(review, framework),
        full_card(review, framework, alone=True),
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
    """An answer to another question gets what it is about, one habit to keep and what to do: no section, no fix."""
    about = "Your text is about the memory of a phone companion. Today's question is who compares the pairs."
    review = a_review(a_reading(off_topic=True, verdict=about))
    framework = library().framework
    thread = thread_card(review, framework, name="asha")
    for text in (thread.plain, full_card(review, framework).plain):
        assert about in text
        assert "reply in that thread" in text
        assert "Worth keeping\n> So: 8%" in text
        shown = ("Fix this", "Metrics", "One question", " of 4,", "not there yet", "does not fit")
        assert [words for words in shown if words in text] == []
    assert thread.buttons == ()
    assert [b.label for b in thread_card(review, framework, name="asha", edited=True).buttons] == ["Review my edit"]


def test_words_to_the_judge_are_named_privately_only() -> None:
    """Text that spoke to the reader is mentioned on the private card and not in the thread."""
    review = a_review(a_reading(instructions_to_judge=(1,)))
    assert ENGLISH.manipulation in full_card(review, library().framework).plain
    assert ENGLISH.manipulation not in thread_card(review, library().framework, name="asha").plain


def test_a_review_of_the_first_prompt_can_still_be_read() -> None:
    """A stored review without verdict, slips, lines and gists loads; its cards have band words and points instead."""
    stored = json.loads(dump(Review, a_review()))
    for name in ("verdict", "slips"):
        del stored[name]
    for section in stored["sections"]:
        del section["line"]
        for point in section["points"]:
            del point["gist"]
    review, framework = load(Review, json.dumps(stored).encode()), library().framework
    assert "Users: in general words" in thread_card(review, framework, name="asha").plain
    assert "named: Says who is hurt when an urgent answer is ranked wrongly." in full_card(review, framework).plain


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
    assert data["verdict"].startswith("You split the pairs")
    assert data["slips"][0]["why"].startswith("40,000 pairs")
    assert data["sections"][1]["line"].startswith("You say that people can die;")
    assert (data["model"], data["prompt"]["version"], data["usage"]["input_tokens"]) == ("a-model", 2, 5200)


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


def test_without_notes_the_self_check_reads_well() -> None:
    """A point that is a question already gets no second mark, and where there is no probe none is announced."""
    check = a_check("We need p95 latency of 2 s for 2M users.", notes=False)
    card = self_check_in_full(check, library().framework, name="asha")
    assert card.file is not None
    assert not check.probe
    for text in (check_card(notes=False).plain, card.plain, card.file.content.decode()):
        assert "??" not in text
        assert "Then answer this" not in text


def test_an_empty_review_has_no_consolation() -> None:
    """When no sentence holds, the thread has no part for one, and says where to start by its fix."""
    nothing = a_reading(sections=all_met(a_question(), Met.NO, 1), held=None)
    card = thread_card(a_review(nothing), library().framework, name="asha")
    assert not any(label in card.plain for label in (ENGLISH.holds, ENGLISH.start))
    assert "Fix this next" in card.plain
    assert len([block for block in card.blocks if isinstance(block, Quote)]) == 1
