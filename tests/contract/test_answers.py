from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answer import Answer
from bot.domain.review import Review, SelfCheck
from bot.domain.streak import Took
from bot.errors import StoreDown
from bot.infra.redis.keys import Keys
from bot.infra.redis.store import Store
from tests.contract.store_case import (
    ASHA,
    BEN,
    DAY,
    NOW,
    G,
    answer,
    group,
    member,
    review,
    review_job,
    round_trips,
    self_check,
    write,
)

EIGHT_DAYS_S = 8 * 24 * 3600
HOSTILE = ["", "\x00\x01", "a\ud83d", "\u202eabc\u2066", "e\u0301" * 50, "😀👩‍👩‍👧", "x" * 40_000, "<!channel>"]


async def test_one_look_shows_everything_in_one_round_trip(store: Store) -> None:
    """Event, post, member and answer are read together."""
    await store.groups.create(group())
    post = await store.posts.choose(G, DAY, NOW, "q1")
    await store.groups.join(G, member())
    await store.answers.write(G, write(answer(), "e1"))
    async with round_trips(store, 1):
        look = await store.answers.look(G, DAY, ASHA, "e1")
    assert (look.seen, look.post, look.member, look.answer) == (True, post, member(), answer())


async def test_a_look_at_nothing_shows_nothing(store: Store) -> None:
    """Where nothing is stored, the event is not seen and all else is None."""
    look = await store.answers.look(G, DAY, ASHA, "e1")
    assert (look.seen, look.post, look.member, look.answer) == (False, None, None, None)


async def test_an_answer_and_what_it_owes_take_one_round_trip(store: Store) -> None:
    """Answer, record, event and owed review are written together."""
    change = write(answer(), "e1", job=review_job(), due_at=NOW)
    async with round_trips(store, 1):
        assert await store.answers.write(G, change)
    assert await store.answers.get(G, DAY, ASHA) == answer()
    assert await store.answers.record(G, ASHA) == b"\x01"
    assert await store.jobs.owed(review_job()) == NOW
    assert (await store.answers.look(G, DAY, ASHA, "e1")).seen


async def test_of_two_writers_one_has_to_look_again(store: Store) -> None:
    """Ten writes that saw the same version: one is taken, the others are told that it moved."""
    changes = [write(answer(text=str(number)), f"e{number}") for number in range(10)]
    taken = await asyncio.gather(*(store.answers.write(G, change) for change in changes))
    assert taken.count(True) == 1
    assert await store.answers.get(G, DAY, ASHA) == answer(text=str(taken.index(True)))


async def test_a_refused_write_changes_nothing_and_may_come_again(store: Store) -> None:
    """A write that lost against another version leaves no job and no event, so that it can be tried anew."""
    await store.answers.write(G, write(answer(), "e1"))
    late = write(answer(text="late"), "e2", took=Took.LATE, job=review_job(), due_at=NOW)
    assert not await store.answers.write(G, late)
    assert await store.answers.get(G, DAY, ASHA) == answer()
    assert await store.answers.record(G, ASHA) == b"\x01"
    assert await store.jobs.owed(review_job()) is None
    assert await store.answers.write(G, replace(late, expected_version=1, answer=answer(version=2)))


async def test_a_replayed_event_changes_nothing(store: Store) -> None:
    """The same event again is taken as done, though its words differ, and owes nothing anew."""
    await store.answers.write(G, write(answer(), "e1"))
    again = write(answer(text="again", version=2), "e1", 1, took=Took.NOTHING, job=review_job(), due_at=NOW)
    assert await store.answers.write(G, again)
    assert await store.answers.get(G, DAY, ASHA) == answer()
    assert await store.answers.record(G, ASHA) == b"\x01"
    assert await store.jobs.owed(review_job()) is None


async def test_a_refused_write_does_not_take_back_what_another_owes(store: Store) -> None:
    """A review that is owed stays owed when a second write for the same answer is refused."""
    await store.answers.write(G, write(answer(), "e1", job=review_job(), due_at=NOW))
    later = NOW + timedelta(minutes=1)
    assert not await store.answers.write(G, write(answer(), "e2", job=review_job(), due_at=later))
    assert await store.jobs.owed(review_job()) is not None


