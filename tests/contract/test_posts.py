from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.picks import Pick, Rule, Why
from bot.domain.post import Post, PostState
from bot.infra.redis.store import Store
from tests.contract.store_case import DAY, NOW, G, group, message, round_trips

NEXT_DAY = DAY + timedelta(days=1)
LATER = NOW + timedelta(days=1)
WINDOW = timedelta(hours=36)


async def test_a_chosen_post_stands(store: Store) -> None:
    """The question that was chosen first for a day stays, whatever is chosen again."""
    first = await store.posts.choose(G, DAY, NOW, "q1")
    assert first == Post(day=DAY, number=1, question_id="q1", due_at=NOW)
    assert await store.posts.choose(G, DAY, LATER, "q2") == first
    assert await store.posts.get(G, DAY) == first


async def test_a_post_remembers_that_it_is_sealed(store: Store) -> None:
    """Whether a post is sealed is part of the choice that was stored first, through its sending."""
    assert (await store.posts.choose(G, DAY, NOW, "q1", sealed=True)).sealed
    assert (await store.posts.choose(G, DAY, NOW, "q1")).sealed
    assert (await store.posts.sent(G, DAY, message(), NOW, NOW + WINDOW)).sealed
    assert not (await store.posts.choose(G, NEXT_DAY, LATER, "q2")).sealed


async def test_an_unknown_post_is_none(store: Store) -> None:
    """A day without a post, and a message that is none, read as None."""
    assert await store.posts.get(G, DAY) is None
    assert await store.posts.opened_by(G, "m1") is None
    assert await store.posts.all(G) == []


async def test_posts_chosen_at_once_are_numbered_without_gaps(store: Store) -> None:
    """Twenty days chosen by sixty calls at the same time get the numbers 1 to 20."""
    days = [DAY + timedelta(days=number) for number in range(20)] * 3
    await asyncio.gather(*(store.posts.choose(G, day, NOW, "q") for day in days))
    assert [post.number for post in await store.posts.all(G)] == list(range(1, 21))


async def test_a_sent_post_is_found_by_its_message(store: Store) -> None:
    """A post that was sent has its window, and its message leads to its day."""
    await store.posts.choose(G, DAY, NOW, "q1")
    sent = await store.posts.sent(G, DAY, message(), NOW, NOW + WINDOW)
    assert (sent.state, sent.message, sent.opened_at, sent.closes_at) == (
        PostState.SENT,
        message(),
        NOW,
        NOW + WINDOW,
    )
    assert await store.posts.get(G, DAY) == sent
    assert await store.posts.opened_by(G, "m1") == DAY


async def test_the_first_to_record_a_sent_post_wins(store: Store) -> None:
    """Of ten owners that record the day as sent, all are told the same message, and only it leads to the day."""
    await store.posts.choose(G, DAY, NOW, "q1")
    told = await asyncio.gather(
        *(store.posts.sent(G, DAY, message(f"m{number}"), NOW, NOW + WINDOW) for number in range(10))
    )
    assert all(post == told[0] for post in told)
    leading = [number for number in range(10) if await store.posts.opened_by(G, f"m{number}")]
    assert [message(f"m{number}") for number in leading] == [told[0].message]


async def test_a_new_post_closes_the_one_before(store: Store) -> None:
    """The window of the post before ends when the next one opens, and no later."""
    await store.posts.choose(G, DAY, NOW, "q1")
    await store.posts.sent(G, DAY, message("m1"), NOW, NOW + WINDOW)
    await store.posts.choose(G, NEXT_DAY, LATER, "q2")
    await store.posts.sent(G, NEXT_DAY, message("m2"), LATER, LATER + WINDOW)
    first, second = await store.posts.all(G)
    assert (first.closes_at, second.closes_at) == (LATER, LATER + WINDOW)


async def test_a_window_that_is_over_stays_as_it_was(store: Store) -> None:
    """A post that had closed by itself is not opened longer by the next one."""
    await store.posts.choose(G, DAY, NOW, "q1")
    await store.posts.sent(G, DAY, message("m1"), NOW, NOW + timedelta(hours=2))
    await store.posts.choose(G, NEXT_DAY, LATER, "q2")
    await store.posts.sent(G, NEXT_DAY, message("m2"), LATER, LATER + WINDOW)
    first, _ = await store.posts.all(G)
    assert first.closes_at == NOW + timedelta(hours=2)


