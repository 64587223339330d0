"""What the Chat port does on Discord beyond what every platform does: threads, nonces, permissions, archives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.cards import Attachment, Button, Buttons, Card, Heading, Text
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatBusy, ChatClosed, ChatRefused, ChatUnsure
from bot.ports import Target, Where
from handlers.discord.chat import DiscordChat
from handlers.discord.rooms import Rooms
from tests.contract.discord_case import PLACE, START, STUDY, chat_and_rooms, discord_chat, eventually
from tests.servers.discord import DiscordServer
from tests.servers.discord_faults import Fault, broken, cloudflare, cut, rate_limited, refused
from tests.servers.discord_messages import NONCE_LIFE
from tests.servers.discord_world import Channel, Message, Right

SEND = "POST /channels/{channel}/messages"
BEGIN = "POST /channels/{channel}/messages/{message}/threads"
CHANNEL = Target(where=Where.CHANNEL, place=PLACE)
POST = Card("question", (Heading("Mon 23 Nov: Latency"), Text(("Why?",)), Buttons((Button("Answer", "answer:x"),))))
NOTE = Card("feedback", (Text(("Well done.",)),))


@dataclass
class Case:
    """A chat in a channel with asha, on a clock that stands still but for the server's."""

    discord: DiscordServer
    chat: DiscordChat
    rooms: Rooms
    study: Channel

    def standing(self) -> list[Message]:
        return list(self.study.messages.values())

    def in_thread(self, post: MessageRef) -> list[str]:
        channel = self.discord.hub.world.channels[post.message_id]
        return [each.shown for each in channel.messages.values() if each.author.is_bot and each.shown]

    async def posted(self) -> MessageRef:
        return await self.chat.send(CHANNEL, POST, key="post:1")


@dataclass
class ServerClock:
    """The fake Discord's time."""

    server: DiscordServer

    def now(self) -> datetime:
        return self.server.hub.now()


def thread(post: MessageRef) -> Target:
    return Target(where=Where.THREAD, place=PLACE, thread=post, member=MemberId("1"))


@pytest.fixture
async def case() -> AsyncIterator[Case]:
    async with DiscordServer(now=lambda: START).running() as server:
        server.user("1", name="asha")
        study = server.channel(STUDY, name="study")
        async with chat_and_rooms(server, ServerClock(server)) as (chat, rooms):
            await eventually(lambda: rooms.known("1000", STUDY) is not None)
            yield Case(server, chat, rooms, study)


async def test_a_post_has_a_thread_with_its_name(case: Case) -> None:
    """A question begins a thread that is called as it is; another card in the channel begins none."""
    post = await case.posted()
    await case.chat.send(CHANNEL, NOTE, key="n")
    [channel] = case.discord.hub.world.threads(STUDY)
    assert (channel.id, channel.name) == (post.message_id, "Mon 23 Nov: Latency")


async def test_one_key_is_one_message_for_a_while(case: Case) -> None:
    """A second send with a key gives the message that stands: the nonce comes from the key."""
    assert await case.posted() == await case.posted()
    assert len(case.standing()) == 1


async def test_what_was_removed_is_sent_anew(case: Case) -> None:
    """A key whose message was removed is sent again, though Discord still remembers its nonce."""
    post = await case.posted()
    first = await case.chat.send(thread(post), NOTE, key="n")
    await case.chat.delete(first)
    case.discord.pass_time(timedelta(minutes=1))
    second = await case.chat.send(thread(post), NOTE, key="n")
    assert second != first
    assert case.in_thread(post) == ["Well done."]


@pytest.mark.parametrize("fault", [broken(500), broken(502, commits=True), broken(503), cut(), cut(commits=True)])
async def test_a_send_that_broke_off_is_not_repeated(case: Case, fault: Fault) -> None:
    """A 5xx or a reset is unsure after one try, and a look tells whether the message stands."""
    case.discord.fail(SEND, fault)
    with pytest.raises(ChatUnsure):
        await case.posted()
    assert len(case.discord.calls_of(SEND)) == 1
    found = await case.chat.find(CHANNEL, key="post:1", since=START)
    assert len(found) == len(case.standing()) == int(fault.commits)


async def test_a_post_that_is_found_without_its_thread_gets_it(case: Case) -> None:
    """Whoever looks for a post after a death between message and thread begins the thread."""
    case.discord.fail(BEGIN, broken(500))
    with pytest.raises(ChatUnsure):
        await case.posted()
    assert case.discord.hub.world.threads(STUDY) == []
    [post] = await case.chat.find(CHANNEL, key="post:1", since=START)
    assert [each.id for each in case.discord.hub.world.threads(STUDY)] == [post.message_id]
    assert case.discord.hub.world.threads(STUDY)[0].name == "Mon 23 Nov: Latency"


