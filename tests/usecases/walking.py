"""A study group that can ask for walkthroughs: budgets that allow some, and a researcher on a local server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.cards import Card
from bot.inbound import Submission
from bot.infra.redis.store import open_store
from bot.ports import Where
from bot.views.walkthrough.walkthrough_words import SKETCH_FIELD
from handlers.terminal.messages import Message
from tests.conftest import emptied
from tests.contract.research_case import QUICK, researching
from tests.servers.anthropic import AnthropicServer
from tests.usecases.study import HOUR, MINUTE, Study, studying

QUESTION = "How would you test a voice assistant that books repair visits for a housing office?"
DAILY_USD, MEMBER_DAILY_USD = 5.0, 1.5


@asynccontextmanager
async def walking(
    url: str, folder: Path, model: AnthropicServer | None, *, daily_usd: float = DAILY_USD
) -> AsyncIterator[Study]:
    """A group with the question of Monday open, a minute ago; without `model` there is nobody who writes."""
    await emptied(url)
    async with (
        open_store(url, daily_usd=daily_usd, member_daily_usd=MEMBER_DAILY_USD) as store,
        studying(store, folder) as made,
    ):
        await made.advance(HOUR + MINUTE)
        if model is None:
            yield made
            return
        async with researching(model.url, timeouts=QUICK) as researcher:
            made.changed(researcher=researcher)
            yield made


async def ask(study: Study, name: str = "ben", question: str = QUESTION, **more: Any) -> Card:
    """Ask for a walkthrough; the reply to that person alone."""
    action = f"action={more.pop('action')} " if "action" in more else ""
    reply = await study.command(name, f"/technical-pm {action}{question}", **more)
    assert isinstance(reply, Card)
    return reply


async def walked(study: Study, name: str = "ben", question: str = QUESTION, **more: Any) -> list[Card]:
    """Ask, wait, and give the cards that stand in the member's direct messages."""
    await ask(study, name, question, **more)
    await study.settle()
    return direct_cards(study, name)


def direct_cards(study: Study, name: str = "ben") -> list[Card]:
    """The cards that stand in somebody's direct messages, oldest first."""
    return cards_of(study.standing(Where.DIRECT, name))


def cards_of(messages: list[Message]) -> list[Card]:
    """The cards of messages."""
    return [message.card for message in messages if message.card is not None]


def kinds(cards: list[Card]) -> list[str]:
    """What kind each card is."""
    return [card.kind for card in cards]


def button(card: Card, label: str) -> str:
    """What the button with this label does."""
    return next(each.action for each in card.buttons if each.label == label)


def sketch(study: Study, name: str, action: str, values: Mapping[str, str] | str) -> Submission:
    """The form of a sketch, sent back."""
    typed = {SKETCH_FIELD: values} if isinstance(values, str) else values
    return Submission(study.caller(name), action, typed)
