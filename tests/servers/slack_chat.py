"""chat.*, assistant.threads.setStatus and what comes to a response_url."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.servers import slack_blocks
from tests.servers.slack_events import announce_changed, announce_deleted, announce_posted
from tests.servers.slack_hub import Hub, No, ResponseUrl, Status
from tests.servers.slack_web import Method, truth
from tests.servers.slack_world import Body, Channel, Kind, Message, Workspace

MOST_TEXT_CHARS = 40_000
MOST_UPDATE_CHARS = 4_000
MOST_MARKDOWN_CHARS = 12_000
MOST_LOADING_MESSAGES = 10
STATUS_LIFE = timedelta(minutes=2)
MOST_RESPONSE_USES = 5
RESPONSE_LIFE = timedelta(minutes=30)
_FORM = "as_user attachments blocks icon_emoji icon_url link_names markdown_text parse text username"
_KEPT = ("unfurl_links", "unfurl_media", "link_names", "reply_broadcast", "mrkdwn", "parse")


class ChatMethods:
    """What the app writes. Every rule is from slack.md 1 "Message limits", unless it says else."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def methods(self) -> Mapping[str, Method]:
        """The methods by name, with the arguments and scopes of Slack's method reference."""
        write = ("chat:write",)
        posted = f"channel* thread_ts reply_broadcast unfurl_links unfurl_media mrkdwn metadata {_FORM}"
        return {
            "chat.postMessage": Method(self._post, posted, write),
            "chat.postEphemeral": Method(self._whisper, f"channel* user* thread_ts {_FORM}", write),
            "chat.update": Method(self._update, f"channel* ts* metadata reply_broadcast file_ids {_FORM}", write),
            "chat.delete": Method(self._delete, "channel* ts* as_user", write),
            "chat.getPermalink": Method(self._permalink, "channel* message_ts*"),
            "assistant.threads.setStatus": Method(
                self._status, "channel_id* thread_ts* status loading_messages icon_emoji icon_url username", write
            ),
        }

    def _post(self, workspace: Workspace, arguments: Body) -> Body:
        channel = self._writable(workspace, arguments["channel"])
        content = checked_content(arguments)
        _check_metadata(arguments.get("metadata"))
        thread_ts = _parent(channel, arguments.get("thread_ts"))
        message = self._message(workspace, channel, content, thread_ts)
        message.metadata = arguments.get("metadata")
        message.options = {name: arguments[name] for name in _KEPT if name in arguments}
        channel.messages[message.ts] = message
        self._clear_status(channel, thread_ts)
        announce_posted(self._hub, message)
        return {"channel": channel.id, "ts": message.ts, "message": self._hub.body(message)}

    def _whisper(self, workspace: Workspace, arguments: Body) -> Body:
        channel = self._writable(workspace, arguments["channel"])
        person = workspace.people.get(arguments["user"])
        if person is None or person.deleted or person.id not in channel.members:
            raise No("user_not_in_channel")
        message = self._message(
            workspace, channel, checked_content(arguments), _parent(channel, arguments.get("thread_ts"))
        )
        message.only_for = person.id
        channel.whispers[message.ts] = message
        return {"message_ts": message.ts}

    def _message(self, workspace: Workspace, channel: Channel, content: Body, thread_ts: str | None) -> Message:
        ts = self._hub.new_ts()
        return Message(
            ts=ts, channel_id=channel.id, team_id=workspace.id, user=workspace.bot_user, bot_id=workspace.bot_id,
            text=content["text"], blocks=slack_blocks.with_ids(content["blocks"], f"b{ts[-6:]}."), thread_ts=thread_ts,
        )  # fmt: skip

    def _update(self, workspace: Workspace, arguments: Body) -> Body:
        channel, message = self._own(workspace, arguments, "cant_update_message")
        if channel.archived:
            raise No("is_inactive")
        if len(str(arguments.get("text", ""))) > MOST_UPDATE_CHARS:
            raise No("msg_too_long", "slack.md 1 Message limits: chat.update refuses text above 4,000")
        content = checked_content(arguments)
        _check_metadata(arguments.get("metadata"))
        before = self._hub.body(message)
        # text without blocks drops the old blocks; metadata is kept unless sent
        message.text = content["text"]
        message.blocks = slack_blocks.with_ids(content["blocks"], f"b{message.ts[-6:]}.")
        message.metadata = arguments.get("metadata", message.metadata)
        message.edited_ts = self._hub.new_ts()
        announce_changed(self._hub, message, before)
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": self._hub.body(message)}

    def _delete(self, workspace: Workspace, arguments: Body) -> Body:
        channel, message = self._own(workspace, arguments, "cant_delete_message")
        announce_deleted(self._hub, message)
        return {"channel": channel.id, "ts": message.ts}

    def _permalink(self, workspace: Workspace, arguments: Body) -> Body:
        channel, ts = known_channel(workspace, arguments["channel"]), arguments["message_ts"]
        if ts not in channel.messages:
            raise No("message_not_found")
        link = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    def _status(self, workspace: Workspace, arguments: Body) -> Body:
        """slack.md 1 Agent features: needs only chat:write, clears itself after 2 minutes."""
        channel = self._writable(workspace, arguments["channel_id"])
        if arguments["thread_ts"] not in channel.messages:
            raise No("invalid_thread_ts")
        loading = list(arguments.get("loading_messages") or [])
        if len(loading) > MOST_LOADING_MESSAGES:
            raise No("invalid_arguments", "slack.md 1 Agent features: loading_messages, 10 at most")
        self._hub.statuses.append(
            Status(
                channel_id=channel.id, thread_ts=arguments["thread_ts"], text=str(arguments.get("status") or ""),
                loading_messages=loading, until=self._hub.now() + STATUS_LIFE,
            )
        )  # fmt: skip
        return {}

    def _clear_status(self, channel: Channel, thread_ts: str | None) -> None:
        for status in self._hub.statuses:
            if (status.channel_id, status.thread_ts) == (channel.id, thread_ts):
                status.until = min(status.until, self._hub.now())

    def _writable(self, workspace: Workspace, name: str) -> Channel:
        """slack.md 4.18: not_in_channel, channel_not_found, is_archived."""
        channel = known_channel(workspace, name)
        if channel.archived:
            raise No("is_archived", "slack.md 4.18")
        if workspace.bot_user not in channel.members:
            if channel.kind is not Kind.PUBLIC:
                raise No("channel_not_found", "a private channel is not known to those outside")
            if "chat:write.public" not in workspace.scopes:
                raise No("not_in_channel", "slack.md 4.18")
        return channel

    def _own(self, workspace: Workspace, arguments: Body, not_own: str) -> tuple[Channel, Message]:
        channel = known_channel(workspace, arguments["channel"])
        message = channel.messages.get(str(arguments["ts"]))  # an ephemeral message cannot be reached
        if message is None or message.subtype == "tombstone":
            raise No("message_not_found")
        if message.bot_id != workspace.bot_id:
            raise No(not_own)
        if self._hub.is_growing(message):
            raise No("streaming_state_conflict", "slack.md 1 Streaming: no editing while it runs")
        return channel, message

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """What comes to a response_url: 5 uses in 30 minutes."""
        link = self._hub.response_urls.get(request.match_info["id"])
        if link is None or self._hub.now() - link.born_at > RESPONSE_LIFE:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        link.uses += 1
        if link.uses > MOST_RESPONSE_USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        try:
            self._respond(link, await request.json())
        except No as no:
            return web.json_response({"ok": False, "error": no.error, "messages": list(no.messages)}, status=400)
        return web.Response(text="ok")

    def _respond(self, link: ResponseUrl, body: Body) -> None:
        workspace = self._hub.workspaces[link.team_id]
        channel = workspace.channels[link.channel_id]
        source = channel.whispers.get(link.source or "") or channel.messages.get(link.source or "")
        if truth(body.get("delete_original")) and source is not None:
            if source.only_for:
                del channel.whispers[source.ts]
            else:
                announce_deleted(self._hub, source)
            return
        content = checked_content(body)
        if truth(body.get("replace_original")) and source is not None:
            source.text, source.blocks = content["text"], slack_blocks.with_ids(content["blocks"], "r")
            return
        self.answer(workspace, channel, link.user, {**body, **content})

    def answer(self, workspace: Workspace, channel: Channel, user: str, body: Body) -> Message:
        """Show the answer to a command or press: to that person alone, unless it says `in_channel`."""
        message = self._message(workspace, channel, checked_content(body), body.get("thread_ts"))
        if body.get("response_type") == "in_channel":
            channel.messages[message.ts] = message
            announce_posted(self._hub, message)
        else:
            message.only_for = user
            channel.whispers[message.ts] = message
        return message


