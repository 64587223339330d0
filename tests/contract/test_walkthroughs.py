from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.group import GroupId
from bot.domain.walkthrough import (
    Ask,
    Chapter,
    Grounding,
    Line,
    Made,
    Piece,
    Shape,
    Source,
    Text,
    Walkthrough,
    key_of,
)
from bot.infra.redis.keys import Keys
from bot.infra.redis.store import Store
from bot.infra.redis.walk_keys import WALKTHROUGH_S
from tests.contract.store_case import ASHA, BEN

GROUP = GroupId("g1")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASK = Ask(
    id="a1", member_id=ASHA, question="How would you test it?", key=key_of("How would you test it?"), asked_at=NOW,
    day=NOW.date(),
)  # fmt: skip
MADE = Walkthrough(
    key=ASK.key,
    question=ASK.question,
    grounding=Grounding.WEB,
    text=Text(
        short=(Line(Shape.TEXT, (Piece("In short.", (1,)),)),),
        chapters=(
            Chapter(
                "s1",
                (
                    Line(
                        Shape.POINT,
                        (Piece("Scope", strong=True), Piece(": a lone \ud83d half")),
                    ),
                ),
            ),
        ),
        sources=(Source("https://a.example/x", "A"),),
    ),
    faults=("section 2 is missing",),
    made=Made(
        model="m",
        prompt_version=1,
        prompt_hash="h",
        rung="web",
        searches=5,
        input_tokens=1,
        output_tokens=2,
        cost_usd=0.5,
    ),
    made_at=NOW,
)


async def test_an_ask_is_kept_once(store: Store) -> None:
    """The same ask arriving again gives the one that stands, with what happened to it."""
    assert await store.walkthroughs.keep(GROUP, ASK) == ASK
    await store.walkthroughs.change(GROUP, ASK, begun=True, sketch="mine")
    assert (await store.walkthroughs.keep(GROUP, ASK)).sketch == "mine"
    assert await store.walkthroughs.ask(GROUP, ASHA, "a1") == replace(ASK, begun=True, sketch="mine")
    assert await store.walkthroughs.ask(GROUP, BEN, "a1") is None


async def test_a_change_brings_back_nothing_that_was_forgotten(store: Store) -> None:
    """Work that ends after its member was forgotten leaves no trace of them."""
    await store.walkthroughs.keep(GROUP, ASK)
    await store.walkthroughs.put(GROUP, MADE)
    erased = await store.groups.forget(GROUP, ASHA)
    await store.walkthroughs.change(GROUP, ASK, done=True)
    assert erased["walkthroughs"] == 1
    assert await store.walkthroughs.asks(GROUP, ASHA) == []
    assert await store.walkthroughs.get(GROUP, ASK.key) is None


async def test_asks_come_oldest_first_and_expire(store: Store) -> None:
    """All asks of a member come in the order in which they were made, and are kept for a month."""
    await store.walkthroughs.keep(GROUP, replace(ASK, id="b", asked_at=NOW.replace(hour=10)))
    await store.walkthroughs.keep(GROUP, ASK)
    assert [each.id for each in await store.walkthroughs.asks(GROUP, ASHA)] == ["a1", "b"]
    assert 0 < await store.client.call("TTL", Keys.asks(GROUP, ASHA)) <= WALKTHROUGH_S


async def test_a_walkthrough_comes_back_as_it_went(store: Store) -> None:
    """What is kept is what was written, also with half a letter in it, and only in its own group."""
    await store.walkthroughs.put(GROUP, MADE)
    found = await store.walkthroughs.get(GROUP, ASK.key)
    assert found is not None
    assert found.text.chapters[0].lines[0].pieces[1].text == ": a lone \ufffd half"
    assert replace(found, text=MADE.text) == MADE
    assert await store.walkthroughs.get(GroupId("g2"), ASK.key) is None


async def test_case_and_punctuation_do_not_make_a_new_question(store: Store) -> None:
    """A question in other letters finds the same walkthrough; one with other words or figures does not."""
    await store.walkthroughs.put(GROUP, MADE)
    assert await store.walkthroughs.get(GROUP, key_of("  how would YOU test it ")) is not None
    assert await store.walkthroughs.get(GROUP, key_of("How would you test it by 2%?")) is None


async def test_two_changes_at_once_both_count(store: Store) -> None:
    """What two processes change of one ask at the same time is all there afterwards."""
    await store.walkthroughs.keep(GROUP, ASK)
    fields: list[dict[str, Any]] = [{"begun": True}, {"paid": True}, {"sketch": "mine"}, {"starts": 1}]
    await asyncio.gather(*(store.walkthroughs.change(GROUP, ASK, **each) for each in fields))
    stands = await store.walkthroughs.ask(GROUP, ASHA, "a1")
    assert stands == replace(ASK, begun=True, paid=True, sketch="mine", starts=1)
