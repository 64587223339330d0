from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.contract.slack_bench import (
    Bench,
    actions,
    bench,
    button,
    field,
    modal,
    opened,
    over_http,
    over_socket,
    section,
)  # fmt: skip
from tests.servers.slack_inputs import Unable


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):  # slack.md 4.9
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        yield opened


@pytest.mark.parametrize("way", [over_http, over_socket])
async def test_a_command_is_answered(on: Bench, way: Any) -> None:
    """What a command's ack holds is shown to its giver alone, and its response_url takes five more messages."""
    app = on.app()
    statuses: list[int] = []

    @app.command("/tpm-streak")
    async def streak(ack: Any, body: dict[str, Any]) -> None:
        await ack(f"{body['user_id']} {body['text']} {body['channel_name']}")
        async with ClientSession() as session:
            for number in range(6):
                async with session.post(body["response_url"], json={"text": str(number)}) as answer:
                    statuses.append(answer.status)

    async with way(on, app):
        await on.ben.command("/tpm-streak", "all", "C1")
        await on.slack.until(lambda: len(statuses) == 6)
    assert sorted(each.shown for each in on.ben.whispers("C1")) == ["0", "1", "2", "3", "4", "U2 all study"]
    assert (on.asha.sees("C1"), statuses) == ([], [200] * 5 + [404])


async def test_a_command_must_be_declared(on: Bench) -> None:
    """With a manifest, only its commands and shortcuts exist, and `should_escape` turns names into mentions."""
    command = {"command": "/tpm-admin", "should_escape": True}
    on.slack.install({"features": {"slash_commands": [command]}})
    with pytest.raises(Unable):
        await on.ben.command("/tpm-help", "", "C1")
    delivery = await on.ben.command("/tpm-admin", "members @asha", "C1")
    assert delivery.payload["text"] == "members <@U1>"
    with pytest.raises(Unable):
        await on.ben.shortcut("grade", await on.ben.say("C1", "hi"))


async def test_a_late_or_missing_ack_is_a_failure_that_people_see(on: Bench) -> None:
    """A command that is acknowledged too late, or by nobody, fails before the eyes of its giver."""
    app = on.app()
    on.slack.courier.ack_within_s = 0.1

    @app.command("/slow")
    async def slow(ack: Any) -> None:
        await asyncio.sleep(0.3)
        await ack()

    async with over_http(on, app):
        await on.ben.command("/slow", "", "C1")
        on.slack.courier.ack_within_s = 3.0
        await on.ben.command("/unknown", "", "C1")
    assert on.ben.failures == [
        '/slow failed with the error "operation_timeout"', '/unknown failed with the error "dispatch_failed"',
    ]  # fmt: skip


async def test_an_exception_right_after_an_ack_undoes_it(on: Bench) -> None:
    """The fault of slack.md 4.1 shows here as it does on Slack: the person sees a failure."""
    app = on.app()

    @app.command("/broken")
    async def broken(ack: Any) -> None:
        await ack()
        raise RuntimeError

    async with over_http(on, app):
        await on.ben.command("/broken", "", "C1")
    assert len(on.ben.failures) == 1


async def test_a_press_says_who_where_and_what(on: Bench) -> None:
    """A press carries the button's ids and value and the message, of an ephemeral one its place alone."""
    row = actions(button("Answer", action_id="answer", value="p1"))
    parent = (await on.client.chat_postMessage(channel="C1", text="post", blocks=[row]))["ts"]
    await on.client.chat_postEphemeral(channel="C1", user="U2", text="you", blocks=[row], thread_ts=parent)
    message, whisper = on.ben.sees("C1")
    first, second = [(await on.ben.press(each, "Answer")).payload for each in (message, whisper)]
    action = first["actions"][0]
    assert (action["action_id"], action["value"], action["type"]) == ("answer", "p1", "button")
    assert (first["message"]["ts"], first["container"]["is_ephemeral"]) == (parent, False)
    assert "message" not in second
    assert (second["container"]["is_ephemeral"], second["container"]["thread_ts"]) == (True, parent)
    with pytest.raises(Unable, match="Answer"):
        await on.ben.press(message, "Other")
    with pytest.raises(Unable):
        await on.asha.press(whisper, "Answer")


