"""How the answer to what a person did reaches that person, and nobody else."""

from __future__ import annotations

import logging
from enum import Enum, auto
from typing import Any

from bot.cards import Attachment, Card, Form, Reply
from bot.domain.group import MemberId, Place
from bot.errors import ChatBusy, ChatRefused, ChatUnsure
from bot.views import notices
from handlers.discord.api import ALREADY_ACKNOWLEDGED, DiscordApi, Json, code_of
from handlers.discord.chat import DiscordChat
from handlers.discord.inbound import Turn
from handlers.discord.modal import modal
from handlers.discord.render import message

log = logging.getLogger(__name__)

EPHEMERAL = 1 << 6
MESSAGE, DEFERRED, DEFERRED_UPDATE, CHOICES, MODAL = 4, 5, 6, 8, 9
"""Types of a first response (docs: interactions/receiving-and-responding)."""


class Taken(Enum):
    """What became of a first response."""

    OURS = auto()
    ANOTHERS = auto()
    """Another process with this token was quicker, as during a deploy, or Discord brought it twice (40060)."""
    TOO_LATE = auto()
    """Discord waits 3 s (10062), or could not be reached."""


class Replies:
    """Answers interactions and, where those are gone, people."""

    def __init__(self, api: DiscordApi, chat: DiscordChat) -> None:
        self._api = api
        self._chat = chat

    async def defer(self, turn: Turn) -> Taken:
        """Take 15 minutes instead of 3 seconds; what is shown then is for the member alone."""
        return await self._first(turn, DEFERRED, {"flags": 0 if turn.is_direct else EPHEMERAL})

    async def suggest(self, turn: Turn, choices: list[Json]) -> None:
        """Offer what an argument may be."""
        await self._first(turn, CHOICES, {"choices": choices})

    async def answer(self, reply: Reply, turn: Turn) -> None:
        """The first response."""
        match reply:
            case None:
                taken = await self._first(turn, DEFERRED_UPDATE, {}) if turn.has_message else await self.defer(turn)
                if taken is Taken.OURS and not turn.has_message:
                    await self._original("DELETE", turn, None, None)
            case Form():
                shown = modal(reply, place=turn.place if turn.is_direct else None)
                if await self._first(turn, MODAL, shown) is Taken.TOO_LATE:
                    await self.privately(turn.place, turn.member, notices.refusal(notices.FORM_TOO_LATE), turn.channel)
            case Card():
                if await self._first(turn, MESSAGE, _drawn(reply, turn, first=True), reply.file) is Taken.TOO_LATE:
                    await self.privately(turn.place, turn.member, reply, turn.channel)

    async def finish(self, reply: Reply, turn: Turn) -> None:
        """The answer after a deferred one; a form can be opened no more."""
        card = notices.refusal(notices.FORM_TOO_LATE) if isinstance(reply, Form) else reply
        if card is None:
            await self._original("DELETE", turn, None, None)
        elif not await self._original("PATCH", turn, _drawn(card, turn, first=False), card.file):
            await self.privately(turn.place, turn.member, card, turn.channel)

    async def privately(self, place: Place, member: MemberId, card: Card, channel: str) -> None:
        """Directly. Somebody who takes no direct messages is told so where they are, without a word of the answer."""
        try:
            await self._chat.direct(place, member, card)
        except ChatRefused as refused:
            log.info("answered in the open that there is no direct way: %s", refused)
            await self._chat.say(channel, notices.notice(notices.NO_DIRECT_WAY))

    async def openly(self, channel: str, to_message: str, card: Card) -> None:
        """As a reply to a message in a thread, for all to see."""
        await self._chat.say(channel, card, to_message=to_message)

    async def _first(self, turn: Turn, type_: int, data: Json, file: Attachment | None = None) -> Taken:
        try:
            await self._api.respond(
                "POST", "/interactions/{webhook_id}/{webhook_token}/callback", {"type": type_, "data": data},
                file=file, webhook_id=turn.id, webhook_token=turn.token,
            )  # fmt: skip
        except ChatRefused as refused:
            taken = Taken.ANOTHERS if code_of(refused) == ALREADY_ACKNOWLEDGED else Taken.TOO_LATE
            log.info("an interaction cannot be answered: %s", refused)
            return taken
        except ChatUnsure as unsure:
            log.warning("an interaction was answered, or not: %s", unsure)
            shown = type_ == MESSAGE and await self._original("PATCH", turn, {**data, "flags": 1 << 15}, file)
            return Taken.OURS if shown or type_ != MESSAGE else Taken.TOO_LATE
        except ChatBusy as busy:
            log.warning("an interaction was not answered: %s", busy)
            return Taken.TOO_LATE
        return Taken.OURS

    async def _original(self, method: str, turn: Turn, body: Json | None, file: Attachment | None) -> bool:
        """Change or remove the first response; False when its 15 minutes are over or it is gone."""
        try:
            await self._api.respond(
                method, "/webhooks/{webhook_id}/{webhook_token}/messages/@original", body, safe=True, file=file,
                webhook_id=turn.application, webhook_token=turn.token,
            )  # fmt: skip
        except (ChatRefused, ChatBusy) as trouble:
            log.info("an interaction cannot be finished: %s", trouble)
            return False
        return True


def _drawn(card: Card, turn: Turn, *, first: bool) -> dict[str, Any]:
    """A deferred response has its ephemeral state already; only the flag of its components goes with the edit."""
    drawn = message(card, place=turn.place if turn.is_direct else None)
    return {**drawn, "flags": drawn["flags"] | EPHEMERAL} if first and not turn.is_direct else drawn
