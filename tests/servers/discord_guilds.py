"""The app itself, people, guilds, roles (docs: resources/user, resources/guild, resources/application)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers.discord_bodies import channel_body, guild_body, member_body, role_body, user_body
from tests.servers.discord_faults import No
from tests.servers.discord_hub import APPLICATION_ID, Hub
from tests.servers.discord_rest import Asked, Run
from tests.servers.discord_world import Body, Guild


class Guilds:
    """The routes that describe."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def routes(self) -> Mapping[str, Run]:
        """By method and path."""
        at = "/guilds/{guild}"
        return {
            "GET /users/@me": lambda _: {**user_body(self._hub.bot), "verified": True, "mfa_enabled": True},
            "GET /users/@me/guilds": self._mine,
            "DELETE /users/@me/guilds/{guild}": self._leave,
            "GET /users/{user}": self._user,
            "GET /oauth2/applications/@me": self._application,
            "GET /applications/@me": self._application,
            "GET /gateway": lambda _: {"url": self._gateway_url},
            "GET /gateway/bot": self._gateway,
            f"GET {at}": self._guild,
            f"GET {at}/channels": self._channels,
            f"GET {at}/roles": self._roles,
            f"GET {at}/members/search": self._search,
            f"GET {at}/members/{{user}}": self._member,
        }

    @property
    def _gateway_url(self) -> str:
        return self._hub.url.replace("http", "ws", 1) + "/gateway/"

    def _gateway(self, _: Asked) -> Body:
        """AutoShardedClient takes its address from here (discord.md 5)."""
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return {"url": self._gateway_url, "shards": 1, "session_start_limit": limit}

    def _application(self, _: Asked) -> Body:
        owner = next((each for each in self._hub.world.people.values() if not each.is_bot), self._hub.bot)
        return {
            "id": APPLICATION_ID, "name": self._hub.bot.name, "icon": None, "description": "", "bot_public": False,
            "bot_require_code_grant": False, "owner": user_body(owner), "verify_key": "made-up", "team": None,
            "flags": self._flags, "bot": user_body(self._hub.bot), "redirect_uris": [],
            "interactions_endpoint_url": None, "role_connections_verification_url": None,
        }  # fmt: skip

    @property
    def _flags(self) -> int:
        """docs: resources/application "Application Flags": GATEWAY_MESSAGE_CONTENT_LIMITED is 1 << 19."""
        return 1 << 19 if self._hub.reads_content else 0

    def _mine(self, _: Asked) -> list[Body]:
        guilds = [self._hub.world.guilds[each] for each in self._hub.joined()]
        rights = {each.id: self._hub.world.guild_rights(each, self._hub.bot.id) for each in guilds}
        return [
            {"id": each.id, "name": each.name, "icon": None, "owner": False, "permissions": str(int(rights[each.id])),
             "features": []}
            for each in guilds
        ]  # fmt: skip

    def _leave(self, asked: Asked) -> None:
        guild = self._known(asked)
        del guild.members[self._hub.bot.id]
        self._hub.gateway.emit("GUILD_DELETE", {"id": guild.id}, guild_id=guild.id)

    def _user(self, asked: Asked) -> Body:
        person = self._hub.world.people.get(asked.at["user"])
        if person is None:
            raise No(10013)
        return user_body(person)

    def _known(self, asked: Asked) -> Guild:
        guild = self._hub.world.guilds.get(asked.at["guild"])
        if guild is None:
            raise No(10004)
        if self._hub.bot.id not in guild.members:
            raise No(50001)
        return guild

    def _guild(self, asked: Asked) -> Body:
        return guild_body(self._hub.world, self._known(asked), self._hub.bot.id, whole=False)

    def _channels(self, asked: Asked) -> list[Body]:
        here = [each for each in self._hub.world.channels.values() if each.guild_id == self._known(asked).id]
        return [channel_body(self._hub.world, each, self._hub.bot.id) for each in here if not each.thread]

    def _roles(self, asked: Asked) -> list[Body]:
        return [role_body(each, number) for number, each in enumerate(self._known(asked).roles.values())]

    def _member(self, asked: Asked) -> Body:
        guild = self._known(asked)
        if asked.at["user"] not in guild.members:
            raise No(10007 if asked.at["user"] in self._hub.world.people else 10013)
        return member_body(guild.members[asked.at["user"]])

    def _search(self, asked: Asked) -> list[Any]:
        """docs: resources/guild "Search Guild Members": by the beginning of user name or nickname."""
        start, most = asked.query.get("query", "").lower(), int(asked.query.get("limit", 1))
        members = self._known(asked).members.values()
        fits = [
            each
            for each in members
            if any(name.lower().startswith(start) for name in (each.user.name, each.nick or "-"))
        ]
        return [member_body(each) for each in fits[:most]]
