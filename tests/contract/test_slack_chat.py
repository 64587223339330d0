from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from bot.cards import Attachment, Button, Buttons, Card, Own, Text
from bot.domain.group import MemberId, MessageRef, Place
from bot.errors import ChatBusy, ChatClosed, ChatRefused, ChatUnsure
from bot.ports import Target, Where
from handlers.background import Background
from handlers.slack.api import SlackApi
from handlers.slack.chat import SlackChat
from handlers.slack.people import People
from handlers.slack.status import StatusLines
from handlers.slack.tokens import Installation, Tokens
from tests.contract.slack_case import PLACE, START, slack_chat
from tests.servers.slack import SlackServer
from tests.servers.slack_faults import broken, cut, rate_limited, refused, silent

CARD = Card("note", (Text(("Hello ", Own("<!channel> <@U1>"))), Buttons((Button("Go", "go"),))))
CHANNEL = Target(where=Where.CHANNEL, place=PLACE)
DIRECT = Target(where=Where.DIRECT, place=PLACE, member=MemberId("U2"))


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(now=lambda: START).running() as server:
        server.channel("C1", server.user("U1", name="asha"), server.user("U2", name="ben"), name="study")
        yield server


@pytest.fixture
async def chat(slack: SlackServer) -> AsyncIterator[SlackChat]:
    async with slack_chat(slack) as (opened, _):
        yield opened


async def test_asked_to_wait(slack: SlackServer, chat: SlackChat) -> None:
    """429 is ChatBusy with the seconds that Slack named, and nothing was sent."""
    slack.fail("chat.postMessage", rate_limited(7))
    with pytest.raises(ChatBusy) as busy:
        await chat.send(CHANNEL, CARD, key="a")
    assert busy.value.retry_after_s == 7
    assert slack.workspace.channels["C1"].messages == {}


@pytest.mark.parametrize("fault", [cut(commits=True), broken(commits=True), broken(503), cut()])
async def test_a_post_that_broke_off(slack: SlackServer, chat: SlackChat, fault: object) -> None:
    """A reset or a 5xx on a post is ChatUnsure, and the post is never sent again by itself."""
    slack.fail("chat.postMessage", fault)  # type: ignore[arg-type]
    with pytest.raises(ChatUnsure):
        await chat.send(CHANNEL, CARD, key="a")
    assert len(slack.calls_of("chat.postMessage")) == 1


async def test_no_answer_in_time(slack: SlackServer) -> None:
    """A post without an answer in time is ChatUnsure."""
    tokens = Tokens()
    tokens.add(Installation(team_id="T1", bot_token=slack.token, bot_id="B", bot_user_id="U"))
    slack.fail("chat.postMessage", silent())
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.2)) as session:
        api = SlackApi(session, slack.api_url, tokens)
        with pytest.raises(ChatUnsure):
            await SlackChat(api, tokens, People(api), Background()).send(CHANNEL, CARD, key="a")


async def test_a_look_that_broke_off(slack: SlackServer, chat: SlackChat) -> None:
    """A look, an edit or a deletion that broke off may be made again, so it is ChatBusy."""
    sent = await chat.send(CHANNEL, CARD, key="a")
    slack.fail("conversations.history", cut())
    slack.fail("chat.update", broken())
    slack.fail("chat.delete", broken(503))
    with pytest.raises(ChatBusy):
        await chat.find(CHANNEL, key="a", since=START)
    with pytest.raises(ChatBusy):
        await chat.edit(sent, CARD)
    with pytest.raises(ChatBusy):
        await chat.delete(sent)


async def test_nobody_there() -> None:
    """A connection that was never made has sent nothing: ChatBusy."""
    tokens = Tokens()
    tokens.add(Installation(team_id="T1", bot_token="xoxb-made-up", bot_id="B", bot_user_id="U"))
    async with aiohttp.ClientSession() as session:
        api = SlackApi(session, "http://127.0.0.1:9/api/", tokens)
        with pytest.raises(ChatBusy):
            await api.call("T1", "chat.postMessage", channel="C1", text="x")


