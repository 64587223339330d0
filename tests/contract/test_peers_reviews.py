from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.duty import AnswerId, CallOff, DutyState, called_off, declined, reminded, volunteered
from bot.domain.group import MemberId
from bot.domain.peer_review import InboxEntry, InboxKind, ReactionKind
from bot.domain.streak import Took, took_part
from bot.infra.redis.keys import Keys
from bot.infra.redis.peers import _give
from bot.infra.redis.store import Store
from tests.contract.peers_case import (
    CY,
    DEE,
    HOUR,
    NEXT,
    duty,
    ended,
    fill,
    flagged,
    giving,
    owing,
    post_job,
    reaction,
    review,
)
from tests.contract.store_case import ASHA, BEN, DAY, NOW, G, answer, round_trips, write

HOSTILE = ["\x00\x01", "a\ud83d", "\u202eabc\u2066", "e\u0301" * 50, "😀👩‍👩‍👧", "x" * 40_000, "<!channel> @everyone |"]


@pytest.fixture
async def study(store: Store) -> Store:
    """A group in which Asha, Ben, Cy and Dee are members and have all answered the first post."""
    await fill(store)
    return store


async def test_duties_come_by_day_author_and_reviewer(study: Store) -> None:
    """Duties of several days are read together, and those of other days are not."""
    await study.answers.write(G, write(answer(ASHA, day=NEXT), "next", day=NEXT))
    await owing(study, duty(CY, BEN), duty(CY, ASHA), duty(BEN, ASHA))
    assert await study.peers.assign(G, NEXT, [duty(day=NEXT)], after=1)
    async with round_trips(study, 1):
        found = await study.peers.duties(G, [NEXT, DAY])
    assert found == [duty(BEN, ASHA), duty(CY, ASHA), duty(CY, BEN), duty(day=NEXT)]
    assert await study.peers.duties(G, [NEXT]) == [duty(day=NEXT)]
    assert await study.peers.duties(G, []) == []


async def test_a_review_is_stored_with_all_that_goes_with_it(study: Store) -> None:
    """Review, end of the duty, day of the reviewer, count of good reviews and owed posting take one round trip."""
    await owing(study, duty(BEN))
    await study.peers.save_draft(G, AnswerId(DAY, ASHA), BEN, {"change": "Say"})
    done = giving(duty(BEN), made=review(good=True))
    async with round_trips(study, 1):
        assert await study.peers.give(G, done)
    assert await study.peers.given(G, [DAY]) == [review(good=True)]
    ended = await study.peers.duty(G, AnswerId(DAY, ASHA), BEN)
    assert ended is not None
    assert (ended.state, ended.ended_at) == (DutyState.GIVEN, NOW + HOUR)
    assert await study.answers.record(G, BEN) == bytes([Took.ANSWERED | Took.REVIEWED])
    assert (await study.peers.reviewer(G, BEN)).good_reviews == 1
    assert await study.jobs.owed(post_job()) == NOW + HOUR
    assert await study.peers.draft(G, AnswerId(DAY, ASHA), BEN) == {}


@pytest.mark.parametrize("before", [Took.NOTHING, Took.ANSWERED, Took.LATE, Took.ANSWERED | Took.REVIEWED])
async def test_a_review_counts_for_the_open_post_and_leaves_the_rest(study: Store, before: Took) -> None:
    """The bit of the open post is set; what the member did there and in other posts stays as it was."""
    await study.client.call("SET", Keys.record(G, BEN), bytes([5, 2, before]))
    await owing(study, duty(BEN))
    assert await study.peers.give(G, giving(duty(BEN), number=3))
    record = await study.answers.record(G, BEN)
    assert record == bytes([5, 2, before | Took.REVIEWED])
    assert took_part(record, 3)


