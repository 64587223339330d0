"""What the app hears of: messages written, changed and removed, people coming and going, the app itself going."""

from __future__ import annotations

import random

from tests.servers.slack_courier import Delivery
from tests.servers.slack_hub import Hub
from tests.servers.slack_world import Body, Channel, Kind, Message, Workspace


def _where(hub: Hub, message: Message) -> tuple[Workspace, Channel]:
    workspace = hub.workspaces[message.team_id]
    return workspace, workspace.channels[message.channel_id]


def announce_posted(hub: Hub, message: Message) -> list[Delivery]:
    """A new message. slack.md 4.14: a mention comes twice, as `message` and as `app_mention`, in any order."""
    workspace, channel = _where(hub, message)
    body = hub.body(message)
    events = hub.message_event(channel, workspace, {**body, "event_ts": message.ts})
    if f"<@{workspace.bot_user}>" in message.text and workspace.bot_user in channel.members and not message.bot_id:
        mention = hub.emit(workspace, {**body, "type": "app_mention", "channel": channel.id, "event_ts": message.ts})
        events += [mention] if mention else []
        random.Random(message.ts).shuffle(events)  # noqa: S311  an order, not a secret
    return events


def announce_changed(hub: Hub, message: Message, before: Body) -> list[Delivery]:
    """A message has a new text."""
    workspace, channel = _where(hub, message)
    change: Body = {"subtype": "message_changed", "hidden": True, "message": hub.body(message)}
    ts = message.edited_ts or hub.new_ts()
    return hub.message_event(channel, workspace, {**change, "previous_message": before, "ts": ts, "event_ts": ts})


def announce_deleted(hub: Hub, message: Message) -> list[Delivery]:
    """Remove a message; where replies stand below it, Slack leaves a tombstone and calls that a change."""
    workspace, channel = _where(hub, message)
    before = hub.body(message)
    if channel.replies(message.ts):
        message.text, message.blocks, message.files = "This message was deleted.", [], []
        message.metadata, message.bot_id, message.user, message.subtype = None, None, "USLACKBOT", "tombstone"
        return announce_changed(hub, message, before)
    del channel.messages[message.ts]
    ts = hub.new_ts()
    removed = {"subtype": "message_deleted", "hidden": True, "deleted_ts": message.ts, "previous_message": before}
    return hub.message_event(channel, workspace, {**removed, "ts": ts, "event_ts": ts})


def announce_joined(hub: Hub, workspace: Workspace, channel: Channel, user: str, inviter: str) -> list[Delivery]:
    """Somebody, or the bot itself, came into a channel: an event, and a message of subtype `channel_join`."""
    event = {"type": "member_joined_channel", "user": user, "channel": channel.id, "channel_type": channel.id[0]}
    joined = hub.emit(workspace, {**event, "team": workspace.id, "inviter": inviter})
    ts = hub.new_ts()
    note = {"subtype": f"{channel.kind.value}_join", "user": user, "text": f"<@{user}> has joined", "ts": ts}
    return [*([joined] if joined else []), *hub.message_event(channel, workspace, {**note, "event_ts": ts})]


def announce_left(hub: Hub, workspace: Workspace, channel: Channel, user: str) -> list[Delivery]:
    """Somebody left a channel or was removed: an event, and a message of subtype `channel_leave`.

    docs.slack.dev/reference/events/member_left_channel: of a private channel it takes `groups:read`, else
    `channels:read`; new private channels have ids with a C too.
    """
    needed = "groups:read" if channel.kind is Kind.PRIVATE else "channels:read"
    event = {"type": "member_left_channel", "user": user, "channel": channel.id, "channel_type": channel.id[0]}
    may_know = needed in workspace.scopes and (channel.kind is Kind.PUBLIC or workspace.bot_user in channel.members)
    left = hub.emit(workspace, {**event, "team": workspace.id}) if may_know else None
    ts = hub.new_ts()
    note = {"subtype": f"{channel.kind.value}_leave", "user": user, "text": f"<@{user}> has left", "ts": ts}
    return [*([left] if left else []), *hub.message_event(channel, workspace, {**note, "event_ts": ts})]


def announce_revoked(hub: Hub, workspace: Workspace) -> list[Delivery]:
    """The token died (slack.md 1 OAuth)."""
    tokens: Body = {"oauth": [], "bot": [workspace.bot_user]}
    delivery = hub.emit(workspace, {"type": "tokens_revoked", "tokens": tokens})
    return [delivery] if delivery else []


def announce_uninstalled(hub: Hub, workspace: Workspace) -> list[Delivery]:
    """The app was removed from the workspace; Slack says both, in no order."""
    delivery = hub.emit(workspace, {"type": "app_uninstalled"})
    return [*([delivery] if delivery else []), *announce_revoked(hub, workspace)]
