"""A week of questions that is proposed to those who run a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.cards import Block, Bold, Bullets, Button, Buttons, Card, Heading, Own, Span, Text
from bot.domain.framework import Framework
from bot.domain.group import Group
from bot.domain.picks import Pick
from bot.domain.question import Question
from bot.views.cut import line
from bot.views.facilitating.why import why_text
from bot.views.when import day_text

TITLE_CHARS = 80
WHY_CHARS = 160


def proposed(
    group: Group, first: date, picks: Sequence[Pick], bank: Mapping[str, Question], framework: Framework
) -> Card:
    """The proposal, with what happens when nobody does anything."""
    return Card(
        "week",
        (
            Heading(f"A week for {group.name}, from {day_text(first)}"),
            Text(("Your group's feedback shows what it could practise more. I would ask:",)),
            _rows(picks, bank, framework),
            Text(("If you do nothing, the usual order goes on. Only those who run the group see this.",)),
            Buttons((Button("Approve", f"week:{first}"), Button("Change", "queue"))),
        ),
        data=_data(first, picks),
    )


def approved(
    group: Group, first: date, picks: Sequence[Pick], bank: Mapping[str, Question], framework: Framework
) -> Card:
    """What stands now."""
    text = f"Approved for {group.name}. /tpm-admin queue shows and changes what comes."
    blocks: tuple[Block, ...] = (Text((text,)), _rows(picks, bank, framework))
    return Card("week", blocks, data={**_data(first, picks), "approved": True})


def _rows(picks: Sequence[Pick], bank: Mapping[str, Question], framework: Framework) -> Bullets:
    return Bullets(tuple(_row(pick, bank.get(pick.question_id), framework) for pick in picks))


def _row(pick: Pick, question: Question | None, framework: Framework) -> tuple[Span, ...]:
    title = line(question.title, TITLE_CHARS) if question else pick.question_id
    why = line(why_text(pick, framework), WHY_CHARS)
    return (Bold(f"{day_text(pick.day)}: "), Own(title), f" ({why})")


def _data(first: date, picks: Sequence[Pick]) -> dict[str, object]:
    rows = [{"day": str(each.day), "question": each.question_id, "rule": each.why.rule.value} for each in picks]
    return {"first": str(first), "picks": rows}
