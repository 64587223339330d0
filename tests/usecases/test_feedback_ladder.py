from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cards import Card
from bot.domain.review import Review
from bot.errors import ChatRefused, ChatUnsure, TpmError
from bot.infra.redis.keys import Keys
from bot.ports import Where
from bot.usecases.recover import sweep
from tests.servers.anthropic import AnthropicServer, Fault, Reply
from tests.usecases.study import HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, text_of

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
DOWN = Reply(status=500, error="api_error")


def busy(wait_s: int) -> Reply:
    return Reply(status=429, error="rate_limit_error", headers={"retry-after": str(wait_s)})


def down(model: AnthropicServer, reviews: int = 1) -> None:
    """The next reviews fail with both models."""
    model.script(*[DOWN] * 2 * reviews)


async def card_of(study: Study, name: str = "ben") -> Card:
    found = await study.card_about(name)
    assert found is not None
    return found


async def spent_usd(study: Study) -> float:
    stored = await study.store.client.call("HGET", Keys.purse(study.clock.now().date()), "all")
    return int(stored or 0) / 1_000_000


async def test_without_a_model_the_self_check_is_given(opened: Study) -> None:
    """Where no model is set up the card says so, judges nothing, and promises nothing."""
    await opened.say("ben")
    await opened.settle()
    card = await card_of(opened)
    assert card.data["kind"] == "self-check"
    assert "No model is set up here, so nothing was judged." in card.plain
    assert "still owed" not in card.plain
    assert await opened.ports.jobs.next_due() == (await opened.post()).closes_at
    assert "Check it yourself, ben" in text_of(await opened.command("ben", "/tpm-feedback"))


async def test_a_short_wait_is_waited_for(judged: Study, model: AnthropicServer) -> None:
    """A model that asks to wait a few seconds is asked again after them, and only its feedback is shown."""
    model.script(busy(10))
    await judged.say("ben")
    await judged.settle()
    assert judged.standing(Where.THREAD) == []
    await judged.advance(10 * SECOND)
    assert (await card_of(judged)).data["kind"] == "feedback"


async def test_a_model_that_is_always_busy_does_not_mean_silence(judged: Study, model: AnthropicServer) -> None:
    """After half a minute of short waits the self-check is shown, and the feedback follows when the model has time."""
    model.script(*[busy(12)] * 3)
    await judged.say("ben")
    await judged.advance(24 * SECOND)
    card = await card_of(judged)
    assert "The model is busy, so nothing is judged yet. The review is still owed" in card.plain
    await judged.advance(2 * MINUTE)
    assert (await card_of(judged)).data["kind"] == "feedback"
    assert len(judged.standing(Where.THREAD)) == 1


async def test_a_long_wait_shows_the_self_check_first(judged: Study, model: AnthropicServer) -> None:
    """A model that asks for ten minutes gets them; its author has the self-check meanwhile, on the same card."""
    model.script(busy(600))
    await judged.say("ben")
    await judged.settle()
    assert (await card_of(judged)).data["kind"] == "self-check"
    await judged.advance(9 * MINUTE)
    assert len(model.requests) == 1
    await judged.advance(MINUTE)
    assert (await card_of(judged)).data["kind"] == "feedback"
    assert len(judged.standing(Where.THREAD)) == 1


async def test_a_model_that_is_down_is_asked_again(judged: Study, model: AnthropicServer) -> None:
    """When the model is down the self-check is shown, and two minutes later the feedback takes its place."""
    down(model)
    await judged.say("ben")
    await judged.settle()
    card = await card_of(judged)
    assert "The model cannot be reached, so nothing is judged yet. The review is still owed" in card.plain
    await judged.advance(2 * MINUTE)
    assert (await card_of(judged)).data["kind"] == "feedback"
    assert len(judged.standing(Where.THREAD)) == 1


async def test_a_model_that_stays_down_is_given_up_after_a_day(judged: Study, model: AnthropicServer) -> None:
    """A model that is down for a day is asked ever more rarely, then no more, and the card promises nothing then."""
    model.models.clear()
    await judged.say("ben")
    await judged.advance(DAY - 2 * HOUR)
    asked = len(model.requests)
    assert "still owed" in (await card_of(judged)).plain
    await judged.advance(4 * HOUR)
    assert "still owed" not in (await card_of(judged)).plain
    given_up = len(model.requests)
    assert asked < given_up < 2 * 40
    await judged.advance(DAY)
    assert len(model.requests) == given_up


