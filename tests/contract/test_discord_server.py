from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import discord
import pytest

from tests.contract.discord_bench import STUDY, Bench, bench, button, command, option, row, text
from tests.servers.discord_hub import APPLICATION_ID
from tests.servers.discord_world import Right

V2 = 1 << 15


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as opened:
        yield opened


def select(number: int, **more: object) -> dict[str, Any]:
    options = [{"label": str(each), "value": str(each)} for each in range(number)]
    return {"type": 3, "custom_id": "s", "options": options, **more}


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "nothing": ({}, 50006),
    "2,001 characters": ({"content": "x" * 2001}, 50035),
    "a nonce of 26": ({"content": "x", "nonce": "n" * 26}, 50035),
    "an ephemeral message": ({"content": "x", "flags": 64}, 50035),
    "eleven embeds": ({"embeds": [{"title": "x"}] * 11}, 50035),
    "a field that Discord would pass over": ({"content": "x", "colour": 1}, 50035),
    "v2 without its flag": ({"components": [text("x")]}, 50035),
    "content beside v2": ({"content": "x", "components": [text("x")], "flags": V2}, 50035),
    "41 components": ({"components": [text("x")] * 41, "flags": V2}, 50035),
    "4,001 characters of v2": ({"components": [text("x" * 2001), text("x" * 2000)], "flags": V2}, 50035),
    "an empty text": ({"components": [text("")], "flags": V2}, 50035),
    "six rows": ({"components": [row(button("a", f"a{each}")) for each in range(6)]}, 50035),
    "six buttons in a row": ({"components": [row(*(button("a", f"a{each}") for each in range(6)))]}, 50035),
    "a long label": ({"components": [row(button("x" * 81, "a"))]}, 50035),
    "a long custom_id": ({"components": [row(button("a", "x" * 101))]}, 50035),
    "one custom_id twice": ({"components": [row(button("a", "a"), button("b", "a"))]}, 50035),
    "a link with a custom_id": ({"components": [row(button("a", "a", style=5, url="https://x.example"))]}, 50035),
    "a button and a select": ({"components": [row(button("a", "a"), select(2))]}, 50035),
    "26 options": ({"components": [row(select(26))]}, 50035),
    "a text input outside a modal": ({"components": [row({"type": 4, "custom_id": "a", "style": 1})]}, 50035),
    "a container in a container": (
        {"components": [{"type": 17, "components": [{"type": 17, "components": [text("x")]}]}], "flags": V2}, 50035,
    ),
    "a section without its accessory": ({"components": [{"type": 9, "components": [text("x")]}], "flags": V2}, 50035),
    "a file that is not attached": (
        {"components": [{"type": 13, "file": {"url": "attachment://a.md"}}], "flags": V2}, 50035,
    ),
    "parse and users": ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, 50035),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_what_discord_refuses_is_refused(on: Bench, name: str) -> None:
    """A message outside Discord's limits is refused with its code, and stands nowhere."""
    body, code = REFUSED[name]
    assert await on.refused(**body) == code
    assert on.asha.sees(on.study) == []


async def test_what_discord_takes_is_shown(on: Bench) -> None:
    """A message at the limits stands, and people see its words and buttons."""
    await on.send(content="x" * 2000)
    parts = [text("# Hello"), *[text("y" * 110)] * 35, row(button("Go", "go"), button("No", "no"))]
    await on.send(components=parts, flags=V2)
    plain, laid_out = on.ben.sees(on.study)
    assert plain.shown == "x" * 2000
    assert laid_out.labels == ["Go", "No"]
    assert laid_out.shown.splitlines()[0] == "Hello"


