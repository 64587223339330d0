from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.group import GroupId
from bot.domain.question import RETIRED, Facet, LookFor, Probe, Question
from bot.domain.suggestion import Suggestion, SuggestionState, suggestion_id
from bot.infra.bank import GroupBank
from bot.infra.library import packaged_library
from bot.infra.redis.bank import RedisShelves
from bot.infra.redis.keys import Keys
from bot.infra.redis.store import Store
from bot.ports import Shelf
from tests.contract.store_case import ASHA, BEN, DAY, NOW, G, group, member, round_trips

HOSTILE = "<@U1> {{x}} \N{GRINNING FACE} व्याख्या |\x00\ud800 " + "long " * 4_000
"""A mention, markup, another script, a field's mark, half of a pair, and 20,000 characters."""


def question(question_id: str = "own-museum-guide", prompt: str = "How would you cut its cost?") -> Question:
    point = LookFor(id="cost", point="names a cost", specific="with a number", facets=frozenset({Facet.NUMBER}))
    return Question(
        id=question_id, title="Museum guide", kind="design", topic="evals", level=2, minutes=15, prompt=prompt,
        givens=("600 visitors a day",), emphasis={"s4": 3}, look_for={"s4": (point,)},
        probes=(Probe("cost", "What is the largest part of it?"),),
    )  # fmt: skip


def suggestion(number: int = 1, text: str = "How would you test it?", by: str = ASHA) -> Suggestion:
    event = f"e{number}"
    return Suggestion(
        id=suggestion_id(G, event), member_id=member(ASHA).id if by == ASHA else BEN, text=text,
        at=NOW + timedelta(minutes=number),
    )  # fmt: skip


async def test_a_group_without_changes_has_an_empty_shelf(store: Store) -> None:
    """A group that has changed nothing has the packaged bank."""
    assert await store.shelves.get(G) == Shelf()


async def test_a_question_comes_back_as_it_was_added(store: Store) -> None:
    """A question of the group's own is read as it was stored, in every field, and in other processes too."""
    made = question(prompt="Half of a pair: é \N{GRINNING FACE}")
    assert await store.shelves.add(G, made)
    assert await store.shelves.get(G) == Shelf({made.id: made})
    assert await RedisShelves(store.client).get(G) == Shelf({made.id: made})
    assert await store.shelves.get(GroupId("g2")) == Shelf()


async def test_adding_never_replaces(store: Store) -> None:
    """Of many who add a question under one id, one succeeds, and that one stands."""
    made = [question(prompt=f"Prompt {number}") for number in range(10)]
    added = await asyncio.gather(*(store.shelves.add(G, each) for each in made))
    assert added.count(True) == 1
    assert (await store.shelves.get(G)).own[made[0].id] == made[added.index(True)]


async def test_two_processes_see_each_other_s_changes(store: Store) -> None:
    """What one process stores, retires or takes back is seen by another that has read the shelf before."""
    other = RedisShelves(store.client)
    await store.shelves.put(G, [question()])
    assert await other.get(G) == Shelf({"own-museum-guide": question()})
    await store.shelves.retire(G, "rag-ferry-handbook")
    assert (await other.get(G)).retired == {"rag-ferry-handbook"}
    await other.put(G, [replace(question(), status=RETIRED)])
    assert (await store.shelves.get(G)).own["own-museum-guide"].status == RETIRED
    await other.retire(G, "rag-ferry-handbook", on=False)
    assert (await store.shelves.get(G)).retired == frozenset()


async def test_a_shelf_that_was_read_costs_one_small_look(store: Store) -> None:
    """A shelf that has not changed is not read again: one round trip tells that."""
    await store.shelves.put(G, [question(f"own-{number}") for number in range(50)])
    await store.shelves.get(G)
    async with round_trips(store, 1):
        assert len((await store.shelves.get(G)).own) == 50


async def test_ten_thousand_questions_are_stored_at_once(store: Store) -> None:
    """A bank of 10,000 questions is stored by one script, so that nobody sees a part of it."""
    seen = {0}
    storing = asyncio.create_task(store.shelves.put(G, [question(f"own-{number}") for number in range(10_000)]))
    while not storing.done():
        seen.add(await store.client.call("HLEN", Keys.shelf(G)))
    await storing
    assert seen <= {0, 10_001}
    assert len((await store.shelves.get(G)).own) == 10_000