@pytest.mark.parametrize(
    "code", ["channel_not_found", "not_in_channel", "is_archived", "account_inactive", "token_revoked"]
)
async def test_a_place_that_is_closed(slack: SlackServer, chat: SlackChat, code: str) -> None:
    """A channel or a workspace that is closed to the bot is ChatClosed."""
    slack.fail("chat.postMessage", refused(code))
    with pytest.raises(ChatClosed):
        await chat.send(CHANNEL, CARD, key="a")


@pytest.mark.parametrize("code", ["missing_scope", "invalid_blocks", "restricted_action"])
async def test_any_other_no(slack: SlackServer, chat: SlackChat, code: str) -> None:
    """Any other no is a refusal that closes no place."""
    slack.fail("chat.postMessage", refused(code))
    with pytest.raises(ChatRefused) as no:
        await chat.send(CHANNEL, CARD, key="a")
    assert not isinstance(no.value, ChatClosed)
    assert slack.token not in str(no.value)


async def test_a_member_who_left(slack: SlackServer, chat: SlackChat) -> None:
    """A person who cannot be written to directly is a refusal that closes no place."""
    slack.user("U2").person.deleted = True
    with pytest.raises(ChatRefused) as no:
        await chat.send(DIRECT, CARD, key="a")
    assert not isinstance(no.value, ChatClosed)


async def test_a_workspace_without_a_token(chat: SlackChat) -> None:
    """A workspace that the app is not in is a closed place."""
    with pytest.raises(ChatClosed):
        await chat.send(Target(where=Where.CHANNEL, place=Place("slack", "T9", "C1")), CARD, key="a")


async def test_one_connection_for_all_calls(slack: SlackServer, chat: SlackChat) -> None:
    """Calls one after the other share one TCP connection."""
    for number in range(5):
        await chat.send(DIRECT, CARD, key=str(number))
    assert len({call.connection for call in slack.calls}) == 1


async def test_nobody_is_pinged(slack: SlackServer, chat: SlackChat) -> None:
    """A post mentions nobody and opens no preview, whatever its words are."""
    sent = await chat.send(CHANNEL, CARD, key="a")
    message = slack.workspace.channels["C1"].messages[sent.message_id]
    assert message.pings == []
    assert message.options == {"unfurl_links": "false", "unfurl_media": "false"}


async def test_metadata_holds_the_key_alone(slack: SlackServer, chat: SlackChat) -> None:
    """What every app of the workspace can read of a post is its key."""
    sent = await chat.send(CHANNEL, CARD, key="post:2026-11-23")
    message = slack.workspace.channels["C1"].messages[sent.message_id]
    assert message.metadata is not None
    assert message.metadata["event_payload"] == {"key": "post:2026-11-23"}


async def test_a_forged_key_is_not_found(slack: SlackServer, chat: SlackChat) -> None:
    """A message of somebody else with our metadata is not taken for ours."""
    sent = await chat.send(CHANNEL, CARD, key="a")
    slack.workspace.channels["C1"].messages[sent.message_id].user = "U1"
    assert await chat.find(CHANNEL, key="a", since=START) == []


async def test_a_look_reads_every_page(slack: SlackServer, chat: SlackChat) -> None:
    """A message is found behind more than a page of others."""
    sent = await chat.send(CHANNEL, CARD, key="a")
    asha, study = slack.user("U1"), slack.workspace.channels["C1"]
    for _ in range(205):
        await asha.say(study, "talk")
    assert await chat.find(CHANNEL, key="a", since=START) == [sent]


