"""Streams on Slack (slack.md 1, "Streaming"): the rules of the fake, and a chat that gets by with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.cards import Card, Text
from bot.domain.group import MemberId, MessageRef
from bot.errors import ChatRefused
from bot.ports import Target, Where
from handlers.slack.api import SlackApi
from handlers.slack.chat import SlackChat
from handlers.slack.streams import ENDED
from tests.contract.research_case import QUESTION
from tests.contract.slack_case import PLACE, START, running, slack_chat
from tests.servers.anthropic import AnthropicServer, Reply
from tests.servers.slack import SlackServer
from tests.servers.slack_faults import Fault, broken, cut, rate_limited, refused
from tests.servers.slack_hub import STREAM_LIFE
from tests.servers.slack_world import Message

BEN = MemberId("U2")
DIRECT = Target(where=Where.DIRECT, place=PLACE, member=BEN)
CARD = Card("note", (Text(("How far it is",)),))
DEAD = refused("message_not_in_streaming_state")


class Bench:
    """A Slack with its clock, and a chat on it that has said one thing to ben."""

    def __init__(self, slack: SlackServer, chat: SlackChat, api: SlackApi) -> None:
        self.slack, self.chat, self.api = slack, chat, api
        self.root: MessageRef

    @property
    def messages(self) -> list[Message]:
        """What stands between ben and the bot."""
        return list(self.slack.workspace.direct("U2").messages.values())

    async def call(self, method: str, **arguments: object) -> str:
        """The ts that a call answers. Raises ChatRefused."""
        channel = self.root.place.channel.split("/")[0]
        given: dict[str, Any] = {"channel": channel, **arguments}
        return str((await self.api.call("T1", method, **given))["ts"])


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with SlackServer(now=lambda: START).running() as slack:
        slack.channel("C1", slack.user("U1", name="asha"), slack.user("U2", name="ben"), name="study")
        async with slack_chat(slack) as (chat, api):
            made = Bench(slack, chat, api)
            made.root = await chat.send(DIRECT, CARD, key="k")
            yield made


async def given(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


async def test_lines_are_streamed_below_the_message(bench: Bench) -> None:
    """Each line is added to one message in the thread, hostile words stay words, and the stream is stopped."""
    assert await bench.chat.stream(bench.root, BEN, given("one", "<!channel> <@U1> *two*"))
    root, streamed = bench.messages
    assert (streamed.thread_ts, streamed.shown, streamed.pings) == (root.ts, "one\n<!channel> <@U1> *two*", [])
    assert bench.slack.hub.streams == {}
    assert [len(bench.slack.calls_of(f"chat.{name}Stream")) for name in ("start", "append", "stop")] == [1, 1, 1]


async def test_nothing_to_show_is_no_stream(bench: Bench) -> None:
    """Without a line nothing is started."""
    assert await bench.chat.stream(bench.root, BEN, given())
    assert bench.slack.calls_of("chat.startStream") == []


async def test_more_lines_than_a_stream_holds(bench: Bench) -> None:
    """Slack takes 50 blocks in the chunks of a stream; what is over that is left out, and all ends well."""
    assert await bench.chat.stream(bench.root, BEN, given(*map(str, range(60))))
    assert bench.messages[1].shown.splitlines() == [str(number) for number in range(50)]


async def test_a_stream_that_dies_is_finished_once_by_an_ordinary_message(bench: Bench) -> None:
    """After five minutes Slack takes no more: the dead stream becomes one ordinary message, and no other is begun."""

    async def slowly() -> AsyncIterator[str]:
        yield "one"
        bench.slack.hub.ahead = STREAM_LIFE + timedelta(seconds=1)
        yield "two"
        yield "three"

    assert not await bench.chat.stream(bench.root, BEN, slowly())
    assert [each.shown for each in bench.messages] == ["How far it is", ENDED]
    assert len(bench.slack.calls_of("chat.startStream")) == len(bench.slack.calls_of("chat.update")) == 1
    assert len(bench.slack.calls_of("chat.appendStream")) == 1


@pytest.mark.parametrize(
    "fault", [DEAD, refused("stopped_by_user"), rate_limited(), broken(), cut(), broken(commits=True)]
)
@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
async def test_whatever_stops_a_stream_one_message_ends_it(bench: Bench, method: str, fault: Fault) -> None:
    """A busy, broken or unwilling Slack, or the member's stop button: it ends in one message, and nothing is raised."""
    bench.slack.fail(method, fault)
    assert not await bench.chat.stream(bench.root, BEN, given("one", "two"))
    assert [each.shown for each in bench.messages] == ["How far it is", ENDED]