async def test_a_review_counts_far_beyond_the_record(study: Store) -> None:
    """A member who never took part before has nothing in all posts before the one in which they reviewed."""
    await owing(study, duty(DEE))
    assert await study.peers.give(G, giving(duty(DEE), number=300))
    record = await study.answers.record(G, DEE)
    assert (record[0], set(record[1:299]), record[299]) == (Took.ANSWERED, {0}, Took.REVIEWED)


async def test_a_review_while_no_post_is_open_counts_for_none(study: Store) -> None:
    """Without an open post the review is kept and the record stays."""
    await owing(study, duty(BEN))
    assert await study.peers.give(G, giving(duty(BEN), number=None))
    assert await study.answers.record(G, BEN) == bytes([Took.ANSWERED])
    assert len(await study.peers.given(G, [DAY])) == 1


async def test_a_form_that_was_sent_twice_gives_one_review(study: Store) -> None:
    """The same event again is taken as done, though its words differ, and counts nothing twice."""
    await owing(study, duty(BEN))
    assert await study.peers.give(G, giving(duty(BEN), made=review(good=True)))
    assert await study.peers.give(G, giving(duty(BEN), made=review(text="again", good=True)))
    assert await study.peers.given(G, [DAY]) == [review(good=True)]
    assert (await study.peers.reviewer(G, BEN)).good_reviews == 1


async def test_a_review_that_lost_a_race_is_refused_whole(study: Store) -> None:
    """A duty that moved leaves no review, no event and no job, so that the same words can be sent again."""
    await owing(study, duty(BEN))
    await study.peers.change(G, reminded(duty(BEN)))
    assert not await study.peers.give(G, giving(duty(BEN)))
    assert await study.peers.given(G, [DAY]) == []
    assert await study.jobs.owed(post_job()) is None
    assert await study.answers.record(G, BEN) == bytes([Took.ANSWERED])
    assert await study.peers.give(G, giving(reminded(duty(BEN))))
    assert await study.jobs.owed(post_job()) is not None


async def test_a_refused_review_does_not_take_back_what_another_owes(study: Store) -> None:
    """A posting that is owed stays owed when a second review of the same reviewer is refused."""
    await owing(study, duty(BEN))
    assert await study.peers.give(G, giving(duty(BEN)))
    assert not await study.peers.give(G, giving(duty(BEN), "e2", review(text="other words")))
    assert await study.jobs.owed(post_job()) == NOW + HOUR
    assert await study.peers.given(G, [DAY]) == [review()]


async def test_dying_between_the_review_and_its_posting_loses_nothing(study: Store) -> None:
    """If the process dies after the first script, the event that comes again owes the posting and changes no more."""
    await owing(study, duty(BEN))
    done = giving(duty(BEN), made=review(good=True))
    await study.client.call(*_give(G, done))
    assert await study.jobs.owed(post_job()) is None
    assert await study.peers.given(G, [DAY]) == [review(good=True)]
    assert await study.peers.give(G, done)
    assert await study.jobs.owed(post_job()) == NOW + HOUR
    assert await study.peers.given(G, [DAY]) == [review(good=True)]
    assert (await study.peers.reviewer(G, BEN)).good_reviews == 1


async def test_a_review_of_a_withdrawn_answer_is_kept(study: Store) -> None:
    """Who was asked and wrote keeps the words and the day, though the author took the answer back meanwhile."""
    await owing(study, duty(BEN))
    await study.answers.write(G, write(None, "withdrawn", 1))
    off = called_off(duty(BEN), NOW, CallOff.WITHDRAWN)
    assert await study.peers.change(G, off)
    assert await study.peers.give(G, giving(off))
    assert await study.peers.given(G, [DAY]) == [review()]
    assert await study.answers.record(G, BEN) == bytes([Took.ANSWERED | Took.REVIEWED])


