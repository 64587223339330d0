from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import Card
from bot.cards import Reply as Shown
from bot.domain.picks import Pick, Rule, Why
from bot.ports import Where
from bot.views.feedback.markdown import markdown
from tests.servers.anthropic import AnthropicServer, Fault, Reply
from tests.usecases.study import MINUTE, MONDAY, Study
from tests.usecases.walking import QUESTION, ask, button, cards_of, direct_cards, kinds, walked, walking

DOWN = Reply(status=500, error="api_error")


@pytest.fixture
async def walker(valkey_url: str, tmp_path: Path, model: AnthropicServer) -> AsyncIterator[Study]:
    """A group with an open question, and somebody who writes walkthroughs."""
    async with walking(valkey_url, tmp_path, model) as made:
        yield made


async def test_without_a_model_there_is_a_study_pack_at_once(valkey_url: str, tmp_path: Path) -> None:
    """Where no model is set up the reply is the study pack, which says that no model wrote it."""
    async with walking(valkey_url, tmp_path, None) as study:
        card = await ask(
            study, question="How would you build retrieval for a law firm with secret walls between teams?"
        )
    assert card.kind == "study-pack"
    assert "no model wrote it" in card.plain
    assert card.data["questions"]
    assert card.data["facts"]
    assert card.file is not None
    assert "The authors' outline:" in card.file.content.decode()


def files(cards: Sequence[Shown]) -> str:
    """All that the files of some cards hold."""
    return "".join(card.file.content.decode() for card in cards if isinstance(card, Card) and card.file)


async def test_the_pack_never_gives_away_the_open_question(valkey_url: str, tmp_path: Path) -> None:
    """The outline of an open question is in nobody's pack before they have answered it; then it may be."""
    async with walking(valkey_url, tmp_path, None) as study:
        question = study.ports.library.questions[(await study.post()).question_id]
        wish = f"{question.title}: {question.prompt}"
        first = await ask(study, "ben", wish)
        assert first.kind == "attempt-first"
        before = await study.press("ben", button(first, "Show anyway"))
        assert isinstance(before, Card)
        assert question.id not in before.data["questions"]
        assert markdown(question.runner_up) not in files([before])
        await study.say("ben")
        await study.settle()
        after = await ask(study, "ben", wish)
        assert after.data["questions"][0] == question.id
        assert markdown(question.runner_up) in files([after])


async def queued(study: Study) -> list[str]:
    """The questions that the next posts would bring."""
    queue = await study.command("asha", "/tpm-admin queue")
    assert isinstance(queue, Card)
    return [row["question"] for row in queue.data["queue"]]


async def test_a_pack_names_no_question_of_the_days_to_come(valkey_url: str, tmp_path: Path) -> None:
    """A question that is decided for a day to come stays out of the pack."""
    async with walking(valkey_url, tmp_path, None) as study:
        wish = "How would you build retrieval for a law firm with secret walls between teams?"
        named = (await ask(study, question=wish)).data["questions"][0]
        why = Why(rule=Rule.PINNED)
        await study.ports.queue.put(await study.group_id(), [Pick(MONDAY + timedelta(days=1), named, why)])
        assert named not in (await ask(study, question=wish)).data["questions"]


async def test_a_pack_spoils_no_planned_question(valkey_url: str, tmp_path: Path) -> None:
    """Whoever asks for a question of the queue gets a pack without it, as long as the group was not asked it."""
    async with walking(valkey_url, tmp_path, None) as study:
        rows = (await queued(study))[:3]
        for question in (study.ports.library.questions[row] for row in rows):
            pack = await ask(study, "ben", f"{question.title}: {question.prompt}")
            assert pack.data["questions"]
            assert not {*pack.data["questions"]} & {*rows}


async def test_a_busy_model_is_waited_for_and_said(walker: Study, model: AnthropicServer) -> None:
    """While the model asks to wait, the status line says until when, and the walkthrough follows by itself."""
    model.script(Reply(status=429, error="rate_limit_error", headers={"retry-after": "90"}))
    await ask(walker)
    await walker.settle()
    assert "has to wait" in direct_cards(walker)[0].plain
    await walker.advance(2 * MINUTE)
    assert kinds(direct_cards(walker))[0] == "walkthrough"


async def test_a_model_that_stays_down_ends_in_the_study_pack(walker: Study, model: AnthropicServer) -> None:
    """After twenty minutes of tries the member gets the study pack as the one last message."""
    model.models.clear()
    await ask(walker)
    await walker.advance(30 * MINUTE)
    cards = direct_cards(walker)
    assert kinds(cards) == ["study-pack"]
    assert "could not be reached" in cards[0].plain
    asked = len(model.requests)
    await walker.advance(60 * MINUTE)
    assert len(model.requests) == asked


async def test_a_declined_question_is_answered_kindly(walker: Study, model: AnthropicServer) -> None:
    """When both models refuse a harmless question, the card says that it is not about the member, and helps."""
    refusal = Reply(text="", stop_reason="refusal", category="frontier_llm")
    model.script(refusal, refusal)
    cards = await walked(walker, question="How does RLHF with a reward model work end to end?")
    assert kinds(cards) == ["study-pack"]
    assert "is not about you" in cards[0].plain
    assert len(model.requests) == 2


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.HANG, Fault.BROKEN_JSON, Fault.ERROR_EVENT])
async def test_a_stream_that_breaks_still_ends_in_one_walkthrough(
    walker: Study, model: AnthropicServer, fault: Fault
) -> None:
    """Whatever breaks in the middle of the stream, one walkthrough by the other model comes, and once."""
    model.script(Reply(fault=fault))
    cards = await walked(walker)
    assert kinds(cards).count("walkthrough") == 1
    assert cards[0].data["made"]["rung"] == "other model"


async def test_what_kills_its_process_is_not_paid_for_ever(walker: Study, model: AnthropicServer) -> None:
    """After two starts whose end nobody heard, the model is not asked again and the member gets the study pack."""
    asks = walker.ports.walkthroughs
    await ask(walker)
    (wanted,) = await asks.asks(await walker.group_id(), walker.id("ben"))
    await asks.change(await walker.group_id(), wanted, starts=2)
    await walker.settle()
    assert kinds(direct_cards(walker)) == ["study-pack"]
    assert "stopped twice" in direct_cards(walker)[0].plain
    assert model.requests == []


async def test_a_server_without_web_search_is_said_on_the_card(walker: Study, model: AnthropicServer) -> None:
    """On a server of one's own the walkthrough rests on the bot's checked facts, and the card says so."""
    model.takes_search = False
    cards = await walked(walker, question="How would you cut the cost of inference with a KV cache and batching?")
    assert "no web search was possible" in cards[0].plain
    known = {fact.url for fact in walker.ports.library.facts.values()}
    assert {source["url"] for source in cards[0].data["sources"]} <= known
    assert cards[0].data["sources"]


async def test_nothing_of_a_refusal_reaches_the_channel(walker: Study, model: AnthropicServer) -> None:
    """A walkthrough that was to be shared and came to nothing is told to its asker alone."""
    model.models.clear()
    before = len(walker.standing(Where.CHANNEL))
    await ask(walker, action="share", question=QUESTION)
    await walker.advance(30 * MINUTE)
    assert kinds(direct_cards(walker)) == ["study-pack"]
    assert len(cards_of(walker.standing(Where.CHANNEL))) == before
