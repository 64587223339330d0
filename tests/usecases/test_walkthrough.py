from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import MOST_CARD_CHARS, Card, Link, Text
from bot.domain.walkthrough import MOST_QUESTION_CHARS
from bot.errors import ChatRefused, ChatUnsure, Refusal
from bot.infra.redis.keys import Keys
from bot.ports import Where
from tests.servers.anthropic import AnthropicServer, Fault, Reply
from tests.servers.honest_researcher import SITES, url_of, written
from tests.usecases.study import HOUR, MINUTE, Study, text_of
from tests.usecases.walking import QUESTION, ask, button, cards_of, direct_cards, kinds, walked, walking

SECTIONS = ["walkthrough-section"] * 6
DOWN = Reply(status=500, error="api_error")
DAY = timedelta(days=1)


@pytest.fixture
async def walker(valkey_url: str, tmp_path: Path, model: AnthropicServer) -> AsyncIterator[Study]:
    """A group with an open question, and somebody who writes walkthroughs."""
    async with walking(valkey_url, tmp_path, model) as made:
        yield made


async def spent_usd(study: Study) -> float:
    stored = await study.store.client.call("HGET", Keys.purse(study.clock.now().date()), "all")
    return int(stored or 0) / 1_000_000


async def test_the_first_sign_comes_at_once(walker: Study, model: AnthropicServer) -> None:
    """Whoever asks sees within two seconds that the work has begun, however long the model takes."""
    model.script(Reply(fault=Fault.HANG))
    began_s = time.perf_counter()
    card = await ask(walker)
    assert time.perf_counter() - began_s < 2
    assert card.kind == "walkthrough-begun"
    assert "I am on it" in card.plain
    assert model.requests == []


async def test_a_walkthrough_comes_to_its_asker_alone(walker: Study) -> None:
    """A summary with a file and six sections come as direct messages, in order, and nothing stands in the channel."""
    before = len(walker.standing(Where.CHANNEL))
    cards = await walked(walker)
    assert kinds(cards) == ["walkthrough", *SECTIONS]
    assert [card.data["section"] for card in cards[1:]] == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert all(len(card.plain) <= MOST_CARD_CHARS for card in cards)
    assert len(walker.standing(Where.CHANNEL)) == before
    assert direct_cards(walker, "chen") == []
    file = cards[0].file
    assert file is not None
    assert all(f"(<{url_of(site)}>)" in file.content.decode() for site in SITES)


async def test_the_links_of_a_card_are_those_that_were_found(walker: Study) -> None:
    """Every link in the sections leads to a page that the search brought."""
    cards = await walked(walker)
    spans = [span for card in cards for block in card.blocks if isinstance(block, Text) for span in block.spans]
    urls = {span.url for span in spans if isinstance(span, Link)}
    assert urls == {url_of(site) for site in SITES}


async def test_the_status_line_goes_when_the_walkthrough_is_there(walker: Study) -> None:
    """One status message is shown and edited meanwhile, and removed at the end."""
    await walked(walker)
    first, *_ = walker.chat.sent
    assert first[1].kind == "question"
    assert [card.kind for _, card in walker.chat.sent[1:3]] == ["walkthrough-progress", "walkthrough"]
    assert "part 1 of it" in walker.chat.edited[0].plain
    assert len(walker.chat.deleted) == 1


async def test_the_same_event_twice_is_one_walkthrough(walker: Study, model: AnthropicServer) -> None:
    """A command that arrives twice begins one piece of work and sends one summary."""
    from bot.inbound import Command

    command = Command(walker.caller("ben"), "technical-pm", QUESTION)
    await walker.do(command)
    again = await walker.do(command)
    await walker.settle()
    assert "on it already" in text_of(again)
    assert kinds(direct_cards(walker)).count("walkthrough") == 1
    assert len(model.requests) == 1


async def test_the_same_question_opens_at_once_for_a_month(walker: Study, model: AnthropicServer) -> None:
    """Asked again in other letters it opens at once with its date and a button for each section, for anybody."""
    await walked(walker)
    card = await ask(walker, "chen", f"  {QUESTION.upper()}!! ")
    assert card.kind == "walkthrough"
    assert "Mon 23 Nov 2026" in card.plain
    assert len(model.requests) == 1
    first = await walker.press("chen", button(card, "1 Scope and constraints"))
    assert text_of(first).startswith("1. ")
    second = await walker.press("chen", button(first, "Read on"))  # type: ignore[arg-type]  # text_of has checked it
    assert text_of(second).startswith("2. ")
    ttl_s = await walker.store.client.call("TTL", Keys.walkthrough(await walker.group_id(), str(card.data["key"])))
    assert 29 * 24 * 3600 < ttl_s <= 30 * 24 * 3600


