"""auth.test, conversations.*, users.info, apps.connections.open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tests.servers.slack_chat import known_channel
from tests.servers.slack_hub import APP_ID, Hub, No
from tests.servers.slack_web import Method, truth
from tests.servers.slack_world import Body, Channel, Kind, Message, Person, Workspace

MOST_PAGE = 999
USUAL_PAGE = 100
_PREFIX = {Kind.PUBLIC: "channels", Kind.PRIVATE: "groups", Kind.DIRECT: "im"}


class ConversationMethods:
    """What the app asks about. The rules are from Slack's method reference as slack.md 1 quotes it."""

    def __init__(self, hub: Hub, ticket: Callable[[], str]) -> None:
        self._hub = hub
        self._ticket = ticket

    def methods(self) -> Mapping[str, Method]:
        """The methods by name, with the arguments and scopes of Slack's method reference."""
        read = tuple(f"{each}:read" for each in _PREFIX.values())
        history = tuple(f"{each}:history" for each in _PREFIX.values())
        span = "cursor include_all_metadata inclusive latest limit oldest"
        return {
            "auth.test": Method(self._auth_test, ""),
            "apps.connections.open": Method(lambda *_: {"url": self._ticket()}, "", by_app=True),
            "conversations.history": Method(self._history, f"channel* {span}", history),
            "conversations.replies": Method(self._replies, f"channel* ts* {span}", history),
            "conversations.open": Method(self._open, "channel users return_im prevent_creation", ("im:write",)),
            "conversations.info": Method(self._info, "channel* include_locale include_num_members", read),
            "conversations.members": Method(self._members, "channel* cursor limit", read),
            "users.info": Method(self._user, "user* include_locale", ("users:read",)),
        }

    def _auth_test(self, workspace: Workspace, _: Body) -> Body:
        return {
            "url": f"https://{workspace.domain}.slack.com/",
            "team": workspace.domain,
            "user": "tpm",
            "team_id": workspace.id,
            "user_id": workspace.bot_user,
            "bot_id": workspace.bot_id,
            "app_id": APP_ID,
            "is_enterprise_install": False,
        }

    def _history(self, workspace: Workspace, arguments: Body) -> Body:
        """Newest first, without replies."""
        channel = self._readable(workspace, arguments, "history")
        found = (each for each in channel.messages.values() if not each.is_reply)
        return self._page(sorted(found, key=lambda each: each.ts, reverse=True), arguments)

    def _replies(self, workspace: Workspace, arguments: Body) -> Body:
        """The parent first, then its replies, oldest first."""
        channel = self._readable(workspace, arguments, "history")
        parent = channel.messages.get(str(arguments["ts"]))
        if parent is None:
            raise No("thread_not_found")
        return self._page([parent, *channel.replies(parent.ts)], arguments, always=parent.ts)

    def _page(self, found: Iterable[Message], arguments: Body, always: str | None = None) -> Body:
        oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9" * 12)
        inclusive = truth(arguments.get("inclusive"))
        kept = [each for each in found if each.ts == always or _within(each.ts, oldest, latest, inclusive=inclusive)]
        start, limit = int(arguments.get("cursor") or 0), min(int(arguments.get("limit") or USUAL_PAGE), MOST_PAGE)
        page = kept[start : start + limit]
        more = start + limit < len(kept)
        # slack.md 1 Message limits: metadata is read back only when asked for
        asked = truth(arguments.get("include_all_metadata"))
        bodies = [
            {**self._hub.body(each), **({"metadata": each.metadata} if asked and each.metadata else {})}
            for each in page
        ]
        cursor = str(start + limit) if more else ""
        return {"messages": bodies, "has_more": more, "response_metadata": {"next_cursor": cursor}}

    def _open(self, workspace: Workspace, arguments: Body) -> Body:
        if arguments.get("channel"):
            return {"channel": {"id": known_channel(workspace, arguments["channel"]).id}}
        names = [each for each in str(arguments.get("users") or "").split(",") if each]
        if not names:
            raise No("users_list_not_supplied")
        if len(names) > 1:
            raise No("missing_scope", needed="mpim:write")
        person = workspace.people.get(names[0])
        if person is None:
            raise No("user_not_found")
        if person.deleted:
            raise No("user_disabled")
        return {"channel": {"id": workspace.direct(person.id).id}}

    def _info(self, workspace: Workspace, arguments: Body) -> Body:
        channel = self._visible(workspace, arguments["channel"], "read")
        body: Body = {
            "id": channel.id,
            "name": channel.name,
            "is_channel": channel.kind is Kind.PUBLIC,
            "is_group": channel.kind is Kind.PRIVATE,
            "is_im": channel.kind is Kind.DIRECT,
            "is_private": channel.kind is not Kind.PUBLIC,
            "is_archived": channel.archived,
            "is_member": workspace.bot_user in channel.members,
            "creator": channel.creator,
            "context_team_id": workspace.id,
        }
        if truth(arguments.get("include_num_members")):
            body["num_members"] = len(channel.members)
        return {"channel": body}

    def _members(self, workspace: Workspace, arguments: Body) -> Body:
        members = sorted(self._visible(workspace, arguments["channel"], "read").members)
        start, limit = int(arguments.get("cursor") or 0), min(int(arguments.get("limit") or USUAL_PAGE), MOST_PAGE)
        cursor = str(start + limit) if start + limit < len(members) else ""
        return {"members": members[start : start + limit], "response_metadata": {"next_cursor": cursor}}

    def _user(self, workspace: Workspace, arguments: Body) -> Body:
        person = workspace.people.get(arguments["user"])
        if person is None:
            raise No("user_not_found")
        return {"user": user_body(person, workspace, locale=truth(arguments.get("include_locale")))}

    def _readable(self, workspace: Workspace, arguments: Body, what: str) -> Channel:
        channel = self._visible(workspace, arguments["channel"], what)
        if workspace.bot_user not in channel.members:
            raise No("not_in_channel", "slack.md 4.18")
        return channel

    def _visible(self, workspace: Workspace, name: object, what: str) -> Channel:
        channel = known_channel(workspace, name)
        if channel.kind is not Kind.PUBLIC and workspace.bot_user not in channel.members:
            raise No("channel_not_found", "a private channel is not known to those outside")
        needed = f"{_PREFIX[channel.kind]}:{what}"
        if needed not in workspace.scopes:
            raise No("missing_scope", needed=needed, provided=",".join(sorted(workspace.scopes)))
        return channel


def _within(ts: str, oldest: str, latest: str, *, inclusive: bool) -> bool:
    at, first, last = (_micros(each) for each in (ts, oldest, latest))
    return first <= at <= last if inclusive else first < at < last


def _micros(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(f"{fraction:0<6}"[:6])


def user_body(person: Person, workspace: Workspace, *, locale: bool) -> Body:
    """A user as users.info shows them (slack.md 1 Accessibility: tz, tz_offset; locale when asked for)."""
    body: Body = {
        "id": person.id,
        "team_id": person.home or workspace.id,
        "is_stranger": person.home is not None and not person.teams,
        "name": person.name,
        "real_name": person.name.title(),
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "profile": {"real_name": person.name.title(), "display_name": person.name},
    }
    if not person.deleted:
        body |= {"tz": person.tz, "tz_label": person.tz, "tz_offset": person.tz_offset_s}
        body |= {"is_admin": person.is_admin, "is_owner": person.is_owner}
    if person.teams:
        body["enterprise_user"] = {"id": person.id, "enterprise_id": "E1", "teams": list(person.teams)}
    return {**body, "locale": person.locale} if locale else body
