"""How the answer to what a person did reaches that person, and nobody else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.cards import Card, Form, Reply
from bot.errors import ChatBusy, ChatRefused
from bot.views import notices
from handlers.slack.addresses import addressed
from handlers.slack.api import SlackApi
from handlers.slack.chat import SlackChat
from handlers.slack.inbound import Origin
from handlers.slack.modal import modal
from handlers.slack.names import CommandNames
from handlers.slack.render import Json, card_modal, message

log = logging.getLogger(__name__)

MOST_WAIT_S = 30.0
"""An answer that has to wait longer than this comes too late to be one."""
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
            case Card() if origin.view_id is not None:
                await self._update(origin, self._read_only(reply, origin))
                await self._bring_file(reply, origin)
            case Card() if origin.in_view:
                if await self.open(origin, self._read_only(reply, origin)) is None:
                    await self._patiently(lambda: self._chat.direct(origin.place, origin.member, reply))
                await self._bring_file(reply, origin)
            case Card():
                await self._patiently(lambda: self._privately(reply, origin))

    async def open(self, origin: Origin, view: Json) -> str | None:
        """Open a modal; its id, or None when the trigger is dead."""
        body = await self._api.call(
            origin.place.workspace, "views.open", accept=NO_TRIGGER, trigger_id=origin.trigger_id, view=view
        )
        return str(body["view"]["id"]) if body.get("ok") else None

    async def _form(self, form: Form, origin: Origin) -> None:
        ids = {"channel": origin.place.channel}
        if origin.thread is not None:
            ids["thread"] = origin.thread.message_id
        view = modal(self._names.form(form), ids=ids)
        if origin.view_id is not None:
            await self._update(origin, view)
        elif origin.trigger_id is None or await self.open(origin, view) is None:
            await self._patiently(lambda: self._privately(notices.refusal(notices.FORM_TOO_LATE), origin))

    async def _update(self, origin: Origin, view: Json) -> None:
        await self._api.call(
            origin.place.workspace, "views.update", safe=True, accept=GONE, view_id=origin.view_id, view=view
        )

    async def _privately(self, card: Card, origin: Origin) -> None:
        """Among the messages where the person is; directly, where Slack can show nothing to them there."""
        if origin.channel is None:
            await self._chat.direct(origin.place, origin.member, card)
        elif origin.thread is None and origin.response_url and await self._respond(origin.response_url, card, origin):
            await self._bring_file(card, origin)
        else:
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

    async def _bring_file(self, card: Card, origin: Origin) -> None:
        if card.file is not None:
            await self._chat.hand_over(origin.place, origin.member, card.file)

    async def _patiently(self, send: Callable[[], Awaitable[object]]) -> None:
        """Once more when Slack asked to wait: nothing was sent then."""
        try:
            await send()
        except ChatBusy as busy:
            if busy.retry_after_s > MOST_WAIT_S:
                raise
            await asyncio.sleep(busy.retry_after_s)
            await send()

    def _read_only(self, card: Card, origin: Origin) -> Json:
        view = card_modal(self._names.card(card))
        return {**view, "blocks": addressed(view["blocks"], origin.place.channel)}
