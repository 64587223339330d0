"""A person in front of Slack's client: who it is, and what they see."""

from __future__ import annotations

from tests.servers.slack_chat import ChatMethods
from tests.servers.slack_courier import Delivery
from tests.servers.slack_hub import APP_ID, Hub
from tests.servers.slack_inputs import Unable
from tests.servers.slack_views import ViewMethods
from tests.servers.slack_world import Body, Channel, Message, Person, View, Workspace


class Seat:
    """One person, with the state that their acts work on."""

    def __init__(self, hub: Hub, workspace: Workspace, person: Person, chat: ChatMethods, views: ViewMethods) -> None:
        self.person = person
        self.id = person.id
        self._hub = hub
        self._workspace = workspace
        self._chat = chat
        self._views = views

    @property
    def failures(self) -> list[str]:
        """What Slack told this person went wrong with the app, oldest first."""
        return self.person.failures

    @property
    def view(self) -> View | None:
        """The modal on top."""
        return self._workspace.modal(self.id)

    @property
    def views(self) -> list[View]:
        """The modals that are open, the lowest first."""
        return [self._workspace.views[each] for each in self._workspace.stacks.get(self.id, [])]

    @property
    def home(self) -> View | None:
        """The app's home tab."""
        return self._workspace.homes.get(self.id)

    @property
    def direct(self) -> Channel:
        """The conversation with the bot."""
        return self._workspace.direct(self.id)

    def sees(self, channel: Channel | str) -> list[Message]:
        """Every message in a channel and its threads that this person sees, ephemeral ones included, oldest first."""
        channel = self._channel(channel)
        if self.id not in channel.members:
            return []
        whispers = [each for each in channel.whispers.values() if each.only_for == self.id]
        return sorted([*channel.messages.values(), *whispers], key=lambda each: each.ts)

    def thread(self, parent: Message) -> list[Message]:
        """What this person sees below a message, oldest first."""
        seen = self.sees(parent.channel_id)
        return [each for each in seen if each.thread_ts == parent.ts and each.ts != parent.ts]

    def whispers(self, channel: Channel | str) -> list[Message]:
        """The ephemeral messages to this person in a channel, oldest first."""
        return [each for each in self.sees(channel) if each.only_for == self.id]

    def _interaction(self, kind: str, view_id: str | None) -> Body:
        home = self.person.home or self._workspace.id
        team = {"id": home, "domain": self._hub.workspaces[home].domain if home in self._hub.workspaces else "away"}
        person = {"id": self.id, "username": self.person.name, "name": self.person.name, "team_id": team["id"]}
        return {
            "type": kind, "user": person, "api_app_id": APP_ID, "token": "made-up", "team": team, "enterprise": None,
            "is_enterprise_install": False, "trigger_id": self._hub.new_trigger(self._workspace, self.id, view_id),
        }  # fmt: skip

    def _channel(self, channel: Channel | str) -> Channel:
        return channel if isinstance(channel, Channel) else self._workspace.channels[channel]

    def _names(self) -> dict[str, str]:
        bot = {"tpm": self._workspace.bot_user}
        return bot | {each.name: each.id for each in self._workspace.people.values()}

    def _modal(self, view: View | None) -> View:
        there = view or self.view
        if there is None or there.id not in self._workspace.stacks.get(self.id, []):
            raise Unable(f"{self.person.name} has no such modal open")
        return there


async def tried(deliveries: list[Delivery]) -> None:
    """Wait until each was brought once."""
    for delivery in deliveries:
        await delivery.first_try.wait()
