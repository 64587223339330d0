from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from handlers.discord.tree import payload
from tests.e2e.crash_scene import until
from tests.e2e.discord_week import DiscordWeek, settings, stage
from tests.e2e.run_scene import ANSWER, Running, running
from tests.e2e.study_week import NAMES, POST_AT
from tests.servers.discord import DiscordServer


@pytest.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().running() as server:
        yield server


def served(discord: DiscordServer) -> dict[str, str]:
    return {**settings(discord), "TPM_HTTP_PORT": "0"}


async def test_the_installed_program_serves_discord(tmp_path: Path, discord: DiscordServer) -> None:
    """With its token `tpm-bot run` connects, registers no command, counts what comes in, and ends with 0 when told."""
    asha, channel = discord.user("1", name="asha", admin=True), discord.channel("2000")
    discord.register(payload(COMMANDS))
    async with running(tmp_path, env=served(discord), small=False) as bot:
        await bot.turns(200)
        assert (await bot.checks())[1] == {"redis": True, "discord": True}
        answered = await asha.slash("tpm-help", channel)
        assert answered.failure is None
        await until(lambda: answered.original is not None)
        assert (await bot.measured())["tpm_events_total", "command", "taken", "discord"] == 1
        assert [call.route for call in discord.calls if call.route.startswith("PUT")] == []
        bot.process.terminate()
        assert (await bot.ended())[0] == 0
        assert_quiet(bot, discord)
    assert not discord.gateway.sessions


async def test_a_discord_that_is_away_is_waited_for(tmp_path: Path, discord: DiscordServer) -> None:
    """Discord's being down at the start is no end: the program says so, and is ready by itself once it is back."""
    async with running(tmp_path, env=served(discord), small=False, serves=False) as bot:
        async with discord.outage():
            await bot.serving()
            await until(lambda: "discord cannot be reached" in bot.errors)
            assert (await bot.checks())[1] == {"redis": True, "discord": False}
        await bot.turns(200)


async def test_a_token_that_discord_does_not_take_ends_the_program(tmp_path: Path, discord: DiscordServer) -> None:
    """A wrong token ends the program at once with 1 and a sentence that names its variable and not its value."""
    wrong = discord.token.replace("made-up", "old-one")
    async with running(tmp_path, env={**served(discord), "DISCORD_TOKEN": wrong}, small=False, serves=False) as bot:
        assert (await bot.ended())[0] == 1
        assert "Discord does not take DISCORD_TOKEN" in bot.errors.splitlines()[-1]
        assert wrong not in bot.errors


@pytest.mark.timeout(180)
async def test_a_deploy_with_both_versions_running(tmp_path: Path, valkey_url: str) -> None:
    """While a second process takes over on the same token, all that members do and all that is due happens once."""
    async with stage(tmp_path, valkey_url) as week:
        await week.set_up()
        old = week.bot
        await week.start()
        await week.at(0, POST_AT)
        await week.until(week.posts)
        await do_everything(week)
        old.process.terminate()
        await week.say("femi", f"{ANSWER} So says femi.", week.posts()[0])
        assert (await old.ended())[0] == 0
        await week.settled()
        [post] = week.posts()
        texts = [text for author, text in week.replies(post) if author == "bot"]
        about = Counter(name for name in NAMES for text in texts if name in text.partition("\n")[0].lower())
        assert about == {"ben": 2, "chen": 1, "femi": 1}  # ben's form is shown, and judged
        assert week.faults() == []
        assert [each.type for each in week.discord.interactions if each.acknowledged is None] == []


async def do_everything(week: DiscordWeek) -> None:
    post = week.posts()[0]
    await week.fill("ben", ANSWER, post)
    await week.say("chen", f"{ANSWER} So says chen.", post)
    assert "streak" in (await week.streak("dana")).lower()
    await week.settled()


def assert_quiet(bot: Running, discord: DiscordServer) -> None:
    """Nothing went wrong but that this is not Discord itself, and the token is not in the log."""
    loud = [line["event"] for line in bot.logged() if line["level"] not in ("info", "debug")]
    assert [event for event in loud if "DISCORD_API_BASE_URL" not in event] == []
    assert discord.token not in bot.errors
