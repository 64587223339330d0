"""What Slack knows of one workspace: people, channels, messages, views. Plain state; the rules are elsewhere."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.servers import slack_text

Body = dict[str, Any]

# slack.md 1 Manifest: what an app of this kind asks for; `groups:*` with private channels, `files:write` for files.
SCOPES = frozenset(
    {
        *("app_mentions:read", "channels:history", "channels:read", "chat:write", "commands", "files:write"),
        *("groups:history", "groups:read", "im:history", "im:read", "im:write", "users:read"),
    }
)


class Kind(StrEnum):
    """What kind of conversation it is, as events name it in `channel_type`."""

    PUBLIC = "channel"
    PRIVATE = "group"
    DIRECT = "im"


@dataclass(slots=True, kw_only=True)
class Person:
    """A user of the workspace.

    Attributes:
        home: the workspace where they are at home, if it is another one.
        teams: the workspaces of their organisation that they are in; without any, `home` is another company's.
        failures: what Slack told them went wrong with the app.
    """

    id: str
    name: str
    tz: str = "Europe/Paris"
    tz_offset_s: int = 3600
    locale: str = "en-GB"
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    deleted: bool = False
    home: str | None = None
    teams: tuple[str, ...] = ()
    failures: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class File:
    """A file that the app uploaded; `content` is None until its bytes came."""

    id: str
    name: str
    title: str = ""
    length: int
    content: bytes | None = None


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as it stands now.

    Attributes:
        bot_id: None if a person wrote it.
        only_for: the one person who sees it, of an ephemeral message.
        options: what else the app asked for, such as `unfurl_links`.
    """

    ts: str
    channel_id: str
    team_id: str
    user: str
    text: str
    blocks: list[Body] = field(default_factory=list)
    metadata: Body | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    only_for: str | None = None
    edited_ts: str | None = None
    subtype: str | None = None
    files: list[File] = field(default_factory=list)
    options: Body = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The words that a reader sees."""
        return slack_text.shown(self.blocks) if self.blocks else slack_text.unmarked(self.text)

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons, in order."""
        return [button["text"]["text"] for _, button in slack_text.elements(self.blocks, "button")]

    @property
    def pings(self) -> list[str]:
        """Everyone that it notifies: people, groups, the whole channel (slack.md 1 Safety of text)."""
        return slack_text.pings(self.text, self.blocks)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread, below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or a home tab of one person. `body` is what the app gave; `typed` is (block_id, action_id) -> state."""

    id: str
    team_id: str
    user: str
    body: Body
    hash: str
    root_id: str
    previous_id: str | None = None
    typed: dict[tuple[str, str], Body] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its title; empty for a home tab."""
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Body]:
        """Its blocks."""
        return list(self.body["blocks"])

    @property
    def shown(self) -> str:
        """The words that its reader sees, errors included."""
        return "\n".join((self.title, slack_text.shown(self.blocks), *self.errors.values())).strip()

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons, in order."""
        return [button["text"]["text"] for _, button in slack_text.elements(self.blocks, "button")]


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation with its messages by `ts`, oldest first."""

    id: str
    name: str
    kind: Kind = Kind.PUBLIC
    creator: str = ""
    members: set[str] = field(default_factory=set)
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    whispers: dict[str, Message] = field(default_factory=dict)
    """Ephemeral messages, which no history holds."""

    def replies(self, ts: str) -> list[Message]:
        """What stands in the thread of `ts`, oldest first, without its parent."""
        return [each for each in self.messages.values() if each.thread_ts == ts and each.ts != ts]


@dataclass(slots=True, kw_only=True)
class Workspace:
    """One workspace that has the app installed. `revoked` is the error that its token answers, once it is dead."""

    id: str
    domain: str
    token: str
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    revoked: str | None = None
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def bot_user(self) -> str:
        """The user id of the app's bot."""
        return f"UBOT{self.id[1:]}"

    @property
    def bot_id(self) -> str:
        """The bot id of the app."""
        return f"BBOT{self.id[1:]}"

    def direct(self, user: str) -> Channel:
        """The conversation of a person with the bot; it comes to be when first asked for."""
        id_ = f"D{user[1:]}"
        members = {user, self.bot_user}
        return self.channels.setdefault(id_, Channel(id=id_, name="directmessage", kind=Kind.DIRECT, members=members))

    def find_message(self, ts: str) -> Message | None:
        """A message that stands, in whatever channel."""
        return next((found for each in self.channels.values() if (found := each.messages.get(ts))), None)

    def modal(self, user: str) -> View | None:
        """The modal on top of what a person has open."""
        stack = self.stacks.get(user)
        return self.views[stack[-1]] if stack else None


def message_body(message: Message, channel: Channel, workspace: Workspace, app_id: str) -> Body:
    """A message as the API and payloads show it, without its metadata."""
    body: Body = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    body["team"] = workspace.id
    if message.bot_id:
        profile = {"id": message.bot_id, "app_id": app_id, "name": "tpm", "team_id": workspace.id}
        body |= {"bot_id": message.bot_id, "app_id": app_id, "bot_profile": profile}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.subtype:
        body["subtype"] = message.subtype
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.files:
        body["files"] = [{"id": each.id, "name": each.name, "title": each.title} for each in message.files]
    if message.is_reply:
        parent = channel.messages.get(str(message.thread_ts))
        body |= {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else None}
    elif replies := channel.replies(message.ts):
        # a parent carries its own `ts` as `thread_ts` once it has replies
        users = list(dict.fromkeys(each.user for each in replies))
        counts = {"reply_count": len(replies), "reply_users": users, "latest_reply": replies[-1].ts}
        body |= {"thread_ts": message.ts, **counts}
    return body
