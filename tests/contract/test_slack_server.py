from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError

from tests.contract.slack_bench import Bench, actions, bench, button, section
from tests.servers.slack import SlackServer
from tests.servers.slack_world import Kind


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):  # slack.md 4.9
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        yield opened


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no text": ("chat.postMessage", {}, "no_text"),
    "51 blocks": ("chat.postMessage", {"blocks": [{"type": "divider"}] * 51}, "msg_blocks_too_many"),
    "a long section": ("chat.postMessage", {"blocks": [section("x" * 3001)]}, "invalid_blocks"),
    "an empty section": ("chat.postMessage", {"blocks": [section("")]}, "invalid_blocks"),
    "a long header": (
        "chat.postMessage",
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]},
        "invalid_blocks",
    ),
    "a long label": ("chat.postMessage", {"blocks": [actions(button("x" * 76))]}, "invalid_blocks"),
    "a long value": ("chat.postMessage", {"blocks": [actions(button("x", value="v" * 2001))]}, "invalid_blocks"),
    "one action_id twice": (
        "chat.postMessage",
        {"blocks": [actions(button("a", action_id="x"), button("b", action_id="x"))]},
        "invalid_blocks",
    ),
    "26 buttons": (
        "chat.postMessage",
        {"blocks": [actions(*(button("a", action_id=str(each)) for each in range(26)))]},
        "invalid_blocks",
    ),
    "an unknown property": ("chat.postMessage", {"blocks": [{"type": "divider", "colour": "red"}]}, "invalid_blocks"),
    "an unknown block": ("chat.postMessage", {"blocks": [{"type": "marquee"}]}, "invalid_blocks"),
    "an empty rich text": (
        "chat.postMessage",
        {"blocks": [{"type": "rich_text", "elements": [
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": ""}]}]}]},
        "invalid_blocks",
    ),
    "13,201 characters": (
        "chat.postMessage",
        {"blocks": [section("x" * 2900)] * 4 + [section("x" * 1601)]},
        "msg_blocks_too_long",
    ),
    "markdown beside text": ("chat.postMessage", {"text": "a", "markdown_text": "b"}, "markdown_text_conflict"),
    "metadata without a payload": (
        "chat.postMessage",
        {"text": "a", "metadata": {"event_type": "tpm"}},
        "invalid_metadata_schema",
    ),
    "a channel that is not there": ("chat.postMessage", {"text": "a", "channel": "C9"}, "channel_not_found"),
    "a parent that is not there": ("chat.postMessage", {"text": "a", "thread_ts": "1.000001"}, "thread_not_found"),
    "an argument that Slack passes over": ("chat.postMessage", {"text": "a", "colour": "red"}, "invalid_arguments"),
    "a method that is not there": ("chat.shout", {}, "unknown_method"),
    "an ephemeral message to a stranger": (
        "chat.postEphemeral", {"text": "a", "user": "U9"}, "user_not_in_channel",
    ),
    "an update of nothing": ("chat.update", {"text": "a", "ts": "1.000001"}, "message_not_found"),
}  # fmt: skip


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_slack_refuses_is_refused(on: Bench, method: str, arguments: dict[str, Any], error: str) -> None:
    """Each limit and each wrong place answers Slack's own error, and leaves nothing behind."""
    assert await on.error_of(method, **{"channel": "C1", **arguments}) == error
    assert on.study.messages == {}


async def test_what_is_just_within_the_limits_is_taken(on: Bench) -> None:
    """50 blocks, 3,000 characters in a section and 13,200 over all blocks are allowed."""
    assert not await on.error_of("chat.postMessage", channel="C1", text="a", blocks=[{"type": "divider"}] * 50)
    blocks = [section("x" * 3000)] * 4 + [section("x" * 1200)]
    assert not await on.error_of("chat.postMessage", channel="C1", text="a", blocks=blocks)


async def test_a_reason_names_its_place_and_its_line(on: Bench) -> None:
    """A refusal says where the fault is and which line of the reference it is against."""
    with pytest.raises(SlackApiError) as caught:
        await on.client.chat_postMessage(channel="C1", text="a", blocks=[section("x" * 3001)])
    [reason] = caught.value.response["response_metadata"]["messages"]
    assert "/blocks/0/text/text" in reason
    assert "slack.md 1" in reason


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), (SlackServer.app_token, "not_allowed_token_type")],
)
async def test_a_call_needs_the_right_token(on: Bench, token: str, error: str) -> None:
    """No token, an unknown one and one of the wrong kind are told apart."""
    headers = {"authorization": f"Bearer {token}"}
    async with ClientSession() as session, session.post(f"{on.slack.api_url}auth.test", headers=headers) as answer:
        assert (await answer.json())["error"] == error


