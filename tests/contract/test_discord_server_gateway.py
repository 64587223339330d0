from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import discord
import pytest

from tests.contract.discord_bench import INTENTS, READING, STUDY, Bench, bench
from tests.servers.discord_hub import APPLICATION_ID
from tests.servers.discord_people import User
from tests.servers.discord_world import Message, Right


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench(READING) as opened:
        yield opened


async def came(on: Bench, *texts: str) -> None:
    """Wait until the client has got these, and no more, from people."""
    await on.server.until(lambda: len(on.client.texts()) >= len(texts))
    assert on.client.texts() == list(texts)


async def test_a_client_begins_with_its_guilds(on: Bench) -> None:
    """READY names the guilds that the app is in, and each comes whole, with channels and the app's own member."""
    on.server.add_guild("1001", bot=False)
    async with on.connected() as client:
        [guild] = client.guilds
        assert (guild.id, [each.name for each in guild.text_channels]) == (1000, ["study"])
        assert guild.me.id == int(APPLICATION_ID)
        channel = guild.text_channels[0]
        assert channel.permissions_for(guild.me).send_messages
        assert not channel.permissions_for(guild.me).manage_threads


async def test_a_wrong_token_closes_with_4004(on: Bench) -> None:
    """An IDENTIFY with a token that is not the app's is closed with 4004."""
    socket = await on.client.http.ws_connect(on.server.gateway_url)
    await socket.receive_json()
    await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 0}})
    assert (await socket.receive()).data == 4004
    await socket.close()


async def test_an_intent_without_its_switch_closes_with_4014(on: Bench) -> None:
    """Asking for message content that the portal does not allow ends the client with the reason."""
    on.server.portal(message_content=False)
    async with discord.Client(intents=READING) as client:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await client.start(on.server.token)
    async with on.connected(INTENTS) as client:
        assert client.is_ready()


async def test_plain_text_frames_are_offered_too(on: Bench) -> None:
    """A client that asks for no compression gets text, one that asks for zlib gets one stream."""
    kinds = []
    for query in ("?v=10&encoding=json", "?v=10&encoding=json&compress=zlib-stream"):
        socket = await on.client.http.ws_connect(on.server.gateway_url + query)
        kinds.append((await socket.receive()).type)
        await socket.close()
    assert kinds == [aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY]


async def test_only_what_was_asked_for_comes(on: Bench) -> None:
    """Without the intent for direct messages none comes, and without that for guild messages no message of a guild."""
    async with on.connected(discord.Intents(guilds=True)) as deaf:
        await on.ben.say(STUDY, "in the guild")
        await on.ben.say(on.ben.direct, "to the bot")
        await came(on, "in the guild", "to the bot")
        assert deaf.said == []


async def test_a_channel_that_is_not_seen_is_not_heard(on: Bench) -> None:
    """Nothing comes from a channel that the bot may not view."""
    hidden = on.server.channel("2001")
    on.server.overwrite(hidden, APPLICATION_ID, deny=Right.VIEW_CHANNEL)
    await on.ben.say(hidden, "secret")
    await on.ben.say(STUDY, "open")
    await came(on, "open")


async def said(on: Bench, user: User, *, interaction: bool = False) -> Message:
    """A message of the bot, for somebody to reply to."""
    if not interaction:
        await on.send(content="question")
        return user.sees(STUDY)[-1]
    on.server.register([{"name": "ask", "description": "d", "type": 1}])
    on.answering(4, content="question")
    await user.slash("ask", STUDY)
    return user.sees(STUDY)[-1]


async def test_words_are_kept_back_without_the_intent(on: Bench) -> None:
    """Without the intent words come only from mentions, direct messages and pinging replies to normal messages."""
    async with on.connected(INTENTS) as blind:
        plain, by_command = await said(on, on.ben), await said(on, on.ben, interaction=True)
        await on.ben.say(STUDY, "plain")
        await on.ben.say(STUDY, "hey @tpm")
        await on.ben.say(on.ben.direct, "direct")
        await on.ben.reply(plain, "reply")
        await on.ben.reply(plain, "silent", ping=False)
        await on.ben.reply(by_command, "to a command")
        await on.server.until(lambda: len(blind.texts()) == 6)
        assert blind.texts() == ["", f"hey <@{APPLICATION_ID}>", "direct", "reply", "", ""]
        assert "silent" in on.client.texts()


async def test_edited_words_are_kept_back_too(on: Bench) -> None:
    """An edit comes to everybody, its words only with the intent."""
    async with on.connected(INTENTS) as blind:
        message = await on.ben.say(STUDY, "before")
        await on.ben.edit(message, "after")
        await on.server.until(lambda: bool(blind.edited and on.client.edited))
        assert [each.edited[0].data["content"] for each in (blind, on.client)] == ["", "after"]
        await on.ben.delete(message)
        await on.server.until(lambda: "raw_message_delete" in blind.seen)


async def test_rest_goes_by_the_portal(on: Bench) -> None:
    """What REST gives of other people's words depends on the portal's switch, not on the session."""
    await on.ben.say(STUDY, "mine")
    path = f"/channels/{STUDY}/messages"
    assert [each["content"] for each in await on.call("GET", path)] == ["mine"]
    on.server.portal(message_content=False)
    assert [each["content"] for each in await on.call("GET", path)] == [""]