def known_channel(workspace: Workspace, name: object) -> Channel:
    """The channel of an id; the id of a person is their conversation with the bot. Raises No."""
    if str(name) in workspace.people:
        return workspace.direct(str(name))
    channel = workspace.channels.get(str(name))
    if channel is None:
        raise No("channel_not_found", "slack.md 4.18")
    return channel


def checked_content(arguments: Body) -> Body:
    """`text` and `blocks` of a message within the limits. Raises No."""
    text, blocks, markdown = arguments.get("text"), arguments.get("blocks"), arguments.get("markdown_text")
    if markdown is not None and (text is not None or blocks is not None):
        raise No("markdown_text_conflict", "slack.md 1 Message limits")
    if markdown is not None and len(markdown) > MOST_MARKDOWN_CHARS:
        raise No("msg_too_long", "slack.md 1 Agent features: markdown_text <= 12,000")
    if not (text or blocks or markdown or arguments.get("attachments")):
        raise No("no_text")
    if blocks is not None and (fault := slack_blocks.message_fault(blocks)):
        raise No(fault[0], *fault[1])
    return {"text": str(text or markdown or "")[:MOST_TEXT_CHARS], "blocks": blocks or []}


def _check_metadata(metadata: Any) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise No("invalid_metadata_format", "slack.md 1 Message limits: metadata")
    if set(metadata) != {"event_type", "event_payload"} or not isinstance(metadata["event_payload"], dict):
        raise No("invalid_metadata_schema", "slack.md 1 Message limits: {event_type, event_payload}")


def _parent(channel: Channel, thread_ts: object) -> str | None:
    if not thread_ts:
        return None
    parent = channel.messages.get(str(thread_ts))
    if parent is None:
        raise No("thread_not_found", "no message has this ts")
    if parent.is_reply:
        raise No("cannot_reply_to_message", "slack.md 1 Message limits: thread_ts must be the parent's ts")
    return parent.ts