async def test_a_thread_that_is_there_is_what_is_wanted(case: Case) -> None:
    """160004 when the thread is begun means that it stands."""
    case.discord.fail(BEGIN, refused(160004))
    post = await case.posted()
    assert [each.id for each in case.standing()] == [post.message_id]


async def test_a_post_that_can_have_no_thread_is_taken_back(case: Case) -> None:
    """When Discord gives no thread (160006), the message does not stay, and the answer is a definite no."""
    case.discord.fail(BEGIN, refused(160006))
    with pytest.raises(ChatRefused):
        await case.posted()
    assert case.standing() == []


@pytest.mark.parametrize(
    ("fault", "at_least_s"), [(rate_limited(7.0), 7.0), (rate_limited(3.0, is_global=True), 3.0), (cloudflare(), 60.0)]
)
async def test_a_limit_is_told_and_not_waited_out(case: Case, fault: Fault, at_least_s: float) -> None:
    """A 429, Discord's or Cloudflare's, is busy for as long as it says, after one try."""
    case.discord.fail(SEND, fault)
    with pytest.raises(ChatBusy) as busy:
        await case.posted()
    assert busy.value.retry_after_s >= at_least_s
    assert len(case.discord.calls_of(SEND)) == 1
    assert case.standing() == []


async def test_missing_permissions_are_named_before_anything_is_sent(case: Case) -> None:
    """Without a permission that the channel needs nothing is sent, and what is missing is named as admins know it."""
    denied = Right.SEND_MESSAGES_IN_THREADS | Right.CREATE_PUBLIC_THREADS
    case.discord.overwrite(case.study, case.discord.application_id, deny=denied)
    await eventually(lambda: bool(case.rooms.lacks("1000", STUDY)))
    with pytest.raises(ChatClosed) as closed:
        await case.posted()
    assert closed.value.lacks == ("Create Public Threads", "Send Messages in Threads")
    assert case.discord.calls_of(SEND) == []


@pytest.mark.parametrize("code", [50001, 50013, 10003])
async def test_a_place_that_is_closed_is_told_apart(case: Case, code: int) -> None:
    """No access, no permission and no channel close the place."""
    case.discord.fail(SEND, refused(code))
    with pytest.raises(ChatClosed):
        await case.posted()


@pytest.mark.parametrize("code", [200000, 50006])
async def test_a_message_that_is_refused_closes_nothing(case: Case, code: int) -> None:
    """Automatic moderation, or a fault of the message, is a definite no for that message alone."""
    case.discord.fail(SEND, refused(code))
    with pytest.raises(ChatRefused) as no:
        await case.posted()
    assert not isinstance(no.value, ChatClosed)


async def test_a_refused_token_closes_no_group(case: Case) -> None:
    """401 for every call stays owed: the token is the operator's matter."""
    case.discord.fail(SEND, Fault(status=401))
    with pytest.raises(ChatBusy):
        await case.posted()


async def test_an_archived_thread_is_no_obstacle(case: Case) -> None:
    """A message in an archived thread can be changed, and another one sent there."""
    post = await case.posted()
    sent = await case.chat.send(thread(post), NOTE, key="n")
    case.discord.set_thread(case.discord.hub.world.channels[post.message_id], archived=True)
    await case.chat.edit(sent, Card("feedback", (Text(("Better.",)),)))
    assert case.in_thread(post) == ["Better."]
    case.discord.set_thread(case.discord.hub.world.channels[post.message_id], archived=True)
    await case.chat.send(thread(post), NOTE, key="m")
    assert case.in_thread(post) == ["Better.", "Well done."]


async def test_a_locked_thread_is_a_definite_no(case: Case) -> None:
    """160005 is a no for that thread, and closes no group."""
    post = await case.posted()
    case.discord.set_thread(case.discord.hub.world.channels[post.message_id], archived=True, locked=True)
    with pytest.raises(ChatRefused) as no:
        await case.chat.send(thread(post), NOTE, key="n")
    assert not isinstance(no.value, ChatClosed)