async def test_a_model_that_is_down_leaves_the_older_feedback(judged: Study, model: AnthropicServer) -> None:
    """When an edited answer cannot be judged its old feedback stays and says so; the new one follows by itself."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    down(model)
    await judged.press("ben", f"again:{MONDAY}")
    await judged.settle()
    card = await card_of(judged)
    assert (card.data["kind"], card.data["version"]) == ("feedback", 1)
    await judged.advance(2 * MINUTE)
    assert (await card_of(judged)).data["version"] == 2


async def test_a_model_that_stays_down_is_not_asked_for_ever_about_an_edit(
    judged: Study, model: AnthropicServer
) -> None:
    """The wait for feedback on an edited answer ends after a day too, and its older feedback stands."""
    message = await judged.said("ben")
    await judged.do(message)
    await judged.settle()
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    model.models.clear()
    await judged.press("ben", f"again:{MONDAY}")
    await judged.advance(DAY + 2 * HOUR)
    asked = len(model.requests)
    assert asked < 2 * 40
    await judged.advance(DAY)
    assert len(model.requests) == asked
    assert (await card_of(judged)).data["version"] == 1


async def test_a_declined_answer_is_not_asked_about_again(judged: Study, model: AnthropicServer) -> None:
    """An answer that the model will not read gets the self-check with a plain word, and is not brought to it again."""
    model.script(Reply(stop_reason="refusal", category="other"))
    await judged.say("ben")
    await judged.settle()
    card = await card_of(judged)
    assert "The model would not read this answer, so nothing was judged." in card.plain
    assert "still owed" not in card.plain
    asked = len(model.requests)
    await judged.advance(DAY)
    await sweep(judged.ports)
    await judged.settle()
    assert len(model.requests) == asked


async def test_failed_reviews_cost_what_they_took(judged: Study, model: AnthropicServer) -> None:
    """What was set aside for a review that came to nothing is given back, but for what the tries took."""
    down(model)
    await judged.say("ben")
    await judged.settle()
    assert await spent_usd(judged) == 0
    await judged.advance(2 * MINUTE)
    made = await judged.ports.answers.review(await judged.group_id(), MONDAY, judged.id("ben"))
    assert isinstance(made, Review)
    assert await spent_usd(judged) == pytest.approx(made.stamp.cost_usd, abs=1e-6)


async def test_a_truncated_review_counts_its_tokens(judged: Study, model: AnthropicServer) -> None:
    """Replies that were paid for and cannot be used are counted, and the self-check is shown."""
    model.script(*[Reply(text="{", stop_reason="max_tokens")] * 4)
    await judged.say("ben")
    await judged.settle()
    assert (await card_of(judged)).data["kind"] == "self-check"
    assert await spent_usd(judged) > 0


async def test_a_hanging_model_is_left(judged: Study, model: AnthropicServer) -> None:
    """A model that falls silent in the middle of a reply is left in time, and another rung gives the feedback."""
    model.script(Reply(fault=Fault.HANG))
    await judged.say("ben")
    await judged.settle()
    assert (await card_of(judged)).data["kind"] in ("feedback", "self-check")
    await judged.advance(2 * MINUTE)
    assert (await card_of(judged)).data["kind"] == "feedback"


async def test_feedback_whose_reply_was_lost_stands_once(judged: Study, model: AnthropicServer) -> None:
    """A card whose reply was lost is found and not sent again, and the model is not asked again."""
    judged.chat.fail("send", ChatUnsure("reset"), done=True)
    await judged.say("ben")
    await judged.advance(MINUTE)
    assert len(judged.standing(Where.THREAD)) == 1
    assert len(model.requests) == 1
    assert await judged.card_about("ben") is not None


async def test_feedback_that_the_chat_refuses_is_kept(judged: Study, model: AnthropicServer) -> None:
    """Feedback that the thread does not take comes privately; the facilitator is told of the thread once."""
    judged.chat.fail("send", ChatRefused("the thread is locked"), where=Where.THREAD)
    await judged.say("ben")
    await judged.advance(10 * MINUTE)
    assert judged.standing(Where.THREAD) == []
    assert len(model.requests) == 1
    (told,) = judged.direct("asha")
    assert "what I write in the thread of Mon 23 Nov" in told
    assert len(judged.direct("ben")) == 1
    assert "feedback" in text_of(await judged.command("ben", "/tpm-feedback")).lower()


async def test_a_locked_thread_is_told_once(judged: Study) -> None:
    """However many cards the chat refuses on one day, the facilitator hears of it once."""
    judged.chat.fail("send", ChatRefused("the thread is locked"), times=15, where=Where.THREAD)
    for name in ("ben", "chen", "dara", "eli", "fay"):
        await judged.say(name)
    await judged.advance(10 * MINUTE)
    assert None not in [await judged.card_about(name) for name in ("ben", "chen", "dara", "eli", "fay")]
    assert len(judged.direct("asha")) == 1


async def test_a_day_s_dead_work_is_told_once(judged: Study) -> None:
    """However many pieces of work of a kind are given up on one day, the facilitator hears of it once."""
    judged.chat.fail("send", TpmError("a fault"), times=15, where=Where.THREAD)
    for name in ("ben", "chen", "dara", "eli", "fay"):
        await judged.say(name)
    await judged.advance(10 * MINUTE)
    assert len(await judged.ports.jobs.dead()) == 5
    assert len(judged.direct("asha")) == 1