async def test_a_resume_brings_what_was_missed(on: Bench) -> None:
    """After a broken connection the client resumes and gets what happened meanwhile, without a second READY."""
    await on.ben.say(STUDY, "one")
    await came(on, "one")
    await on.server.gateway.drop()
    await on.ben.say(STUDY, "two")
    await came(on, "one", "two")
    await on.server.until(lambda: "resumed" in on.client.seen)
    assert (on.client.seen.count("ready"), on.server.gateway.resumed) == (1, 1)


async def test_a_resume_may_bring_things_again(on: Bench) -> None:
    """A resume that begins too early brings the same events once more."""
    on.server.gateway.replays_again = 2
    await on.ben.say(STUDY, "one")
    await on.ben.say(STUDY, "two")
    await came(on, "one", "two")
    await on.server.gateway.drop()
    await came(on, "one", "two", "one", "two")


async def test_an_invalid_session_loses_what_happened(on: Bench) -> None:
    """A session that cannot be resumed begins anew: READY again, and what happened meanwhile does not come."""
    await on.server.gateway.drop(forget=True)
    await on.ben.say(STUDY, "lost")
    # discord.py goes on at once, and the invalid session sends it to IDENTIFY
    await on.server.until(lambda: on.client.seen.count("ready") == 2)
    await on.ben.say(STUDY, "heard")
    await came(on, "heard")
    assert len(on.server.gateway.identifies) == 2


async def test_an_invalid_session_may_be_announced(on: Bench) -> None:
    """INVALID_SESSION makes the client resume if it may, and identify again if it may not."""
    await on.server.gateway.invalidate(resumable=True)
    await on.server.until(lambda: "resumed" in on.client.seen)
    await on.server.gateway.invalidate()
    await on.server.until(lambda: on.client.seen.count("ready") == 2)


async def test_a_reconnect_is_resumed(on: Bench) -> None:
    """Op 7 makes the client come again and go on where it was."""
    await on.server.gateway.reconnect()
    await on.ben.say(STUDY, "meanwhile")
    await came(on, "meanwhile")
    await on.server.until(lambda: "resumed" in on.client.seen)


async def test_a_dead_connection_is_left() -> None:
    """A connection that acknowledges nothing is given up by the client, which resumes."""
    async with bench(READING, heartbeat_timeout=0.6) as on:
        on.server.gateway.mute()
        await on.ben.say(STUDY, "meanwhile")
        await came(on, "meanwhile")
        assert on.server.gateway.resumed >= 1


async def test_a_silent_client_is_closed(on: Bench) -> None:
    """Whoever sends no heartbeat is closed with 4009."""
    on.server.gateway.heartbeat_s = 0.1
    socket = await on.client.http.ws_connect(on.server.gateway_url)
    assert (await socket.receive_json())["d"]["heartbeat_interval"] == 100
    assert (await socket.receive()).data == 4009
    await socket.close()


async def test_two_processes_both_hear(on: Bench) -> None:
    """Two sessions of one app each get every event, as in a rolling deploy."""
    async with on.connected(READING) as second:
        await on.ben.say(STUDY, "hello")
        await came(on, "hello")
        await on.server.until(lambda: second.texts() == ["hello"])


async def test_a_shard_hears_its_guilds(on: Bench) -> None:
    """Events of a guild come to the shard that the guild belongs to, direct messages to shard 0."""
    far = on.server.add_guild(str(1 << 22))
    other = on.server.channel("2001", guild=far)
    on.server.user("2", guild=far)
    async with (
        on.connected(READING, shard_id=0, shard_count=2) as zero,
        on.connected(READING, shard_id=1, shard_count=2) as one,
    ):
        await on.ben.say(STUDY, "near")
        await on.ben.say(other, "far")
        await on.ben.say(on.ben.direct, "direct")
        await on.server.until(lambda: zero.texts() == ["near", "direct"] and one.texts() == ["far"])
        assert [[each.id for each in client.guilds] for client in (zero, one)] == [[1000], [1 << 22]]


async def test_a_kicked_app_hears_so(on: Bench) -> None:
    """An app that is removed is told that the guild is gone, is refused there, and hears when it comes back."""
    on.server.kick(on.server.guild)
    await on.server.until(lambda: "guild_remove" in on.client.seen)
    assert await on.refused(content="x") == 50001
    on.server.invite(on.server.guild)
    await on.server.until(lambda: "guild_join" in on.client.seen)


async def test_a_deleted_channel_is_announced(on: Bench) -> None:
    """A channel that goes takes its threads along, and the app is told."""
    sent = await on.send(content="post")
    await on.call("POST", f"/channels/{STUDY}/messages/{sent['id']}/threads", {"name": "day"})
    on.server.delete_channel(on.study)
    await on.server.until(lambda: "guild_channel_delete" in on.client.seen)
    assert [await on.code_of("GET", f"/channels/{each}") for each in (STUDY, sent["id"])] == [10003, 10003]


async def test_leaving_for_good_ends_the_session(on: Bench) -> None:
    """A client that closes with 1000 has no session left to resume."""
    async with on.connected(READING):
        assert len(on.server.gateway.sessions) == 2
    await on.server.until(lambda: len(on.server.gateway.sessions) == 1)


async def test_ids_tell_the_time(on: Bench) -> None:
    """An id carries the instant of this Discord's clock."""
    on.server.pass_time(timedelta(days=3))
    sent = await on.send(content="x")
    made = discord.utils.snowflake_time(int(sent["id"]))
    assert abs(on.server.hub.now() - made) < timedelta(seconds=5)