async def test_a_thread_outlives_its_first_message(case: Case) -> None:
    """When a moderator deletes the question, answers in its thread still get replies, and its edit does nothing."""
    post = await case.posted()
    channel = case.discord.hub.world.channels[post.message_id]
    await eventually(lambda: case.rooms.known("1000", channel.id) is not None)
    case.discord.hub.remove_message(case.study.messages[post.message_id])
    await case.chat.send(thread(post), NOTE, key="n")
    await case.chat.edit(post, POST)
    assert case.in_thread(post) == ["Well done."]


async def test_a_thread_that_somebody_removed_is_begun_again(case: Case) -> None:
    """A reply to a question whose thread is gone begins it anew under the question's name."""
    post = await case.posted()
    case.discord.delete_channel(case.discord.hub.world.channels[post.message_id])
    await case.chat.send(thread(post), NOTE, key="n")
    assert case.in_thread(post) == ["Well done."]
    assert case.discord.hub.world.channels[post.message_id].name == "Mon 23 Nov: Latency"


async def test_a_removed_post_takes_its_thread_along(case: Case) -> None:
    """With the right to manage threads, a post that is taken back leaves nothing behind."""
    case.discord.give(case.discord.application_id, Right.MANAGE_THREADS)
    post = await case.posted()
    await case.chat.delete(post)
    assert case.discord.hub.world.threads(STUDY) == []
    assert case.standing() == []


async def test_who_takes_no_direct_messages_closes_no_group(case: Case) -> None:
    """50007 is a no for that member alone."""
    case.discord.user("1").person.takes_direct = False
    with pytest.raises(ChatRefused) as no:
        await case.chat.send(Target(where=Where.DIRECT, place=PLACE, member=MemberId("1")), NOTE, key="n")
    assert not isinstance(no.value, ChatClosed)


async def test_a_direct_message_keeps_its_group_through_an_edit(case: Case) -> None:
    """The buttons of a direct message carry the group's place, also after an edit by a process that never sent it."""
    to = Target(where=Where.DIRECT, place=PLACE, member=MemberId("1"))
    sent = await case.chat.send(to, POST, key="n")
    [message] = case.discord.user("1").sees(case.discord.user("1").direct)
    before = message.components[-1]["components"][0]["custom_id"]
    async with discord_chat(case.discord, ServerClock(case.discord)) as another:
        await another.edit(sent, POST)
    assert message.components[-1]["components"][0]["custom_id"] == before
    assert before != "0:answer:x"
    assert await case.chat.find(to, key="n", since=START) == [sent]


async def test_a_file_goes_along_where_files_may(case: Case) -> None:
    """A card's file travels with it; where the bot may attach none, the card goes alone."""
    post = await case.posted()
    card = Card("answer", (Text(("Long.",)),), file=Attachment("answer.md", b"all of it"))
    await case.chat.send(thread(post), card, key="a")
    everyone = Right.ATTACH_FILES
    case.discord.overwrite(case.study, case.discord.application_id, deny=everyone)
    await eventually(lambda: not case.rooms.may_attach("1000", STUDY))
    await case.chat.send(thread(post), card, key="b")
    messages = [each for each in case.discord.hub.world.channels[post.message_id].messages.values() if each.shown]
    assert [[file.content for file in each.files] for each in messages] == [[b"all of it"], []]


async def test_work_shows_as_typing_until_it_is_done(case: Case) -> None:
    """A status shows the bot typing in the thread, and ends with it."""
    post = await case.posted()
    await case.chat.status(post, MemberId("1"), "Reading")
    await eventually(lambda: bool(case.discord.hub.typing))
    await case.chat.status(post, MemberId("1"), "")
    assert {each for each, _ in case.discord.hub.typing} == {post.message_id}


@pytest.mark.parametrize("wait", [timedelta(), NONCE_LIFE + timedelta(minutes=1)])
async def test_a_forum_post_is_found_again(case: Case, wait: timedelta) -> None:
    """In a forum a post that broke off is found among the running threads: that endpoint takes no nonce."""
    case.discord.channel("3000", name="prep", forum=True)
    forum = Target(where=Where.CHANNEL, place=Place("discord", "1000", "3000"))
    case.discord.fail("POST /channels/{channel}/threads", broken(502, commits=True))
    with pytest.raises(ChatUnsure):
        await case.chat.send(forum, POST, key="post:1")
    case.discord.pass_time(wait)
    [post] = await case.chat.find(forum, key="post:1", since=START)
    await case.chat.edit(post, Card("question", (Heading("Changed"),)))
    assert case.in_thread(post) == ["Changed"]
    assert await case.chat.find(forum, key="post:2", since=START) == []
