"""Who leaves a channel in Slack, and who comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.group import Member, MemberId
from bot.infra.redis.client import Client
from tests.contract.slack_case import ANSWER, Case, group_of, running


@pytest.fixture(params=["socket", "http"])
async def case(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode=request.param) as opened:
        await opened.ben.say(opened.study, ANSWER, thread=await opened.posted())
        await opened.settle()
        yield opened


async def ben(case: Case) -> Member:
    member = await case.core.ports.groups.member((await group_of(case)).id, MemberId("U2"))
    assert member is not None
    return member


def moves(case: Case) -> list[str]:
    """What the app was told of comings and goings, and whether it took it in."""
    told = [each for each in case.slack.courier.deliveries if each.payload["event"]["type"].startswith("member_")]
    return [f"{each.payload['event']['type']} {'taken' if each.accepted else 'refused'}" for each in told]


async def test_a_member_leaves_and_comes_back(case: Case) -> None:
    """Who leaves the group's channel has left, and who joins it again is back, without doing anything else."""
    await case.ben.leave(case.study)
    await case.settle()
    assert (await ben(case)).has_left
    await case.asha.invite(case.study, "U2")
    await case.settle()
    assert not (await ben(case)).has_left
    assert moves(case) == ["member_left_channel taken", "member_joined_channel taken"]


async def test_a_member_is_removed_and_acts(case: Case) -> None:
    """Who was removed has left; the next thing that they do in the channel brings them back."""
    await case.asha.leave(case.study, "U2")
    await case.settle()
    assert (await ben(case)).has_left
    case.study.members.add("U2")
    await case.ben.command("/tpm-streak", "", case.study)
    await case.settle()
    assert not (await ben(case)).has_left


async def test_a_departure_brought_again_after_the_return(case: Case) -> None:
    """A departure that Slack brings once more after the member came back changes nothing."""
    await case.ben.leave(case.study)
    await case.settle()
    gone = next(e for e in case.slack.courier.deliveries if e.payload["event"]["type"] == "member_left_channel")
    await case.asha.invite(case.study, "U2")
    await case.slack.courier.again(gone)
    await case.settle()
    assert not (await ben(case)).has_left


async def test_other_channels_and_the_bot_itself(case: Case) -> None:
    """Who leaves a channel without a group has left nothing, nor has a stranger, nor the bot itself."""
    other = case.slack.channel("C9", case.asha, case.ben, name="other")
    await case.ben.leave(other)
    cleo = case.slack.user("U3", name="cleo")
    case.study.members.add("U3")
    await cleo.leave(case.study)
    event = {"type": "member_left_channel", "user": "UBOT1", "channel": "C1", "channel_type": "C", "team": "T1"}
    delivery = await case.slack.emit(event)
    await case.settle()
    assert delivery.accepted
    assert not (await ben(case)).has_left
    everybody = await case.core.ports.groups.members((await group_of(case)).id)
    assert {each.id for each in everybody} <= {"U1", "U2"}
    assert not (await group_of(case)).paused


async def test_an_event_without_its_own_time(case: Case) -> None:
    """An event that carries no `event_ts` is dated by its envelope."""
    event: dict[str, Any] = {"type": "member_left_channel", "user": "U2", "channel": "C1", "event_ts": None}
    delivery = await case.slack.emit(event)
    await case.settle()
    assert delivery.accepted
    assert (await ben(case)).has_left


async def test_redis_is_slow_while_somebody_leaves(case: Case, valkey_url: str) -> None:
    """A departure that could not be kept is not acknowledged, and is kept when Slack brings it again."""
    case.slack.courier.retry_after_s = (0.0, 1.5)
    admin = Client(valkey_url, timeout_s=5.0)
    await admin.call("CLIENT", "PAUSE", 1_200, "ALL")
    await admin.close()
    await case.ben.leave(case.study)
    assert case.slack.courier.deliveries[-2].attempts[0].failure is not None
    await case.settle()
    assert moves(case) == ["member_left_channel taken"]
    assert (await ben(case)).has_left
