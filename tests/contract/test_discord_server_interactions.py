from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.contract.discord_bench import READING, STUDY, Bench, bench, button, command, row, text
from tests.servers.discord_hub import APPLICATION_ID
from tests.servers.discord_interaction import Interaction
from tests.servers.discord_seat import FAILED, NOT_RESPONDED, Unable

V2 = 1 << 15


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        opened.server.register([command("ask"), {"name": "Get feedback", "type": 3}])
        yield opened


async def asked(on: Bench, kind: int = 4, **data: object) -> Interaction:
    """What becomes of /ask when it is answered like this."""
    on.answering(kind, **data)
    return await on.ben.slash("ask", STUDY)


def webhook(one: Interaction, message: str = "") -> str:
    path = f"/webhooks/{APPLICATION_ID}/{one.token}"
    return f"{path}/messages/{message}" if message else path


async def test_a_command_comes_with_typed_options(on: Bench) -> None:
    """A synced command reaches its callback with its options, the member with rights, and the channel."""
    got: list[Any] = []

    @on.client.tree.command(name="setup", description="d")
    async def setup(
        one: discord.Interaction, at: str, times: int, who: discord.Member, where: discord.TextChannel
    ) -> None:
        got.extend([at, times, who.id, where.name, one.permissions.manage_guild, one.channel_id])
        await one.response.send_message("done", ephemeral=True)

    await on.client.tree.sync()
    one = await on.asha.slash("setup", STUDY, at="09:00", times=3, who=on.ben, where=on.study)
    assert got == ["09:00", 3, 2, "study", True, 2000]
    assert (one.acknowledged, one.failure) == (4, None)
    assert [[each.shown for each in user.whispers(STUDY)] for user in (on.asha, on.ben)] == [["done"], []]


async def test_a_subcommand_has_its_path(on: Bench) -> None:
    """A command with subcommands runs only with one of them."""
    admin = app_commands.Group(name="admin", description="d")

    @admin.command(name="skip", description="d")
    async def skip(one: discord.Interaction) -> None:
        await one.response.send_message("skipped")

    on.client.tree.add_command(admin)
    await on.client.tree.sync()
    with pytest.raises(Unable):
        await on.asha.slash("admin", STUDY)
    await on.asha.slash("admin skip", STUDY)
    assert [each.shown for each in on.ben.sees(STUDY)] == ["skipped"]


async def test_a_command_is_offered_where_it_is_registered(on: Bench) -> None:
    """A client offers what is registered, to those who have the rights, in the contexts that it names."""
    on.server.register([command("admin", default_member_permissions="32"), command("here", contexts=[0])])
    on.answering(4, content="x")
    with pytest.raises(Unable):
        await on.asha.slash("ask", STUDY)
    with pytest.raises(Unable):
        await on.ben.slash("admin", STUDY)
    with pytest.raises(Unable):
        await on.ben.slash("here", on.ben.direct)
    assert (await on.asha.slash("admin", STUDY)).failure is None


async def test_an_old_client_may_send_what_is_gone(on: Bench) -> None:
    """A command that is not registered any more still comes, and fails for its user if nobody answers."""
    on.server.hub.callback_within_s = 0.2
    await on.ben.stale_slash("old", STUDY)
    assert on.ben.failures == [NOT_RESPONDED]


async def test_a_late_answer_is_unknown(on: Bench) -> None:
    """After 3 s the interaction has failed for its user, and a callback is 10062, by either clock."""
    on.server.hub.callback_within_s = 0.1
    one = await on.ben.slash("ask", STUDY)
    assert (one.failure, on.ben.failures) == (NOT_RESPONDED, [NOT_RESPONDED])
    assert await on.callback_code(one) == 10062
    on.server.hub.callback_within_s = 3.0
    waiting = asyncio.create_task(on.ben.slash("ask", STUDY))
    await on.server.until(lambda: len(on.server.interactions) == 2)
    on.server.pass_time(timedelta(seconds=4))
    assert await on.callback_code(on.server.interactions[-1]) == 10062
    waiting.cancel()


async def test_an_interaction_is_answered_once(on: Bench) -> None:
    """A second callback is 40060, one for a foreign token 10062."""
    one = await asked(on, content="once")
    assert await on.callback_code(one) == 40060
    body = {"type": 4, "data": {"content": "x"}}
    assert await on.code_of("POST", f"/interactions/5/{one.token}/callback", body) == 10062
    assert [each.shown for each in on.ben.sees(STUDY)] == ["once"]


