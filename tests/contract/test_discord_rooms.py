"""Channels of every kind, and what moderators and members do to threads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards import Attachment
from bot.domain.group import Place
from bot.errors import ChatClosed, ChatRefused
from tests.contract import test_discord_chat
from tests.contract.discord_case import ANSWER, Case, eventually, running
from tests.contract.test_discord_chat import NOTE
from tests.contract.test_discord_chat import Case as ChatCase
from tests.contract.test_discord_chat import thread as in_thread_of
from tests.contract.test_discord_platform import answered
from tests.servers.discord import GUILD_ID
from tests.servers.discord_faults import refused
from tests.servers.discord_world import Kind, Right

chat = test_discord_chat.case
EDIT = "PATCH /channels/{channel}/messages/{message}"


async def read_again(case: Case) -> None:
    """A new session, and what its catching up finds."""
    await case.discord.gateway.invalidate()
    await eventually(lambda: len(case.discord.gateway.identifies) == 2 and case.platform.ready())
    await case.settle()


# Threads


async def test_a_removed_thread_takes_no_answer_back(valkey_url: str) -> None:
    """Answers whose whole thread a moderator removed stay answers, also when threads are read again."""
    async with running(valkey_url) as case:
        post = await case.posted()
        await case.ben.say(case.study, f"@tpm {ANSWER}", thread=post)
        await case.settle()
        case.discord.delete_channel(case.discord.hub.world.channels[post.id])
        await read_again(case)
        assert await case.answer_of("2") == ANSWER


@pytest.mark.parametrize("reads", [False, True])
async def test_a_thread_that_a_member_began_is_the_posts(valkey_url: str, *, reads: bool) -> None:
    """Answers, their edits and their deletions count in a post's thread, whoever began it."""
    async with running(valkey_url, discord_message_content=reads) as case:
        post = await case.posted()
        case.discord.delete_channel(case.discord.hub.world.channels[post.id])
        await case.ben.start_thread(post, "Answers")
        mention = "" if reads else "@tpm "
        message = await case.ben.say(case.study, f"{mention}{ANSWER}", thread=post)
        await case.settle()
        assert await case.answer_of("2") == ANSWER
        await case.ben.edit(message, f"{mention}{ANSWER} And the pharmacists.")
        await case.settle()
        assert await case.answer_of("2") == f"{ANSWER} And the pharmacists."
        await case.ben.delete(message)
        await case.settle()
        assert await case.answer_of("2") is None


async def test_a_members_own_thread_stays_theirs(valkey_url: str) -> None:
    """What is said in a thread of a member's message in the group's channel is read by nobody."""
    async with running(valkey_url, discord_message_content=True) as case:
        await case.posted()
        aside = await case.ben.say(case.study, "Who has a book to lend?")
        await case.ben.start_thread(aside, "Books")
        await case.ben.say(case.study, ANSWER, thread=aside)
        await case.settle()
        assert await case.answer_of("2") is None
        assert case.directs(case.ben) == []


async def test_a_thread_that_is_closed_for_good_closes_no_channel(chat: ChatCase) -> None:
    """When the bot may not bring a thread out of the archive, that is a no for the thread, and closes no group."""
    post = await chat.posted()
    sent = await chat.chat.send(in_thread_of(post), NOTE, key="n")
    chat.discord.set_thread(chat.discord.hub.world.channels[post.message_id], archived=True)
    chat.discord.fail("PATCH /channels/{channel}", refused(50013))
    with pytest.raises(ChatRefused) as no:
        await chat.chat.edit(sent, NOTE)
    assert not isinstance(no.value, ChatClosed)


async def test_a_post_goes_though_its_thread_is_a_members(chat: ChatCase) -> None:
    """A post that is taken back goes, also where a member began its thread, which the bot may not even archive."""
    post = await chat.posted()
    chat.discord.delete_channel(chat.discord.hub.world.channels[post.message_id])
    asha = chat.discord.user("1", name="asha")
    await asha.start_thread(chat.study.messages[post.message_id], "Mine")
    await chat.chat.delete(post)
    assert chat.standing() == []


