"""The middle of the fake Slack: its workspaces, its clock, and everything that it hands out only once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.infra.clock import host_now
from tests.servers.faults import Faults
from tests.servers.slack_courier import Courier, Delivery
from tests.servers.slack_faults import Fault
from tests.servers.slack_world import Body, Channel, Kind, Message, Workspace, message_body

APP_ID = "ATPM"
APP_TOKEN = "xapp-1-ATPM-made-up"
SIGNING_SECRET = "made-up-signing-secret"

# slack.md 1 Manifest: the events of an app of this kind, with message.groups for private channels.
EVENTS = frozenset(
    {
        *("app_home_opened", "app_mention", "app_uninstalled", "tokens_revoked"),
        *("member_joined_channel", "member_left_channel"),
        *("message.channels", "message.groups", "message.im"),
    }
)
_SUBSCRIBED_AS = {Kind.PUBLIC: "message.channels", Kind.PRIVATE: "message.groups", Kind.DIRECT: "message.im"}

STREAM_LIFE = timedelta(minutes=5)
"""slack.md 1 Streaming: a stream dies after about 5 minutes."""


class No(Exception):  # noqa: N818  an answer to the app, not an error of this program
    """Slack says no: `error` is its code; `messages` are its reasons, with the line of the reference."""

    def __init__(self, error: str, *messages: str, **more: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.more = more


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the Web API; `error` is None if it took effect, `connection` tells TCP connections apart."""

    method: str
    arguments: Body
    team_id: str
    error: str | None
    at: datetime
    connection: str


@dataclass(slots=True, kw_only=True)
class Trigger:
    """A trigger_id. slack.md 1 Ack: it lives 3 s and works once."""

    user: str
    team_id: str
    born_s: float
    view_id: str | None
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """slack.md 1 Message limits: 5 uses in 30 minutes. `source` is the message that it may replace."""

    team_id: str
    channel_id: str
    user: str
    born_at: datetime
    source: str | None
    uses: int = 0


@dataclass(slots=True, kw_only=True)
class Status:
    """A passing line in a thread, and when it goes away by itself."""

    channel_id: str
    thread_ts: str
    text: str
    loading_messages: list[str]
    until: datetime


@dataclass(slots=True)
class Rules:
    """What the app declared in its manifest; without one, everything that an app of this kind declares."""

    manifest: Mapping[str, Any] | None = None
    events: frozenset[str] = EVENTS
    commands: Mapping[str, Body] = field(default_factory=dict)
    shortcuts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Rules:
        """Read a manifest (slack.md 1 Manifest)."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        return cls(
            manifest,
            frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            {each["command"]: each for each in features.get("slash_commands", [])},
            frozenset(each["callback_id"] for each in features.get("shortcuts", [])),
        )


class Hub:
    """State and identity. What Slack does with it is in the files beside.

    Attributes:
        calls: every call of the Web API, oldest first.
        odd: what the app did that Slack would pass over in silence, such as an ack for nothing.
        statuses: every status line that was set, oldest first.
        streams: when each stream began that was not stopped, by its `ts`.
        ahead: how far the clock has been moved on from the one given.
    """

    def __init__(self, courier: Courier, now: Callable[[], datetime] = host_now) -> None:
        self.workspaces: dict[str, Workspace] = {}
        self.rules = Rules()
        self.faults = Faults[Fault]()
        self.calls: list[Call] = []
        self.odd: list[str] = []
        self.statuses: list[Status] = []
        self.streams: dict[str, datetime] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.courier = courier
        self.trigger_life_s = 3.0
        self.ahead = timedelta()
        self.url = ""
        self._clock = now
        self._last_ts_us = 0
        self._numbers = itertools.count(1)

    def now(self) -> datetime:
        """The aware UTC instant by this Slack's clock."""
        return self._clock() + self.ahead

    def new_ts(self) -> str:
        """A `ts`: seconds with six decimals, never the same twice."""
        now_us = round(self.now().timestamp() * 1_000_000)
        self._last_ts_us = max(now_us, self._last_ts_us + 1)
        seconds, micros = divmod(self._last_ts_us, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def new_id(self, prefix: str) -> str:
        """An id of Slack's form, never the same twice."""
        return f"{prefix}{next(self._numbers):09d}"

    def new_trigger(self, workspace: Workspace, user: str, view_id: str | None = None) -> str:
        """A trigger_id for a person, from a view if it is pressed there."""
        id_ = f"{next(self._numbers)}.1.made-up"
        born_s = self.courier.monotonic_s()
        self.triggers[id_] = Trigger(user=user, team_id=workspace.id, born_s=born_s, view_id=view_id)
        return id_

    def new_response_url(self, workspace: Workspace, channel: Channel, user: str, source: str | None) -> str:
        """An address that takes messages in answer to what a person just did."""
        id_ = self.new_id("R")
        self.response_urls[id_] = ResponseUrl(
            team_id=workspace.id, channel_id=channel.id, user=user, born_at=self.now(), source=source
        )
        return f"{self.url}/response/{id_}"

    def is_growing(self, message: Message) -> bool:
        """Whether a message is a stream that is neither stopped nor dead."""
        began_at = self.streams.get(message.ts)
        return began_at is not None and self.now() - began_at < STREAM_LIFE

    def workspace_of(self, token: str) -> Workspace | None:
        """The workspace that a bot token belongs to."""
        return next((each for each in self.workspaces.values() if each.token == token), None)

    def body(self, message: Message) -> Body:
        """A message as payloads show it."""
        workspace = self.workspaces[message.team_id]
        return message_body(message, workspace.channels[message.channel_id], workspace, APP_ID)

    def emit(self, workspace: Workspace, event: Body, *, subscription: str | None = None) -> Delivery | None:
        """Bring an event to the app, if it asked for events of this kind and is still installed."""
        gone = workspace.revoked == "account_inactive" and event["type"] not in ("app_uninstalled", "tokens_revoked")
        if gone or (subscription or event["type"]) not in self.rules.events:
            return None
        return self.bring(workspace, event)

    def bring(self, workspace: Workspace, event: Body) -> Delivery:
        """Bring an event to the app, whether it asked for it or not."""
        ts = self.new_ts()
        home = _home_of(workspace, event)
        user = {"enterprise_id": None, "team_id": workspace.id, "user_id": workspace.bot_user}
        payload = {
            "token": "made-up",
            "team_id": home,
            "api_app_id": APP_ID,
            "event": {**event, "event_ts": event.get("event_ts", ts)},
            "type": "event_callback",
            "event_id": self.new_id("Ev"),
            "event_time": int(float(ts)),
            "authorizations": [{**user, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": home != workspace.id,
            "event_context": f"ctx-{ts}",
        }
        return self.courier.event(payload)

    def message_event(self, channel: Channel, workspace: Workspace, event: Body) -> list[Delivery]:
        """Bring an event of type `message`, where the bot can see it: in channels that it is in."""
        if workspace.bot_user not in channel.members:
            return []
        whole = {"type": "message", "channel": channel.id, "channel_type": channel.kind.value, **event}
        delivery = self.emit(workspace, whole, subscription=_SUBSCRIBED_AS[channel.kind])
        return [delivery] if delivery else []


def _home_of(workspace: Workspace, event: Body) -> str:
    """What stands as `team_id`: the workspace where the event came from, as java-slack-sdk#629 measured.

    bolt reads `authorizations` first for that reason (slack_bolt/request/internals.py, extract_team_id).
    """
    message = event.get("message") or event.get("previous_message") or {}
    author = workspace.people.get(str(event.get("user") or message.get("user")))
    return (author.home if author else None) or workspace.id
