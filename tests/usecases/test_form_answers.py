from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.answer import FREE_TEXT
from bot.errors import Refusal
from bot.ports import Where
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, TALK, Study, card, form, text_of

DAY = timedelta(days=1)
MOST_FORM_FIELDS = 5


async def keys(study: Study) -> list[str]:
    """The fields of the open form."""
    return [field.key for field in form(await study.command("ben", "/tpm-answer")).fields]


async def typed(study: Study, name: str = "ben") -> dict[str, str]:
    """What stands in the form of `name` when it is opened."""
    opened = form(await study.command(name, "/tpm-answer"))
    return {field.key: field.value for field in opened.fields if field.value}


async def test_the_form_asks_for_what_the_question_weighs(opened: Study) -> None:
    """The form has a field for each section that the question weighs, and five at most."""
    question = opened.ports.library.questions[(await opened.post()).question_id]
    assert await keys(opened) == list(question.weighed)[:MOST_FORM_FIELDS]
    assert form(await opened.press("ben", f"answer:{MONDAY}")).action == f"answer:{MONDAY}"


async def test_there_is_no_form_before_the_first_question(study: Study) -> None:
    """Before the first post the form is refused, and so is one for a day without a post."""
    with pytest.raises(Refusal, match="No question has been posted here yet"):
        await study.command("ben", "/tpm-answer")
    with pytest.raises(Refusal, match="No question has been posted here yet"):
        await study.press("ben", "answer:2020-01-01")


async def test_a_form_is_the_answer(opened: Study) -> None:
    """A submitted form counts, is shown in the thread with its sections, and gets feedback there."""
    first, second = (await keys(opened))[:2]
    reply = await opened.submit("ben", MONDAY, {first: ANSWER, second: OTHER_ANSWER})
    assert text_of(reply) == "Saved. It counts for today. A card to check it yourself comes in about a minute."
    await opened.settle()
    kinds = [message.card.kind for message in opened.standing(Where.THREAD) if message.card]
    assert kinds == ["answer", "feedback"]
    shown = opened.standing(Where.THREAD)[0].text
    assert ANSWER in shown
    assert opened.ports.library.framework.section(first).short in shown
    assert await opened.marks("ben") == ["answered"]


async def test_a_form_that_is_too_short_comes_back(opened: Study) -> None:
    """A form without enough words comes back with what was typed and why; nothing is an answer yet."""
    first, second = (await keys(opened))[:2]
    back = form(await opened.submit("ben", MONDAY, {first: TALK, second: ""}))
    assert [field.value for field in back.fields][:2] == [TALK, ""]
    assert back.errors == {first: "I count 6 words. An answer needs 40. What you typed is kept."}
    assert await opened.answer("ben") is None
    assert await typed(opened) == {first: TALK}


async def test_a_draft_goes_when_it_is_sent(opened: Study) -> None:
    """A draft is kept until its form is taken; then the form holds what was sent."""
    first = (await keys(opened))[0]
    await opened.submit("ben", MONDAY, {first: TALK})
    await opened.submit("ben", MONDAY, {first: ANSWER})
    assert await typed(opened) == {first: ANSWER}
    assert await opened.ports.answers.draft(await opened.group_id(), MONDAY, opened.id("ben")) == {}


async def test_a_draft_is_its_author_s_alone(opened: Study) -> None:
    """What one member typed stands in nobody else's form."""
    await opened.submit("ben", MONDAY, {(await keys(opened))[0]: TALK})
    assert await typed(opened, "chen") == {}


async def test_a_form_over_a_form_changes_the_answer(opened: Study) -> None:
    """A second form changes the answer and what the thread shows; its feedback waits to be asked for."""
    first = (await keys(opened))[0]
    await opened.submit("ben", MONDAY, {first: ANSWER})
    await opened.settle()
    reply = card(await opened.submit("ben", MONDAY, {first: OTHER_ANSWER}))
    assert "Your answer is changed; its feedback still speaks of the old text" in reply.plain
    await opened.settle()
    shown, about = opened.standing(Where.THREAD)
    assert OTHER_ANSWER in shown.text
    assert about.card is not None
    assert (about.card.data["version"], "Review my edit" in about.text) == (1, True)


async def test_a_form_over_a_thread_answer_holds_its_text(opened: Study) -> None:
    """Who answered in the thread finds that text in the form, and the form replaces it whole."""
    message = await opened.said("ben")
    await opened.do(message)
    assert await typed(opened) == {FREE_TEXT: ANSWER}
    await opened.submit("ben", MONDAY, {FREE_TEXT: OTHER_ANSWER})
    answer = await opened.answer("ben")
    assert answer is not None
    assert (answer.text, answer.version) == (OTHER_ANSWER, 2)
    await opened.advance(MINUTE)
    await opened.do(await opened.edited(message, ANSWER))
    after = await opened.answer("ben")
    assert after is not None
    assert after.text == OTHER_ANSWER
    assert await typed(opened) == {FREE_TEXT: OTHER_ANSWER}


