"""chat.startStream, appendStream, stopStream. Every rule is from slack.md 1 Streaming, unless it says else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers import slack_blocks
from tests.servers.slack_chat import known_channel
from tests.servers.slack_events import announce_changed, announce_posted
from tests.servers.slack_hub import Hub, No
from tests.servers.slack_web import Method
from tests.servers.slack_world import Body, Channel, Kind, Message, Workspace

MOST_MARKDOWN_CHARS = 12_000
MOST_CHUNK_BLOCKS = 50


class StreamMethods:
    """Messages that grow. `hub.streams`: when each that still grows began, by its `ts`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def methods(self) -> Mapping[str, Method]:
        """The methods by name, with the arguments of Slack's method reference; all need chat:write."""
        write = ("chat:write",)
        sender = "icon_emoji icon_url username task_display_mode recipient_team_id recipient_user_id"
        # thread_ts must be given since 2025-09 (node-slack-sdk#2382), so a stream is always a reply
        return {
            "chat.startStream": Method(self._start, f"channel* thread_ts* markdown_text chunks {sender}", write),
            "chat.appendStream": Method(self._append, "channel* ts* markdown_text chunks", write),
            "chat.stopStream": Method(
                self._stop, "channel* ts* markdown_text chunks blocks metadata session_status", write
            ),
        }

    def _start(self, workspace: Workspace, arguments: Body) -> Body:
        channel = known_channel(workspace, arguments["channel"])
        if workspace.bot_user not in channel.members:
            raise No("not_in_channel", "slack.md 4.18")
        if channel.archived:
            raise No("is_archived", "slack.md 4.18")
        if channel.kind is not Kind.DIRECT:
            for name in ("recipient_team_id", "recipient_user_id"):
                if not arguments.get(name):
                    raise No(f"missing_{name}")
        parent = channel.messages.get(str(arguments["thread_ts"]))
        if parent is None or parent.is_reply:
            raise No("invalid_thread_ts")
        text, blocks = _added(arguments, must=False)
        ts = self._hub.new_ts()
        message = Message(
            ts=ts, channel_id=channel.id, team_id=workspace.id, user=workspace.bot_user, bot_id=workspace.bot_id,
            text=text, blocks=slack_blocks.with_ids(blocks, f"b{ts[-6:]}."), thread_ts=parent.ts,
        )  # fmt: skip
        channel.messages[ts] = message
        self._hub.streams[ts] = self._hub.now()
        announce_posted(self._hub, message)
        return {"channel": channel.id, "ts": ts}

    def _append(self, workspace: Workspace, arguments: Body) -> Body:
        channel, message = self._growing(workspace, arguments)
        self._grow(message, *_added(arguments, must=True))
        return {"channel": channel.id, "ts": message.ts}

    def _stop(self, workspace: Workspace, arguments: Body) -> Body:
        channel, message = self._growing(workspace, arguments)
        self._grow(message, *_added(arguments, must=False))
        message.metadata = arguments.get("metadata", message.metadata)
        del self._hub.streams[message.ts]
        return {"channel": channel.id, "ts": message.ts}

    def _growing(self, workspace: Workspace, arguments: Body) -> tuple[Channel, Message]:
        channel = known_channel(workspace, arguments["channel"])
        message = channel.messages.get(str(arguments["ts"]))
        if message is None or message.subtype == "tombstone":
            raise No("message_not_found")
        if message.bot_id != workspace.bot_id:
            raise No("message_not_owned_by_app")
        if not self._hub.is_growing(message):
            raise No("message_not_in_streaming_state", "a stream dies after about 5 minutes")
        return channel, message

    def _grow(self, message: Message, text: str, blocks: list[Body]) -> None:
        if len(message.blocks) + len(blocks) > MOST_CHUNK_BLOCKS:
            raise No("msg_blocks_too_many", "50 blocks in chunks")
        before = self._hub.body(message)
        message.text += text
        message.blocks += slack_blocks.with_ids(blocks, f"b{message.ts[-6:]}.{len(message.blocks)}.")
        announce_changed(self._hub, message, before)


def _added(arguments: Body, *, must: bool) -> tuple[str, list[Body]]:
    """The text and the blocks that a call adds. Raises No."""
    text = str(arguments.get("markdown_text") or "")
    if len(text) > MOST_MARKDOWN_CHARS:
        raise No("msg_too_long", "markdown_text <= 12,000 per call")
    blocks = [block for chunk in arguments.get("chunks") or () for block in _blocks_of(chunk)]
    if must and not text and not blocks:
        raise No("no_text")
    if blocks and (fault := slack_blocks.message_fault(blocks)):
        raise No(fault[0], *fault[1])
    return text, blocks


def _blocks_of(chunk: Any) -> list[Body]:
    if not isinstance(chunk, dict) or chunk.get("type") != "blocks" or not isinstance(chunk.get("blocks"), list):
        raise No("invalid_chunks", "this Slack knows chunks of blocks only")
    return list(chunk["blocks"])