async def test_a_form_is_as_good_as_json(on: Bench) -> None:
    """Arguments may come as a form, with blocks as JSON in it and the token beside them."""
    form = {"token": on.slack.token, "channel": "C1", "text": "a", "blocks": '[{"type": "divider"}]'}
    async with ClientSession() as session, session.post(f"{on.slack.api_url}chat.postMessage", data=form) as answer:
        assert (await answer.json())["ok"] is True


async def test_a_missing_scope_is_named(on: Bench) -> None:
    """A call without its scope says which one is needed, and every answer says which ones there are."""
    on.slack.workspace.scopes = {"chat:write"}
    with pytest.raises(SlackApiError) as caught:
        await on.client.users_info(user="U1")
    assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", "users:read")
    assert (await on.client.auth_test()).headers["x-oauth-scopes"] == "chat:write"


async def test_places_that_cannot_be_written_to(on: Bench) -> None:
    """Outside a channel the bot is `not_in_channel`, of a private one it knows nothing, an archived one is closed."""
    on.slack.channel("C2", on.asha, bot=False)
    on.slack.channel("G1", on.asha, kind=Kind.PRIVATE, bot=False)
    on.slack.channel("C3", on.asha).archived = True
    errors = [await on.error_of("chat.postMessage", channel=each, text="a") for each in ("C2", "G1", "C3")]
    assert errors == ["not_in_channel", "channel_not_found", "is_archived"]


async def test_a_dead_token_stays_dead(on: Bench) -> None:
    """After a revocation every call is `token_revoked`, after an uninstall `account_inactive`."""
    await on.slack.revoke()
    assert await on.error_of("chat.postMessage", channel="C1", text="a") == "token_revoked"
    await on.slack.uninstall()
    assert await on.error_of("auth.test") == "account_inactive"


async def test_a_thread_is_one_level_deep(on: Bench) -> None:
    """A reply goes below a parent; a reply's own `ts` starts no thread."""
    parent = (await on.client.chat_postMessage(channel="C1", text="post"))["ts"]
    reply = (await on.client.chat_postMessage(channel="C1", text="reply", thread_ts=parent))["ts"]
    error = await on.error_of("chat.postMessage", channel="C1", text="a", thread_ts=reply)
    assert error == "cannot_reply_to_message"
    answer = await on.client.conversations_replies(channel="C1", ts=parent)
    assert [each["ts"] for each in answer["messages"]] == [parent, reply]
    assert [each["ts"] for each in (await on.client.conversations_history(channel="C1"))["messages"]] == [parent]


async def test_metadata_is_given_back_when_asked_for(on: Bench) -> None:
    """Metadata comes with a message only if `include_all_metadata` is set, and outlives an edit."""
    metadata = {"event_type": "tpm_post", "event_payload": {"day": "2026-11-23"}}
    ts = (await on.client.chat_postMessage(channel="C1", text="post", metadata=metadata))["ts"]
    await on.client.chat_update(channel="C1", ts=ts, text="new")
    [plain] = (await on.client.conversations_history(channel="C1"))["messages"]
    [whole] = (await on.client.conversations_history(channel="C1", include_all_metadata=True))["messages"]
    assert ("metadata" in plain, whole["metadata"], whole["text"]) == (False, metadata, "new")


