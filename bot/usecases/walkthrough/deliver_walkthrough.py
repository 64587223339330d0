"""Bring a finished walkthrough to whoever asked, or into the channel: each of its messages once, whatever breaks."""

from __future__ import annotations

import logging

from bot.cards import Card
from bot.domain.group import Group
from bot.domain.walkthrough import Ask, Walkthrough
from bot.errors import ChatRefused
from bot.ports import Ports, Target, Where
from bot.usecases.deliver import deliver
from bot.usecases.walkthrough.compare_walkthrough import comparison
from bot.views.walkthrough import walkthrough_card

log = logging.getLogger(__name__)


async def deliver_walkthrough(ports: Ports, group: Group, ask: Ask, made: Walkthrough) -> None:
    """A summary with the file, then the sections; in the channel they stand in the summary's thread."""
    if ask.share:
        await _share(ports, group, made)
    else:
        await _hand_over(ports, group, ask, made)


async def deliver_notice(ports: Ports, group: Group, ask: Ask, card: Card) -> None:
    """What there is instead of a walkthrough, for the member alone, and the comparison with their own text."""
    await _to_member(ports, group, ask, "end", card, card)
    await _compare(ports, group, ask)


async def _share(ports: Ports, group: Group, made: Walkthrough) -> None:
    framework = ports.library.framework
    key = f"walk-shared:{made.key}:{made.made_at:%Y%m%d%H%M%S}"  # so that two who share the same share it once
    first = walkthrough_card.summary(made, framework, buttons=False, shared=True)
    root, _ = await deliver(ports, group.id, key, Target(where=Where.CHANNEL, place=group.place), first)
    thread = Target(where=Where.THREAD, place=group.place, thread=root)
    for number, card in enumerate(walkthrough_card.chapter_cards(made, framework), 1):
        await deliver(ports, group.id, f"{key}:{number}", thread, card)


async def _hand_over(ports: Ports, group: Group, ask: Ask, made: Walkthrough) -> None:
    framework = ports.library.framework
    first = walkthrough_card.summary(made, framework, buttons=True)
    instead = walkthrough_card.summary(made, framework, buttons=True, readable=True)
    if await _to_member(ports, group, ask, "0", first, instead):
        for number, card in enumerate(walkthrough_card.chapter_cards(made, framework), 1):
            await deliver(ports, group.id, key_of(ask, str(number)), direct(group, ask), card)
    await _compare(ports, group, ask)


async def _to_member(ports: Ports, group: Group, ask: Ask, part: str, card: Card, instead: Card) -> bool:
    """Directly; a member who takes no direct messages gets `instead` in the channel, shown to them alone."""
    try:
        await deliver(ports, group.id, key_of(ask, part), direct(group, ask), card)
    except ChatRefused:
        whisper = Target(where=Where.ONLY_YOU, place=group.place, member=ask.member_id)
        try:
            await deliver(ports, group.id, key_of(ask, f"{part}-here"), whisper, instead)
        except ChatRefused as refused:  # the command shows what is kept
            log.warning("a walkthrough for a member of group %s is not delivered: %s", group.id, refused)
        return False
    return True


async def _compare(ports: Ports, group: Group, ask: Ask) -> None:
    card = await comparison(ports, group, ask)
    if card is not None:
        await _to_member(ports, group, ask, "yours", card, card)


def key_of(ask: Ask, part: str) -> str:
    """The outbox key of one message to the member."""
    return f"walk:{ask.id}:{part}|{ask.member_id}"


def direct(group: Group, ask: Ask) -> Target:
    """Where the member's own messages go."""
    return Target(where=Where.DIRECT, place=group.place, member=ask.member_id)