async def test_the_bank_is_packaged_questions_and_own_ones(store: Store) -> None:
    """A group's bank has its own questions beside the packaged ones; what it retired is there, marked as that."""
    bank = GroupBank(packaged_library(), store.shelves)
    await store.shelves.put(G, [question()])
    await store.shelves.retire(G, "rag-ferry-handbook")
    whole = await bank.of(G)
    assert whole["own-museum-guide"] == question()
    assert whole["rag-ferry-handbook"].status == RETIRED
    assert (await bank.of(GroupId("g2")))["rag-ferry-handbook"].status == "ready"
    as_asked = await bank.question(G, "rag-ferry-handbook")
    assert as_asked is not None
    assert as_asked.status == "ready"
    assert await bank.question(G, "own-museum-guide") == question()
    assert await bank.question(GroupId("g2"), "own-museum-guide") is None


async def test_the_bank_finds_what_asks_nearly_the_same(store: Store) -> None:
    """A paraphrase of a packaged question and of an own one is found in the group's bank; other texts find nothing."""
    bank = GroupBank(packaged_library(), store.shelves)
    await store.shelves.put(G, [question(prompt="Plan the night shift of a telescope in Chile with two robots.")])
    handbook = "A Greek ferry company wants an assistant that answers from the crew handbook. How do you build it?"
    assert [each.id for each in await bank.alike(G, handbook, 1)] == ["rag-ferry-handbook"]
    telescope = "How do you plan night shifts for a telescope in Chile that has two robots?"
    assert [each.id for each in await bank.alike(G, telescope, 3)] == ["own-museum-guide"]
    assert await bank.alike(G, "What is for lunch on Sunday?", 3) == []
    assert await bank.alike(G, HOSTILE, 3) == []


async def test_a_suggestion_is_kept_once_whatever_it_says(store: Store) -> None:
    """A hostile suggestion of 20,000 characters is kept; the same event again changes nothing."""
    made = suggestion(text=HOSTILE)
    assert await store.suggestions.keep(G, made)
    assert not await store.suggestions.keep(G, replace(made, text="other"))
    (kept,) = await store.suggestions.all(G)
    assert kept.text == HOSTILE.replace("\ud800", "\ufffd")
    assert replace(kept, text="") == replace(made, text="")


async def test_suggestions_come_oldest_first(store: Store) -> None:
    """All suggestions of a group are listed in the order in which they were made, settled ones too."""
    made = [suggestion(number, by=BEN if number % 2 else ASHA) for number in range(5)]
    for each in reversed(made):
        await store.suggestions.keep(G, each)
    await store.suggestions.close(G, made[2].id, SuggestionState.DECLINED, NOW)
    assert [each.id for each in await store.suggestions.all(G)] == [each.id for each in made]
    assert await store.suggestions.all(GroupId("g2")) == []


async def test_the_first_to_settle_a_suggestion_wins(store: Store) -> None:
    """Of two facilitators who settle a suggestion at the same time one wins, and both learn how it stands."""
    await store.suggestions.keep(G, suggestion())
    approve = store.suggestions.close(G, suggestion().id, SuggestionState.APPROVED, NOW, question_id="own-1")
    decline = store.suggestions.close(G, suggestion().id, SuggestionState.DECLINED, NOW, note="We have one.")
    one, other = await asyncio.gather(approve, decline)
    assert one is not None
    assert one == other
    assert one.closed_at == NOW
    assert await store.suggestions.close(G, "none", SuggestionState.DECLINED, NOW) is None


async def test_hints_are_counted_by_the_highest(store: Store) -> None:
    """Seeing a hint again adds nothing, whatever the order of arrival; members and days are apart."""
    assert await store.hints.seen(G, DAY, ASHA) == 0
    assert [await store.hints.see(G, DAY, ASHA, level) for level in (1, 3, 2, 3)] == [1, 3, 3, 3]
    assert await store.hints.seen(G, DAY, ASHA) == 3
    assert await store.hints.seen(G, DAY, BEN) == 0
    assert await store.hints.seen(G, DAY + timedelta(days=1), ASHA) == 0


async def test_forgetting_erases_suggestions_and_hints(store: Store) -> None:
    """A forgotten member's suggestions and notes of hints go, and nobody else's."""
    await store.groups.create(group())
    await store.groups.join(G, member())
    await store.posts.choose(G, DAY, NOW, "q1")
    for member_id, number in ((ASHA, 1), (BEN, 2)):
        await store.hints.see(G, DAY, member_id, 2)
        await store.suggestions.keep(G, suggestion(number, by=member_id))
    erased = await store.groups.forget(G, ASHA)
    assert (erased["suggestions"], erased["hints"]) == (1, 1)
    assert [each.member_id for each in await store.suggestions.all(G)] == [BEN]
    assert await store.hints.seen(G, DAY, ASHA) == 0
    assert await store.hints.seen(G, DAY, BEN) == 2
