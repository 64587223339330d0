"""Brings what came in to the core, and its answer to the person. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace

from bot.cards import Card, Quote, Reply
from bot.commands import dispatch, is_settings, may_open_form, needs_rights
from bot.errors import NotYet, Refusal, StoreDown, Trouble
from bot.inbound import Asked, Caller, Command, Inbound, Press, Submission
from bot.ports import Ports
from bot.usecases.members.follow_name import follow_name
from bot.views import notices
from bot.views.cut import line
from handlers.background import Background
from handlers.slack.home import HomeTab
from handlers.slack.inbound import Origin
from handlers.slack.people import People
from handlers.slack.render import card_modal
from handlers.slack.replies import Replies

log = logging.getLogger(__name__)

SAVE_WITHIN_S = 2.5
"""Slack waits 3 s for an ack; the rest is for the way."""
AGAIN_S = 0.1
"""Until the record of a post is looked for again that somebody has answered already."""
FORM_WITHIN_S = 1.0
"""A form that takes longer gets its window first: a trigger lives 3 s (slack.md 1, "Ack and retries")."""

MOST_TYPED_CHARS = 2_000
"""Of a command that could not be done; with the reason they fit on one card."""


class Unsaved(Exception):  # noqa: N818  says what has not happened
    """The words are not saved: Slack must not be told that they are."""


class Desk:
    """One for all workspaces."""

    def __init__(self, ports: Ports, people: People, replies: Replies, home: HomeTab, background: Background) -> None:
        self._ports = ports
        self._people = people
        self._replies = replies
        self._home = home
        self._background = background

    def name_in(self, team_id: str, user_id: str) -> str | None:
        """A name, if it is known."""
        return self._people.name(team_id, user_id)

    async def save(self, event: Inbound, origin: Origin) -> None:
        """Save words; what there is to say about them is said later. Raises Unsaved."""
        reply = await self.saved(event)
        if reply is not None:
            self.show_later(reply, origin)
        if event.caller.name == origin.member:
            self._background.start(self._learn_name(origin), "name")

    async def saved(self, event: Inbound) -> Reply:
        """Do it now; a refusal is an answer too. Raises Unsaved when it did not happen, or may not have."""
        try:
            async with asyncio.timeout(SAVE_WITHIN_S):
                return await self._as_soon_as_possible(event)
        except Refusal as refusal:
            return notices.refusal(str(refusal))
        except (StoreDown, TimeoutError) as down:
            log.warning("not saved: %s", str(down) or "it took too long")
            raise Unsaved from down

    async def _as_soon_as_possible(self, event: Inbound) -> Reply:
        while True:
            try:
                return await dispatch(self._ports, event)
            except NotYet:
                await asyncio.sleep(AGAIN_S)

    async def submitted(self, event: Submission, origin: Origin) -> Reply | None:
        """Take a form before it is acknowledged: its answer, or None when settings take longer and are answered later.

        Raises Refusal, and Unsaved when words could not be saved in time.
        """
        taking = asyncio.ensure_future(self._take_form(event, origin))
        done, _ = await asyncio.wait({taking}, timeout=SAVE_WITHIN_S)
        if done:
            try:
                return taking.result()
            except (StoreDown, Trouble) as trouble:
                log.warning("a form is not saved: %s", trouble)
                raise Unsaved from trouble
        if is_settings(event):
            self._background.start(self._show_when_done(taking, origin), "form")
            return None
        taking.cancel()
        raise Unsaved

    def answer_later(self, event: Inbound, origin: Origin) -> None:
        """Do it after the ack, and show the answer."""
        self._background.start(self._answer(event, origin), type(event).__name__.lower())

    def show_later(self, reply: Reply, origin: Origin) -> None:
        """Show an answer after the ack."""
        self._background.start(self._replies.show(reply, origin), "reply")

    def publish_home_later(self, team_id: str, user_id: str) -> None:
        """Draw the home tab of a person anew."""
        self._background.start(self._home.publish(team_id, user_id), "home")

    def meet_later(self, team_id: str, user_id: str) -> None:
        """Learn a name ahead."""
        self._background.start(self._people.person(team_id, user_id), "meet")

    async def _answer(self, event: Inbound, origin: Origin) -> None:
        acting = asyncio.ensure_future(self._act(event, origin))
        try:
            if may_open_form(event) and origin.trigger_id and origin.view_id is None:
                done, _ = await asyncio.wait({acting}, timeout=FORM_WITHIN_S)
                if not done:
                    origin = replace(origin, view_id=await self._replies.open(origin, card_modal(notices.LOADING)))
            reply = await acting
        finally:
            acting.cancel()
        await self._replies.show(reply, origin)
        if origin.in_view:
            await self._home.publish(origin.place.workspace, origin.member)

    async def _act(self, event: Inbound, origin: Origin) -> Reply:
        return await _in_words(self._dispatched(event, origin), _typed_in(event))

    async def _dispatched(self, event: Inbound, origin: Origin) -> Reply:
        return await dispatch(self._ports, await self._equipped(event, origin))

    async def _take_form(self, event: Submission, origin: Origin) -> Reply:
        return await self._dispatched(event, origin) if needs_rights(event) else await dispatch(self._ports, event)

    async def _show_when_done(self, taking: Awaitable[Reply], origin: Origin) -> None:
        await self._replies.show(await _in_words(taking), origin)

    async def _equipped(self, event: Inbound, origin: Origin) -> Inbound:
        """The event of somebody whose name is known, and whose rights are where they matter."""
        if not isinstance(event, Command | Press | Submission | Asked):
            return event
        caller = event.caller
        if needs_rights(event) and origin.place.channel:
            rights = await self._people.rights(origin.place, origin.member)
            caller = replace(
                caller, may_administer=rights.may_administer, may_post=rights.may_post, zone=rights.zone,
                place_name=rights.place_name,
            )  # fmt: skip
        return replace(event, caller=await self._named(caller, origin))

    async def _named(self, caller: Caller, origin: Origin) -> Caller:
        try:
            return replace(caller, name=(await self._people.person(origin.place.workspace, origin.member)).name)
        except Trouble:
            return caller

    async def _learn_name(self, origin: Origin) -> None:
        async def ask() -> str:
            return (await self._people.person(origin.place.workspace, origin.member)).name

        await follow_name(self._ports, origin.place, origin.member, ask)


def _typed_in(event: Inbound) -> str:
    """What somebody typed that stands nowhere else: a command leaves no trace in Slack."""
    return event.text if isinstance(event, Command) else ""


async def _in_words(acting: Awaitable[Reply], typed: str = "") -> Reply:
    """The answer, or what a person is told when there is none; `typed` goes back to them then."""
    try:
        return await acting
    except Refusal as refusal:
        return notices.refusal(str(refusal))
    except StoreDown as down:
        log.warning("not done: %s", down)
        return _with_words(notices.refusal(notices.STORE_DOWN), typed)
    except Exception:
        log.exception("an answer failed")
        return _with_words(notices.refusal(notices.WENT_WRONG), typed)


def _with_words(card: Card, typed: str) -> Card:
    words = line(typed, MOST_TYPED_CHARS)
    return replace(card, blocks=(*card.blocks, Quote(words))) if words else card


def unsaved_card() -> Card:
    """What a person is told whose words could not be saved."""
    return notices.refusal(notices.STORE_DOWN_WORDS)
