"""Before the first review: what a member made of two excerpts, and how the references read them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Card
from bot.domain.calibration import rate
from bot.domain.duty import AnswerId
from bot.domain.group import Group, Member
from bot.errors import Refusal
from bot.ports import Ports
from bot.views.peers import duty_card, peer_words
from bot.views.peers.peer_form import BAND_KEYS, band_of


async def run(
    ports: Ports, group: Group, member: Member, section: str, answer_id: AnswerId, values: Mapping[str, str]
) -> Card:
    """Keep the ratings and show the references; the review form is one press away. Raises Refusal when it is gone."""
    calibration = ports.library.calibrations.get(section)
    if calibration is None:
        raise Refusal(peer_words.NOT_READY)
    made = rate(calibration, [_band(key, values) for key in BAND_KEYS], ports.clock.now())
    await ports.peers.calibrate(group.id, member.id, made)
    return duty_card.calibrated(made, calibration, answer_id)


def _band(key: str, values: Mapping[str, str]) -> int:
    band = band_of(values.get(key, ""))
    if band is None:
        raise Refusal(peer_words.CHOOSE_BAND, field=key)
    return band
