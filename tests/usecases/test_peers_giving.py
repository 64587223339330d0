from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards import MOST_FORM_FIELDS, Card, ChoiceField, Form, TextField
from bot.domain.streak import Mark
from bot.errors import Refusal
from bot.inbound import Left, Submission
from bot.views.peers.peer_words import BANDS
from tests.usecases.reviewing import (
    FOUR,
    PRAISE,
    REVIEW,
    answered,
    calibrated,
    duties,
    give,
    given,
    opened_form,
    owed_by,
    posted,
    rated,
    submission,
)
from tests.usecases.study import HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, card, form, text_of

TRIO = FOUR[:3]


@pytest.fixture
async def asked(opened: Study) -> Study:
    """Asha, Ben and Chen have answered, and each owes one of the others a review."""
    await answered(opened, TRIO)
    return opened


async def author_for(study: Study, name: str = "ben") -> str:
    """Whose answer somebody owes a review."""
    (author,) = await owed_by(study, name)
    return author


async def test_the_first_review_begins_with_a_calibration(asked: Study) -> None:
    """Before a member's first review two excerpts are rated, and the references shown with why; then never again."""
    author = await author_for(asked)
    practice = form(await asked.press("ben", f"review:{MONDAY}:{asked.id(author)}"))
    assert [type(field) for field in practice.fields] == [ChoiceField, ChoiceField]
    assert practice.intro.count("Excerpt") >= 2
    shown = await calibrated(asked, "ben", author)
    references = shown.data["references"]
    assert len(references) == len(shown.data["bands"]) == 2
    words = [f"Excerpt {number}: {band}, {BANDS[band]}" in shown.plain for number, band in enumerate(references, 1)]
    assert words == [True, True]
    assert [button.label for button in shown.buttons] == ["Write my review"]
    assert form(await asked.press("ben", shown.buttons[0].action)).title == "Your review"


async def test_a_calibration_needs_both_bands(asked: Study) -> None:
    """A calibration that lacks a band is refused at that field, and nothing is kept."""
    author = await author_for(asked)
    practice = form(await asked.press("ben", f"review:{MONDAY}:{asked.id(author)}"))
    with pytest.raises(Refusal, match="Please choose a band") as refused:
        await asked.do(Submission(asked.caller("ben"), practice.action, {"band1": "one", "band2": "9"}))
    assert refused.value.field == "band2"
    again = form(await asked.press("ben", f"review:{MONDAY}:{asked.id(author)}"))
    assert again.title == practice.title


async def test_the_form_is_one_modal(asked: Study) -> None:
    """The form has the bands of the two heaviest sections and three texts, none of which may stay empty."""
    shown = await opened_form(asked, "ben", await author_for(asked))
    bands = [field for field in shown.fields if isinstance(field, ChoiceField)]
    texts = [field for field in shown.fields if isinstance(field, TextField)]
    assert (len(bands), len(texts)) == (2, 3)
    assert len(shown.fields) <= MOST_FORM_FIELDS
    titles = {section.key: section.short for section in asked.ports.library.framework.sections}
    assert [field.label for field in bands] == [f"{titles[key]}: how far?" for key in await rated(asked)]
    assert all(field.fewest_chars == 1 for field in texts)


async def test_the_answer_is_read_before_the_form(asked: Study) -> None:
    """/tpm-review shows the one answer that is owed in full, with its question and the way to the form."""
    author = await author_for(asked)
    answer = await asked.answer(author)
    assert answer is not None
    shown = card(await asked.command("ben", "/tpm-review"))
    assert answer.text in shown.plain
    assert [button.label for button in shown.buttons] == ["Write my review", "I cannot review this"]
    with pytest.raises(Refusal, match="That is your own answer"):
        await asked.press("ben", f"read:{MONDAY}:{asked.id('ben')}")


