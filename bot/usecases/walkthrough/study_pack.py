"""What a member gets when no model can write a walkthrough."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.group import Group, MemberId
from bot.ports import Ports
from bot.usecases.walkthrough.near_questions import nearest
from bot.views.walkthrough import study_pack_card

QUESTIONS, FACTS = 3, 6


async def study_pack(ports: Ports, group: Group, member_id: MemberId, question: str, reason: str) -> Card:
    """The nearest questions' outlines and facts; never of an open question that the member has not answered."""
    questions = await nearest(ports, group, member_id, question, QUESTIONS)
    # the authors chose theirs with care; what shares words with the question may be beside it
    named = [ports.library.facts.get(name) for each in questions for name in each.facts]
    found = await ports.library.nearest_facts(question, FACTS)
    facts = [fact for fact in dict.fromkeys((*named, *found)) if fact is not None]
    return study_pack_card.study_pack(question, reason, questions, facts)
