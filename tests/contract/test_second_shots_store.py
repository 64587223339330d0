from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.group import MemberId
from bot.domain.second_shot import SecondShot
from bot.infra.redis.second_shots import RedisSecondShots
from bot.infra.redis.store import Store
from tests.contract.store_case import ASHA, BEN, DAY, NOW, G, member, review, self_check

HOSTILE = "<@U1> {{x}} \N{GRINNING FACE} व्याख्या |\x00 " + "long " * 4_000


def shot(member_id: MemberId = ASHA, **changes: Any) -> SecondShot:
    made = SecondShot(
        member_id=member_id, day=DAY, section="s1", version=1, text="Forty nurses a night.", event="e1", at=NOW,
        before=review().sections[0],
    )  # fmt: skip
    return replace(made, **changes)


async def test_the_first_one_stands(store: Store) -> None:
    """Of many for one answer the first stands, and everybody is told that one; other answers have none."""
    many = [shot(text=f"Text {number}", event=f"e{number}") for number in range(8)]
    stand = await asyncio.gather(*(store.shots.keep(G, each) for each in many))
    assert len(set(map(repr, stand))) == 1
    assert await store.shots.get(G, DAY, ASHA) == stand[0]
    assert await store.shots.get(G, DAY, BEN) is None
    assert await store.shots.get(G, DAY + timedelta(days=1), ASHA) is None


async def test_any_text_comes_back(store: Store) -> None:
    """What was kept is read as it was, in every field, and in other processes too."""
    made = shot(
        text=HOSTILE, event="e|1", language="pt-BR", after=review().sections[0], check=self_check(),
        stamp=review().stamp, made_at=NOW,
    )  # fmt: skip
    await store.shots.keep(G, made)
    assert await RedisSecondShots(store.client).get(G, DAY, ASHA) == made


async def test_what_came_of_it_is_stored_once(store: Store) -> None:
    """Of two that judge it the first to be done wins; a self-check that is tried again gives way, and is no end."""
    await store.shots.keep(G, shot())
    waits = shot(check=self_check(), made_at=NOW)
    assert waits.check is not None
    waits = replace(waits, check=replace(waits.check, retried=True))
    assert await store.shots.judged(G, waits) == waits
    judged = [
        shot(after=replace(review().sections[0], band=band), stamp=review().stamp, made_at=NOW) for band in (3, 4)
    ]
    stand = await asyncio.gather(*(store.shots.judged(G, each) for each in judged))
    assert stand[0] == stand[1]
    assert stand[0] in judged
    assert await store.shots.get(G, DAY, ASHA) == stand[0]


async def test_what_is_gone_is_not_stored_again(store: Store) -> None:
    """What was dropped while it was judged stays gone; of another one in its place nothing is overwritten."""
    await store.shots.keep(G, shot())
    await store.shots.drop(G, DAY, ASHA)
    assert await store.shots.judged(G, shot(after=review().sections[0])) is None
    assert await store.shots.of_day(G, DAY) == []
    await store.shots.keep(G, shot(event="e2", text="Anew."))
    assert await store.shots.judged(G, shot(after=review().sections[0])) == shot(event="e2", text="Anew.")


async def test_those_of_a_day_come_oldest_first(store: Store) -> None:
    """All of one day come by time and member, and those of other days do not."""
    made = [shot(BEN), shot(at=NOW + timedelta(minutes=1))]
    for each in (*reversed(made), shot(day=DAY + timedelta(days=1))):
        await store.shots.keep(G, each)
    assert await store.shots.of_day(G, DAY) == made


async def test_forgetting_erases_the_member_s_own(store: Store) -> None:
    """Forget me erases the member's own of every day that had a post, and nobody else's."""
    await store.groups.join(G, member())
    await store.posts.choose(G, DAY, NOW, "q1")
    for member_id in (ASHA, BEN):
        await store.shots.keep(G, shot(member_id))
        await store.drafts.save(G, member_id, f"shot:{DAY}:s1", {"text": HOSTILE})
    assert (await store.groups.forget(G, ASHA))["second_shots"] == 1
    assert await store.shots.of_day(G, DAY) == [shot(BEN)]
    assert await store.drafts.all(G, ASHA) == {}
    assert await store.drafts.all(G, BEN) == {f"shot:{DAY}:s1": {"text": HOSTILE}}


async def test_form_drafts_are_kept_apart(store: Store) -> None:
    """Each form has a draft of its own; empty values forget it, and all that are left come together."""
    await store.drafts.save(G, ASHA, "a", {"text": "one", "used": "none"})
    await store.drafts.save(G, ASHA, "b:c", {"text": "two"})
    await store.drafts.save(G, ASHA, "a", {"text": HOSTILE})
    assert await store.drafts.get(G, ASHA, "a") == {"text": HOSTILE}
    assert await store.drafts.all(G, ASHA) == {"a": {"text": HOSTILE}, "b:c": {"text": "two"}}
    await store.drafts.save(G, ASHA, "a", {})
    assert await store.drafts.get(G, ASHA, "a") == {}
    assert await store.drafts.all(G, ASHA) == {"b:c": {"text": "two"}}
