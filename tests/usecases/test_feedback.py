from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cards import Card
from bot.domain.review import Review
from bot.errors import Refusal
from bot.infra.redis.keys import Keys
from bot.ports import Where
from bot.usecases import owed
from bot.usecases.recover import sweep
from bot.usecases.work import LEASE
from tests.conftest import MEMBER_DAILY_USD
from tests.servers.anthropic import AnthropicServer, Reply
from tests.usecases.study import ANSWER, HOUR, MINUTE, MONDAY, OTHER_ANSWER, Study, card, text_of, working

DAY = timedelta(days=1)
SLOW_S = 0.25


async def about(study: Study, name: str = "ben") -> Card:
    found = await study.card_about(name)
    assert found is not None
    return found


async def labels(study: Study, name: str = "ben") -> list[str]:
    return [button.label for button in (await about(study, name)).buttons]


async def reading(study: Study, model: AnthropicServer) -> None:
    """Start what is owed and wait until the model reads."""
    asked = len(model.requests)
    await study.worker.tick()
    await model.asked(asked + 1)


async def spent_usd(study: Study, field: str = "all") -> float:
    stored = await study.store.client.call("HGET", Keys.purse(study.clock.now().date()), field)
    return int(stored or 0) / 1_000_000


async def test_an_answer_is_judged_and_shown(judged: Study, model: AnthropicServer) -> None:
    """An answer is read once by the model, and its feedback stands once in the thread, addressed to its author."""
    await judged.say("ben")
    await judged.settle()
    card = await about(judged)
    assert (card.data["kind"], card.data["version"]) == ("feedback", 1)
    assert len(model.requests) == 1
    (message,) = judged.standing(Where.THREAD)
    assert message.to == judged.id("ben")


async def test_the_full_feedback_opens_privately(judged: Study) -> None:
    """The whole of it, with bands, is shown to its author alone; before it is there, the bot says that it is coming."""
    await judged.say("ben")
    assert text_of(await judged.command("ben", "/tpm-feedback")) == (
        "Your answer is saved. Its feedback is on the way."
    )
    await judged.settle()
    full = card(await judged.command("ben", "/tpm-feedback"))
    assert {section["key"] for section in full.data["sections"]} == {
        section.key for section in judged.ports.library.framework.sections
    }
    assert card(await judged.press("ben", f"feedback:{MONDAY}")).plain == full.plain
    with pytest.raises(Refusal, match="There is no answer of yours to give feedback on yet"):
        await judged.command("chen", "/tpm-feedback")


async def test_a_brief_group_shows_one_line(judged: Study) -> None:
    """In a brief group the thread says that feedback is ready, and nothing of what it says."""
    await judged.command("asha", "/tpm-admin setup feedback=brief")
    await judged.say("ben")
    await judged.settle()
    assert (await about(judged)).plain.startswith("ben, your feedback is ready. Only you can open it.")


async def test_a_private_group_shows_nothing(judged: Study) -> None:
    """In a private group the thread stays empty, and the author alone sees the feedback."""
    await judged.command("asha", "/tpm-admin setup feedback=private")
    await judged.say("ben")
    await judged.settle()
    assert judged.standing(Where.THREAD) == []
    (message,) = judged.standing(Where.ONLY_YOU, "ben")
    assert message.card == await about(judged)


async def test_without_automatic_feedback_it_is_asked_for(judged: Study, model: AnthropicServer) -> None:
    """Who turned automatic feedback off gets it when they ask, and not before."""
    await judged.command("ben", "/tpm-me feedback off")
    await judged.say("ben")
    await judged.advance(HOUR)
    await judged.restart()
    await judged.settle()
    assert model.requests == []
    assert "type /tpm-feedback again" in text_of(await judged.command("ben", "/tpm-feedback"))
    await judged.command("ben", "/tpm-feedback again")
    await judged.settle()
    assert (await about(judged)).data["version"] == 1


async def test_an_answer_that_has_not_changed_is_not_judged_again(judged: Study, model: AnthropicServer) -> None:
    """Asked again for the same text, the bot says that nothing has changed and the model is not asked."""
    await judged.say("ben")
    await judged.settle()
    with pytest.raises(Refusal, match="Your answer has not changed since its feedback"):
        await judged.command("ben", "/tpm-feedback again")
    with pytest.raises(Refusal, match="There is no answer of yours"):
        await judged.command("chen", "/tpm-feedback again")
    assert len(model.requests) == 1


async def test_an_edit_while_the_model_reads_is_offered(judged: Study, model: AnthropicServer) -> None:
    """Feedback on a text that was edited while the model read it says so, and offers to read the newer one."""
    message = await judged.said("ben")
    await judged.do(message)
    model.script(Reply(delay_s=SLOW_S))
    await reading(judged, model)
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    await judged.settle()
    assert (await about(judged)).data["version"] == 1
    assert "Review my edit" in await labels(judged)
    await judged.press("ben", f"again:{MONDAY}")
    await judged.settle()
    assert (await about(judged)).data["version"] == 2
    assert "Review my edit" not in await labels(judged)


async def test_asking_while_the_model_reads_the_old_text_reads_the_new_one_after_it(
    judged: Study, model: AnthropicServer
) -> None:
    """Asked again while an older text is read, the bot reads the newer one after it, and asks once for each."""
    message = await judged.said("ben")
    await judged.do(message)
    model.script(Reply(delay_s=SLOW_S))
    await reading(judged, model)
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    for _ in range(3):
        await judged.press("ben", f"again:{MONDAY}")
    await judged.advance(LEASE)
    assert (await about(judged)).data["version"] == 2
    assert len(model.requests) == 2


