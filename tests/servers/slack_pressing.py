"""Commands, buttons, shortcuts. slack.md 1 Ack and retries: what is not acknowledged in 3 s, a person sees fail."""

from __future__ import annotations

from tests.servers import slack_text
from tests.servers.slack_courier import Delivery
from tests.servers.slack_hub import APP_ID
from tests.servers.slack_inputs import Unable, option
from tests.servers.slack_seat import Seat
from tests.servers.slack_world import Body, Channel, Kind, Message, View


class Pressing(Seat):
    """Each act returns when the app has acknowledged it, or has failed to."""

    async def command(self, command: str, text: str, channel: Channel | str) -> Delivery:
        """Give a slash command in a channel. slack.md 1 Message limits: it cannot be given in a thread."""
        channel = self._channel(channel)
        declared = self._hub.rules.commands.get(command)
        if self._hub.rules.manifest is not None and declared is None:
            raise Unable(f"{command} is not a valid command; the manifest has {sorted(self._hub.rules.commands)}")
        escape = bool(declared and declared.get("should_escape"))
        names = {Kind.PUBLIC: channel.name, Kind.PRIVATE: "privategroup", Kind.DIRECT: "directmessage"}
        payload = {
            "token": "made-up",
            "team_id": self._workspace.id,
            "team_domain": self._workspace.domain,
            "channel_id": channel.id,
            "channel_name": names[channel.kind],
            "user_id": self.id,
            "user_name": self.person.name,
            "command": command,
            "text": slack_text.as_typed(text, self._names()) if escape else text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._hub.new_response_url(self._workspace, channel, self.id, None),
            "trigger_id": self._hub.new_trigger(self._workspace, self.id),
        }
        delivery = await self._hub.courier.once("slash_commands", payload)
        if not delivery.accepted:
            reason = "operation_timeout" if "timeout" in str(delivery.attempts[0].failure) else "dispatch_failed"
            self.failures.append(f'{command} failed with the error "{reason}"')
        elif answer := delivery.answer:
            self._chat.answer(
                self._workspace, channel, self.id, answer if isinstance(answer, dict) else {"text": str(answer)}
            )
        return delivery

    async def press(self, where: Message | View | None, label: str) -> Delivery:
        """Press the button with this label, on a message, in a view, or in the modal on top."""
        where = self._there(where)
        for block, button in slack_text.elements(where.blocks, "button"):
            hidden = button.get("visible_to_user_ids") and self.id not in button["visible_to_user_ids"]
            if button["text"]["text"] == label and not hidden:
                kept = ("type", "action_id", "text", "value", "style")
                action: Body = {name: button[name] for name in kept if name in button}
                return await self._act(where, {**action, "block_id": block["block_id"]})
        raise Unable(f"{self.person.name} sees no button [{label}]; there are {where.labels}")

    async def choose(self, where: Message | View | None, action_id: str, wanted: str) -> Delivery:
        """Choose an option, by value or label, of a select, overflow or radio group outside a form."""
        where = self._there(where)
        for block, element in slack_text.elements(where.blocks, "static_select", "overflow", "radio_buttons"):
            if element["action_id"] == action_id:
                chosen = {"type": element["type"], "selected_option": option(element, wanted)}
                return await self._act(where, {**chosen, "action_id": action_id, "block_id": block["block_id"]})
        raise Unable(f"there is nothing to choose named {action_id}")

    async def _act(self, where: Message | View, action: Body) -> Delivery:
        payload = self._interaction("block_actions", where.id if isinstance(where, View) else None)
        payload["actions"] = [{**action, "action_ts": self._hub.new_ts()}]
        if isinstance(where, View):
            payload |= {"container": {"type": "view", "view_id": where.id}, "view": self._views.body(where)}
        else:
            payload |= self._in_message(where)
        delivery = await self._hub.courier.once("interactive", payload)
        if not delivery.accepted:
            self.failures.append("the button shows a warning sign")  # slack.md 1 Ack: within 3 s
        return delivery

    def _in_message(self, message: Message) -> Body:
        channel = self._channel(message.channel_id)
        container: Body = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
        container["is_ephemeral"] = message.only_for is not None
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        body = {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "response_url": self._hub.new_response_url(self._workspace, channel, self.id, message.ts),
            "state": {"values": {}},
        }
        # of an ephemeral message the payload has no `message`
        return body if message.only_for else {**body, "message": self._hub.body(message)}

    async def shortcut(self, callback_id: str, message: Message) -> Delivery:
        """Use a message shortcut (slack.md 1 Other surfaces)."""
        declared = self._hub.rules.shortcuts
        if self._hub.rules.manifest is not None and callback_id not in declared:
            raise Unable(f"there is no shortcut {callback_id}; the manifest has {sorted(declared)}")
        payload = self._interaction("message_action", None)
        payload |= self._in_message(message)
        del payload["container"], payload["state"]
        payload |= {"callback_id": callback_id, "message_ts": message.ts, "action_ts": self._hub.new_ts()}
        delivery = await self._hub.courier.once("interactive", payload)
        if not delivery.accepted:
            self.failures.append(f"the shortcut {callback_id} failed")
        return delivery

    def _there(self, where: Message | View | None) -> Message | View:
        if isinstance(where, Message):
            if where.ts not in {each.ts for each in self.sees(where.channel_id)}:
                raise Unable(f"{self.person.name} does not see that message")
            return where
        return where if where is not None and where is self.home else self._modal(where)
