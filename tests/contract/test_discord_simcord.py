"""The adapter on simcord, a Discord by other people: what it models must work there too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
import pytest
import simcord

from bot.commands import COMMANDS
from bot.domain.group import MemberId, Place
from bot.errors import ChatClosed
from bot.infra.clock import SteppedClock, host_now
from bot.ports import Target, Where
from bot.settings import read
from bot.usecases.facilitating import manage_group
from bot.usecases.facilitating.wishes import Wishes
from bot.usecases.posting import post_question
from bot.views import notices
from handlers import app
from handlers.background import Background
from handlers.discord.api import DiscordApi
from handlers.discord.chat import DiscordChat
from handlers.discord.client import Body, DiscordClient
from handlers.discord.desk import Desk
from handlers.discord.intake import Identity, Intake
from handlers.discord.replies import Replies
from handlers.discord.rooms import Rooms
from handlers.discord.standing import Standing
from handlers.discord.status import Typing
from handlers.discord.tree import payload
from handlers.switchboard import Switchboard
from tests.conftest import emptied
from tests.contract.discord_case import ANSWER, eventually


class Bot:
    """The adapter's parts on a client that simcord starts."""

    def __init__(self) -> None:
        self.client = DiscordClient(self._heard, message_content=False)
        self.background = Background()
        self.intake: Intake | None = None

    def _heard(self, name: str, body: Body) -> None:
        if self.intake is not None:
            self.intake.heard(name, body)

    async def register(self) -> None:
        """Tell Discord of the commands."""
        assert self.client.application_id is not None
        path = "/applications/{application_id}/commands"
        commands: Any = payload(COMMANDS)
        api = DiscordApi(lambda: self.client, SteppedClock(host_now()))
        await api.call("PUT", path, commands, application_id=str(self.client.application_id))

    def connect(self, core: app.Core, switchboard: Switchboard) -> None:
        """Give the client a core."""
        assert self.client.user is not None
        api = DiscordApi(lambda: self.client, core.clock)
        rooms = Rooms(lambda: self.client, api)
        me = str(self.client.user.id)
        chat = DiscordChat(api, rooms, Standing(api, rooms, me), Typing(api, self.background), core.clock)
        replies = Replies(api, chat)
        self.intake = Intake(core.ports, Desk(core.ports, replies), replies, rooms, self.background, Identity(me))
        switchboard.plug("discord", chat)


@dataclass
class Case:
    """A server with a channel, its manager asha, and ben."""

    env: simcord.Env
    bot: Bot
    core: app.Core
    switchboard: Switchboard
    asha: simcord.MemberActor
    ben: simcord.MemberActor
    study: simcord.ChannelHandle

    @property
    def place(self) -> Place:
        return Place("discord", str(self.env.guild.id), str(self.study.id))

    async def settle(self) -> None:
        await eventually(lambda: not self.bot.background.busy)
        await self.core.worker.drain()
        await eventually(lambda: not self.bot.background.busy)
        await self.env.settle()

    async def posted(self) -> discord.Message:
        wanted = Wishes(zone="Europe/Paris", at="18:00", days="daily")
        group = await manage_group.create(self.core.ports, self.place, MemberId(str(self.asha.id)), "study", wanted)
        await post_question.post_now(self.core.ports, group)
        await self.settle()
        return self.post()

    def post(self) -> discord.Message:
        """The message that has the newest thread; its id is the thread's."""
        newest = self.study.threads[-1].id
        return next(each for each in self.study.history() if each.id == newest)


@asynccontextmanager
async def running(valkey_url: str) -> AsyncIterator[Case]:
    await emptied(valkey_url)
    bot = Bot()
    async with simcord.run(bot.client) as env:
        guild = env.create_guild()
        study = guild.create_text_channel("study")
        manager = guild.create_role("manager", permissions=discord.Permissions(manage_guild=True))
        asha = guild.add_member(env.create_user("asha"), roles=[manager])
        ben = guild.add_member(env.create_user("ben"))
        switchboard = Switchboard(["discord"], lambda *_: None)
        clock = SteppedClock(env.now())
        async with app.core(read(), valkey_url, lambda _: switchboard, clock=clock) as core:
            bot.connect(core, switchboard)
            await bot.register()
            yield Case(env, bot, core, switchboard, asha, ben, study)
            await bot.background.drain(0)