async def test_asking_while_the_model_reads_the_same_text_pays_once(judged: Study, model: AnthropicServer) -> None:
    """Asked for feedback that is being made, the bot does not ask the model a second time."""
    await judged.say("ben")
    model.script(Reply(delay_s=SLOW_S))
    await reading(judged, model)
    for _ in range(3):
        await judged.command("ben", "/tpm-feedback again")
    await judged.advance(LEASE)
    assert (await about(judged)).data["version"] == 1
    assert len(model.requests) == 1


async def test_a_withdrawn_answer_gets_no_feedback(judged: Study, model: AnthropicServer) -> None:
    """An answer that is deleted while the model reads leaves no card and no review."""
    message = await judged.said("ben")
    await judged.do(message)
    model.script(Reply(delay_s=SLOW_S))
    await reading(judged, model)
    await judged.do(await judged.deleted(message))
    await judged.settle()
    assert judged.standing(Where.THREAD) == []
    assert await judged.ports.answers.review(await judged.group_id(), MONDAY, judged.id("ben")) is None


async def test_an_answer_withdrawn_while_its_card_goes_out_leaves_none(judged: Study) -> None:
    """A deletion between the last look and the card takes the card back."""

    class Withdrawing(type(judged.chat)):  # type: ignore[misc]
        async def send(self, *args: object, **more: object) -> object:
            await judged.do(deletion)
            await working(judged.ports).drain()
            return await super().send(*args, **more)

    message = await judged.said("ben")
    deletion = await judged.deleted(message)
    await judged.do(message)
    judged.changed(chat=Withdrawing(judged.room, judged.clock))
    await judged.settle()
    assert judged.standing(Where.THREAD) == []


async def test_feedback_owed_before_a_restart_is_given_after_it_once(judged: Study, model: AnthropicServer) -> None:
    """Feedback that was owed, or being read, when the bot died is given after the start, and stands once."""
    await judged.say("ben")
    model.script(Reply(delay_s=SLOW_S))
    await reading(judged, model)
    await judged.restart()
    await judged.advance(LEASE)
    await judged.restart()
    await judged.advance(HOUR)
    assert len(judged.standing(Where.THREAD)) == 1
    assert len(model.requests) == 2


async def test_a_review_whose_entry_was_lost_is_swept(judged: Study, model: AnthropicServer) -> None:
    """An answer whose feedback was lost with the agenda is judged after a sweep, and never twice."""
    await judged.say("ben")
    await judged.store.client.call("DEL", Keys.due(), Keys.leases())
    await judged.restart()
    await judged.settle()
    assert await sweep(judged.ports) == 0
    await judged.restart()
    await judged.settle()
    assert len(judged.standing(Where.THREAD)) == 1
    assert len(model.requests) == 1


async def test_an_older_review_never_hides_a_newer_one(judged: Study, model: AnthropicServer) -> None:
    """When two processes judge two texts of one answer, the card shows the newer, whichever ends last."""
    message = await judged.said("ben")
    await judged.do(message)
    model.script(Reply(delay_s=4 * SLOW_S))
    await reading(judged, model)
    await judged.do(await judged.edited(message, OTHER_ANSWER))
    await judged.ports.jobs.add(owed.review(await judged.group_id(), MONDAY, judged.id("ben")), judged.clock.now())
    await judged.settle()
    assert len(model.requests) == 2
    assert (await about(judged)).data["version"] == 2


async def test_the_true_cost_is_counted(judged: Study) -> None:
    """After a review the day's and the member's spending is what the review cost, not what was set aside for it."""
    await judged.say("ben")
    await judged.settle()
    made = await judged.ports.answers.review(await judged.group_id(), MONDAY, judged.id("ben"))
    assert isinstance(made, Review)
    assert await spent_usd(judged) == pytest.approx(made.stamp.cost_usd, abs=1e-6)
    assert await spent_usd(judged, f"m:{judged.id('ben')}") == pytest.approx(made.stamp.cost_usd, abs=1e-6)


@pytest.mark.parametrize("buyers", [["ben"], ["u1", "u2", "u3", "u4"]])
async def test_over_the_budget_nobody_is_judged(judged: Study, model: AnthropicServer, buyers: list[str]) -> None:
    """When the member's or the day's budget is used up, the self-check says so plainly; the next day judges again."""
    for buyer in buyers:
        assert await judged.ports.purse.take(judged.clock.now().date(), judged.id(buyer), MEMBER_DAILY_USD)
    await judged.say("ben")
    await judged.settle()
    assert model.requests == []
    text = (await about(judged)).plain
    assert "Today's budget for feedback is used up, so nothing was judged." in text
    assert "still owed" not in text
    await judged.advance(DAY)
    await judged.press("ben", f"again:{MONDAY}")
    await judged.settle()
    assert (await about(judged)).data["kind"] == "feedback"


async def test_the_model_learns_no_member(judged: Study, model: AnthropicServer) -> None:
    """A request names its member by a hash, and holds neither their name nor their id."""
    await judged.say("ben", f"ben here. {ANSWER}")
    await judged.settle()
    body = str(model.requests[0].body)
    assert judged.id("ben") not in body
    assert model.requests[0].body["metadata"]["user_id"] == judged.ports.member_key(
        await judged.group_id(), judged.id("ben")
    )


async def test_a_part_that_joins_later_is_offered(judged: Study) -> None:
    """A message that joins an answer after its feedback makes the card offer to look again."""
    await judged.say("ben")
    await judged.settle()
    await judged.advance(MINUTE)
    await judged.say("ben", "One more thing: the night slot.")
    await judged.settle()
    assert "Review my edit" in await labels(judged)
