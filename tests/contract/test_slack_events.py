"""What Slack tells of messages, in every order and number."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.group import MemberId
from bot.usecases.posting import post_question
from handlers.slack.words import mentions, plain, typed
from tests.contract.slack_case import ANSWER, START, Case, answer_of, eventually, group_of, no_failure, running
from tests.servers.slack_faults import cut, late, rate_limited, slow
from tests.servers.slack_world import Message

NEWER = f"{ANSWER} And I would stop when one answer in a thousand is wrong."


@pytest.fixture(params=["socket", "http"])
async def case(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Case]:
    async with running(valkey_url, mode=request.param) as opened:
        yield opened


async def brought(case: Case, post: Message, **event: Any) -> bool:
    """Whether an event about a reply to `post` was acknowledged."""
    whole = {"type": "message", "channel": "C1", "user": "U2", "ts": "1795420900.000001", "thread_ts": post.ts, **event}
    delivery = await case.slack.emit({"text": ANSWER, **whole})
    await case.settle()
    return delivery.accepted


@pytest.mark.parametrize("subtype", [None, "thread_broadcast", "file_share"])
async def test_what_a_person_wrote(case: Case, subtype: str | None) -> None:
    """A reply that is also sent to the channel, or has a file, is read like any other."""
    post = await case.posted()
    assert await brought(case, post, **({"subtype": subtype} if subtype else {}))
    assert await answer_of(case, "U2") == ANSWER


@pytest.mark.parametrize(
    "event",
    [
        {"subtype": "bot_message", "bot_id": "BOTHER"},
        {"bot_id": "BOTHER"},
        {"user": "UBOT1", "bot_id": "BBOT1"},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "huddle_thread"},
        {"text": "  "},
        {"text": None, "subtype": "file_share"},
        {"thread_ts": None},
        {"thread_ts": "1795420900.000001"},
    ],
)
async def test_what_is_not_ours_to_read(case: Case, event: dict[str, Any]) -> None:
    """Messages of bots, of Slack itself, without words or outside threads are acknowledged and nothing more."""
    post = await case.posted()
    assert await brought(case, post, **event)
    for user_id in ("U2", "UBOT1"):
        assert await answer_of(case, user_id) is None
    assert case.whispers(case.ben) == []


@pytest.mark.parametrize("kind", ["channel_rename", "team_join", "reaction_added", "made_up_tomorrow"])
async def test_unknown_events(case: Case, kind: str) -> None:
    """An event that nobody handles is acknowledged, so that Slack does not bring it again."""
    delivery = await case.slack.emit({"type": kind, "channel": "C1"})
    assert [each.failure for each in delivery.attempts] == [None]


async def test_a_message_brought_again(case: Case) -> None:
    """A message that Slack brings three times is one answer with one feedback."""
    post = await case.posted()
    await case.ben.say(case.study, ANSWER, thread=post)
    for _ in range(2):
        await case.slack.courier.again(case.slack.courier.deliveries[-1])
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER
    assert len(case.study.replies(post.ts)) == 2


async def test_an_edit_is_followed(case: Case) -> None:
    """An edited answer is kept in its new text, and its feedback says that it is older."""
    post = await case.posted()
    said = await case.ben.say(case.study, ANSWER, thread=post)
    await case.settle()
    await case.ben.edit(said, NEWER)
    await case.settle()
    assert await answer_of(case, "U2") == NEWER
    [feedback] = [each for each in case.study.replies(post.ts) if each.bot_id]
    assert "Review my edit" in feedback.labels


async def test_a_deletion_is_followed(case: Case) -> None:
    """A deleted answer is withdrawn, and its feedback with it."""
    post = await case.posted()
    said = await case.ben.say(case.study, ANSWER, thread=post)
    await case.settle()
    await case.ben.delete(said)
    await case.settle()
    assert await answer_of(case, "U2") is None
    assert case.study.replies(post.ts) == []


async def test_a_preview_is_no_edit(case: Case) -> None:
    """That Slack added a preview to a message is no edit by its author."""
    post = await case.posted()
    said = await case.ben.say(case.study, ANSWER, thread=post)
    await case.settle()
    message = {"type": "message", "user": "U2", "text": ANSWER, "ts": said.ts, "thread_ts": post.ts}
    await brought(
        case, post, subtype="message_changed", message={**message, "attachments": [{"text": "x"}]},
        previous_message=message,
    )  # fmt: skip
    [feedback] = [each for each in case.study.replies(post.ts) if each.bot_id]
    assert "Review my edit" not in feedback.labels


@pytest.mark.parametrize("gone", [True, False])
async def test_events_out_of_order(case: Case, gone: bool) -> None:
    """An edit or a deletion that arrives before its message leaves what stands in Slack."""
    post = await case.posted()
    async with case.slack.courier.holding() as held:
        said = await case.ben.say(case.study, ANSWER, thread=post)
        if gone:
            await case.ben.delete(said)
        else:
            await case.ben.edit(said, NEWER)
        held.reverse()
    await case.settle()
    assert await answer_of(case, "U2") == (None if gone else NEWER)


async def test_an_edit_and_its_message_at_once(case: Case) -> None:
    """Messages and their edits that arrive at the same moment leave the edited texts."""
    post = await case.posted()
    users = [case.slack.user(f"U{number}", name=f"member{number}") for number in range(10, 40)]
    case.study.members |= {user.id for user in users}
    events: list[dict[str, Any]] = []
    for number, user in enumerate(users):
        ts = f"1795420900.{number:06d}"
        before = {"type": "message", "user": user.id, "text": ANSWER, "ts": ts, "thread_ts": post.ts}
        after = {**before, "text": NEWER, "edited": {"user": user.id, "ts": "1795420901.000001"}}
        change = {"subtype": "message_changed", "message": after, "previous_message": before}
        events += [{"type": "message", "channel": "C1", "ts": after["ts"], **change}, {**before, "channel": "C1"}]
    await asyncio.gather(*map(case.slack.emit, events))
    await case.settle()
    assert {await answer_of(case, user.id) for user in users} == {NEWER}


async def test_a_member_quicker_than_the_record(case: Case) -> None:
    """An answer to a post that Slack shows already and the bot has not recorded yet is kept waiting, not dropped."""
    group = await case.group()
    case.slack.fail("chat.postMessage", late(0.5))
    posting = asyncio.create_task(post_question.post_now(case.core.ports, group))
    await eventually(lambda: bool(case.study.messages))
    [post] = case.study.messages.values()
    await case.ben.say(case.study, ANSWER, thread=post)
    await posting
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER


async def test_a_record_that_is_long_in_coming(case: Case) -> None:
    """An answer to a post that is recorded only after a look is not acknowledged until then, and counts."""
    await case.group(at="09:01")
    case.slack.courier.retry_after_s = (0.0, 0.3, 0.3)
    case.slack.fail("chat.postMessage", cut(commits=True))
    case.pass_time(timedelta(minutes=1))
    await case.core.worker.drain()
    [post] = case.study.messages.values()
    await case.ben.say(case.study, ANSWER, thread=post)
    assert not case.slack.courier.deliveries[-1].accepted
    case.pass_time(timedelta(seconds=40))
    await case.core.worker.drain()
    await case.settle()
    assert await answer_of(case, "U2") == ANSWER


async def test_when_it_was_sent(case: Case) -> None:
    """An answer that was sent in the window and arrives after it is in time."""
    post = await case.posted()
    async with case.slack.courier.holding():
        await case.ben.say(case.study, ANSWER, thread=post)
        case.clock.move_to(START + timedelta(days=2))
    await case.core.worker.drain()
    group = await group_of(case)
    first = (await case.core.ports.posts.all(group.id))[0]
    answer = await case.core.ports.answers.get(group.id, first.day, MemberId("U2"))
    assert answer is not None
    assert not answer.late


async def test_a_slow_slack_delays_no_ack(case: Case) -> None:
    """An answer is acknowledged at once, however long Slack takes to say who wrote it."""
    post = await case.posted()
    case.study.members.add("U3")
    carol = case.slack.user("U3", name="carol")
    case.slack.fail("users.info", slow(4.0))
    await case.group()
    await carol.say(case.study, ANSWER, thread=post)
    assert case.slack.courier.deliveries[-1].attempts[0].took_s < 3.0  # what Slack waits (slack.md 4.1)
    await case.settle()
    assert await answer_of(case, "U3") == ANSWER


async def test_a_name_that_is_not_known_yet(case: Case) -> None:
    """A member whose name Slack does not tell at first has it as soon as it does."""
    post = await case.posted()
    case.study.members.add("U3")
    carol = case.slack.user("U3", name="carol")
    ports = case.core.ports
    group = await case.group()
    case.slack.fail("users.info", rate_limited())
    await carol.say(case.study, ANSWER, thread=post)
    await case.settle()
    nameless = await ports.groups.member(group.id, MemberId("U3"))
    assert nameless is not None
    assert nameless.name == "U3"
    await carol.say(case.study, "And one more thing.", thread=post)
    await case.settle()
    known = await ports.groups.member(group.id, MemberId("U3"))
    assert known is not None
    assert known.name == "carol"
    [feedback] = [each for each in case.study.replies(post.ts) if each.bot_id]
    assert "carol" in feedback.shown
    assert "U3" not in feedback.shown


async def test_hostile_words(case: Case) -> None:
    """Mentions and markup in an answer ping nobody when the bot shows it again."""
    post = await case.posted()
    with no_failure(case.ben):
        await case.ben.press(post, "Answer")
        await case.settle()
        assert case.ben.view is not None
        key = next(block["block_id"] for block in case.ben.view.blocks if block["type"] == "input")
        await case.ben.submit(None, {key: f"<!channel> <@U1> *{ANSWER}*"})
        await case.settle()
    shown = [each for each in case.study.replies(post.ts) if "Answer by" in each.shown]
    assert "<!channel> <@U1> *I would" in shown[0].shown
    assert [each.pings for each in case.study.messages.values()] == [[] for _ in case.study.messages]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a &lt;b&gt; &amp;lt;", "a <b> &lt;"),
        ("hi <@U2> and <@U9>", "hi @ben and @U9"),
        ("<@U9|carol>: see <#C1|study>", "@carol: see #study"),
        ("<!here> <!subteam^S1|@team> <!date^1^{date}|today>", "@here @team today"),
        ("<https://a.example/x> <https://a.example|a.example> <https://a.example|the page>",
         "https://a.example/x https://a.example the page (https://a.example)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
    ],
)  # fmt: skip
def test_words_out_of_markup(text: str, expected: str) -> None:
    """What a person wrote is read as they saw it."""
    assert plain(text, {"U2": "ben"}.get) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("members <@U2|ben k>", "members @ben k"),
        ("members <@U2>", "members @ben"),
        ("p99 &lt; 2 s &amp; cheap", "p99 < 2 s & cheap"),
        ("p99 <2 s> cheap", "p99 <2 s> cheap"),
    ],
)
def test_words_after_a_command(text: str, expected: str) -> None:
    """What stands after a command is read as it was typed, marked or not."""
    assert typed(text, {"U2": "ben"}.get) == expected


def test_mentions_are_found() -> None:
    """Mentions are read from the markup, not from the words."""
    assert mentions("<@U1> <@U2|ben> &lt;@U3&gt; @U4") == {MemberId("U1"), MemberId("U2")}
