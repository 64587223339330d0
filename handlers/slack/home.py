"""The app's home tab: a person's own page."""

from __future__ import annotations

from bot.domain.group import MemberId
from bot.ports import Ports
from bot.usecases.members import show_home
from handlers.slack.addresses import addressed
from handlers.slack.api import SlackApi
from handlers.slack.inbound import PLATFORM
from handlers.slack.limits import VIEW_BLOCKS
from handlers.slack.names import CommandNames
from handlers.slack.patience import patiently
from handlers.slack.people import People
from handlers.slack.render import Json, blocks


class HomeTab:
    """Draws it. It holds no state: each time it is opened it is drawn anew."""

    def __init__(self, ports: Ports, api: SlackApi, people: People, names: CommandNames) -> None:
        self._ports = ports
        self._api = api
        self._people = people
        self._names = names

    async def publish(self, team_id: str, user_id: str) -> None:
        """Draw the page of one person; Slack asks for it only when it is opened again."""
        await patiently(lambda: self._publish(team_id, user_id))

    async def _publish(self, team_id: str, user_id: str) -> None:
        name = (await self._people.person(team_id, user_id)).name
        drawn: list[Json] = []
        for part in await show_home.run(self._ports, PLATFORM, team_id, MemberId(user_id), name):
            shown = blocks(*map(self._names.card, part.cards))
            drawn += addressed(shown, part.group.place.channel) if part.group else shown
        view = {"type": "home", "blocks": drawn[:VIEW_BLOCKS]}
        await self._api.call(team_id, "views.publish", safe=True, user_id=user_id, view=view)