async def test_a_file_follows_its_card(slack: SlackServer, chat: SlackChat) -> None:
    """A card's file is uploaded into the same thread after it."""
    root = await chat.send(CHANNEL, CARD, key="p")
    whole = Card("answer", CARD.blocks, file=Attachment("answer.md", b"all of it"))
    await chat.send(Target(where=Where.THREAD, place=PLACE, thread=root), whole, key="a")
    replies = slack.workspace.channels["C1"].replies(root.message_id)
    assert [file.content for each in replies for file in each.files] == [b"all of it"]


async def test_a_file_that_fails(slack: SlackServer, chat: SlackChat) -> None:
    """A file that cannot be uploaded takes nothing from its card."""
    slack.fail("files.getUploadURLExternal", broken())
    sent = await chat.send(CHANNEL, Card("a", CARD.blocks, file=Attachment("a.md", b"x")), key="a")
    assert await chat.find(CHANNEL, key="a", since=START) == [sent]


async def test_a_file_for_one(slack: SlackServer, chat: SlackChat) -> None:
    """The file of a card for one person reaches that person alone."""
    to = Target(where=Where.ONLY_YOU, place=PLACE, member=MemberId("U2"))
    await chat.send(to, Card("a", CARD.blocks, file=Attachment("mine.json", b"{}")), key="a")
    assert [file.name for each in slack.user("U2").direct.messages.values() for file in each.files] == ["mine.json"]
    assert all(not each.files for each in slack.workspace.channels["C1"].messages.values())


async def test_a_private_card_is_changed_by_showing_it_anew(slack: SlackServer, chat: SlackChat) -> None:
    """A changed card for one person is shown to that person again, in the same thread."""
    root = await chat.send(CHANNEL, CARD, key="p")
    to = Target(where=Where.ONLY_YOU, place=PLACE, thread=root, member=MemberId("U2"))
    sent = await chat.send(to, CARD, key="a")
    await chat.edit(sent, Card("note", (Text(("newer",)),)))
    seen = slack.user("U2").whispers("C1")
    assert seen[-1].shown == "newer"
    assert seen[-1].thread_ts == root.message_id
    assert slack.user("U1").whispers("C1") == []


async def test_a_private_card_for_one_outside(slack: SlackServer, chat: SlackChat) -> None:
    """A private card for a member who has left the channel comes directly."""
    slack.workspace.channels["C1"].members.discard("U2")
    await chat.send(Target(where=Where.ONLY_YOU, place=PLACE, member=MemberId("U2")), CARD, key="a")
    assert len(slack.user("U2").direct.messages) == 1


async def test_a_status_is_shown_again_until_it_is_cleared() -> None:
    """A status is shown again before Slack lets it go, and no more once it is cleared."""
    shown: list[str] = []

    async def show(_: MessageRef, text: str) -> None:
        shown.append(text)

    background, thread = Background(), MessageRef(PLACE, "1.000001")
    lines = StatusLines(show, background, refresh_s=0.02)
    await lines.set(thread, MemberId("U1"), "one")
    await lines.set(thread, MemberId("U2"), "two")
    await asyncio.sleep(0.05)
    await lines.set(thread, MemberId("U2"), "")
    await lines.set(thread, MemberId("U1"), "")
    count = len(shown)
    assert shown[:2] == ["one", "two"]
    assert shown.count("two") >= 2
    assert shown[-2:] == ["one", ""]
    await background.drain(1.0)
    await asyncio.sleep(timedelta(milliseconds=50).total_seconds())
    assert len(shown) == count


async def test_a_file_for_one_that_cannot_go(slack: SlackServer, chat: SlackChat) -> None:
    """A private card whose file Slack asks to wait with is shown all the same, and is not taken for unsent."""
    slack.fail("conversations.open", rate_limited(20))
    to = Target(where=Where.ONLY_YOU, place=PLACE, member=MemberId("U2"))
    await chat.send(to, replace(CARD, file=Attachment("a.md", b"words")), key="k")
    assert len(slack.user("U2").whispers("C1")) == 1