async def test_an_answer_by_form_is_read_with_the_names_of_its_parts(asked: Study) -> None:
    """A reviewer who rates two sections of an answer by form sees where each of its sections begins."""
    author = await author_for(asked)
    await asked.submit(
        author, MONDAY, {"s3": "Two paths, by the kind of message. " * 8, "s4": "I give up 2% for USD 9."}
    )
    shown = card(await asked.command("ben", "/tpm-review")).plain
    assert "System design: Two paths" in shown
    assert "Trade-offs: I give up" in shown


async def test_a_review_is_kept_and_posted(asked: Study) -> None:
    """A review is stored with its bands and texts, ends the duty, and stands once under the answer, in words."""
    author = await author_for(asked)
    reply = await give(asked, "ben", author)
    assert text_of(reply).startswith(f"Saved. {author} sees it by Tue 24 Nov 09:03")
    await asked.advance(24 * HOUR)
    (review,) = await given(asked, author)
    assert (dict(review.bands), review.good) == (dict(zip(await rated(asked), (2, 3), strict=True)), True)
    assert (await duties(asked, author))["ben"].state == "given"
    (shown,) = await posted(asked, author)
    assert shown.plain.startswith(f"Review by ben, of the answer by {author}\n")
    assert all(text in shown.plain for key, text in REVIEW.items() if key not in ("band1", "band2"))
    assert "one point is specific" in shown.plain
    assert [button.label for button in shown.buttons] == ["I used this", "Thanks", "Unclear", "Flag"]


async def test_a_doubt_is_raised_once(asked: Study) -> None:
    """Mere praise comes back with a question and all that was typed; the same words sent again are taken."""
    author = await author_for(asked)
    first = await submission(asked, "ben", author, PRAISE)
    back = form(await asked.do(first))
    assert list(back.errors) == ["change"]
    assert {field.key: field.value for field in back.fields} == PRAISE
    assert await given(asked, author) == []
    await asked.do(replace(first, caller=asked.caller("ben")))
    (review,) = await given(asked, author)
    assert (review.texts["change"], review.good) == (PRAISE["change"], False)


async def test_a_form_that_is_brought_twice_does_not_confirm_itself(asked: Study) -> None:
    """The same event again raises the same doubt: only a person who sends the words again means them."""
    author = await author_for(asked)
    first = await submission(asked, "ben", author, PRAISE)
    once, twice = form(await asked.do(first)), form(await asked.do(first))
    assert once.errors == twice.errors
    assert await given(asked, author) == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("change", "", "This is empty"),
        ("probe", " \u200b ", "This is empty"),
        ("strongest", "?!", "This is empty"),
        ("change", "x" * 2_001, "longer than 2,000 characters"),
        ("band1", "", "Please choose how far"),
        ("band2", "7", "Please choose how far"),
    ],
)
async def test_what_blocks_comes_back(asked: Study, field: str, value: str, says: str) -> None:
    """An empty text, one that is too long, or no band keeps a review from being sent each time; nothing is lost."""
    author = await author_for(asked)
    broken = await submission(asked, "ben", author, {**REVIEW, field: value})
    for _ in range(2):
        back = form(await asked.do(replace(broken, caller=asked.caller("ben"))))
        assert says in back.errors[field]
    assert await given(asked, author) == []
    kept = await opened_form(asked, "ben", author)
    assert {each.key: each.value for each in kept.fields if each.key != field} == {
        key: text for key, text in REVIEW.items() if key != field
    }


async def test_a_form_that_is_left_is_kept(asked: Study) -> None:
    """What was typed into a form that was closed stands in it when it is opened again."""
    author = await author_for(asked)
    shown = await opened_form(asked, "ben", author)
    await asked.do(Left(asked.caller("ben"), shown.action, {"probe": "What if both come at once?"}))
    again = await opened_form(asked, "ben", author)
    assert {field.key: field.value for field in again.fields}["probe"] == "What if both come at once?"


