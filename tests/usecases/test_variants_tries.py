from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import Refusal
from bot.inbound import Left, Submission
from bot.ports import Where
from tests.servers.anthropic import AnthropicServer, Reply
from tests.usecases.study import MINUTE, MONDAY, OTHER_ANSWER, Study, card, form, text_of
from tests.usecases.varying import DAY, TRY, put, ready, send, spent_usd, told, variant, weak

DOWN = Reply(status=500, error="api_error")


async def test_the_try_is_judged_privately_for_that_section_alone(judged: Study, model: AnthropicServer) -> None:
    """The model is asked about that section and the change; the result goes to the member alone and to no streak."""
    await ready(judged)
    before, streak, spent = len(model.requests), await judged.streak("ben"), await spent_usd(judged)
    opened = form(await judged.press("ben", put(judged)[0].card.buttons[0].action))  # type: ignore[union-attr]
    assert (opened.action, len(opened.fields)) == (f"variant:{MONDAY}", 1)
    assert "Kept." in text_of(await send(judged))
    await judged.settle()
    kept = await variant(judged)
    assert kept is not None
    assert kept.after is not None
    assert kept.stamp is not None
    (request,) = model.requests[before:]
    system = "\n".join(block["text"] for block in request.body["system"])
    assert kept.change in system
    assert system.count("\n## Section ") == 1
    assert f"## Section {kept.section}:" in system
    (result,) = told(judged)
    assert "Then: " in result.plain
    assert "Now: " in result.plain
    assert TRY[:40] not in "".join(each.text for each in judged.standing(Where.THREAD) + judged.standing(Where.CHANNEL))
    assert await judged.streak("ben") == streak
    assert await spent_usd(judged) - spent == pytest.approx(kept.stamp.cost_usd, abs=1e-5)
    assert text_of(await judged.press("ben", f"variant:{MONDAY}")) == result.plain


async def test_a_form_that_comes_twice_is_judged_once(judged: Study, model: AnthropicServer) -> None:
    """The same form again changes and costs nothing; other words afterwards come back in a file."""
    await ready(judged)
    before = len(model.requests)
    sent = Submission(judged.caller("ben"), f"variant:{MONDAY}", {"text": TRY})
    for _ in range(2):
        await judged.do(sent)
    await judged.settle()
    await judged.do(sent)
    await judged.settle()
    assert len(model.requests) - before == len(told(judged)) == 1
    reply = card(await send(judged, OTHER_ANSWER))
    assert reply.file is not None
    assert OTHER_ANSWER in reply.file.content.decode()
    kept = await variant(judged)
    assert kept is not None
    assert kept.text == TRY


@pytest.mark.parametrize("text", ["", "  ", "Too few words.", "x" * 3_001, "\u200b" * 40])
async def test_words_that_cannot_be_judged_are_kept(judged: Study, model: AnthropicServer, text: str) -> None:
    """A try that is too short or too long comes back in its form with what was typed, and costs nothing."""
    await ready(judged)
    before = len(model.requests)
    refused = form(await send(judged, text))
    assert set(refused.errors) == {"text"}
    again = form(await judged.press("ben", f"variant:{MONDAY}"))
    assert again.fields == refused.fields
    assert not text.strip() or again.fields[0].value == text[:3_000]
    await judged.settle()
    assert len(model.requests) == before
    kept = await variant(judged)
    assert kept is not None
    assert not kept.is_answered


async def test_a_form_that_is_left_is_a_draft(judged: Study) -> None:
    """What was typed into a form that was closed stands in it the next time."""
    await ready(judged)
    await judged.do(Left(judged.caller("ben"), f"variant:{MONDAY}", {"text": "half a"}))
    (field,) = form(await judged.press("ben", f"variant:{MONDAY}")).fields
    assert field.value == "half a"


async def test_nothing_is_put_before_its_time(judged: Study) -> None:
    """A made-up press or form before it was put, or about another's answer, gets nothing and loses no words."""
    await weak(judged)
    for name, day in (("ben", MONDAY), ("cleo", MONDAY), ("ben", MONDAY - DAY)):
        with pytest.raises(Refusal, match="no such five-minute question"):
            await judged.press(name, f"variant:{day}")
    reply = card(await send(judged))
    assert reply.file is not None
    assert TRY in reply.file.content.decode()


async def test_a_model_that_is_down_gives_the_self_check(judged: Study, model: AnthropicServer) -> None:
    """When the model is down the member has the points to check alone, and the result takes their place later."""
    await ready(judged)
    model.script(DOWN, DOWN)
    await send(judged)
    await judged.settle()
    (check,) = told(judged)
    assert check.data["kind"] == "self-check"
    assert "still owed" in check.plain
    await judged.advance(2 * MINUTE)
    (result,) = told(judged)
    assert "Now: " in result.plain


async def test_a_short_wait_is_waited_for(judged: Study, model: AnthropicServer) -> None:
    """A model that asks to wait a few seconds is asked again after them, and only the result is sent."""
    await ready(judged)
    model.script(Reply(status=429, error="rate_limit_error", headers={"retry-after": "10"}))
    await send(judged)
    await judged.settle()
    assert told(judged) == []
    await judged.advance(timedelta(seconds=10))
    (result,) = told(judged)
    assert "Now: " in result.plain