def words(message: discord.Message | simcord.ResponseMessage | None) -> str:
    """What stands in a message's text displays."""
    assert message is not None
    raw = message.components
    parts = [each if isinstance(each, dict) else each.to_dict() for each in raw]
    return "\n".join(str(each.get("content", "")) for each in parts)


async def test_a_first_hour(valkey_url: str) -> None:
    """Setup by form, a question with its thread, an answer by form, and feedback in the thread."""
    async with running(valkey_url) as case:
        opened = await case.asha.slash(case.study, "tpm-admin setup")
        values = {"zone": "Europe/Paris", "at": "18:00", "days": "daily", "window": ["36"], "mode": ["thread"]}
        sent = await case.asha.submit_modal(opened, values)
        assert sent.ephemeral
        assert (await case.core.ports.groups.at(case.place)) is not None
        await case.asha.slash(case.study, "tpm-admin post-now")
        await case.settle()
        post = case.post()
        shown = await case.ben.click(post, label="Answer")
        assert shown.modal is not None
        saved = await case.ben.submit_modal(shown, dict(fields(shown.modal, ANSWER)))
        assert saved.ephemeral
        assert "Saved" in words(saved.response)
        await case.settle()
        thread = case.env.bot.get_channel(post.id)
        assert isinstance(thread, discord.Thread)
        texts = [words(each) async for each in thread.history(oldest_first=True) if each.type.value == 0]
        assert len(texts) == 2
        assert "night shift" in texts[0]


async def test_buttons_and_forms_outlive_a_restart(valkey_url: str) -> None:
    """A button and an open form of an older process do what they say in the next one."""
    async with running(valkey_url) as case:
        post = await case.posted()
        shown = await case.ben.click(post, label="Answer")
        assert shown.modal is not None
        again = Bot()
        await case.env.restart_bot(again.client)
        again.connect(case.core, case.switchboard)
        saved = await case.ben.submit_modal(shown, dict(fields(shown.modal, ANSWER)))
        assert "Saved" in words(saved.response)
        streak = await case.ben.click(post, label="My streak")
        assert "streak" in words(streak.response)
        await again.background.drain(0)


async def test_words_without_the_intent(valkey_url: str) -> None:
    """Plain words stay blank; a mention of the bot, and the menu of a message, make them readable."""
    async with running(valkey_url) as case:
        await case.posted()
        thread = case.study.threads[-1]
        plain = await case.ben.send(thread, ANSWER)
        await case.settle()
        group_id = await case.core.ports.groups.at(case.place)
        assert group_id is not None
        day = (await case.core.ports.posts.all(group_id))[-1].day
        assert await case.core.ports.answers.of_day(group_id, day) == {}
        me = case.env.bot.user
        assert me is not None
        await case.asha.send(thread, f"{me.mention} {ANSWER}")
        await case.ben.context_menu(thread, "Count as my answer", plain)
        await case.settle()
        found = await case.core.ports.answers.of_day(group_id, day)
        assert {key: answer.text for key, answer in found.items()} == {
            MemberId(str(case.asha.id)): ANSWER,
            MemberId(str(case.ben.id)): ANSWER,
        }


async def test_an_answer_after_its_token_expired(valkey_url: str) -> None:
    """A late first response is 10062 there too, and its words come as a direct message."""
    async with running(valkey_url) as case:
        await case.posted()
        case.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062)
        await case.ben.slash(case.study, "tpm-streak")
        await case.settle()
        [told] = case.ben.user.dm_channel.history()
        assert "streak" in words(told)


async def test_a_channel_without_permissions(valkey_url: str) -> None:
    """A question for a channel where the bot may not write is not posted, and the group is paused."""
    async with running(valkey_url) as case:
        closed = case.env.guild.create_text_channel(
            "closed", overwrites={case.env.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
        )
        place = Place("discord", str(case.env.guild.id), str(closed.id))
        wanted = Wishes(zone="UTC", at=f"{case.env.now():%H:%M}", days="daily")
        group = await manage_group.create(case.core.ports, place, MemberId(str(case.asha.id)), "closed", wanted)
        with pytest.raises(ChatClosed, match="View Channel"):
            await case.core.ports.chat.send(
                Target(where=Where.CHANNEL, place=group.place), notices.notice("Hello"), key="k"
            )


def fields(modal: dict[str, Any], text: str) -> list[tuple[str, str]]:
    """The first field filled in, the others left empty."""
    keys = [str(each["component"]["custom_id"]) for each in modal["components"] if "component" in each]
    return [(key, "" if number else text) for number, key in enumerate(keys)]
