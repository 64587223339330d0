from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from tests.contract.discord_bench import STUDY, Bench, bench
from tests.servers.discord_hub import APPLICATION_ID
from tests.servers.discord_seat import Unable
from tests.servers.discord_world import Channel, Right


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        yield opened


async def posted(on: Bench) -> Channel:
    """A post with its thread."""
    sent = await on.send(content="post")
    await on.call("POST", f"/channels/{STUDY}/messages/{sent['id']}/threads", {"name": "day"})
    return on.server.hub.world.channels[sent["id"]]


async def test_a_thread_has_the_id_of_its_message(on: Bench) -> None:
    """A thread is made once from a message, under the message's id; a second time is 160004."""
    thread = await posted(on)
    await on.ben.say(STUDY, "my answer", thread=thread.id)
    assert [each.shown for each in on.asha.thread(thread.id)] == ["my answer"]
    path = f"/channels/{STUDY}/messages/{thread.id}/threads"
    assert await on.code_of("POST", path, {"name": "again"}) == 160004
    assert await on.code_of("POST", f"/channels/{STUDY}/messages/5/threads", {"name": "x"}) == 10008
    other = await on.send(content="x")
    path = f"/channels/{STUDY}/messages/{other['id']}/threads"
    assert await on.code_of("POST", path, {"name": "x" * 101}) == 50035
    assert await on.code_of("POST", path, {"name": "x", "auto_archive_duration": 61}) == 50035


async def test_a_thread_begins_with_its_starter(on: Bench) -> None:
    """The first message of a thread is a system message that points to the post, and cannot be edited."""
    thread = await posted(on)
    [starter] = await on.call("GET", f"/channels/{thread.id}/messages")
    assert (starter["type"], starter["referenced_message"]["content"]) == (21, "post")
    assert await on.code_of("PATCH", f"/channels/{thread.id}/messages/{starter['id']}", {"content": "x"}) == 50021


async def test_a_deleted_post_leaves_its_thread(on: Bench) -> None:
    """A thread outlives the message that it began with."""
    thread = await posted(on)
    await on.call("DELETE", f"/channels/{STUDY}/messages/{thread.id}")
    await on.call("POST", f"/channels/{thread.id}/messages", {"content": "still here"})
    assert [each.shown for each in on.ben.thread(thread)] == ["still here"]
    assert on.ben.sees(STUDY) == []


async def test_an_archived_thread_takes_messages_only(on: Bench) -> None:
    """In an archived thread an edit is 50083, and a new message wakes it up."""
    thread = await posted(on)
    sent = await on.call("POST", f"/channels/{thread.id}/messages", {"content": "a"})
    path = f"/channels/{thread.id}/messages/{sent['id']}"
    await on.call("PATCH", f"/channels/{thread.id}", {"archived": True})
    assert await on.code_of("PATCH", path, {"content": "b"}) == 50083
    assert await on.code_of("PUT", f"/channels/{thread.id}/thread-members/2") == 50083
    with pytest.raises(Unable):
        await on.ben.slash("none", thread)
    await on.call("POST", f"/channels/{thread.id}/messages", {"content": "c"})
    assert await on.code_of("PATCH", path, {"content": "b"}) == 0


async def test_a_locked_thread_is_for_moderators(on: Bench) -> None:
    """A locked thread takes messages and edits from those with Manage Threads; the others get 160005."""
    thread = await posted(on)
    path = f"/channels/{thread.id}/messages"
    sent = await on.call("POST", path, {"content": "a"})
    assert await on.code_of("PATCH", f"/channels/{thread.id}", {"locked": True}) == 50013
    on.server.set_thread(thread, locked=True)
    with pytest.raises(Unable):
        await on.ben.say(thread, "me too")
    codes = [await on.code_of("POST", path, {"content": "b"}), await on.code_of("PATCH", f"{path}/{sent['id']}", {})]
    assert codes == [160005, 160005]
    on.server.give(APPLICATION_ID, Right.MANAGE_THREADS)
    assert await on.code_of("POST", path, {"content": "b"}) == 0


