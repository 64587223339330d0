"""The suggestions that wait in the inbox."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.group import Group, Member, MemberId
from bot.domain.suggestion import Suggestion, SuggestionState
from bot.ports import Ports
from bot.views.facilitating import suggest_card
from bot.views.facilitating.inbox_card import Entry

MOST_ALIKE = 3


async def entries(ports: Ports, group: Group, reader: Member) -> Sequence[Entry]:  # noqa: ARG001  all see the same
    """Those that nobody has settled, each with what the bank has close to it."""
    made = []
    for suggestion in await ports.suggestions.all(group.id):
        if suggestion.state is SuggestionState.OPEN:
            alike = await ports.bank.alike(group.id, suggestion.text, MOST_ALIKE)
            made.append(suggest_card.entry(suggestion, await name_of(ports, group, suggestion.member_id), alike))
    return made


async def find(ports: Ports, group: Group, suggestion_id: str) -> Suggestion | None:
    """The suggestion with this id, settled or not."""
    known = await ports.suggestions.all(group.id)
    return next((each for each in known if each.id == suggestion_id), None)


async def name_of(ports: Ports, group: Group, member_id: MemberId) -> str:
    """What a member is called, who may have left."""
    member = await ports.groups.member(group.id, member_id)
    return member.name if member else "a former member"
