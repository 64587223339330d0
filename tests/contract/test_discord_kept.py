"""What members write is kept, or they hear that it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.group import MemberId
from bot.infra.redis.client import Client
from handlers.discord.app import DiscordPlatform
from tests.contract.discord_case import ANSWER, QUICK, eventually, running, settings_for
from tests.servers.discord_world import File

PAUSE_MS = 1_200


@pytest.fixture
async def admin(valkey_url: str) -> AsyncIterator[Client]:
    """Somebody at the Redis console."""
    client = Client(valkey_url, timeout_s=5.0)
    yield client
    await client.close()


class Faulty:
    """A port of which one method has a fault of ours."""

    def __init__(self, port: Any, method: str) -> None:
        self._port = port
        self._method = method

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            raise RuntimeError("a fault of ours")
        return getattr(self._port, name)


async def test_words_that_a_fault_of_ours_lost_are_not_passed_over(
    valkey_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whose message could not be saved for a fault of ours is told so in the thread, and the log has the traceback."""
    async with running(
        valkey_url, ports_of=lambda ports: replace(ports, answers=Faulty(ports.answers, "look"))
    ) as case:
        post = await case.posted()
        await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.answered()
        [told] = case.replies(post)
        assert "Not saved" in told
        assert "a fault of ours" in caplog.text


async def test_redis_is_away_as_a_members_thread_is_looked_for(valkey_url: str, admin: Client) -> None:
    """Words in a post's thread that a member began are saved when Redis is there again, as in the bot's own."""
    async with running(valkey_url) as case:
        post = await case.posted()
        case.discord.delete_channel(case.discord.hub.world.channels[post.id])
        await case.ben.start_thread(post, "Answers")
        await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
        await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.settle()
        assert await case.answer_of("2") == ANSWER


async def test_redis_is_away_as_an_old_message_is_removed(valkey_url: str, admin: Client) -> None:
    """A deletion in the thread of an old post is followed when Redis, which knows whose message it was, is back."""
    async with running(valkey_url) as case:
        post = await case.posted()
        message = await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.settle()
        for _ in range(3):
            case.pass_time(timedelta(days=1))
            await case.settle()
        await case.platform.close()
        platform = DiscordPlatform(settings_for(case.discord), patience=QUICK)
        await platform.start(case.core.ports)
        await eventually(lambda: not platform.busy)
        await admin.call("CLIENT", "PAUSE", PAUSE_MS, "ALL")
        await case.ben.delete(message)
        await asyncio.sleep(PAUSE_MS / 1000)
        await eventually(lambda: not platform.busy)
        await platform.close()
        ports, group = case.core.ports, await case.standing_group()
        first = (await ports.posts.all(group.id))[0]
        answer = await ports.answers.get(group.id, first.day, MemberId("2"))
        assert answer is None or ANSWER not in answer.text


async def test_a_long_answer_that_discord_made_a_file(valkey_url: str) -> None:
    """Who pastes more than 2,000 characters, of which Discord makes a file, hears directly, once, how it can count."""
    async with running(valkey_url, discord_message_content=True) as case:
        post = await case.posted()
        for number in ("77", "78"):
            pasted = File(id=number, name="message.txt", content=(ANSWER * 9).encode())
            await case.ben.say(case.study, "", thread=post, files=(pasted,))
        await case.asha.say(case.study, "", thread=post, files=(File(id="79", name="cat.png", content=b"PNG"),))
        await case.settle()
        [told] = case.directs(case.ben)
        assert "I do not open files" in told.shown
        assert told.labels == ["Answer"]
        assert case.directs(case.asha) == []


async def test_an_edit_that_leaves_no_words_takes_the_answer_back(valkey_url: str) -> None:
    """With the intent, an edit that leaves a picture alone leaves no answer, and asks nobody to paste a new text."""
    async with running(valkey_url, discord_message_content=True) as case:
        post = await case.posted()
        picture = File(id="79", name="cat.png", content=b"PNG")
        message = await case.ben.say(case.study, ANSWER, thread=post, files=(picture,))
        await case.settle()
        told = len(case.directs(case.ben))
        await case.ben.edit(message, "")
        await case.settle()
        assert await case.answer_of("2") is None
        assert len(case.directs(case.ben)) == told


async def test_the_post_is_deleted_before_its_feedback(valkey_url: str) -> None:
    """A post that is gone with its thread: feedback on an answer that was given comes directly, once."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.answered()
        case.discord.delete_channel(case.discord.hub.world.channels[post.id])
        case.discord.hub.remove_message(post)
        await case.settle()
        assert await case.answer_of("2") == ANSWER
        assert ["Check it yourself" in each.shown for each in case.directs(case.ben)] == [True]
        assert await case.core.ports.jobs.dead() == []