async def test_a_trigger_works_once_and_not_for_long(on: Bench) -> None:
    """A trigger_id opens one modal, is refused the second time, and is dead when its time is over."""
    row = actions(button("Answer", action_id="answer"))
    await on.client.chat_postMessage(channel="C1", text="post", blocks=[row])
    [message] = on.ben.sees("C1")
    trigger = (await on.ben.press(message, "Answer")).payload["trigger_id"]
    assert await on.error_of("views.open", trigger_id=trigger, view=modal(field("a"))) == ""
    assert await on.error_of("views.open", trigger_id=trigger, view=modal(field("a"))) == "exchanged_trigger_id"
    assert await on.error_of("views.open", trigger_id="1.2.x", view=modal(field("a"))) == "invalid_trigger_id"
    on.slack.hub.trigger_life_s = 0.01
    trigger = (await on.ben.press(message, "Answer")).payload["trigger_id"]
    await asyncio.sleep(0.02)
    assert await on.error_of("views.open", trigger_id=trigger, view=modal(field("a"))) == "expired_trigger_id"


@pytest.mark.parametrize(
    "view",
    [
        modal(*[section("a")] * 101),
        modal(field("a"), title={"type": "plain_text", "text": "x" * 25}),
        modal(field("a"), private_metadata="x" * 3001),
        modal(field("a"), submit=None) | {"submit": None},
        modal(field("a"), field("a")),
        modal(field("a", max_length=3001)),
        modal(field("a", initial_value="x" * 3001)),
        modal(),
        {"type": "home", "blocks": [section("a")]},
    ],
)
async def test_a_view_beyond_the_limits_is_refused(on: Bench, view: dict[str, Any]) -> None:
    """A modal that breaks a limit of views answers invalid_arguments, and nobody sees it."""
    trigger = on.slack.hub.new_trigger(on.slack.workspace, "U2")
    assert await on.error_of("views.open", trigger_id=trigger, view=view) == "invalid_arguments"
    assert on.ben.view is None


async def test_a_form_is_filled_in_and_sent(on: Bench) -> None:
    """Slack's client keeps back what is missing or too short, then sends the state; the app's errors stay on view."""
    app = on.app()
    sent: list[dict[str, Any]] = []

    @app.view("answer")
    async def answer(ack: Any, body: dict[str, Any]) -> None:
        sent.append(body)
        await (ack() if len(sent) > 1 else ack(response_action="errors", errors={"text": "say more"}))

    option = {"text": {"type": "plain_text", "text": "Clear"}, "value": "3"}
    radio = {"type": "radio_buttons", "action_id": "band", "options": [option], "initial_option": option}
    choice = {"type": "input", "block_id": "band", "label": {"type": "plain_text", "text": "Band"}, "element": radio}
    await opened(on, modal(field("text", min_length=3), choice, callback_id="answer", private_metadata="p1"))
    async with over_http(on, app):
        assert await on.ben.submit(None, {"text": "no"}) is None
        await on.ben.submit(None, {"text": "a trade-off"})
        assert [view.errors for view in on.ben.views] == [{"text": "say more"}]
        await on.ben.submit()
    assert on.ben.views == []
    values = sent[-1]["view"]["state"]["values"]
    assert values["text"]["text"]["value"] == "a trade-off"
    assert values["band"]["band"]["selected_option"]["value"] == "3"
    assert sent[-1]["view"]["private_metadata"] == "p1"


async def test_what_was_typed_outlives_an_update(on: Bench) -> None:
    """An update keeps the inputs with the same ids; a wrong hash is a conflict, and a closed modal is not found."""
    await opened(on, modal(field("a"), field("b"), external_id="x"))
    on.ben.fill({"a": "mine", "b": "gone"})
    view = on.ben.view
    assert view is not None
    answer = await on.client.views_update(view_id=view.id, hash=view.hash, view=modal(field("a"), field("c")))
    values = answer["view"]["state"]["values"]
    assert (values["a"]["a"]["value"], values["c"]["c"]["value"]) == ("mine", None)
    arguments = {"view_id": view.id, "view": modal(field("a"))}
    assert await on.error_of("views.update", hash="1.2", **arguments) == "hash_conflict"
    assert await on.ben.close() is None
    assert await on.error_of("views.update", **arguments) == "not_found"


