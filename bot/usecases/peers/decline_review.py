"""A reviewer says that they cannot: somebody else is asked at once, and nobody is to blame."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.duty import AnswerId, declined
from bot.domain.group import Group, Member
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases.answering.take_answer import MOST_RACES
from bot.usecases.peers import peer_duties, peer_post
from bot.views.peers import duty_card, peer_words


async def run(ports: Ports, group: Group, member: Member, answer_id: AnswerId) -> Card:
    """End the member's duty. Raises Refusal when they have none that is open."""
    for _ in range(MOST_RACES):
        duty = await ports.peers.duty(group.id, answer_id, member.id)
        if duty is None or not duty.is_open:
            break
        if await ports.peers.change(group.id, declined(duty, ports.clock.now())):
            await peer_duties.look_soon(ports, group.id, [answer_id])
            await peer_post.release(ports, group.id, answer_id.day, member.id)
            return duty_card.declined(answer_id, peer_words.DECLINED)
    raise Refusal(peer_words.NOTHING_TO_DECLINE)
