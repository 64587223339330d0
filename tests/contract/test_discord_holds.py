"""What Discord asked not to be called for a time is not called: each refusal counts towards a ban (discord.md 2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.group import MemberId
from bot.errors import ChatBusy
from bot.ports import Target, Where
from tests.contract import test_discord_chat
from tests.contract.discord_case import ANSWER, running
from tests.contract.test_discord_chat import CHANNEL, NOTE, SEND, Case, thread
from tests.servers.discord_faults import Fault, cloudflare, rate_limited
from tests.servers.discord_messages import MOST_OLD_EDITS

case = test_discord_chat.case
ASHA = Target(where=Where.DIRECT, place=CHANNEL.place, member=MemberId("1"))
UNAUTHORIZED = Fault(status=401)


async def busy(case: Case, to: Target, key: str) -> float:
    with pytest.raises(ChatBusy) as error:
        await case.chat.send(to, NOTE, key=key)
    return error.value.retry_after_s


@pytest.mark.parametrize(
    ("fault", "for_s"),
    [(rate_limited(7.0, is_global=True), 7.0), (cloudflare(), 60.0), (UNAUTHORIZED, 60.0)],
    ids=["global", "cloudflare", "401"],
)
async def test_a_limit_of_the_whole_bot_stops_every_call(case: Case, fault: Fault, for_s: float) -> None:
    """After a global 429, Cloudflare's or a 401 nothing is called until its time is over, then all is again."""
    post = await case.posted()
    case.discord.fail(SEND, fault)
    assert await busy(case, thread(post), "a") == for_s
    made = len(case.discord.calls)
    assert 0 < await busy(case, thread(post), "a") <= for_s
    assert 0 < await busy(case, ASHA, "b") <= for_s
    assert len(case.discord.calls) == made
    case.discord.pass_time(timedelta(seconds=for_s + 1))
    await case.chat.send(thread(post), NOTE, key="a")
    await case.chat.send(ASHA, NOTE, key="b")


async def test_a_limit_of_one_channel_stops_that_channel(case: Case) -> None:
    """After a 429 for one channel only calls of that kind there wait; members are told elsewhere as ever."""
    post = await case.posted()
    case.discord.fail(SEND, rate_limited(7.0))
    await busy(case, thread(post), "a")
    made = len(case.discord.calls_of(SEND))
    await busy(case, thread(post), "b")
    assert len(case.discord.calls_of(SEND)) == made
    await case.chat.send(ASHA, NOTE, key="c")
    case.discord.pass_time(timedelta(seconds=8))
    await case.chat.send(thread(post), NOTE, key="a")


async def test_one_message_that_was_edited_too_often_stops_no_other(case: Case) -> None:
    """30046 is about one old message: others in its thread are still edited."""
    post = await case.posted()
    old, other = [await case.chat.send(thread(post), NOTE, key=key) for key in ("a", "b")]
    case.discord.pass_time(timedelta(hours=2))
    for _ in range(MOST_OLD_EDITS):
        await case.chat.edit(old, NOTE)
    with pytest.raises(ChatBusy):
        await case.chat.edit(old, NOTE)
    await case.chat.edit(other, NOTE)


async def test_answers_to_interactions_are_not_held_back(valkey_url: str) -> None:
    """Interactions have limits of their own (discord.md 2, "global rate"): a global 429 stops no answer to a person."""
    async with running(valkey_url) as bot:
        post = await bot.posted()
        bot.discord.fail(SEND, rate_limited(60.0, is_global=True))
        await bot.ben.say(bot.study, f"@tpm {ANSWER}", thread=post)
        await bot.settle()
        made = len(bot.discord.calls_of(SEND))
        one = await bot.ben.slash("tpm-streak", bot.study)
        await bot.answered()
        assert one.original is not None
        assert "streak" in one.original.shown
        assert bot.replies(post) == []
        bot.pass_time(timedelta(seconds=61))
        await bot.settle()
        assert bot.replies(post)
        assert len(bot.discord.calls_of(SEND)) == made + 1