async def test_history_is_cut_by_time_and_page(on: Bench) -> None:
    """`oldest` excludes its own instant unless `inclusive`, and a cursor leads through the pages, newest first."""
    sent = [(await on.client.chat_postMessage(channel="C1", text=str(each)))["ts"] for each in range(5)]
    after = await on.client.conversations_history(channel="C1", oldest=sent[2])
    assert [each["text"] for each in after["messages"]] == ["4", "3"]
    whole = await on.client.conversations_history(channel="C1", oldest=sent[2], inclusive=True)
    assert [each["text"] for each in whole["messages"]] == ["4", "3", "2"]
    texts = []
    async for page in await on.client.conversations_history(channel="C1", limit=2):
        texts += [each["text"] for each in page["messages"]]
    assert texts == ["4", "3", "2", "1", "0"]


async def test_an_update_drops_what_it_does_not_name(on: Bench) -> None:
    """Text without blocks drops the old blocks, and more than 4,000 characters are refused."""
    ts = (await on.client.chat_postMessage(channel="C1", text="a", blocks=[section("old")]))["ts"]
    assert await on.error_of("chat.update", channel="C1", ts=ts, text="x" * 4001) == "msg_too_long"
    assert on.study.messages[ts].shown == "old"
    await on.client.chat_update(channel="C1", ts=ts, text="new")
    assert (on.study.messages[ts].shown, on.study.messages[ts].blocks) == ("new", [])


async def test_the_bot_changes_its_own_messages_only(on: Bench) -> None:
    """A person's message can neither be updated nor deleted by the app."""
    message = await on.ben.say("C1", "mine")
    assert await on.error_of("chat.update", channel="C1", ts=message.ts, text="a") == "cant_update_message"
    assert await on.error_of("chat.delete", channel="C1", ts=message.ts) == "cant_delete_message"


async def test_a_deleted_parent_leaves_a_tombstone(on: Bench) -> None:
    """Deleting removes a message, but where replies stand its place stays."""
    lone = (await on.client.chat_postMessage(channel="C1", text="lone"))["ts"]
    parent = (await on.client.chat_postMessage(channel="C1", text="parent"))["ts"]
    await on.ben.say("C1", "reply", thread=parent)
    for ts in (lone, parent):
        await on.client.chat_delete(channel="C1", ts=ts)
    assert lone not in on.study.messages
    assert on.study.messages[parent].subtype == "tombstone"
    assert await on.error_of("chat.delete", channel="C1", ts=parent) == "message_not_found"


async def test_an_ephemeral_message_is_seen_by_one(on: Bench) -> None:
    """Only its reader sees an ephemeral message, no history has it, and it cannot be updated."""
    ts = (await on.client.chat_postEphemeral(channel="C1", user="U2", text="for ben"))["message_ts"]
    assert [each.shown for each in on.ben.whispers("C1")] == ["for ben"]
    assert on.asha.sees("C1") == []
    assert (await on.client.conversations_history(channel="C1"))["messages"] == []
    assert await on.error_of("chat.update", channel="C1", ts=ts, text="a") == "message_not_found"


async def test_a_direct_message_has_a_place_of_its_own(on: Bench) -> None:
    """conversations.open gives the same conversation each time, which only that person sees."""
    places = [(await on.client.conversations_open(users="U2"))["channel"]["id"] for _ in range(2)]
    await on.client.chat_postMessage(channel=places[0], text="hello")
    assert places == [on.ben.direct.id] * 2
    assert [each.shown for each in on.ben.sees(places[0])] == ["hello"]
    assert on.asha.sees(places[0]) == []
    on.ben.person.deleted = True
    assert await on.error_of("conversations.open", users="U2") == "user_disabled"


