from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.calibration import Calibrated
from bot.domain.duty import AnswerId, CallOff, called_off, declined, reminded
from bot.domain.duty import given as review_given
from bot.domain.peer_review import InboxEntry, InboxKind, Reaction, ReactionKind
from bot.infra.redis.store import Store
from bot.ports import Job, ReviewerNotes
from tests.contract.peers_case import (
    CY,
    DEE,
    HOUR,
    duty,
    ended,
    fill,
    flagged,
    giving,
    owing,
    reaction,
)
from tests.contract.store_case import ASHA, BEN, DAY, NOW, G, round_trips, write


@pytest.fixture
async def study(store: Store) -> Store:
    """A group in which Asha, Ben, Cy and Dee are members and have all answered the first post."""
    await fill(store)
    return store


async def test_a_round_is_stored_whole_in_one_round_trip(study: Store) -> None:
    """Duties, pairs and owed work are written together, and the round is counted."""
    look = Job("look", G, f"{DAY}|{ASHA}")
    async with round_trips(study, 1):
        assert await study.peers.assign(G, DAY, [duty(BEN), duty(CY)], after=0, jobs=[(look, NOW)])
    assert await study.peers.duties(G, [DAY]) == [duty(BEN), duty(CY)]
    assert await study.peers.met(G) == {(ASHA, BEN): 1, (ASHA, CY): 1}
    assert await study.jobs.owed(look) == NOW
    assert await study.peers.rounds(G) == 1


async def test_of_two_workers_one_assigns(study: Store) -> None:
    """Ten assignments that saw the same state: one is stored, the others are told to look again."""
    tries = [study.peers.assign(G, DAY, [duty(BEN), duty(CY)], after=0) for _ in range(10)]
    assert sorted(await asyncio.gather(*tries)) == [False] * 9 + [True]
    assert await study.peers.met(G) == {(ASHA, BEN): 1, (ASHA, CY): 1}


async def test_an_assignment_that_was_refused_changes_nothing(study: Store) -> None:
    """Who looked before another assigned stores nothing, and may try again after looking."""
    await owing(study, duty(BEN))
    assert not await study.peers.assign(G, DAY, [duty(CY)], after=0)
    assert await study.peers.duties(G, [DAY]) == [duty(BEN)]
    assert await study.peers.assign(G, DAY, [duty(CY)], after=1)


async def test_a_duty_for_what_is_gone_is_left_out(study: Store) -> None:
    """An answer that was withdrawn, or a reviewer who was forgotten, between looking and writing gets no duty."""
    await study.answers.write(G, write(None, "withdrawn", 1))
    await study.groups.forget(G, DEE)
    assert await study.peers.assign(G, DAY, [duty(BEN, ASHA), duty(DEE, CY), duty(BEN, CY)], after=0)
    assert await study.peers.duties(G, [DAY]) == [duty(BEN, CY)]
    assert await study.peers.met(G) == {(CY, BEN): 1}


async def test_a_duty_never_takes_the_place_of_another_unseen(study: Store) -> None:
    """A reviewer's duty is replaced only by one that was made from it."""
    old = called_off(duty(BEN), NOW, CallOff.AWAY)
    await owing(study, duty(BEN))
    await owing(study, duty(BEN))
    assert await study.peers.met(G) == {(ASHA, BEN): 1}
    assert await study.peers.change(G, old)
    await owing(study, duty(BEN, before=old))
    assert await study.peers.duties(G, [DAY]) == [duty(BEN, before=old)]


async def test_a_transition_is_stored_once(study: Store) -> None:
    """Of two changes to the same duty one is stored; the other is told to look again."""
    await owing(study, duty(BEN))
    assert await study.peers.change(G, reminded(duty(BEN)))
    assert not await study.peers.change(G, declined(duty(BEN), NOW, "no time"))
    assert await study.peers.duty(G, AnswerId(DAY, ASHA), BEN) == reminded(duty(BEN))
    assert not await study.peers.change(G, reminded(duty(CY)))
    assert await study.peers.duty(G, AnswerId(DAY, ASHA), CY) is None