@pytest.mark.parametrize("fault", [rate_limited(), refused("invalid_chunks"), broken(), cut(commits=True)])
async def test_a_stream_that_cannot_begin_is_none(bench: Bench, fault: Fault) -> None:
    """20 streams a minute and old workspaces: nothing is tried again, and what may have begun goes with its message."""
    bench.slack.fail("chat.startStream", fault)
    assert not await bench.chat.stream(bench.root, BEN, given("one", "two"))
    assert len(bench.slack.calls_of("chat.startStream")) == 1
    await bench.chat.delete(bench.root)
    assert bench.messages == []


async def test_what_a_killed_process_streamed_goes_too(bench: Bench) -> None:
    """A stream that still runs is stopped and removed with the message that it stands below; a person's reply stays."""
    ben = bench.slack.user("U2", name="ben")
    await bench.call("chat.startStream", thread_ts=bench.root.message_id, markdown_text="half of")
    await ben.say(bench.slack.workspace.direct("U2"), "thanks", thread=bench.root.message_id)
    await bench.chat.delete(bench.root)
    assert [each.shown for each in bench.messages] == ["This message was deleted.", "thanks"]


async def test_a_message_goes_when_nobody_may_look_below_it(bench: Bench) -> None:
    """An app that may look once a minute only still removes its message, and what it streamed itself without a look."""
    bench.slack.fail("conversations.replies", rate_limited())
    await bench.chat.delete(bench.root)
    bench.root = await bench.chat.send(DIRECT, CARD, key="k2")
    assert await bench.chat.stream(bench.root, BEN, given("one"))
    await bench.chat.delete(bench.root)
    assert bench.messages == []
    assert len(bench.slack.calls_of("conversations.replies")) == 1


async def test_a_stream_is_a_reply(bench: Bench) -> None:
    """The fake takes no stream without a thread, and none in a channel without the ids of its reader."""
    with pytest.raises(ChatRefused, match="invalid_arguments"):
        await bench.call("chat.startStream", markdown_text="x")
    with pytest.raises(ChatRefused, match="missing_recipient_team_id"):
        await bench.call("chat.startStream", channel="C1", thread_ts=bench.root.message_id, markdown_text="x")


async def test_a_running_stream_is_not_edited(bench: Bench) -> None:
    """The fake refuses an edit while a stream runs, and takes it once the stream is stopped."""
    ts = await bench.call("chat.startStream", thread_ts=bench.root.message_id, markdown_text="x")
    with pytest.raises(ChatRefused, match="streaming_state_conflict"):
        await bench.call("chat.update", ts=ts, text="y")
    await bench.call("chat.stopStream", ts=ts)
    await bench.call("chat.update", ts=ts, text="y")
    assert bench.messages[1].shown == "y"


async def test_a_stream_has_its_limits(bench: Bench) -> None:
    """The fake refuses 12,001 characters in a call, an empty piece, and a piece for what is no stream."""
    with pytest.raises(ChatRefused, match="msg_too_long"):
        await bench.call("chat.startStream", thread_ts=bench.root.message_id, markdown_text="x" * 12_001)
    ts = await bench.call("chat.startStream", thread_ts=bench.root.message_id, markdown_text="x")
    with pytest.raises(ChatRefused, match="no_text"):
        await bench.call("chat.appendStream", ts=ts)
    with pytest.raises(ChatRefused, match="message_not_in_streaming_state"):
        await bench.call("chat.appendStream", ts=bench.root.message_id, markdown_text="x")


async def test_a_walkthrough_outlives_its_stream(valkey_url: str) -> None:
    """When the stream dies the message above goes on at once with every query, and one walkthrough comes."""
    async with (
        AnthropicServer().running() as model,
        running(valkey_url, anthropic_api_key="sk-test", anthropic_base_url=model.url) as case,
    ):
        await case.group()
        case.slack.fail("chat.appendStream", DEAD)
        model.script(Reply(search_s=0.4))
        await case.ben.command("/technical-pm", QUESTION, case.study)
        await case.settle()
        direct = list(case.slack.workspace.direct("U2").messages.values())
        edits = [str(each.arguments["blocks"]) for each in case.slack.calls_of("chat.update")]
    assert len(case.slack.calls_of("chat.startStream")) == 1
    assert any("part 2 of it" in edit for edit in edits)
    words = [each.shown for each in direct if each.shown]
    assert words[0].startswith("Walkthrough")
    assert [each[:2] for each in words[1:]] == [f"{number}." for number in range(1, 7)]