async def test_a_form_after_the_window_is_late(opened: Study) -> None:
    """A form for a closed post says that it earns no streak; one over an answer in time leaves that in time."""
    first = (await keys(opened))[0]
    await opened.say("chen")
    await opened.advance(DAY)
    reply = text_of(await opened.submit("ben", MONDAY, {first: ANSWER}))
    assert reply.startswith("Saved, after the window: it gets feedback, but no streak.")
    await opened.submit("chen", MONDAY, {FREE_TEXT: OTHER_ANSWER})
    late = [answer.late for name in ("ben", "chen") if (answer := await opened.answer(name))]
    assert late == [True, False]
    assert await opened.marks("chen") == ["answered", "open"]


async def test_a_form_that_comes_twice_is_taken_once(opened: Study) -> None:
    """A submission that is brought again changes nothing and shows nothing twice."""
    submission = await opened.submission("ben", MONDAY, {(await keys(opened))[0]: ANSWER})
    await opened.do(submission)
    await opened.do(submission)
    await opened.settle()
    await opened.do(submission)
    await opened.settle()
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.version == 1
    assert len(opened.standing(Where.THREAD)) == 2


async def test_the_same_form_again_is_saved_and_nothing_more(opened: Study) -> None:
    """Who sends a form again with the same words hears that it is saved; nothing is changed or shown anew."""
    values = {(await keys(opened))[0]: ANSWER}
    first = text_of(await opened.submit("ben", MONDAY, values))
    assert text_of(await opened.submit("ben", MONDAY, values)) == first
    await opened.settle()
    sent = len(opened.chat.sent)
    again = card(await opened.submit("ben", MONDAY, values))
    assert again.plain == "Saved. Your answer says the same as before, so its feedback stands."
    await opened.settle()
    answer = await opened.answer("ben")
    assert answer is not None
    assert (answer.version, len(opened.chat.sent), opened.chat.edited) == (1, sent, [])
    assert await opened.ports.answers.draft(await opened.group_id(), MONDAY, opened.id("ben")) == {}


async def test_a_changed_form_again_is_changed(opened: Study) -> None:
    """Who sends a changed form twice hears both times that its feedback speaks of the old text."""
    key = (await keys(opened))[0]
    await opened.submit("ben", MONDAY, {key: ANSWER})
    await opened.settle()
    for _ in range(2):
        changed = text_of(await opened.submit("ben", MONDAY, {key: OTHER_ANSWER}))
        assert changed.startswith("Saved. Your answer is changed; its feedback still speaks of the old text.")
    answer = await opened.answer("ben")
    assert answer is not None
    assert answer.version == 2


async def test_a_late_form_again_is_late(opened: Study) -> None:
    """A form for a closed post that is sent again says again that it earns no streak."""
    values = {(await keys(opened))[0]: ANSWER}
    await opened.advance(DAY)
    for _ in range(2):
        assert text_of(await opened.submit("ben", MONDAY, values)).startswith("Saved, after the window")


async def test_a_form_and_a_message_at_once_are_one_answer(opened: Study) -> None:
    """A form and a message in the same instant make one answer, and none of the two is an error."""
    submission = await opened.submission("ben", MONDAY, {(await keys(opened))[0]: ANSWER})
    await asyncio.gather(opened.do(submission), opened.say("ben", OTHER_ANSWER))
    await opened.settle()
    answer = await opened.answer("ben")
    assert answer is not None
    assert ANSWER in answer.text
    assert await opened.marks("ben") == ["answered"]


async def test_a_message_after_a_form_is_talk(opened: Study) -> None:
    """What is written in the thread within ten minutes of a form does not join it."""
    await opened.submit("ben", MONDAY, {(await keys(opened))[0]: ANSWER})
    assert "You have answered already" in text_of(await opened.say("ben", TALK))


async def test_without_automatic_feedback_a_form_says_how_to_get_it(opened: Study) -> None:
    """Who turned automatic feedback off is told what to type, and gets none by themselves."""
    await opened.command("ben", "/tpm-me feedback off")
    reply = text_of(await opened.submit("ben", MONDAY, {(await keys(opened))[0]: ANSWER}))
    assert reply.endswith("For feedback, type /tpm-feedback again.")
    await opened.advance(HOUR)
    assert await opened.card_about("ben") is None
    assert len(opened.standing(Where.THREAD)) == 1


async def test_a_form_answer_shown_to_nobody_yet_is_swept(opened: Study) -> None:
    """A form answer whose work was lost with the agenda is shown and judged after a sweep, once."""
    await opened.submit("ben", MONDAY, {(await keys(opened))[0]: ANSWER})
    await opened.store.client.call("DEL", "tpm:1:{agenda}:due")
    await opened.restart()
    await opened.settle()
    await opened.restart()
    await opened.settle()
    assert len(opened.standing(Where.THREAD)) == 2


async def test_a_long_form_answer_goes_along_as_a_file(opened: Study) -> None:
    """An answer that is longer than a card is shown cut, with the whole of it in a file."""
    values = {key: "\n".join([OTHER_ANSWER] * 13)[:2_900] for key in (await keys(opened))[:3]}
    await opened.submit("ben", MONDAY, values)
    await opened.settle()
    shown = opened.standing(Where.THREAD)[0].card
    assert shown is not None
    assert shown.file is not None
    assert all(text in shown.file.content.decode() for text in values.values())
