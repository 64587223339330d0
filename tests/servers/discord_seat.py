"""A person in front of Discord's client: who it is, and what they see."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tests.servers import discord_text
from tests.servers.discord_bodies import SIZE_LIMIT_BYTES, channel_body, member_body, user_body
from tests.servers.discord_hub import APPLICATION_ID, Hub
from tests.servers.discord_interaction import AUTOCOMPLETE, MODAL, SUBMIT, Interaction
from tests.servers.discord_world import THREAD_STARTER, Body, Channel, Message, Person, Right

FAILED = "This interaction failed"
NOT_RESPONDED = "The application did not respond"
TRY_AGAIN = "Something went wrong. Try again."
"""What Discord's client shows when nothing came within 3 s: below a button, for a command, in a modal."""


class Unable(Exception):  # noqa: N818  a fault of the test, not of the app
    """A person cannot do that: there is no such button, no right, no such command."""


@dataclass(slots=True, eq=False)
class OpenModal:
    """A modal in front of somebody. It lives in the client: a restart of the app does not close it."""

    body: Body
    channel_id: str
    source: Message | None

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.body["title"])

    @property
    def shown(self) -> str:
        """The words that its reader sees."""
        return f"{self.title}\n{discord_text.shown('', self.body['components'])}"

    @property
    def fields(self) -> list[tuple[str, Body]]:
        """(label, component) of everything that can be filled in, in order."""
        found: list[tuple[str, Body]] = []
        for part in self.body["components"]:
            if part["type"] == 18:
                found.append((str(part["label"]), part["component"]))
            elif part["type"] == 1:
                found += [(str(each.get("label", "")), each) for each in part["components"]]
        return found


class Seat:
    """One person, with the state that their acts work on."""

    def __init__(self, hub: Hub, person: Person) -> None:
        self.person = person
        self.id = person.id
        self.modal: OpenModal | None = None
        self._hub = hub

    @property
    def failures(self) -> list[str]:
        """What Discord told this person went wrong with the app, oldest first."""
        return self.person.failures

    @property
    def direct(self) -> Channel:
        """The conversation with the bot."""
        return self._hub.world.direct(self.id, self._hub.bot.id, self._hub.new_id())

    def sees(self, channel: Channel | str) -> list[Message]:
        """Every message in a channel that this person sees, ephemeral ones included, oldest first; not its threads."""
        channel = self._channel(channel)
        if not self._hub.world.can_see(channel, self.id):
            return []
        whispers = [each for each in channel.whispers.values() if each.only_for == self.id]
        return sorted([*channel.messages.values(), *whispers], key=lambda each: int(each.id))

    def thread(self, post: Message | Channel | str) -> list[Message]:
        """What stands in the thread of a message or in a forum post, below its first message, oldest first."""
        thread = self._thread(post)
        return [each for each in self.sees(thread) if each.type != THREAD_STARTER and each.id != thread.id]

    def whispers(self, channel: Channel | str) -> list[Message]:
        """The ephemeral messages to this person in a channel and its threads, oldest first."""
        channel = self._channel(channel)
        places = [channel, *self._hub.world.threads(channel.id)]
        return [each for place in places for each in self.sees(place) if each.only_for == self.id]

    async def _interact(self, kind: int, data: Body, channel: Channel, source: Message | None = None) -> Interaction:
        """Bring an interaction and wait for its answer: 3 s by the real clock (discord.md 2)."""
        hub = self._hub
        if channel.thread and channel.thread.archived and kind != SUBMIT:
            raise Unable("an archived thread takes no commands and no presses")  # docs: topics/threads
        id_, token = hub.new_id(), hub.new_token()
        payload = self._payload(id_, token, kind, data, channel)
        if source is not None:
            payload["message"] = hub.body(source)
        one = Interaction(
            id=id_, token=token, type=kind, user=self.person, channel_id=channel.id, guild_id=channel.guild_id,
            payload=payload, source=source, born_at=hub.now(), born_s=hub.monotonic_s(),
        )  # fmt: skip
        hub.interactions[token] = one
        hub.gateway.emit("INTERACTION_CREATE", payload, guild_id=channel.guild_id)
        try:
            await asyncio.wait_for(one.answered.wait(), hub.callback_within_s)
        except TimeoutError:
            one.failure = {3: FAILED, SUBMIT: TRY_AGAIN}.get(kind, NOT_RESPONDED)
            if kind != AUTOCOMPLETE:
                self.failures.append(one.failure)
        if one.acknowledged == MODAL and one.modal is not None:
            self.modal = OpenModal(one.modal, channel.id, source)
        return one

    def _payload(self, id_: str, token: str, kind: int, data: Body, channel: Channel) -> Body:
        """docs: receiving-and-responding "Interaction Structure"; discord.md 5: `channel` belongs in it."""
        hub, world = self._hub, self._hub.world
        rights = world.rights(channel, self.id)
        place = {**channel_body(world, channel, hub.bot.id), "permissions": str(int(rights))}
        payload: Body = {
            "id": id_, "application_id": APPLICATION_ID, "type": kind, "data": data, "token": token, "version": 1,
            "channel": place, "channel_id": channel.id, "locale": self.person.locale, "entitlements": [],
            "app_permissions": str(int(world.rights(channel, hub.bot.id))), "attachment_size_limit": SIZE_LIMIT_BYTES,
        }  # fmt: skip
        if channel.guild_id is None:
            owners = {"0": "0"}
            return {**payload, "user": user_body(self.person), "context": 1, "authorizing_integration_owners": owners}
        guild = world.guilds[channel.guild_id]
        member = {**member_body(guild.members[self.id]), "permissions": str(int(rights))}
        return payload | {
            "guild": {"id": guild.id, "locale": guild.locale, "features": []}, "guild_id": guild.id, "member": member,
            "guild_locale": guild.locale, "context": 0, "authorizing_integration_owners": {"0": guild.id},
        }  # fmt: skip

    def _channel(self, channel: Channel | str) -> Channel:
        return channel if isinstance(channel, Channel) else self._hub.world.channels[channel]

    def _thread(self, post: Message | Channel | str) -> Channel:
        id_ = post if isinstance(post, str) else post.id
        thread = self._hub.world.channels.get(id_)
        if thread is None or thread.thread is None:
            raise Unable(f"{id_} has no thread")
        return thread

    def _visible(self, message: Message) -> Channel:
        """The channel of a message that this person sees."""
        channel = self._channel(message.channel_id)
        if message.id not in {each.id for each in self.sees(channel)}:
            raise Unable(f"{self.person.name} does not see that message")
        return channel

    def _may(self, channel: Channel, right: Right) -> bool:
        return bool(self._hub.world.rights(channel, self.id) & right)

    def _names(self) -> dict[str, str]:
        return {each.name: each.id for each in self._hub.world.people.values()}