async def test_an_event_is_remembered_for_eight_days(store: Store) -> None:
    """The memory of an event ends after eight days."""
    await store.answers.write(G, write(answer(), "e1"))
    assert EIGHT_DAYS_S - 60 < await store.client.call("TTL", Keys.event(G, "e1")) <= EIGHT_DAYS_S


async def test_removing_an_answer_removes_its_review(store: Store) -> None:
    """With the text goes what quotes it; the member's day goes only if that is asked for."""
    await store.answers.write(G, write(answer(), "e1"))
    await store.answers.put_review(G, review())
    assert await store.answers.write(G, write(None, "e2", 1, took=None))
    assert await store.answers.get(G, DAY, ASHA) is None
    assert await store.answers.review(G, DAY, ASHA) is None
    assert await store.answers.record(G, ASHA) == b"\x01"


async def test_after_a_removal_nothing_stands(store: Store) -> None:
    """The version of an answer that was removed is 0, so that a new one can follow."""
    await store.answers.write(G, write(answer(), "e1"))
    await store.answers.write(G, write(None, "e2", 1))
    assert not await store.answers.write(G, write(answer(), "e3", 1))
    assert await store.answers.write(G, write(answer(), "e3", 0))


async def test_the_record_has_one_byte_a_post(store: Store) -> None:
    """The byte of post n stands at n - 1, and what was never written in between is nothing."""
    assert await store.answers.record(G, ASHA) == b""
    await store.answers.write(G, write(answer(), "e1", number=4, took=Took.ANSWERED | Took.REVIEWED))
    await store.answers.write(G, write(answer(version=2), "e2", 1, number=2, took=Took.LATE))
    assert await store.answers.record(G, ASHA) == b"\x00\x04\x00\x03"


async def test_withdrawing_an_answer_keeps_a_review_that_was_given(store: Store) -> None:
    """What a byte says of answering is set and cleared by the answer's writes; that a review was given stays."""
    both = Took.ANSWERED | Took.REVIEWED
    await store.answers.write(G, write(answer(), "e1", took=both))
    await store.answers.write(G, write(None, "e2", 1, took=Took.NOTHING))
    assert await store.answers.record(G, ASHA) == bytes([Took.REVIEWED])
    await store.answers.write(G, write(answer(), "e3", took=Took.LATE))
    assert await store.answers.record(G, ASHA) == bytes([Took.REVIEWED | Took.LATE])
    await store.answers.write(G, write(answer(version=2), "e4", 1, took=Took.ANSWERED))
    assert await store.answers.record(G, ASHA) == bytes([both])


async def test_all_answers_of_a_day_are_read_together(store: Store) -> None:
    """The answers of one day come by member, and those of other days do not."""
    await store.answers.write(G, write(answer(), "e1"))
    await store.answers.write(G, write(answer(BEN), "e2", member_id=BEN))
    tomorrow = DAY + timedelta(days=1)
    await store.answers.write(G, write(answer(day=tomorrow), "e3", day=tomorrow))
    assert await store.answers.of_day(G, DAY) == {ASHA: answer(), BEN: answer(BEN)}


@pytest.mark.parametrize("text", HOSTILE)
async def test_any_text_is_stored(store: Store, text: str) -> None:
    """An answer comes back as it was; half a surrogate pair becomes a replacement character."""
    await store.answers.write(G, write(answer(text=text), "e1"))
    assert await store.answers.get(G, DAY, ASHA) == answer(text=text.replace("\ud83d", "\ufffd"))


@pytest.mark.parametrize("text", HOSTILE)
async def test_any_talk_and_draft_is_kept(store: Store, text: str) -> None:
    """Talk comes back as it was, and so do drafts but for half a surrogate pair."""
    await store.answers.set_aside(G, DAY, ASHA, "m1", text)
    await store.answers.save_draft(G, DAY, ASHA, {"s1": text})
    assert await store.answers.aside(G, DAY, ASHA, "m1") == text
    assert await store.answers.draft(G, DAY, ASHA) == {"s1": text.replace("\ud83d", "\ufffd")}


async def test_any_event_key_is_one_event(store: Store) -> None:
    """An event's key may hold anything: it is seen again, and only it."""
    odd = "a:b}\n{\x00\ud83d*"
    await store.answers.write(G, write(answer(), odd))
    assert (await store.answers.look(G, DAY, ASHA, odd)).seen
    assert not (await store.answers.look(G, DAY, ASHA, odd + "*")).seen