async def test_a_wrong_token_is_refused(on: Bench) -> None:
    """A token that is not the app's logs nobody in."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")
    assert on.server.calls[-1].status == 401


async def test_a_nonce_sends_once_for_some_minutes(on: Bench) -> None:
    """The same nonce gives the same message back within minutes, a second one later, and no history shows it."""
    first = await on.send(content="a", nonce="n1", enforce_nonce=True)
    again = await on.send(content="a", nonce="n1", enforce_nonce=True)
    unforced = await on.send(content="a", nonce="n1")
    on.server.pass_time(timedelta(minutes=6))
    late = await on.send(content="a", nonce="n1", enforce_nonce=True)
    assert first["id"] == again["id"]
    assert len({first["id"], unforced["id"], late["id"]}) == 3
    history = await on.call("GET", f"/channels/{STUDY}/messages")
    assert [each.get("nonce") for each in history] == [None] * 3


async def test_places_and_rights_are_told_apart(on: Bench) -> None:
    """Unknown is 10003, unseen 50001, not allowed 50013, a message that is not there 10008."""
    foreign = on.server.add_guild("1001", bot=False)
    on.server.channel("2001", guild=foreign)
    quiet, hidden = on.server.channel("2002"), on.server.channel("2003")
    on.server.overwrite(quiet, APPLICATION_ID, deny=Right.SEND_MESSAGES)
    on.server.overwrite(hidden, on.server.guild.id, deny=Right.VIEW_CHANNEL)
    codes = [await on.code_of("POST", f"/channels/{each}/messages", {"content": "x"}) for each in (9, 2001, 2002, 2003)]
    assert codes == [10003, 50001, 50013, 50001]
    assert await on.code_of("PATCH", f"/channels/{STUDY}/messages/5", {"content": "x"}) == 10008
    assert on.server.invalid_requests == 3


async def test_the_bot_changes_its_own_messages_only(on: Bench) -> None:
    """A person's message cannot be edited (50005), nor deleted without Manage Messages (50013)."""
    path = f"/channels/{STUDY}/messages/{(await on.ben.say(STUDY, 'mine')).id}"
    assert await on.code_of("PATCH", path, {"content": "x"}) == 50005
    assert await on.code_of("DELETE", path) == 50013
    on.server.give(APPLICATION_ID, Right.MANAGE_MESSAGES)
    assert await on.code_of("DELETE", path) == 0


async def test_the_v2_flag_stays(on: Bench) -> None:
    """An edit may make a message a v2 one and never a plain one again."""
    path = f"/channels/{STUDY}/messages/{(await on.send(content='a'))['id']}"
    await on.call("PATCH", path, {"content": None, "components": [text("b")], "flags": V2})
    assert await on.code_of("PATCH", path, {"content": "c", "flags": 0}) == 50035
    assert [each.shown for each in on.ben.sees(STUDY)] == ["b"]


async def test_old_messages_are_edited_rarely(on: Bench) -> None:
    """A message older than an hour takes few edits, then 30046."""
    path = f"/channels/{STUDY}/messages/{(await on.send(content='a'))['id']}"
    on.server.pass_time(timedelta(hours=2))
    codes = [await on.code_of("PATCH", path, {"content": str(each)}) for each in range(5)]
    assert codes[0] == 0
    assert codes[-1] == 30046


async def test_history_is_cut_by_id_and_right(on: Bench) -> None:
    """A page is newest first, `after` begins at the oldest, and without Read Message History there is nothing."""
    sent = [(await on.send(content=str(each)))["id"] for each in range(5)]
    path = f"/channels/{STUDY}/messages"
    after = await on.call("GET", path, after=sent[1], limit=2)
    before = await on.call("GET", path, before=sent[3], limit=2)
    assert [[each["content"] for each in page] for page in (after, before)] == [["3", "2"], ["2", "1"]]
    on.server.overwrite(on.study, APPLICATION_ID, deny=Right.READ_MESSAGE_HISTORY)
    assert await on.call("GET", path) == []
    assert await on.code_of("GET", f"{path}/{sent[0]}") == 50013


async def test_an_automod_rule_refuses(on: Bench) -> None:
    """What a guild's automod blocks is refused with 200000, wherever the words stand."""
    on.server.hub.blocked_words.append("spoon")
    assert await on.refused(content="a spoon") == 200000
    assert await on.refused(components=[text("a spoon")], flags=V2) == 200000


async def test_only_allowed_mentions_notify(on: Bench) -> None:
    """Without a rule all that is named is notified; with one only what it allows; never what stands in code."""
    words = "<@1> `<@2>` @everyone"
    on.server.give(APPLICATION_ID, Right.MENTION_EVERYONE)
    await on.send(content=words)
    await on.send(content=words, allowed_mentions={"parse": []})
    await on.send(content="<@1> <@2>", allowed_mentions={"users": ["2"]})
    assert [each.pings for each in on.ben.sees(STUDY)] == [["1", "@everyone"], [], ["2"]]