async def test_a_volunteer_gives_without_having_been_asked(study: Store) -> None:
    """A review without a duty makes its own, once; it does not count as a pair that was drawn."""
    done = giving(volunteered(AnswerId(DAY, ASHA), DEE, now=NOW))
    assert await study.peers.give(G, done)
    assert not await study.peers.give(G, replace(done, event="e2"))
    (known,) = await study.peers.duties(G, [DAY])
    assert (known.reviewer_id, known.state, known.version) == (DEE, DutyState.GIVEN, 1)
    assert await study.peers.met(G) == {}


@pytest.mark.parametrize("text", HOSTILE)
async def test_words_come_back_as_they_went(study: Store, text: str) -> None:
    """Hostile words of a review, a draft, a reason and a note are kept whole; half a surrogate pair becomes U+FFFD."""
    kept = text.replace("\ud83d", "\ufffd")
    await owing(study, duty(BEN), duty(CY))
    await study.peers.save_draft(G, AnswerId(DAY, ASHA), CY, {"change": text})
    await study.peers.change(G, declined(duty(CY), NOW, text))
    await study.peers.give(G, giving(duty(BEN), made=review(text=text)))
    await study.peers.file(G, InboxEntry(kind=InboxKind.DISPUTE, day=DAY, author_id=ASHA, note=text, at=NOW))
    assert await study.peers.draft(G, AnswerId(DAY, ASHA), CY) == {"change": kept}
    assert [known.reason for known in await study.peers.duties(G, [DAY])] == ["", kept]
    assert await study.peers.given(G, [DAY]) == [review(text=kept)]
    assert [entry.note for entry in await study.peers.inbox(G)] == [kept]


async def test_reviews_come_in_the_order_in_which_they_were_given(study: Store) -> None:
    """The reviews of a day are read together, the oldest first."""
    await owing(study, duty(BEN), duty(CY))
    await study.peers.give(G, giving(duty(CY), "e1", review(CY, given_at=NOW)))
    await study.peers.give(G, giving(duty(BEN), "e2", review(BEN)))
    assert [made.reviewer_id for made in await study.peers.given(G, [DAY, NEXT])] == [CY, BEN]


async def test_a_draft_is_kept_for_eight_days(study: Store) -> None:
    """The newest draft of each review stands, and drafts end eight days after the last one."""
    for text in ("first", "second"):
        await study.peers.save_draft(G, AnswerId(DAY, ASHA), BEN, {"change": text})
    await study.peers.save_draft(G, AnswerId(DAY, ASHA), CY, {"probe": "Why?"})
    assert await study.peers.draft(G, AnswerId(DAY, ASHA), BEN) == {"change": "second"}
    assert await study.peers.draft(G, AnswerId(DAY, BEN), ASHA) == {}
    days = timedelta(seconds=await study.client.call("TTL", Keys.review_drafts(G, DAY)))
    assert timedelta(days=7) < days <= timedelta(days=8)


async def test_a_reaction_is_noted_once(study: Store) -> None:
    """The same button again changes nothing; another button or another person does."""
    await owing(study, duty(BEN))
    await study.peers.give(G, giving(duty(BEN)))
    assert await study.peers.react(G, reaction())
    assert not await study.peers.react(G, reaction(at=NOW + HOUR))
    assert await study.peers.react(G, reaction(kind=ReactionKind.THANKS, at=NOW + HOUR))
    assert await study.peers.react(G, reaction(CY, ReactionKind.THANKS, NOW - HOUR))
    assert await study.peers.reactions(G, [DAY, NEXT]) == [
        reaction(CY, ReactionKind.THANKS, NOW - HOUR),
        reaction(),
        reaction(kind=ReactionKind.THANKS, at=NOW + HOUR),
    ]


async def test_a_reaction_to_no_review_is_refused(study: Store) -> None:
    """A button under a review that is gone notes nothing and files nothing."""
    assert not await study.peers.react(G, reaction(kind=ReactionKind.FLAG), flagged())
    assert await study.peers.reactions(G, [DAY]) == []
    assert await study.peers.inbox(G) == []