async def test_the_form_sent_twice_is_one_review(asked: Study) -> None:
    """The same form twice, from one event or from two, is one review and one message; other words are given back."""
    author = await author_for(asked)
    sent = await submission(asked, "ben", author)
    replies = [card(await asked.do(each)) for each in (sent, sent, replace(sent, caller=asked.caller("ben")))]
    assert [reply.kind for reply in replies] == ["review-saved"] * 3
    other = replace(sent, caller=asked.caller("ben"), values={**REVIEW, "probe": "And who pays for the second slot?"})
    back = card(await asked.do(other))
    assert "that one stands" in back.plain
    assert back.file is not None
    assert b"And who pays for the second slot?" in back.file.content
    await asked.advance(25 * HOUR)
    assert len(await given(asked, author)) == 1
    assert len([key for key, _ in asked.chat.sent if key.startswith("peer:")]) == 1
    with pytest.raises(Refusal, match="You have given your review"):
        await asked.press("ben", f"review:{MONDAY}:{asked.id(author)}")


async def test_hostile_words_stay_words(asked: Study) -> None:
    """Markup, mentions and commands in a review are kept as they are, and do nothing."""
    author = await author_for(asked)
    hostile = "<!channel> @everyone [x](http://evil) “a queue” /tpm-admin pause\u202e \x00 {{7*7}}"
    await give(asked, "ben", author, {**REVIEW, "strongest": hostile})
    (review,) = await given(asked, author)
    assert review.texts["strongest"].startswith("<!channel> @everyone")
    await asked.advance(24 * HOUR + MINUTE)
    assert "[x](http://evil)" in (await posted(asked, author))[0].plain
    assert not (await asked.group()).paused


async def test_a_review_counts_for_the_streak(asked: Study) -> None:
    """A review while the question is open counts as taking part in it, and keeps an answer's own mark."""
    await asked.advance(24 * HOUR)
    author = (await owed_by(asked, "ben"))[0]
    reply = await give(asked, "ben", author)
    assert "It counts for your streak." in text_of(reply)
    assert await asked.marks("ben") == [Mark.ANSWERED, Mark.REVIEWED]
    await asked.say("ben", OTHER_ANSWER)
    assert await asked.marks("ben") == [Mark.ANSWERED, Mark.ANSWERED]


async def test_after_the_close_a_review_is_welcome(asked: Study) -> None:
    """A review whose time has run out is taken all the same; without an open question it counts for no streak."""
    author = await author_for(asked)
    await asked.command("asha", "/tpm-admin pause")
    await asked.advance(37 * HOUR)
    assert (await duties(asked, author))["ben"].state == "expired"
    reply = await give(asked, "ben", author)
    assert text_of(reply) == f"Saved. Your review is on its way to {author}."
    assert await asked.marks("ben") == [Mark.ANSWERED]
    await asked.settle()
    assert len(await posted(asked, author)) == 1


async def test_who_owes_nothing_may_review(asked: Study) -> None:
    """Who was not asked is offered answers that nobody has reviewed yet, and may review one of them."""
    shown = card(await asked.command("dara", "/tpm-review"))
    assert shown.data == {"owed": 0, "others": 3}
    assert isinstance(await give(asked, "dara", "asha"), Card)
    assert (await duties(asked, "asha"))["dara"].state == "given"
    assert card(await asked.command("eve", "/tpm-review")).data["others"] == 2
    with pytest.raises(Refusal, match="You cannot review that answer"):
        await asked.press("eve", f"review:{MONDAY}:{asked.id('asha')}")


@pytest.mark.parametrize("what", ["", "2026-11-23", "x:y", "2026-11-23:", "2026-11-23:nobody", "1999-01-01:u1"])
async def test_a_made_up_button_does_nothing(asked: Study, what: str) -> None:
    """A button or a form that names no answer here is refused in words, and stores nothing."""
    for name in ("review", "read", "decline", "used", "flag"):
        with pytest.raises(Refusal):
            await asked.press("ben", f"{name}:{what}")
    try:
        reply = await asked.do(Submission(asked.caller("ben"), f"review:{what}", dict(REVIEW)))
    except Refusal:
        return
    assert isinstance(reply, Card | Form)
    assert await asked.ports.peers.given(await asked.group_id(), [MONDAY]) == []