async def test_the_first_talk_of_a_day_is_told_apart(store: Store) -> None:
    """Only the first talk of a member on a day is new; all of it is kept for eight days."""
    assert await store.answers.set_aside(G, DAY, ASHA, "m1", "Is it about latency?")
    assert not await store.answers.set_aside(G, DAY, ASHA, "m2", "Ah, I see.")
    assert await store.answers.set_aside(G, DAY, BEN, "m3", "Me too.")
    assert await store.answers.aside(G, DAY, ASHA, "m2") == "Ah, I see."
    assert await store.answers.aside(G, DAY, ASHA, "m3") is None
    assert EIGHT_DAYS_S - 60 < await store.client.call("TTL", Keys.asides(G, DAY, ASHA)) <= EIGHT_DAYS_S


async def test_a_draft_is_kept_for_eight_days(store: Store) -> None:
    """The newest draft stands, for eight days; without one the form is empty."""
    assert await store.answers.draft(G, DAY, ASHA) == {}
    await store.answers.save_draft(G, DAY, ASHA, {"s1": "a", "s2": "b"})
    await store.answers.save_draft(G, DAY, ASHA, {"s2": "c"})
    assert await store.answers.draft(G, DAY, ASHA) == {"s2": "c"}
    assert EIGHT_DAYS_S - 60 < await store.client.call("TTL", Keys.draft(G, DAY, ASHA)) <= EIGHT_DAYS_S


@pytest.mark.parametrize(
    ("kept", "given", "stands"),
    [
        (review(1), self_check(1), review(1)),
        (self_check(1), review(1), review(1)),
        (review(1, "Old?"), review(1, "New?"), review(1, "New?")),
        (review(1), self_check(2), self_check(2)),
        (review(2), review(1), review(2)),
        (self_check(2), review(1), self_check(2)),
    ],
)
async def test_the_newest_review_stands(
    store: Store, kept: Review | SelfCheck, given: Review | SelfCheck, stands: Review | SelfCheck
) -> None:
    """A review of a newer version replaces the older one; of one version, a model's reading outranks a self-check."""
    await store.answers.write(G, write(answer(), "e1"))
    await store.answers.write(G, write(answer(version=2), "e2", 1))
    await store.answers.put_review(G, kept)
    await store.answers.put_review(G, given)
    assert await store.answers.review(G, DAY, ASHA) == stands


async def test_a_review_of_nothing_is_not_kept(store: Store) -> None:
    """A review whose answer was withdrawn while it was made is dropped."""
    await store.answers.put_review(G, review())
    assert await store.answers.review(G, DAY, ASHA) is None


async def test_a_full_server_takes_all_of_a_write_or_nothing(store: Store) -> None:
    """While Redis is out of memory no part of an answer is written, and it can be written whole when there is room."""
    await store.client.call("CONFIG", "SET", "maxmemory", "1mb")
    try:
        with pytest.raises(StoreDown, match="out of memory"):
            await store.answers.write(G, write(answer(), "e1", job=review_job(), due_at=NOW))
    finally:
        await store.client.call("CONFIG", "SET", "maxmemory", "0")
    look = await store.answers.look(G, DAY, ASHA, "e1")
    assert (look.seen, look.answer) == (False, None)
    assert await store.answers.record(G, ASHA) == b""
    assert await store.jobs.owed(review_job()) is None
    assert await store.answers.write(G, write(answer(), "e1"))


async def test_concurrent_edits_all_count_in_the_end(store: Store) -> None:
    """Writers that look again after each refusal lose no change."""
    await store.answers.write(G, write(answer(), "e0"))

    async def add(number: int) -> None:
        while True:
            look = await store.answers.look(G, DAY, ASHA, f"e{number}")
            assert look.answer is not None
            new = _longer(look.answer, number)
            if await store.answers.write(G, write(new, f"e{number}", look.answer.version)):
                return

    await asyncio.gather(*map(add, range(1, 11)))
    stands = await store.answers.get(G, DAY, ASHA)
    assert stands is not None
    assert stands.version == 11
    assert sorted(part.message_id for part in stands.parts[1:]) == sorted(f"m{number}" for number in range(1, 11))


def _longer(stands: Answer, number: int) -> Answer:
    part = replace(stands.parts[0], message_id=f"m{number}")
    return replace(stands, parts=(*stands.parts, part), version=stands.version + 1)