async def test_the_inbox_takes_a_thing_once(study: Store) -> None:
    """An entry that is there, open or closed, is not filed again; entries come oldest first."""
    entry = InboxEntry(kind=InboxKind.UNREVIEWED, day=DAY, author_id=ASHA, at=NOW + HOUR)
    assert await study.peers.file(G, entry)
    assert not await study.peers.file(G, replace(entry, at=NOW + 2 * HOUR))
    assert await study.peers.file(G, flagged())
    assert await study.peers.inbox(G) == [flagged(), entry]


async def test_the_first_to_settle_an_entry_wins(study: Store) -> None:
    """Of facilitators who close an entry at the same time one decides, and all see the same outcome."""
    await study.peers.file(G, flagged())
    closing = (study.peers.close(G, flagged().id, ended(f"outcome {number}")) for number in range(5))
    found = await asyncio.gather(*closing)
    assert len({entry.outcome for entry in found if entry}) == 1
    assert await study.peers.inbox(G) == [found[0]]
    assert await study.peers.close(G, "flag|none", ended("x")) is None


async def test_a_list_is_kept_until_it_is_changed(study: Store) -> None:
    """Somebody put on a list twice is there once, and goes when taken off."""
    for _ in range(2):
        await study.peers.avoid(G, ASHA, BEN)
    await study.peers.avoid(G, CY, ASHA)
    assert await study.peers.not_with(G) == {(ASHA, BEN), (CY, ASHA)}
    await study.peers.avoid(G, ASHA, BEN, on=False)
    assert await study.peers.not_with(G) == {(CY, ASHA)}


async def test_calibrations_are_kept_by_section(study: Store) -> None:
    """The newest of each section stands, oldest first; others' are not mixed in."""
    assert await study.peers.reviewer(G, ASHA) == ReviewerNotes()
    made = [Calibrated(section="s4", bands=(1, 4), references=(1, 3), at=NOW + HOUR * number) for number in range(2)]
    other = Calibrated(section="s1", bands=(0, 4), references=(1, 4), at=NOW)
    for each in (*made, other):
        await study.peers.calibrate(G, ASHA, each)
    await study.peers.calibrate(G, BEN, other)
    assert (await study.peers.reviewer(G, ASHA)).calibrated == (other, made[1])


async def test_forgetting_takes_reviews_duties_and_lists_both_ways(study: Store) -> None:
    """After a member is forgotten no hash of the peers names them, and what concerns others alone stays."""
    await owing(study, duty(BEN, ASHA), duty(ASHA, BEN), duty(CY, ASHA), duty(CY, BEN))
    for number, known in enumerate((duty(BEN, ASHA), duty(ASHA, BEN), duty(CY, BEN))):
        await study.peers.give(G, giving(known, f"e{number}"))
    await study.peers.save_draft(G, AnswerId(DAY, ASHA), CY, {"change": "of Asha's answer"})
    other = Reaction(day=DAY, author_id=BEN, reviewer_id=CY, by=BEN, kind=ReactionKind.THANKS, at=NOW)
    for each in (reaction(), other, replace(other, by=ASHA)):
        assert await study.peers.react(G, each)
    await study.peers.avoid(G, CY, ASHA)
    await study.peers.avoid(G, CY, BEN)
    await study.peers.file(G, flagged())
    await study.peers.calibrate(G, ASHA, Calibrated(section="s1", bands=(0, 4), references=(1, 4), at=NOW))
    erased = await study.groups.forget(G, ASHA)
    assert (erased["duties"], erased["peer_reviews"], erased["reactions"], erased["not_with"]) == (3, 2, 2, 1)
    assert await study.peers.duties(G, [DAY]) == [review_given(duty(CY, BEN), NOW + HOUR)]
    assert [made.reviewer_id for made in await study.peers.given(G, [DAY])] == [CY]
    assert await study.peers.reactions(G, [DAY]) == [other]
    assert await study.peers.met(G) == {(BEN, CY): 1}
    assert await study.peers.not_with(G) == {(CY, BEN)}
    assert await study.peers.inbox(G) == []
    assert await study.peers.draft(G, AnswerId(DAY, ASHA), CY) == {}
    assert (await study.peers.reviewer(G, ASHA)).calibrated == ()
