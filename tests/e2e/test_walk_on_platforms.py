"""`/technical-pm` from the question to the file on Slack and on Discord, with the installed program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.post import Post
from bot.infra.library import packaged_library
from bot.infra.redis.store import open_store
from tests.e2e.discord_week import DiscordWeek
from tests.e2e.walk_scene import QUESTION, SECTIONS, Message, Walkers, walkers
from tests.servers.anthropic import Reply

FIRST_SIGN_S = 2.0
LATER = timedelta(minutes=16)
"""More than an interaction of Discord lives (discord.md 2)."""

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(params=["slack", "discord"])
async def scene(request: pytest.FixtureRequest, tmp_path: Path, valkey_url: str) -> AsyncIterator[Walkers]:
    async with walkers(request.param, tmp_path, valkey_url) as made:
        yield made
        assert made.week.faults() == []


def delivered(scene: Walkers, name: str) -> list[Message]:
    """What stands in somebody's direct messages, but for files alone and the card that tells how far it is."""
    return [each for each in scene.direct(name) if each.shown and "walkthrough is being made" not in each.shown]


async def whole(scene: Walkers, name: str, count: int = 1) -> list[Message]:
    """So many walkthroughs, once they are there."""
    wanted = count * (1 + SECTIONS)
    await scene.until(lambda: len(delivered(scene, name)) >= wanted)
    await scene.week.settled()
    cards = delivered(scene, name)
    assert len(cards) == wanted
    return cards


async def test_from_the_question_to_the_file(scene: Walkers) -> None:
    """A sign at once, each query as it is searched, then a summary, six replies and one file, for the asker alone."""
    scene.week.model.script(Reply(search_s=1.2))
    began_s = asyncio.get_running_loop().time()
    first = await scene.ask("ben", QUESTION)
    assert asyncio.get_running_loop().time() - began_s <= FIRST_SIGN_S
    assert "I am on it" in first.shown
    for query in ("part 1 of it", "part 4 of it"):
        await scene.until(lambda: query in scene.progress("ben"))  # noqa: B023  it is awaited here
        assert delivered(scene, "ben") == []
    cards = await whole(scene, "ben")
    assert [each.shown.lstrip("#* ")[:2] for each in cards[1:]] == [f"{number}." for number in range(1, SECTIONS + 1)]
    ((name, text),) = scene.files(scene.direct("ben")).items()
    assert name.startswith("walkthrough-2026-11-23-")
    assert name.endswith(".md")
    assert all(f"## {number}. " in text for number in range(1, SECTIONS + 1))
    assert "being made" not in scene.progress("ben")
    assert "Searching the web" not in scene.progress("ben")
    assert (scene.channel(), scene.direct("chen")) == ([], [])


async def test_shared_it_stands_in_the_channel_once(scene: Walkers) -> None:
    """Shared by the command: a summary with the file in the channel, six replies below it, and no word of who asked."""
    await scene.ask("ben", QUESTION, "share")
    await scene.until(lambda: scene.channel() and len(_sections(scene)) == SECTIONS)
    await scene.week.settled()
    assert len(_sections(scene)) == SECTIONS
    everything = [*scene.channel(), *scene.below(scene.channel()[0])]
    assert len(scene.files(everything)) == 1
    assert not any("ben" in each.shown.lower() for each in everything)
    assert not any(each.pings for each in everything)
    assert delivered(scene, "ben") == []


async def test_a_second_ask_comes_from_what_is_kept(scene: Walkers) -> None:
    """Within the month the same question opens at once with its date and its file; `fresh` has it written anew."""
    await scene.ask("ben", QUESTION)
    await whole(scene, "ben")
    kept = await scene.ask("chen", QUESTION.upper())
    assert "Mon 23 Nov 2026" in kept.shown
    assert [label[0] for label in kept.labels if label[0].isdigit()] == list("123456")
    second = await scene.press("chen", kept, next(each for each in kept.labels if each.startswith("2")))
    assert second.shown.lstrip("#* ").startswith("2. Users")
    assert scene.asked() == 1
    await scene.ask("chen", QUESTION, "fresh")
    await whole(scene, "chen")
    assert scene.asked() == 2


async def test_the_open_question_is_sketched_first(scene: Walkers, valkey_url: str) -> None:
    """Ben sketches the open question and sees what is in his text; chen has it shown anyway; nobody may share it."""
    prompt = packaged_library().questions[(await _post(scene, valkey_url)).question_id].prompt
    first = await scene.ask("ben", prompt)
    assert first.labels == ["Sketch it in five minutes", "Write my answer", "Show anyway"]
    assert "I am on it" in (await scene.sketch("ben", first, f"{prompt} I would measure it first, then decide.")).shown
    await scene.until(lambda: "In your sketch:" in (delivered(scene, "ben") or [first])[-1].shown)
    assert "Not in your sketch:" in delivered(scene, "ben")[-1].shown
    again = await scene.ask("chen", prompt)
    await scene.press("chen", again, "Show anyway")
    await whole(scene, "chen")
    refused = await scene.ask("dana", prompt, "share")
    assert "Nothing was put into the channel" in refused.shown
    assert scene.channel() == []


async def test_discord_s_fifteen_minutes_do_not_matter(tmp_path: Path, valkey_url: str) -> None:
    """A walkthrough that is ready after the command's token has died still comes, as the bot's own messages."""
    async with walkers("discord", tmp_path, valkey_url) as scene:
        scene.week.model.script(Reply(search_s=0.5))
        await scene.ask("ben", QUESTION)
        await scene.until(scene.asked)
        assert isinstance(scene.week, DiscordWeek)
        scene.week.discord.hub.ahead += LATER
        await whole(scene, "ben")
        assert scene.week.faults() == []


async def test_who_takes_no_direct_messages_reads_it_by_asking_again(tmp_path: Path, valkey_url: str) -> None:
    """On Discord a member may take no messages of the bot: the first sign says what to do then, and it works."""
    async with walkers("discord", tmp_path, valkey_url) as scene:
        assert isinstance(scene.week, DiscordWeek)
        scene.week.people["ben"].person.takes_direct = False
        first = await scene.ask("ben", QUESTION)
        assert "ask the same question again" in first.shown
        await scene.until(scene.asked)
        await scene.week.settled()
        kept = await scene.ask("ben", QUESTION)
        assert kept.shown.lstrip("#* ").startswith("Walkthrough")
        assert scene.asked() == 1


async def _post(scene: Walkers, valkey_url: str) -> Post:
    async with open_store(valkey_url, daily_usd=1.0, member_daily_usd=1.0) as store:
        group_id = await store.groups.at(scene.week.place)
        assert group_id is not None
        return (await store.posts.all(group_id))[-1]


def _sections(scene: Walkers) -> list[Message]:
    return [each for root in scene.channel()[:1] for each in scene.below(root) if each.shown]