async def test_fresh_asks_again(walker: Study, model: AnthropicServer) -> None:
    """With `fresh`, or its button, the model writes anew, and the newer one is kept."""
    cards = await walked(walker)
    await walker.advance(HOUR)
    await walker.press("ben", button(cards[0], "Ask afresh"))
    await walker.settle()
    assert len(model.requests) == 2
    assert kinds(direct_cards(walker)).count("walkthrough") == 2
    kept = await walker.ports.walkthroughs.get(await walker.group_id(), str(cards[0].data["key"]))
    assert kept is not None
    assert kept.made_at > walker.clock.now() - HOUR


async def test_a_member_has_two_a_day(walker: Study, model: AnthropicServer) -> None:
    """The third new question of a day is refused with what to do; what is kept opens, and tomorrow counts anew."""
    await walked(walker)
    await walked(walker, question="How would you price an API for transcripts of meetings?")
    third = "How would you choose a vector database for a law firm?"
    with pytest.raises(Refusal, match="2 new walkthroughs today"):
        await ask(walker, question=third)
    assert (await ask(walker)).kind == "walkthrough"
    assert (await ask(walker, "chen", third)).kind == "walkthrough-begun"
    await walker.advance(DAY)
    assert (await ask(walker, question="How would you run on-call for an AI product?")).kind == "walkthrough-begun"
    assert len(model.requests) == 3


async def test_shared_it_stands_in_the_channel_once(walker: Study) -> None:
    """`share` puts the summary into the channel and the sections into its thread, whoever shares it how often."""
    await walker.advance(HOUR)
    await ask(walker, action="share")
    await walker.settle()
    (summary,) = [each for each in cards_of(walker.standing(Where.CHANNEL)) if each.kind == "walkthrough"]
    assert summary.buttons == ()
    assert "ben" not in summary.plain
    assert kinds(cards_of(walker.standing(Where.THREAD))) == SECTIONS
    assert direct_cards(walker) == []
    await walker.press("chen", f"walk-share:{summary.data['key']}")
    await walker.settle()
    assert kinds(cards_of(walker.standing(Where.CHANNEL))).count("walkthrough") == 1


async def test_a_finished_walkthrough_can_be_shared(walker: Study, model: AnthropicServer) -> None:
    """The button below a private walkthrough puts it into the channel without asking a model."""
    cards = await walked(walker)
    reply = await walker.press("ben", button(cards[0], "Share in the channel"))
    await walker.settle()
    assert "into the channel" in text_of(reply)
    assert kinds(cards_of(walker.standing(Where.THREAD))) == SECTIONS
    assert len(model.requests) == 1


async def test_what_it_lacks_stands_on_the_card(walker: Study, model: AnthropicServer) -> None:
    """Faults that one repair did not mend are said plainly on the summary."""
    from tests.servers.honest_researcher import search

    short = [*(block for n in range(1, 7) for block in search(n, "q")), *written(leave_out=(6,))]
    model.script(Reply(content=short), Reply(content=short[12:]))
    cards = await walked(walker)
    assert "What it lacks, after one try to mend it:" in cards[0].plain
    assert "section 6, Metrics (technical and product), is missing" in cards[0].plain
    assert kinds(cards) == ["walkthrough", *SECTIONS[:5]]


async def test_a_death_in_the_middle_gives_one_walkthrough(walker: Study, model: AnthropicServer) -> None:
    """A process that dies while the model writes leaves the work owed, and one summary stands in the end."""
    model.script(Reply(fault=Fault.HANG))
    await ask(walker)
    await walker.worker.tick()
    await model.asked(1)
    await walker.restart()
    await walker.advance(5 * MINUTE)
    cards = direct_cards(walker)
    assert kinds(cards) == ["walkthrough", *SECTIONS]


async def test_a_break_between_two_sections_sends_none_twice(walker: Study, model: AnthropicServer) -> None:
    """When the chat breaks off in the middle of the delivery, each message stands once and the model is asked once."""
    walker.chat.fail("send", ChatUnsure("reset"), done=True, where=Where.DIRECT, times=3)
    await ask(walker)
    await walker.advance(5 * MINUTE)
    assert kinds(direct_cards(walker)) == ["walkthrough", *SECTIONS]
    assert len(model.requests) == 1


