from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.group import Member
from bot.inbound import Arrived, Departed
from tests.usecases.reviewing import FOUR, answered, reviewers
from tests.usecases.study import HOUR, MINUTE, OTHER_ANSWER, Study


@pytest.fixture
async def asked(opened: Study) -> Study:
    """Asha, Ben and Chen have answered, and each owes one of the others a review; Dara took part as well."""
    await answered(opened, FOUR[:3])
    await opened.say("dara", OTHER_ANSWER)
    await opened.settle()
    return opened


async def ben(study: Study) -> Member:
    member = await study.member("ben")
    assert member is not None
    return member


def left(study: Study, at: datetime, name: str = "ben") -> Departed:
    return Departed(study.caller(name), at)


@pytest.mark.parametrize("order", ["left, back, left again by mistake", "back, left"])
async def test_comings_and_goings_are_told_in_any_order(asked: Study, order: str) -> None:
    """A departure that is told late, or twice, does not undo the return after it."""
    gone_at = asked.ports.clock.now()
    back_at = gone_at + MINUTE
    events: list[Arrived | Departed] = [
        left(asked, gone_at),
        Arrived(asked.caller("ben"), back_at),
        left(asked, gone_at),
    ]
    for event in events if order.startswith("left") else events[1:]:
        await asked.do(event)
    assert not (await ben(asked)).has_left
    await asked.do(left(asked, back_at + MINUTE))
    assert (await ben(asked)).has_left


async def test_whoever_acts_is_here_whatever_the_platforms_clock_says(asked: Study) -> None:
    """An act brings a member back even if the platform's clock is ahead of the bot's."""
    await asked.do(left(asked, asked.ports.clock.now() + HOUR))
    await asked.command("ben", "/tpm-streak")
    assert not (await ben(asked)).has_left


async def test_nobody_is_asked_to_review_while_gone(asked: Study) -> None:
    """Who left is asked for no review; back in the channel they are among those who may be asked."""
    await asked.do(left(asked, asked.ports.clock.now()))
    await asked.settle()
    assert "ben" not in {name for each in FOUR for name in await reviewers(asked, each)}
    await asked.advance(MINUTE)
    await asked.do(Arrived(asked.caller("ben"), asked.ports.clock.now()))
    await asked.do(left(asked, asked.ports.clock.now(), "dara"))
    await asked.do(left(asked, asked.ports.clock.now(), "asha"))
    await asked.settle()
    assert await reviewers(asked, "chen") == ["ben"]


async def test_a_stranger_who_comes_is_nobody(asked: Study) -> None:
    """Of somebody who joins the channel and has never taken part nothing is kept."""
    await asked.do(Arrived(asked.caller("eve"), asked.ports.clock.now()))
    assert await asked.member("eve") is None


async def test_who_left_is_not_reminded(opened: Study) -> None:
    """A reminder that was asked for does not follow its member out of the channel."""
    for name in ("ben", "chen"):
        await opened.command(name, "/tpm-me reminders 18:00")
    await opened.do(left(opened, opened.ports.clock.now()))
    await opened.advance(10 * HOUR)
    assert (opened.direct("ben"), len(opened.direct("chen"))) == ([], 1)
