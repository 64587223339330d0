from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.contract.discord_bench import STUDY, Bench, bench, command
from tests.servers.discord_faults import broken, cloudflare, cut, late, rate_limited, refused, silent, slow
from tests.servers.discord_seat import NOT_RESPONDED

SEND = "POST /channels/{channel}/messages"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        yield opened


def standing(on: Bench) -> list[str]:
    return [each.shown for each in on.ben.sees(STUDY)]


async def test_a_rate_limit_with_via_is_waited_out(on: Bench) -> None:
    """Discord's own 429 does nothing, and discord.py sends again after the wait."""
    on.server.fail(SEND, rate_limited(0.05), rate_limited(0.05, is_global=True))
    await on.send(content="a")
    assert standing(on) == ["a"]
    assert [each.status for each in on.server.calls_of(SEND)] == [429, 429, 200]


async def test_a_rate_limit_without_via_is_raised(on: Bench) -> None:
    """Cloudflare's 429 is an error at once, and nothing stands."""
    on.server.fail(SEND, cloudflare())
    with pytest.raises(discord.HTTPException) as raised:
        await on.send(content="a")
    assert (raised.value.status, standing(on)) == (429, [])


async def test_a_full_bucket_is_told(on: Bench) -> None:
    """A bucket's headers make discord.py wait by itself; who goes on all the same is answered 429."""
    on.server.limit(SEND, 2, 0.3)
    for each in range(3):
        await on.send(content=str(each))
    assert standing(on) == ["0", "1", "2"]
    assert [each.status for each in on.server.calls_of(SEND)] == [200, 200, 200]
    headers = {"Authorization": f"Bot {on.server.token}"}
    url = f"{on.server.api_url}/channels/{STUDY}/messages"
    async with aiohttp.ClientSession(headers=headers) as hasty:
        answers = [await hasty.post(url, json={"content": "x"}) for _ in range(3)]
        assert answers[-1].status == 429
        assert (await answers[-1].json())["retry_after"] <= 0.3


async def test_a_500_after_the_effect_is_one_message_by_its_nonce(on: Bench) -> None:
    """discord.py repeats a 500 by itself: with its nonce one message stands, without one two."""
    channel = on.client.get_partial_messageable(int(STUDY))
    on.server.fail(SEND, broken(500, commits=True))
    await channel.send("with a nonce")
    on.server.fail(SEND, broken(500, commits=True))
    await on.send(content="without")
    assert standing(on) == ["with a nonce", "without", "without"]


async def test_a_503_is_raised_at_once(on: Bench) -> None:
    """discord.py does not repeat a 503, so it may or may not have taken effect."""
    on.server.fail(SEND, broken(503, commits=True))
    with pytest.raises(discord.DiscordServerError):
        await on.send(content="a")
    assert standing(on) == ["a"]


@pytest.mark.parametrize("commits", [True, False])
async def test_a_reset_may_come_after_the_effect(on: Bench, commits: bool) -> None:
    """A reset connection says nothing of whether the message stands."""
    on.server.fail(SEND, cut(commits=commits))
    with pytest.raises((OSError, aiohttp.ClientError)):
        await on.send(content="a")
    assert standing(on) == (["a"] if commits else [])


async def test_no_answer_is_no_answer(on: Bench) -> None:
    """A call without an answer runs into the caller's own timeout."""
    on.server.fail(SEND, silent(commits=True))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(on.send(content="a"), 0.2)
    assert standing(on) == ["a"]


async def test_an_effect_is_seen_before_its_late_answer(on: Bench) -> None:
    """A late answer comes long after everybody has seen the message."""
    on.server.fail(SEND, late(0.3))
    sending = asyncio.create_task(on.send(content="a"))
    await on.server.until(lambda: standing(on) == ["a"], within_s=0.25)
    assert not sending.done()
    await sending


async def test_a_code_can_be_asked_for(on: Bench) -> None:
    """A test may let a route answer any code, once."""
    on.server.fail(SEND, refused(50001))
    assert [await on.refused(content="a"), await on.refused(content="b")] == [50001, 0]
    with pytest.raises(KeyError):
        on.server.fail("POST /nowhere", refused(50001))


async def test_a_slow_callback_is_late(on: Bench) -> None:
    """A callback that is under way for more than 3 s is 10062, and its user has seen it fail."""
    on.server.register([command("ask")])
    on.server.hub.callback_within_s = 0.2
    on.server.fail(CALLBACK, slow(0.4))
    codes: list[int] = []

    async def answer(one: discord.Interaction) -> None:
        try:
            await one.response.defer()
        except discord.NotFound as error:
            codes.append(error.code)

    on.client.answers = answer
    await on.ben.slash("ask", STUDY)
    await on.server.until(lambda: codes == [10062])
    assert on.ben.failures == [NOT_RESPONDED]


async def test_an_outage_ends(on: Bench) -> None:
    """While Discord is down every call breaks, and afterwards the client takes its session up again."""
    async with on.server.outage():
        with pytest.raises((OSError, aiohttp.ClientError)):
            await on.send(content="a")
        await on.ben.say(STUDY, "meanwhile")
    await on.send(content="b")
    await on.server.until(lambda: "resumed" in on.client.seen)
    assert standing(on) == ["meanwhile", "b"]