async def test_a_thread_has_rights_of_its_own(on: Bench) -> None:
    """Writing in a thread needs its own right, not that of the channel, and making one another."""
    thread = await posted(on)
    on.server.overwrite(on.study, APPLICATION_ID, deny=Right.SEND_MESSAGES)
    assert await on.code_of("POST", f"/channels/{thread.id}/messages", {"content": "b"}) == 0
    on.server.overwrite(on.study, APPLICATION_ID, deny=Right.SEND_MESSAGES_IN_THREADS | Right.CREATE_PUBLIC_THREADS)
    assert await on.code_of("POST", f"/channels/{thread.id}/messages", {"content": "b"}) == 50013
    other = await on.send(content="next")
    assert await on.code_of("POST", f"/channels/{STUDY}/messages/{other['id']}/threads", {"name": "x"}) == 50013


async def test_active_and_archived_threads_are_listed_apart(on: Bench) -> None:
    """Active threads are a list of the guild, archived ones of the channel; members are listed with the intent only."""
    active, old = await posted(on), await posted(on)
    on.server.set_thread(old, archived=True)
    guild = await on.client.fetch_guild(1000)
    assert [str(each.id) for each in await guild.active_threads()] == [active.id]
    channel = on.client.get_channel(int(STUDY))
    assert isinstance(channel, discord.TextChannel)
    assert [str(each.id) async for each in channel.archived_threads()] == [old.id]
    await on.call("PUT", f"/channels/{active.id}/thread-members/2")
    listed: list[dict[str, Any]] = await on.call("GET", f"/channels/{active.id}/thread-members")
    assert [each["user_id"] for each in listed] == ["2", APPLICATION_ID]
    on.server.gateway.allowed = 0
    assert await on.code_of("GET", f"/channels/{active.id}/thread-members") == 50001


async def test_a_forum_takes_posts_only(on: Bench) -> None:
    """A forum refuses plain messages (40058); a post's message has its thread's id; a nonce protects nothing."""
    forum = on.server.channel("3000", name="forum", forum=True, tags=("daily",))
    assert await on.code_of("POST", "/channels/3000/messages", {"content": "x"}) == 40058
    body = {"name": "Monday", "message": {"content": "question", "nonce": "n", "enforce_nonce": True}}
    made = [await on.call("POST", "/channels/3000/threads", body) for _ in range(2)]
    assert [each["message"]["id"] for each in made] == [each["id"] for each in made]
    assert len(on.server.hub.world.threads(forum.id)) == 2
    await on.ben.say(forum, "my answer", thread=made[0]["id"])
    assert [each.shown for each in on.ben.sees(made[0]["id"])] == ["question", "my answer"]


async def test_a_forum_may_ask_for_tags(on: Bench) -> None:
    """Where a tag is required, a post without one is 40067; a tag of another forum is no tag."""
    forum = on.server.channel("3000", forum=True, tags=("daily",), requires_tag=True)
    [tag] = forum.tags
    path, body = "/channels/3000/threads", {"name": "Monday", "message": {"content": "question"}}
    assert await on.code_of("POST", path, body) == 40067
    assert await on.code_of("POST", path, {**body, "applied_tags": ["5"]}) == 50035
    made = await on.call("POST", path, {**body, "applied_tags": [tag]})
    assert made["applied_tags"] == [tag]


async def test_a_refused_post_leaves_no_thread(on: Bench) -> None:
    """A forum post whose message is refused is not made."""
    on.server.channel("3000", forum=True)
    body = {"name": "Monday", "message": {"content": "x" * 2001}}
    assert await on.code_of("POST", "/channels/3000/threads", body) == 50035
    assert on.server.hub.world.threads("3000") == []


async def test_threads_of_people_reach_the_app(on: Bench) -> None:
    """The app hears of threads and forum posts that people begin, before their first message."""
    message = await on.ben.say(STUDY, "hello")
    await on.ben.start_thread(message, "talk")
    on.server.channel("3000", forum=True)
    post = await on.asha.post("3000", "Help", "please")
    await on.server.until(lambda: any(str(each.channel.id) == post.id for each in on.client.said))
    assert on.client.seen.count("thread_create") == 2
    on.server.delete_channel(post)
    await on.server.until(lambda: "thread_delete" in on.client.seen)