async def test_an_edit_attaches_nothing_where_nothing_may_be_attached(chat: ChatCase) -> None:
    """A card that is edited goes without its file where the bot may attach none, as a new one does."""
    post = await chat.posted()
    sent = await chat.chat.send(in_thread_of(post), NOTE, key="n")
    chat.discord.overwrite(chat.study, chat.discord.application_id, deny=Right.ATTACH_FILES)
    await eventually(lambda: not chat.rooms.may_attach(GUILD_ID, chat.study.id))
    await chat.chat.edit(sent, replace(NOTE, file=Attachment("all.md", b"all")))
    assert chat.in_thread(post) == ["Well done."]
    [standing] = [each for each in chat.discord.hub.world.channels[post.message_id].messages.values() if each.shown]
    assert standing.files == []


# Channels


async def test_a_group_lives_in_an_announcement_channel(valkey_url: str) -> None:
    """In an announcement channel the question has a thread of the type that such channels have, and answers count."""
    async with running(valkey_url) as case:
        news = case.discord.channel_of(Kind.ANNOUNCEMENTS, "4000", name="news")
        await case.asha.slash("tpm-admin setup", news, zone="Europe/Paris", at="18:00", days="daily")
        await case.asha.slash("tpm-admin post-now", news)
        await case.settle()
        [thread] = case.discord.hub.world.threads("4000")
        assert thread.kind is Kind.ANNOUNCEMENT_THREAD
        await answered(case, case.ben, news.messages[thread.id])
        await case.settle()
        assert [each.shown for each in thread.messages.values() if each.author.is_bot and each.shown]


async def test_no_group_begins_in_a_voice_channel(valkey_url: str) -> None:
    """The chat of a voice channel has no threads: setup there says which channels can hold a group."""
    async with running(valkey_url) as case:
        voice = case.discord.channel_of(Kind.VOICE, "4000", name="talk")
        one = await case.asha.slash("tpm-admin setup", voice, zone="Europe/Paris", at="18:00", days="daily")
        await case.answered()
        assert one.original is not None
        assert "a text channel or a forum" in one.original.shown
        assert await case.core.ports.groups.at(Place("discord", GUILD_ID, voice.id)) is None


async def test_a_forum_asks_for_no_right_to_begin_threads(valkey_url: str) -> None:
    """In a forum Send Messages begins a post, so a group is set up and its question posted without the other right."""
    async with running(valkey_url) as case:
        forum = case.discord.channel("3000", name="prep", forum=True)
        case.discord.overwrite(forum, case.discord.application_id, deny=Right.CREATE_PUBLIC_THREADS)
        begun = await case.asha.post(forum, "Rules", "Be kind.")
        await case.asha.slash("tpm-admin setup", begun, zone="Europe/Paris", at="18:00", days="daily")
        await case.answered()
        await case.asha.slash("tpm-admin post-now", begun)
        await case.settle()
        assert len(case.discord.hub.world.threads("3000")) == 2


@pytest.mark.parametrize("moderates", [False, True])
async def test_a_tag_for_moderators_is_left_to_them(valkey_url: str, *, moderates: bool) -> None:
    """Of a forum's tags the bot gives one for moderators only if it is one itself; else the post has another."""
    async with running(valkey_url) as case:
        topics = sorted({each.topic for each in case.core.ports.library.questions.values()})[:18]
        forum = case.discord.channel(
            "3000", name="prep", forum=True, moderated_tags=topics, tags=["Daily"], requires_tag=True
        )
        if moderates:
            case.discord.overwrite(forum, case.discord.application_id, allow=Right.MANAGE_THREADS)
        begun = await case.asha.post(forum, "Rules", "Be kind.")
        await case.asha.slash("tpm-admin setup", begun, zone="Europe/Paris", at="18:00", days="daily")
        await case.answered()
        await case.asha.slash("tpm-admin post-now", begun)
        await case.settle()
        [post] = [each for each in case.discord.hub.world.threads("3000") if each.id != begun.id]
        assert post.thread is not None
        assert [forum.tags[each] in topics for each in post.thread.tags] == [moderates]
