from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cards import Card, Form
from bot.domain.question import Question
from bot.errors import Refusal
from bot.ports import Where
from tests.servers.anthropic import AnthropicServer
from tests.usecases.study import MINUTE, Study, form, text_of
from tests.usecases.walking import QUESTION, ask, button, cards_of, direct_cards, kinds, sketch, walking

SECTIONS = ["walkthrough-section"] * 6


@pytest.fixture
async def walker(valkey_url: str, tmp_path: Path, model: AnthropicServer) -> AsyncIterator[Study]:
    """A group with an open question, and somebody who writes walkthroughs."""
    async with walking(valkey_url, tmp_path, model) as made:
        yield made


async def open_question(study: Study) -> Question:
    return study.ports.library.questions[(await study.post()).question_id]


async def test_an_open_question_is_tried_first(walker: Study, model: AnthropicServer) -> None:
    """Whoever asks for the open question without having answered it is asked for a sketch, and no model is asked."""
    question = await open_question(walker)
    for wish in (
        question.prompt,
        question.title,
        " ".join(question.prompt.split()[: len(question.prompt.split()) // 2]),
    ):
        card = await ask(walker, question=wish)
        assert card.kind == "attempt-first"
    await walker.settle()
    assert [each.label for each in card.buttons] == ["Sketch it in five minutes", "Write my answer", "Show anyway"]
    assert model.requests == []


async def test_show_anyway_works(walker: Study) -> None:
    """Who does not want to sketch gets the walkthrough all the same, with nothing to compare."""
    question = await open_question(walker)
    card = await ask(walker, question=question.prompt)
    await walker.press("ben", button(card, "Show anyway"))
    await walker.settle()
    assert kinds(direct_cards(walker)) == ["walkthrough", *SECTIONS]


async def test_after_a_sketch_the_points_are_compared(walker: Study) -> None:
    """A sketch is kept and begins the work; then a card says which of the question's points are in it."""
    question = await open_question(walker)
    card = await ask(walker, question=question.prompt)
    opened = form(await walker.press("ben", button(card, "Sketch it in five minutes")))
    point = next(iter(question.look_for.values()))[0]
    words = f"{point.point}. {point.specific}. The rest I leave open."
    await walker.do(sketch(walker, "ben", opened.action, words))
    await walker.settle()
    cards = direct_cards(walker)
    assert kinds(cards) == ["walkthrough", *SECTIONS, "walkthrough-comparison"]
    assert point.point in cards[-1].data["in_yours"]
    assert cards[-1].data["not_in_yours"]
    assert "In your sketch:" in cards[-1].plain
    (kept,) = await walker.ports.walkthroughs.asks(await walker.group_id(), walker.id("ben"))
    assert kept.sketch == words


async def test_an_answer_is_compared_by_its_review(walker: Study) -> None:
    """Who has answered is not asked for a sketch, and the comparison speaks of the answer."""
    question = await open_question(walker)
    await walker.say("ben")
    await walker.settle()
    card = await ask(walker, question=question.prompt)
    assert card.kind == "walkthrough-begun"
    await walker.settle()
    last = direct_cards(walker)[-1]
    assert last.kind == "walkthrough-comparison"
    assert "Not in your answer:" in last.plain


async def test_a_form_that_is_left_keeps_its_sketch(walker: Study) -> None:
    """An empty sketch comes back with the reason, and what was typed before stands in the form."""
    from bot.inbound import Left

    question = await open_question(walker)
    card = await ask(walker, question=question.prompt)
    action = button(card, "Sketch it in five minutes")
    typed = sketch(walker, "ben", action, "Twelve people share one card, so").values
    await walker.do(Left(walker.caller("ben"), action, typed))
    again = await walker.do(sketch(walker, "ben", action, "  "))
    assert isinstance(again, Form)
    assert again.errors
    assert again.fields[0].value == "Twelve people share one card, so"


async def test_a_sketch_that_arrives_twice_begins_once(walker: Study, model: AnthropicServer) -> None:
    """The same form sent back twice is one walkthrough."""
    question = await open_question(walker)
    action = button(await ask(walker, question=question.prompt), "Sketch it in five minutes")
    sent = sketch(walker, "ben", action, "One person at a time, so I set a limit.")
    await walker.do(sent)
    again = await walker.do(sent)
    await walker.settle()
    assert "on it already" in text_of(again)
    assert kinds(direct_cards(walker)).count("walkthrough") == 1
    assert len(model.requests) == 1


async def test_an_open_question_is_never_put_before_everybody(walker: Study, model: AnthropicServer) -> None:
    """While the question is open its walkthrough cannot be shared, by the command or by the button."""
    question = await open_question(walker)
    with pytest.raises(Refusal, match="close to an open question"):
        await ask(walker, question=question.prompt, action="share")
    card = await ask(walker, question=question.prompt)
    await walker.press("ben", button(card, "Show anyway"))
    await walker.settle()
    summary = direct_cards(walker)[0]
    with pytest.raises(Refusal, match="close to an open question"):
        await walker.press("ben", button(summary, "Share in the channel"))
    await walker.settle()
    assert "walkthrough" not in kinds(cards_of(walker.standing(Where.CHANNEL)))
    assert len(model.requests) == 1


async def test_another_member_s_sketch_cannot_be_used(walker: Study) -> None:
    """A button that carries somebody else's ask is refused."""
    question = await open_question(walker)
    card = await ask(walker, question=question.prompt)
    with pytest.raises(Refusal, match="Ask it again"):
        await walker.press("chen", button(card, "Show anyway"))


async def test_a_closed_question_is_free(walker: Study) -> None:
    """After the close the question is like any other."""
    question = await open_question(walker)
    post = await walker.post()
    assert post.closes_at is not None
    await walker.until(post.closes_at + MINUTE)
    assert (await open_question(walker)).id != question.id
    assert (await ask(walker, question=question.prompt)).kind == "walkthrough-begun"


async def test_a_question_on_the_same_topic_is_free(walker: Study) -> None:
    """A question that only shares the topic is not taken for the open one."""
    card = await ask(walker, question=QUESTION)
    assert isinstance(card, Card)
    assert card.kind == "walkthrough-begun"