async def test_what_is_known_of_the_posts_is_not_read_again(store: Store) -> None:
    """Who hands over the posts as they stand records a post in one round trip, and the one before is closed."""
    await store.posts.choose(G, DAY, NOW, "q1")
    await store.posts.sent(G, DAY, message("m1"), NOW, NOW + WINDOW)
    await store.posts.choose(G, NEXT_DAY, LATER, "q2")
    known = await store.posts.all(G)
    async with round_trips(store, 1):
        sent = await store.posts.sent(G, NEXT_DAY, message("m2"), LATER, LATER + WINDOW, known=known)
    first, second = await store.posts.all(G)
    assert (first.closes_at, second, second.message) == (LATER, sent, message("m2"))


async def test_a_post_that_was_sent_meanwhile_is_closed_too(store: Store) -> None:
    """Known posts that stand otherwise by now are read again: a post sent since then is closed by the next one."""
    await store.posts.choose(G, DAY, NOW, "q1")
    await store.posts.choose(G, NEXT_DAY, LATER, "q2")
    known = await store.posts.all(G)
    await store.posts.sent(G, DAY, message("m1"), NOW, NOW + WINDOW)
    await store.posts.sent(G, NEXT_DAY, message("m2"), LATER, LATER + WINDOW, known=known)
    assert [post.closes_at for post in await store.posts.all(G)] == [LATER, LATER + WINDOW]


async def test_a_post_that_was_not_known_is_closed_too(store: Store) -> None:
    """Known posts of which one before lacks do not count: all are read, and the one that lacks is closed."""
    await store.posts.choose(G, DAY, NOW, "q1")
    await store.posts.sent(G, DAY, message("m1"), NOW, NOW + WINDOW)
    chosen = await store.posts.choose(G, NEXT_DAY, LATER, "q2")
    await store.posts.sent(G, NEXT_DAY, message("m2"), LATER, LATER + WINDOW, known=[chosen])
    assert [post.closes_at for post in await store.posts.all(G)] == [LATER, LATER + WINDOW]


async def test_a_day_that_was_settled_meanwhile_stays_so(store: Store) -> None:
    """A day that is known as chosen and was missed since then takes no message."""
    known = [await store.posts.choose(G, DAY, NOW, "q1")]
    missed = await store.posts.settle(G, DAY, PostState.MISSED)
    assert await store.posts.sent(G, DAY, message(), NOW, NOW + WINDOW, known=known) == missed


async def test_one_look_says_what_the_next_post_depends_on(store: Store) -> None:
    """A look gives the group, its posts in order and what is decided, as they are read one by one, at once."""
    await store.groups.create(group())
    for day in (NEXT_DAY, DAY):
        await store.posts.choose(G, day, NOW, "q1")
    await store.queue.put(G, [Pick(DAY, "q9", Why(Rule.PINNED))])
    async with round_trips(store, 1):
        look = await store.posts.look(G)
    apart = (await store.groups.get(G), await store.posts.all(G), await store.queue.picks(G))
    assert (look.group, look.posts, look.decided) == apart
    assert (len(look.posts), len(look.decided)) == (2, 1)


async def test_a_look_at_a_group_that_is_gone_finds_nothing(store: Store) -> None:
    """Of a group that is not there a look says so."""
    look = await store.posts.look(G)
    assert (look.group, look.posts, look.decided) == (None, [], {})


@pytest.mark.parametrize("state", [PostState.MISSED, PostState.SKIPPED])
async def test_a_settled_day_stays_settled(store: Store, state: PostState) -> None:
    """A day that was missed or skipped takes no message and no other end."""
    await store.posts.choose(G, DAY, NOW, "q1")
    settled = await store.posts.settle(G, DAY, state)
    assert settled.state == state
    assert await store.posts.sent(G, DAY, message(), NOW, NOW + WINDOW) == settled
    assert await store.posts.settle(G, DAY, PostState.SKIPPED) == settled
    assert await store.posts.opened_by(G, "m1") is None


async def test_a_sent_day_is_never_missed(store: Store) -> None:
    """A post that was sent stays sent when somebody gives the day up."""
    await store.posts.choose(G, DAY, NOW, "q1")
    sent = await store.posts.sent(G, DAY, message(), NOW, NOW + WINDOW)
    assert await store.posts.settle(G, DAY, PostState.MISSED) == sent
    assert await store.posts.get(G, DAY) == sent


async def test_only_a_chosen_day_can_end(store: Store) -> None:
    """Recording the end of a day without a post raises KeyError."""
    with pytest.raises(KeyError):
        await store.posts.sent(G, DAY, message(), NOW, NOW + WINDOW)
    with pytest.raises(KeyError):
        await store.posts.settle(G, DAY, PostState.MISSED)