async def test_a_member_who_takes_no_direct_messages_reads_it_in_the_channel(walker: Study) -> None:
    """The summary is then shown to them alone in the channel, with a button for each section."""
    walker.chat.fail("send", ChatRefused("closed"), where=Where.DIRECT, times=9)
    await ask(walker)
    await walker.settle()
    (card,) = cards_of(walker.standing(Where.ONLY_YOU, "ben"))
    assert len([each for each in card.buttons if each.action.startswith("walk-read:")]) == 6


async def test_words_that_cannot_be_researched_are_refused_at_once(walker: Study, model: AnthropicServer) -> None:
    """No question, two words, and 10,000 characters are answered at once, and the long text is given back."""
    for line, why in (("/technical-pm", "Type your question"), ("/technical-pm hello you", "too short")):
        with pytest.raises(Refusal, match=why):
            await walker.command("ben", line)
    long = "How would you build it? " * 420
    card = await ask(walker, question=long)
    assert f"I take {MOST_QUESTION_CHARS:,} at most" in card.plain
    assert card.file is not None
    assert card.file.content.decode() == long.strip()
    await walker.settle()
    assert model.requests == []


async def test_a_text_that_is_no_question_is_told_kindly(walker: Study, model: AnthropicServer) -> None:
    """Where the model finds nothing to research the member hears so, and it does not count towards the day."""
    model.script(*[Reply(text="NO QUESTION")] * 3)
    for text in ("the cat sat on a mat", "blue green red yellow", "la la la la la"):
        await ask(walker, question=text)
        await walker.settle()
    assert kinds(direct_cards(walker)) == ["no-question"] * 3
    assert "does not count" in direct_cards(walker)[0].plain


async def test_what_it_cost_is_in_the_purse(walker: Study) -> None:
    """After a walkthrough the day's spending is what it cost, as the card's data say."""
    cards = await walked(walker)
    assert await spent_usd(walker) == pytest.approx(cards[0].data["made"]["cost_usd"], abs=1e-6)
    assert json.dumps(dict(cards[0].data))


async def test_walkthroughs_leave_money_for_feedback(valkey_url: str, tmp_path: Path, model: AnthropicServer) -> None:
    """They stop at three fifths of the day's budget: a member then gets the study pack, and no model is asked."""
    async with walking(valkey_url, tmp_path, model, daily_usd=0.9) as study:
        cards = await walked(study)
        assert "The budget for models does not allow another walkthrough today" in cards[0].plain
        assert kinds(cards) == ["study-pack"]
        assert model.requests == []
        assert await study.ports.purse.take(study.clock.now().date(), study.id("chen"), 0.9)


async def test_a_forgotten_member_s_questions_are_erased(walker: Study) -> None:
    """Forgetting a member erases what they asked and what was written about it."""
    cards = await walked(walker)
    group_id = await walker.group_id()
    await walker.press("ben", "forget-now")
    assert await walker.ports.walkthroughs.asks(group_id, walker.id("ben")) == []
    assert await walker.ports.walkthroughs.get(group_id, str(cards[0].data["key"])) is None


async def test_an_old_button_says_so(walker: Study) -> None:
    """Buttons of a walkthrough that is gone, or that somebody made up, are refused with what to do."""
    for action in ("walk-read:0000:1", "walk-read:0000:x", "walk-share:0000", "walk-fresh:", "walk-anyway:zz"):
        with pytest.raises(Refusal, match="again with /technical-pm"):
            await walker.press("ben", action)


async def test_a_card_is_never_another_kind(walker: Study) -> None:
    """Whatever the section, its card is within the budget and names its number."""
    cards = await walked(walker)
    for number, card in enumerate(cards[1:], 1):
        assert isinstance(card, Card)
        assert card.plain.startswith(f"{number}. ")


async def test_what_was_asked_is_in_the_export(walker: Study) -> None:
    """A member's export holds the questions that they asked."""
    await walked(walker)
    reply = await walker.command("ben", "/tpm-me export")
    assert isinstance(reply, Card)
    assert reply.file is not None
    exported = json.loads(reply.file.content)
    assert [each["question"] for each in exported["walkthroughs"]] == [QUESTION]
