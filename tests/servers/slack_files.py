"""Files in three steps (slack.md 1 Other surfaces): getUploadURLExternal, the bytes, completeUploadExternal."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from tests.servers.slack_chat import known_channel
from tests.servers.slack_events import announce_posted
from tests.servers.slack_hub import Hub, No
from tests.servers.slack_web import Method
from tests.servers.slack_world import Body, File, Message, Workspace


class FileMethods:
    """Takes files of the app and shares them as messages."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def methods(self) -> Mapping[str, Method]:
        """The methods by name, with the arguments and scopes of Slack's method reference."""
        write = ("files:write",)
        return {
            "files.getUploadURLExternal": Method(self._ask, "filename* length* alt_txt snippet_type", write),
            "files.completeUploadExternal": Method(
                self._complete, "files* blocks channel_id channels initial_comment thread_ts", write
            ),
        }

    def _ask(self, workspace: Workspace, arguments: Body) -> Body:
        file = File(id=self._hub.new_id("F"), name=arguments["filename"], length=int(arguments["length"]))
        if not file.length:
            raise No("missing_argument", "length is 0")
        workspace.files[file.id] = file
        return {"file_id": file.id, "upload_url": f"{self._hub.url}/upload/{workspace.id}/{file.id}"}

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The bytes, raw or as a form."""
        file = self._hub.workspaces[request.match_info["team"]].files[request.match_info["file"]]
        if request.content_type.startswith("multipart/"):
            part = next(iter((await request.post()).values()))
            content = part.encode() if isinstance(part, str) else bytes(part if isinstance(part, bytes) else b"")
            if isinstance(part, web.FileField):
                content = part.file.read()
        else:
            content = await request.read()
        if len(content) != file.length:
            return web.Response(status=400, text=f"{len(content)} bytes came, {file.length} were announced")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    def _complete(self, workspace: Workspace, arguments: Body) -> Body:
        shared = []
        for each in arguments["files"]:
            file = workspace.files.get(each["id"])
            if file is None or file.content is None:
                raise No("file_not_found")
            file.title = each.get("title") or file.name
            shared.append(file)
        if arguments.get("channel_id"):
            self._share(workspace, arguments, shared)
        return {"files": [{"id": each.id, "title": each.title} for each in shared]}

    def _share(self, workspace: Workspace, arguments: Body, shared: list[File]) -> None:
        channel = known_channel(workspace, arguments["channel_id"])
        if workspace.bot_user not in channel.members:
            raise No("not_in_channel", "slack.md 4.18")
        ts = self._hub.new_ts()
        channel.messages[ts] = message = Message(
            ts=ts, channel_id=channel.id, team_id=workspace.id, user=workspace.bot_user, bot_id=workspace.bot_id,
            text=arguments.get("initial_comment") or "", files=shared, thread_ts=arguments.get("thread_ts") or None,
            subtype="file_share",
        )  # fmt: skip
        announce_posted(self._hub, message)