async def test_a_failed_submission_keeps_the_form(on: Bench) -> None:
    """A modal whose submission nobody takes, or whose errors name no field of it, stays open and says so."""
    app = on.app()

    @app.view("wrong")
    async def wrong(ack: Any) -> None:
        await ack(response_action="errors", errors={"other": "?"})

    for callback in ("nobody", "wrong"):
        await opened(on, modal(field("a"), callback_id=callback))
        async with over_http(on, app):
            await on.ben.submit(None, {"a": "text"})
        assert on.ben.view is not None
    assert len(on.ben.failures) == 2
    assert len(on.slack.odd) == 1


async def test_modals_stack_to_three(on: Bench) -> None:
    """A submission may push, update or clear; the stack holds three."""
    app = on.app()
    answers: list[dict[str, Any]] = [
        {"response_action": "push", "view": modal(field("a"), callback_id="v")},
        {"response_action": "push", "view": modal(field("a"), callback_id="v")},
        {"response_action": "push", "view": modal(field("a"), callback_id="v")},
        {"response_action": "update", "view": modal(field("z"), callback_id="v")},
        {"response_action": "clear"},
    ]

    @app.view("v")
    async def submitted(ack: Any) -> None:
        await ack(**answers.pop(0))

    await opened(on, modal(field("a"), callback_id="v"))
    depths = []
    async with over_http(on, app):
        for key in ("a", "a", "a", "a", "z"):
            await on.ben.submit(None, {key: "text"})
            depths.append(len(on.slack.workspace.stacks["U2"]))
    assert depths == [2, 3, 3, 3, 0]
    assert on.slack.odd == ["push_limit_reached: slack.md 1 Blocks: stack of 3"]


async def test_a_closed_modal_is_heard_of_if_asked(on: Bench) -> None:
    """view_closed comes with what was typed, only with notify_on_close."""
    await opened(on, modal(field("a"), notify_on_close=True))
    on.ben.fill({"a": "draft"})
    delivery = await on.ben.close()
    assert delivery is not None
    assert delivery.payload["view"]["state"]["values"]["a"]["a"]["value"] == "draft"
    assert delivery.payload["is_cleared"] is False


async def test_a_home_tab_is_one_persons(on: Bench) -> None:
    """A published home is seen by its user alone, its buttons work, and an old hash is a conflict."""
    view = {"type": "home", "blocks": [section("streak 3"), actions(button("Settings", action_id="s"))]}
    old = (await on.client.views_publish(user_id="U2", view=view))["view"]["hash"]
    await on.client.views_publish(user_id="U2", view=view, hash=old)
    assert await on.error_of("views.publish", user_id="U2", view=view, hash=old) == "hash_conflict"
    assert on.asha.home is None
    assert on.ben.home is not None
    assert on.ben.home.shown == "streak 3\n[Settings]"
    payload = (await on.ben.press(on.ben.home, "Settings")).payload
    assert (payload["container"]["type"], "response_url" in payload) == ("view", False)


async def test_a_shortcut_brings_the_message(on: Bench) -> None:
    """A message shortcut carries the message as it stands, with the thread it is in."""
    parent = await on.asha.say("C1", "post")
    reply = await on.ben.say("C1", "answer", thread=parent)
    payload = (await on.ben.shortcut("grade", reply)).payload
    assert (payload["type"], payload["callback_id"]) == ("message_action", "grade")
    assert (payload["message"]["thread_ts"], payload["message"]["text"]) == (parent.ts, "answer")


async def test_a_response_replaces_and_removes(on: Bench) -> None:
    """By the response_url of a press an ephemeral message is replaced, then removed."""
    row = actions(button("More", action_id="more"))
    await on.client.chat_postEphemeral(channel="C1", user="U2", text="short", blocks=[row])
    [whisper] = on.ben.whispers("C1")
    url = (await on.ben.press(whisper, "More")).payload["response_url"]
    shown = []
    async with ClientSession() as session:
        for body in ({"replace_original": True, "text": "long"}, {"delete_original": True}):
            async with session.post(url, json=body) as answer:
                assert answer.status == 200
            shown.append([each.shown for each in on.ben.whispers("C1")])
    assert shown == [["long"], []]


async def test_people_see_what_is_theirs(on: Bench) -> None:
    """Who is not in a channel sees nothing of it and cannot write there."""
    cara = on.slack.user("U3", name="cara")
    await on.ben.say("C1", "hello")
    assert cara.sees("C1") == []
    with pytest.raises(Unable):
        await cara.say("C1", "hello")
