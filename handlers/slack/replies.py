"""How the answer to what a person did reaches that person, and nobody else."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from bot.cards import Card, Form, Reply
from bot.errors import ChatRefused, Trouble
from bot.views import notices
from handlers.slack.addresses import addressed
from handlers.slack.api import SlackApi
from handlers.slack.chat import SlackChat
from handlers.slack.inbound import Origin
from handlers.slack.modal import modal
from handlers.slack.names import CommandNames
from handlers.slack.patience import patiently
from handlers.slack.render import Json, card_modal, message

log = logging.getLogger(__name__)

NO_TRIGGER = frozenset({"exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "trigger_expired"})
"""A trigger lives 3 s and works once (slack.md 1, "Ack and retries")."""
GONE = frozenset({"not_found"})
"""The person has closed the view: no error (slack.md 4.17)."""


class Replies:
    """Shows cards and forms to one person."""

    def __init__(self, api: SlackApi, chat: SlackChat, names: CommandNames) -> None:
        self._api = api
        self._chat = chat
        self._names = names

    async def show(self, reply: Reply, origin: Origin) -> None:
        """Show a reply where it belongs: in the view that waits for it, as a modal, or among the messages."""
        match reply:
            case Form():
                await self._form(reply, origin)
            case Card():
                await self._card(replace(reply, file=None), origin)
                if (file := reply.file) is not None:
                    await patiently(lambda: self._chat.hand_over(origin.place, origin.member, file))

    async def open(self, origin: Origin, view: Json) -> str | None:
        """Open a modal; its id, or None when the trigger is dead or Slack opens nothing now."""
        try:
            body = await self._api.call(
                origin.place.workspace, "views.open", accept=NO_TRIGGER, trigger_id=origin.trigger_id, view=view
            )
        except Trouble as trouble:
            log.warning("a window was not opened: %s", trouble)
            return None
        return str(body["view"]["id"]) if body.get("ok") else None

    async def _card(self, card: Card, origin: Origin) -> None:
        if origin.view_id is not None:
            await self._update(origin, self._read_only(card, origin))
        elif not origin.in_view:
            await patiently(lambda: self._privately(card, origin))
        elif await self.open(origin, self._read_only(card, origin)) is None:
            await patiently(lambda: self._chat.direct(origin.place, origin.member, card))

    async def _form(self, form: Form, origin: Origin) -> None:
        ids = {"channel": origin.place.channel}
        if origin.thread is not None:
            ids["thread"] = origin.thread.message_id
        view = modal(self._names.form(form), ids=ids)
        if origin.view_id is not None:
            await self._update(origin, view)
        elif origin.trigger_id is None or await self.open(origin, view) is None:
            await patiently(lambda: self._privately(notices.refusal(notices.FORM_TOO_LATE), origin))

    async def _update(self, origin: Origin, view: Json) -> None:
        async def update() -> None:
            await self._api.call(
                origin.place.workspace, "views.update", safe=True, accept=GONE, view_id=origin.view_id, view=view
            )

        await patiently(update)

    async def _privately(self, card: Card, origin: Origin) -> None:
        """Among the messages where the person is; directly, where Slack can show nothing to them there."""
        if origin.channel is None:
            await self._chat.direct(origin.place, origin.member, card)
            return
        if origin.thread is None and origin.response_url and await self._respond(origin.response_url, card, origin):
            return
        try:
            await self._chat.whisper(origin.place, origin.member, card, thread=origin.thread)
        except ChatRefused as refused:
            log.info("answered directly: %s", refused)
            await self._chat.direct(origin.place, origin.member, card)

    async def _respond(self, url: str, card: Card, origin: Origin) -> bool:
        drawn = message(self._names.card(card))
        elsewhere = origin.channel != origin.place.channel
        blocks = addressed(drawn["blocks"], origin.place.channel) if elsewhere else drawn["blocks"]
        shown: dict[str, Any] = {"response_type": "ephemeral", "replace_original": False, "text": drawn["text"]}
        return await self._api.respond(url, {**shown, "blocks": blocks})

    def _read_only(self, card: Card, origin: Origin) -> Json:
        view = card_modal(self._names.card(card))
        return {**view, "blocks": addressed(view["blocks"], origin.place.channel)}