async def test_a_storm_of_flags_is_one_entry(study: Store) -> None:
    """Flags on one review by many people are one thing in the inbox; one more after it was kept opens it once."""
    await owing(study, duty(BEN))
    await study.peers.give(G, giving(duty(BEN)))
    flags = [reaction(MemberId(f"F{number}"), ReactionKind.FLAG) for number in range(30)]
    assert all(await asyncio.gather(*(study.peers.react(G, each, flagged()) for each in flags)))
    (entry,) = await study.peers.inbox(G)
    await study.peers.close(G, entry.id, ended("kept"))
    late = reaction(MemberId("F30"), ReactionKind.FLAG)
    assert await study.peers.react(G, late, flagged(NOW + HOUR))
    assert not await study.peers.react(G, late, flagged(NOW + 2 * HOUR))
    assert [known.outcome for known in await study.peers.inbox(G)] == ["kept"]
    again = [reaction(MemberId(f"G{number}"), ReactionKind.FLAG) for number in range(30)]
    at = NOW + 2 * HOUR
    assert all(await asyncio.gather(*(study.peers.react(G, each, flagged(at)) for each in again)))
    assert await study.peers.inbox(G) == [replace(flagged(at), kept_at=NOW + HOUR, kept_by=DEE)]
    await study.peers.close(G, entry.id, replace(ended("kept", by=BEN), at=NOW + 3 * HOUR))
    assert await study.peers.react(G, reaction(CY, ReactionKind.FLAG), flagged(NOW + 4 * HOUR))
    assert [(known.outcome, known.closed_by) for known in await study.peers.inbox(G)] == [("kept", BEN)]


async def test_a_flag_on_a_review_that_was_taken_down_opens_nothing(study: Store) -> None:
    """What left the chat is decided for good."""
    await owing(study, duty(BEN))
    await study.peers.give(G, giving(duty(BEN)))
    assert await study.peers.react(G, reaction(kind=ReactionKind.FLAG), flagged())
    await study.peers.close(G, flagged().id, ended("removed"))
    assert await study.peers.react(G, reaction(CY, ReactionKind.FLAG), flagged(NOW + 2 * HOUR))
    assert [(known.outcome, known.closed_by) for known in await study.peers.inbox(G)] == [("removed", DEE)]


async def test_who_decided_is_forgotten_and_what_was_decided_stays(study: Store) -> None:
    """Forgetting a facilitator takes their name off what they decided, and no other name off anything."""
    await owing(study, duty(BEN))
    await study.peers.give(G, giving(duty(BEN)))
    await study.peers.react(G, reaction(kind=ReactionKind.FLAG), flagged())
    await study.peers.close(G, flagged().id, ended("kept", by=DEE))
    await study.peers.react(G, reaction(CY, ReactionKind.FLAG), flagged(NOW + 2 * HOUR))
    await study.peers.close(G, flagged().id, replace(ended("kept", by=CY), at=NOW + 3 * HOUR))
    erased = await study.groups.forget(G, DEE)
    assert erased["decisions"] == 1
    (entry,) = await study.peers.inbox(G)
    assert (entry.outcome, entry.closed_by, entry.kept_by, entry.kept_at) == ("kept", CY, None, NOW + HOUR)
    assert (await study.groups.forget(G, CY))["decisions"] == 1
    assert [each.closed_by for each in await study.peers.inbox(G)] == [None]


async def test_a_review_that_arrives_after_its_author_was_forgotten_is_refused(study: Store) -> None:
    """With duty and answer gone the write is refused, so that nothing about a forgotten member comes back."""
    await owing(study, duty(BEN, ASHA))
    await study.groups.forget(G, ASHA)
    assert not await study.peers.give(G, giving(duty(BEN, ASHA)))
    assert not await study.peers.give(G, giving(volunteered(AnswerId(DAY, ASHA), CY, now=NOW)))
    assert await study.peers.given(G, [DAY]) == []