async def test_a_deferred_answer_is_filled_in(on: Bench) -> None:
    """The first follow-up after a defer becomes the original and stays private; the next is a message of its own."""
    one = await asked(on, 5, flags=64)
    assert [each.loading for each in on.ben.whispers(STUDY)] == [True]
    await on.call("POST", webhook(one), {"content": "first"})
    await on.call("POST", webhook(one), {"content": "second", "flags": 64})
    await on.call("PATCH", webhook(one, "@original"), {"content": "first, edited"})
    assert [each.shown for each in on.ben.whispers(STUDY)] == ["first, edited", "second"]
    assert on.asha.sees(STUDY) == []
    await on.call("DELETE", webhook(one, "@original"))
    assert [each.shown for each in on.ben.whispers(STUDY)] == ["second"]


async def test_a_defer_carries_nothing(on: Bench) -> None:
    """A deferred answer takes the ephemeral flag only; the v2 flag goes with the edit."""
    on.server.hub.callback_within_s = 0.2
    one = asyncio.create_task(on.ben.slash("ask", STUDY))
    await on.server.until(lambda: bool(on.server.interactions))
    assert await on.callback_code(on.server.interactions[0], 5, flags=V2) == 50035
    assert await on.callback_code(on.server.interactions[0], 5, flags=64) == 0
    await on.call("PATCH", webhook(await one, "@original"), {"components": [text("laid out")], "flags": V2})
    assert [each.shown for each in on.ben.whispers(STUDY)] == ["laid out"]


async def test_a_token_lives_for_a_quarter_of_an_hour(on: Bench) -> None:
    """A token is unknown before its callback (10015) and void after 15 minutes (50027); the message stays editable."""
    waiting = asyncio.create_task(on.ben.slash("ask", STUDY))
    await on.server.until(lambda: bool(on.server.interactions))
    one = on.server.interactions[0]
    assert await on.code_of("POST", webhook(one), {"content": "early"}) == 10015
    await on.callback(one, 4, {"content": "a"})
    await waiting
    on.server.pass_time(timedelta(minutes=14))
    assert await on.code_of("POST", webhook(one), {"content": "b"}) == 0
    on.server.pass_time(timedelta(minutes=1))
    codes = [await on.code_of("POST", webhook(one), {}), await on.code_of("PATCH", webhook(one, "@original"), {})]
    assert codes == [50027, 50027]
    assert one.original is not None
    path = f"/channels/{STUDY}/messages/{one.original.id}"
    assert await on.code_of("PATCH", path, {"content": "by the bot's own token"}) == 0


async def test_an_ephemeral_message_is_out_of_reach(on: Bench) -> None:
    """Only its user sees an ephemeral message; the bot's token neither reads, edits nor deletes it."""
    one = await asked(on, content="secret", flags=64)
    assert one.original is not None
    path = f"/channels/{STUDY}/messages/{one.original.id}"
    assert [await on.code_of(method, path, {}) for method in ("GET", "PATCH", "DELETE")] == [10008] * 3
    assert await on.call("GET", f"/channels/{STUDY}/messages") == []
    assert on.client.said == []


async def test_a_button_brings_its_message(on: Bench) -> None:
    """A press brings the custom_id and the whole message, can replace the message, and fails in words of its own."""
    got: list[Any] = []

    async def answer(one: discord.Interaction) -> None:
        got.extend([one.data, one.message.content if one.message else None])
        await on.callback(one, 7, {"content": "done", "components": []})

    on.client.answers = answer
    await on.send(content="ready?", components=[row(button("Go", "tpm:go:1"), button("Not", "no", disabled=True))])
    [message] = on.ben.sees(STUDY)
    with pytest.raises(Unable):
        await on.ben.press(message, "Not")
    await on.ben.press(message, "Go")
    assert (got[0]["custom_id"], got[0]["component_type"], got[1]) == ("tpm:go:1", 2, "ready?")
    assert (message.shown, message.labels) == ("done", [])
    await on.send(content="again?", components=[row(button("Go", "x"))])
    on.client.answers, on.server.hub.callback_within_s = None, 0.1
    await on.ben.press(on.ben.sees(STUDY)[-1], "Go")
    assert on.ben.failures == [FAILED]


async def test_a_select_brings_values(on: Bench) -> None:
    """Choosing brings the values of the options that a person sees by label."""
    options = [{"label": "Strategy", "value": "s"}, {"label": "Metrics", "value": "m"}]
    await on.send(components=[row({"type": 3, "custom_id": "topic", "placeholder": "Topic", "options": options})])
    on.answering(6)
    one = await on.ben.choose(on.ben.sees(STUDY)[0], "Topic", "Metrics")
    assert one.payload["data"]["values"] == ["m"]
    with pytest.raises(Unable):
        await on.ben.choose(on.ben.sees(STUDY)[0], "Topic", "Luck")