async def test_people_and_places_are_described(on: Bench) -> None:
    """users.info has zone and locale, conversations.info its maker and members, conversations.members all of them."""
    user = (await on.client.users_info(user="U1", include_locale=True))["user"]
    assert (user["tz"], user["locale"], user["is_admin"]) == ("Europe/Paris", "en-GB", True)
    place = (await on.client.conversations_info(channel="C1", include_num_members=True))["channel"]
    assert (place["creator"], place["num_members"], place["is_member"]) == ("U1", 3, True)
    members = (await on.client.conversations_members(channel="C1"))["members"]
    assert members == ["U1", "U2", on.slack.workspace.bot_user]


async def test_a_status_goes_away(on: Bench) -> None:
    """A status line ends with the app's next message in that thread, or after two minutes."""
    parent = await on.asha.say("C1", "post")
    for _ in range(2):
        await on.client.assistant_threads_setStatus(channel_id="C1", thread_ts=parent.ts, status="is reading")
    first, second = on.slack.hub.statuses
    assert second.until - on.slack.hub.now() > timedelta(seconds=100)
    await on.client.chat_postMessage(channel="C1", thread_ts=parent.ts, text="done")
    assert max(first.until, second.until) <= on.slack.hub.now()
    eleven = {"channel_id": "C1", "thread_ts": parent.ts, "status": "a", "loading_messages": ["b"] * 11}
    assert await on.error_of("assistant.threads.setStatus", **eleven) == "invalid_arguments"


async def test_a_file_comes_in_three_steps(on: Bench) -> None:
    """A file is announced, sent and shared; what people get is what was sent."""
    parent = await on.asha.say("C1", "post")
    await on.client.files_upload_v2(
        channel="C1", thread_ts=parent.ts, filename="walk.md", content="# hi ü", initial_comment="all of it"
    )
    [message] = on.ben.thread(parent)
    [file] = message.files
    assert (message.shown, file.name, file.content) == ("all of it", "walk.md", "# hi ü".encode())
    assert await on.error_of("files.completeUploadExternal", files=[{"id": "F9"}]) == "file_not_found"


async def test_a_link_to_a_message(on: Bench) -> None:
    """A permalink names workspace, channel and message."""
    message = await on.asha.say("C1", "post")
    answer = await on.client.chat_getPermalink(channel="C1", message_ts=message.ts)
    assert answer["permalink"].endswith(f"slack.com/archives/C1/p{message.ts.replace('.', '')}")


async def test_live_mentions_are_noticed(on: Bench) -> None:
    """Markup that notifies counts as a ping wherever Slack parses it, and not in rich text or when it is escaped."""
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": "<!here>"}]}
    blocks = [section("<!channel> &lt;!everyone&gt; <@U1>"), {"type": "rich_text", "elements": [quote]}]
    ts = (await on.client.chat_postMessage(channel="C1", text="a", blocks=blocks))["ts"]
    assert on.study.messages[ts].pings == ["<!channel>", "<@U1>"]
    assert on.study.messages[ts].shown == "<!channel> <!everyone> <@U1>\n<!here>"


async def test_connections_are_counted(on: Bench) -> None:
    """Calls over one session come over one TCP connection, each new session brings another."""
    for _ in range(3):
        await on.client.auth_test()
    assert on.slack.tcp_connections == 1
    async with ClientSession() as session, session.post(f"{on.slack.api_url}auth.test"):
        assert on.slack.tcp_connections == 2


async def test_workspaces_are_apart(on: Bench) -> None:
    """Each workspace has its own token, people and channels."""
    other = on.slack.add_workspace("T2")
    cara = on.slack.user("U7", name="cara", team="T2")
    on.slack.channel("C7", cara, team="T2")
    assert await on.error_of("chat.postMessage", channel="C7", text="a") == "channel_not_found"
    on.client.token = other.token
    assert await on.error_of("chat.postMessage", channel="C7", text="a") == ""
    assert [each.shown for each in cara.sees("C7")] == ["a"]
