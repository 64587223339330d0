"""A member proposes a question; it is kept before anything else."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.group import Group, Member
from bot.domain.suggestion import MOST_OPEN, MOST_SUGGESTION_CHARS, Suggestion, SuggestionState, suggestion_id
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases.facilitating.open_suggestions import MOST_ALIKE
from bot.views.facilitating import suggest_card


async def suggest(ports: Ports, group: Group, member: Member, text: str, event: str) -> Card:
    """Keep `text`, then say what the bank has close to it. Raises Refusal when nothing was typed."""
    words = text.strip()[:MOST_SUGGESTION_CHARS]
    if not any(map(str.isalnum, words)):
        raise Refusal(suggest_card.NOTHING_TYPED)
    made = Suggestion(
        id=suggestion_id(group.id, event), member_id=member.id, text=words, at=ports.clock.now()
    )  # fmt: skip
    mine = [each for each in await ports.suggestions.all(group.id) if each.member_id == member.id]
    waiting = [each for each in mine if each.state is SuggestionState.OPEN]
    if len(waiting) >= MOST_OPEN and made.id not in {each.id for each in mine}:
        return suggest_card.too_many(words)
    await ports.suggestions.keep(group.id, made)
    return suggest_card.kept(await ports.bank.alike(group.id, words, MOST_ALIKE))