async def test_typing_is_met_with_choices(on: Bench) -> None:
    """Autocomplete offers up to 25 choices for what is typed, and a 26th makes the answer void."""
    most = 25

    @on.client.tree.command(name="zone", description="d")
    async def zone(one: discord.Interaction, name: str) -> None:
        await one.response.send_message(name)

    @zone.autocomplete("name")
    async def names(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed}{each}", value=str(each)) for each in range(most)]

    await on.client.tree.sync()
    assert (await on.ben.autocomplete("zone", STUDY, "name", "par"))[:2] == ["par0", "par1"]
    most = 26
    on.server.hub.callback_within_s = 0.2
    assert await on.ben.autocomplete("zone", STUDY, "name", "par") == []
    assert on.ben.failures == []


async def test_a_menu_brings_the_words_of_its_target(on: Bench) -> None:
    """A context menu on a message brings its words, intent or not."""
    message = await on.asha.say(STUDY, "my answer")
    on.answering(4, content="ok")
    one = await on.ben.use_menu("Get feedback", message)
    assert one.payload["data"]["resolved"]["messages"][message.id]["content"] == "my answer"
    with pytest.raises(Unable):
        await on.ben.use_menu("Nothing", message)


async def test_a_command_works_in_a_direct_conversation(on: Bench) -> None:
    """In a direct conversation a command brings a user and no member, and is answered there."""
    on.answering(4, content="hello")
    one = await on.ben.slash("ask", on.ben.direct)
    assert ("member" in one.payload, one.payload["user"]["id"]) == (False, "2")
    assert [each.shown for each in on.ben.sees(on.ben.direct)] == ["hello"]


async def test_two_processes_race_for_an_answer() -> None:
    """With two sessions on one token each gets the interaction; one answers, the other is told so."""
    async with bench(READING) as on, on.connected(READING) as second:
        on.server.register([command("ask")])
        codes: list[int] = []

        async def answer(one: discord.Interaction) -> None:
            try:
                await one.response.send_message("mine")
            except discord.HTTPException as error:
                codes.append(error.code)

        on.client.answers = second.answers = answer
        await on.ben.slash("ask", STUDY)
        await on.server.until(lambda: codes == [40060])
        assert [each.shown for each in on.ben.sees(STUDY)] == ["mine"]


async def test_an_answer_may_hold_a_file(on: Bench) -> None:
    """A file comes with an answer, and goes to its one reader."""

    async def answer(one: discord.Interaction) -> None:
        await one.response.send_message("yours", file=discord.File(BytesIO(b"words"), "answer.md"), ephemeral=True)

    on.client.answers = answer
    await on.ben.slash("ask", STUDY)
    [message] = on.ben.whispers(STUDY)
    assert [each.content for each in message.files] == [b"words"]


async def test_a_bare_callback_has_no_body(on: Bench) -> None:
    """Without `with_response` a callback is 204, with it the message comes along."""
    bodies: list[Any] = []

    async def answer(one: discord.Interaction) -> None:
        path = f"/interactions/{one.id}/{one.token}/callback"
        bare = len(bodies) == 0
        query = {} if bare else {"with_response": 1}
        bodies.append(await on.call("POST", path, {"type": 4, "data": {"content": "x"}}, **query))

    on.client.answers = answer
    await on.ben.slash("ask", STUDY)
    await on.server.until(lambda: len(bodies) == 1)
    await on.ben.slash("ask", STUDY)
    await on.server.until(lambda: len(bodies) == 2)
    assert bodies[0] == ""
    assert bodies[1]["resource"]["message"]["content"] == "x"


async def test_a_layout_of_discord_py_is_taken(on: Bench) -> None:
    """What discord.py builds of containers, sections and rows passes the checks, and is read back by people."""

    class Card(discord.ui.LayoutView):
        box = discord.ui.Container[Any](
            discord.ui.TextDisplay("## Question"),
            discord.ui.Separator(),
            discord.ui.Section("Why?", accessory=discord.ui.Button(label="Answer", custom_id="a")),
            accent_colour=discord.Colour(1),
        )

    channel = on.client.get_channel(int(STUDY))
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(view=Card(timeout=None), allowed_mentions=discord.AllowedMentions.none())
    [message] = on.ben.sees(STUDY)
    assert (message.shown, message.labels) == ("Question\nWhy?\n[Answer]", ["Answer"])
    assert sent.components[0].type is discord.ComponentType.container
