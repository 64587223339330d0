"""How a group reviews: on or off, names, give to get."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card
from bot.domain.group import Group, PeerRules
from bot.ports import Ports
from bot.usecases import owed
from bot.usecases.peers import peer_duties, peer_post, peer_scene
from bot.views.peers import duty_card

ON_OFF = {"on": True, "off": False}
STATES = {**ON_OFF, "auto": None}
NAMES = {"shown": True, "hidden": False}


async def show(ports: Ports, group: Group) -> Card:
    """What holds now, and how to change it."""
    return await _card(ports, group, changed=False)


async def change(ports: Ports, group: Group, *, state: str = "", names: str = "", give: str = "") -> Card:
    """Change what is given (keys of STATES, NAMES and ON_OFF); what follows from it is done at once.

    Turned off, open duties are called off. Without give to get, what was held back is shown.
    """
    now = ports.clock.now()

    def rules(known: PeerRules) -> PeerRules:
        on = STATES[state] if state else known.on
        return PeerRules(
            on=on,
            on_since=now if known.on is False and on is not False else known.on_since,
            named=NAMES[names] if names else known.named,
            give_to_get=ON_OFF[give] if give else known.give_to_get,
        )

    changed = await ports.groups.update(group.id, lambda known: replace(known, peers=rules(known.peers)))
    scene = await peer_scene.read(ports, changed)
    await peer_duties.look_soon(ports, group.id, [duty.answer_id for duty in scene.duties if duty.is_open])
    for answer_id in scene.answers:
        await peer_post.release(ports, group.id, answer_id.day, answer_id.author_id)
    await ports.jobs.add(owed.next_round(group.id), ports.clock.now())
    ports.wake()
    return await _card(ports, changed, changed=True)


async def _card(ports: Ports, group: Group, *, changed: bool) -> Card:
    scene = await peer_scene.read(ports, group)
    return duty_card.rules(group, scene.taking_part, is_on=scene.is_on, changed=changed)
