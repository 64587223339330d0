"""Brings what came in to the core, and its answer to the person. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.cards import Card, Form, Reply
from bot.commands import dispatch, is_settings, may_open_form, needs_rights
from bot.errors import NotYet, Refusal, StoreDown, Trouble
from bot.inbound import Asked, Command, Deleted, Edited, Inbound, Press, Said, Submission
from bot.ports import Ports
from bot.views import notices
from handlers.discord.inbound import Turn
from handlers.discord.modal import REFILL, refilled, refused_card
from handlers.discord.replies import Replies, Taken

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 1.0
"""An answer that takes longer is deferred: Discord waits 3 s for a first response, the way included."""
FORM_WITHIN_S = 2.0
"""A form must be the first response, so it may take longer (discord.md 1, "Modals")."""
SAVE_WITHIN_S = 8.0
"""Words that are not saved by then go back to whoever typed them."""
AGAIN_S = 0.1
"""Until the record of a post is looked for again that somebody has answered already."""
SETUP = ("tpm-admin", "setup")
"""The command that opens the form of settings."""


Found = TypeVar("Found")


class Unsaved(Exception):  # noqa: N818  says what has not happened
    """The words are not saved."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; see the constants above."""

    answer_s: float = ANSWER_WITHIN_S
    form_s: float = FORM_WITHIN_S
    save_s: float = SAVE_WITHIN_S


class Desk:
    """One for all servers."""

    def __init__(self, ports: Ports, replies: Replies, limits: Limits | None = None) -> None:
        self._ports = ports
        self._replies = replies
        self._limits = limits or Limits()

    async def answer(self, event: Command | Press | Submission | Asked, turn: Turn) -> str:
        """Do what an interaction asks for, and answer it; the outcome in the meter's words."""
        if needs_rights(event) and not may_open_form(event) and not isinstance(event, Submission):
            return await self._once(event, turn)
        deferred: list[asyncio.Task[Taken]] = []
        within_s = self._limits.form_s if self._opens(event) else self._limits.answer_s
        timer = asyncio.get_running_loop().call_later(
            within_s, lambda: deferred.append(asyncio.create_task(self._replies.defer(turn)))
        )
        try:
            reply = await self._in_words(event)
        except asyncio.CancelledError:
            for each in deferred:
                each.cancel()
            raise
        finally:
            timer.cancel()
        await (self._finish(await deferred[0], reply, turn) if deferred else self._replies.answer(reply, turn))
        return "taken"

    async def _finish(self, taken: Taken, reply: Reply, turn: Turn) -> None:
        """What is done is done, and shown by the process whose first response it was."""
        if taken is Taken.OURS:
            await self._replies.finish(reply, turn)
        elif taken is Taken.TOO_LATE:
            await self._say_late(reply, turn)

    async def _once(self, event: Command | Press | Asked, turn: Turn) -> str:
        """What changes the group is acknowledged first: of two processes with one token only one may do it."""
        taken = await self._replies.defer(turn)
        if taken is Taken.ANOTHERS:
            return "repeated"
        if taken is Taken.TOO_LATE:
            await self._say_late(notices.refusal(notices.TOO_LATE), turn)
            return "ignored"
        await self._replies.finish(await self._in_words(event), turn)
        return "taken"

    async def save(self, event: Said | Edited | Deleted | Asked | Command) -> Reply:
        """Keep what somebody wrote; a refusal is an answer too. Raises Unsaved when it was not kept, or perhaps not.

        Discord brings a message once only: what fails for a moment is tried again as long as there is time.
        """
        try:
            return await self.patiently(lambda: dispatch(self._ports, event))
        except Refusal as refusal:
            return notices.refusal(str(refusal))
        except (Trouble, Unsaved):
            raise
        except Exception as fault:
            log.exception("a message could not be saved")
            raise Unsaved from fault

    async def patiently(self, work: Callable[[], Awaitable[Found]]) -> Found:
        """What `work` gives, which is begun again while Redis is away. Raises Unsaved when there is no more time."""
        try:
            async with asyncio.timeout(self._limits.save_s):
                while True:
                    try:
                        return await work()
                    except NotYet:
                        await asyncio.sleep(AGAIN_S)
                    except StoreDown as down:
                        log.warning("not saved yet: %s", down)
                        await asyncio.sleep(AGAIN_S * 5)
        except TimeoutError as late:
            raise Unsaved from late

    async def _in_words(self, event: Command | Press | Submission | Asked) -> Reply:
        """The answer, or what a person is told when there is none; words that were not kept go back with it."""
        try:
            async with asyncio.timeout(self._limits.save_s if _holds_words(event) else None):
                return _closed(await self._act(event), event)
        except Refusal as refusal:
            return notices.refusal(str(refusal))
        except (StoreDown, TimeoutError) as down:
            log.warning("not done: %s", str(down) or "it took too long")
            return _not_done(event)
        except Exception:
            log.exception("an answer failed")
            return _not_done(event, notices.WENT_WRONG)

    async def _act(self, event: Command | Press | Submission | Asked) -> Reply:
        """A form of settings that was refused opens again with what was typed."""
        if isinstance(event, Press) and event.action.partition(":")[0] == REFILL:
            opened = await dispatch(self._ports, Command(event.caller, *SETUP))
            return refilled(opened, event.action) if isinstance(opened, Form) else opened
        return await dispatch(self._ports, event)

    def _opens(self, event: Command | Press | Submission | Asked) -> bool:
        is_refill = isinstance(event, Press) and event.action.partition(":")[0] == REFILL
        return is_refill or may_open_form(event)

    async def _say_late(self, reply: Reply, turn: Turn) -> None:
        shown = notices.refusal(notices.FORM_TOO_LATE) if isinstance(reply, Form) else reply
        if isinstance(shown, Card):
            await self._replies.privately(turn.place, turn.member, shown, turn.channel)


def _holds_words(event: Inbound) -> bool:
    return isinstance(event, Asked) or (isinstance(event, Submission) and not is_settings(event))


def _closed(reply: Reply, event: Inbound) -> Reply:
    """A form that is sent back is closed: what is wrong with it stands on a card, which opens it again."""
    return refused_card(reply) if isinstance(event, Submission) and isinstance(reply, Form) else reply


def _not_done(event: Inbound, why: str = notices.STORE_DOWN) -> Card:
    if isinstance(event, Submission) and not is_settings(event):
        return notices.words_back(event.values)
    return notices.refusal(notices.STORE_DOWN_WORDS if isinstance(event, Asked) else why)