async def test_a_file_comes_with_its_words(on: Bench) -> None:
    """A file is kept with its message, can be read at its address, and one above the limit is refused."""
    channel = on.client.get_partial_messageable(int(STUDY))
    sent = await channel.send("all of it", file=discord.File(BytesIO("# hi ü".encode()), "walk.md"))
    [message] = on.ben.sees(STUDY)
    assert [(each.name, each.content.decode()) for each in message.files] == [("walk.md", "# hi ü")]
    assert (await sent.attachments[0].read()).decode() == "# hi ü"
    with pytest.raises(discord.HTTPException) as refused:
        await channel.send(file=discord.File(BytesIO(b"x" * (10 * 2**20 + 1)), "big"))
    assert refused.value.code == 40005
    on.server.overwrite(on.study, APPLICATION_ID, deny=Right.ATTACH_FILES)
    with pytest.raises(discord.Forbidden):
        await channel.send(file=discord.File(BytesIO(b"x"), "small"))


async def test_a_direct_message_has_one_reader(on: Bench) -> None:
    """A direct conversation is the same each time, seen by that person alone, closed if they take none or left."""
    user = await on.client.fetch_user(2)
    await user.send("hello")
    assert [each.shown for each in on.ben.sees(on.ben.direct)] == ["hello"]
    assert on.asha.sees(on.ben.direct) == []
    on.ben.person.takes_direct = False
    assert await on.code_of("POST", f"/channels/{on.ben.direct.id}/messages", {"content": "x"}) == 50007
    on.server.leave(on.ben)
    assert await on.code_of("POST", f"/channels/{on.ben.direct.id}/messages", {"content": "x"}) == 50278


async def test_people_are_described(on: Bench) -> None:
    """A member is found with roles, one who is not here is 10007, and nobody is 10013."""
    guild = on.client.get_guild(1000)
    assert guild is not None
    member = await guild.fetch_member(1)
    assert member.guild_permissions.manage_guild
    on.server.leave(on.ben)
    assert [await on.code_of("GET", f"/guilds/1000/members/{each}") for each in (2, 77)] == [10007, 10013]


async def test_commands_are_replaced_as_a_whole(on: Bench) -> None:
    """A bulk write keeps the ids of names that stood, drops the others, and what is registered can be read."""
    path = f"/applications/{APPLICATION_ID}/commands"
    first = await on.call("PUT", path, [command("one"), command("two", option("text", required=True))])
    second = await on.call("PUT", path, [command("two"), {"name": "Get feedback", "type": 3}])
    assert second[0]["id"] == first[1]["id"]
    assert [each["name"] for each in await on.call("GET", path)] == ["two", "Get feedback"]
    assert await on.code_of("GET", f"/applications/{APPLICATION_ID}/guilds/5/commands") == 50001


BAD_COMMANDS: dict[str, list[dict[str, Any]]] = {
    "a name in capitals": [command("Ask")],
    "no description": [{**command("ask"), "description": ""}],
    "26 options": [command("ask", *(option(f"o{each}") for each in range(26)))],
    "26 choices": [command("ask", option("o", choices=[{"name": str(n), "value": str(n)} for n in range(26)]))],
    "choices and autocomplete": [command("ask", option("o", choices=[{"name": "a", "value": "a"}], autocomplete=True))],
    "required after optional": [command("ask", option("a"), option("b", required=True))],
    "a subcommand beside an option": [command("ask", option("a", 1), option("b"))],
    "a name twice": [command("ask"), command("ask")],
    "16 context menus": [{"name": f"m{each}", "type": 3} for each in range(16)],
    "more than 8,000 characters": [command("ask", *(
        option(f"o{each}", choices=[{"name": "n" * 99 + str(n), "value": "v" * 99 + str(n)} for n in range(3)])
        for each in range(25)
    ))],
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_COMMANDS)
async def test_commands_outside_the_limits_are_refused(on: Bench, name: str) -> None:
    """A command that Discord would not register is refused, and what stood stands."""
    path = f"/applications/{APPLICATION_ID}/commands"
    await on.call("PUT", path, [command("old")])
    assert await on.code_of("PUT", path, BAD_COMMANDS[name]) == 50035
    assert [each["name"] for each in await on.call("GET", path)] == ["old"]


async def test_creates_run_out(on: Bench) -> None:
    """Two hundred new commands a day, then 30034, until the next day."""
    path = f"/applications/{APPLICATION_ID}/commands"
    for batch in range(2):
        await on.call("PUT", path, [command(f"c{batch}-{each}") for each in range(100)])
    assert await on.code_of("PUT", path, [command("one-more")]) == 30034
    on.server.pass_time(timedelta(days=1))
    assert await on.code_of("PUT", path, [command("one-more")]) == 0


async def test_an_unknown_route_is_noticed(on: Bench) -> None:
    """A route that this Discord does not have is 404 and noted."""
    assert await on.code_of("GET", "/stickers/1") == 0
    assert on.server.odd == ["no such route: GET /api/v10/stickers/1"]
