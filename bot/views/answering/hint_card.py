"""Hints to the open question, for one member alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.cards import Block, Bold, Button, Buttons, Card, Own, Text
from bot.domain.hint import MOST_HINTS, Hints
from bot.domain.question import Facet
from bot.views.when import day_text

FACETS = {
    Facet.NUMBER: "a number with its unit",
    Facet.TRADEOFF: "both sides of a trade-off",
    Facet.IMPACT: "what it means for a user or the business",
}
ANSWERED = "Your answer is in, so there are no more hints. /tpm-feedback shows what to work on next."


def card(hints: Hints, level: int, day: date) -> Card:
    """The hints up to `level`; the next one is a button away."""
    shown = (_first(hints), _second(hints), _third(hints))[:level]
    blocks: list[Block] = [
        Text((Bold(f"Hint {number} of {MOST_HINTS}: "), Own(text))) for number, text in enumerate(shown, start=1)
    ]
    if level < MOST_HINTS:
        blocks.append(Buttons((Button("Next hint", f"hint:{day}:{level + 1}"),)))
    else:
        blocks.append(Text((f"That was the last one for {day_text(day)}. Try it in your own words now.",)))
    return Card("hint", tuple(blocks), data={"day": day.isoformat(), "level": level})


def _first(hints: Hints) -> str:
    wanted = f" Show {_and([FACETS[facet] for facet in hints.facets])} there." if hints.facets else ""
    return f"Most of the weight is on {hints.section.short}: {hints.section.asks}{wanted}"


def _second(hints: Hints) -> str:
    return hints.probe or hints.section.asks


def _third(hints: Hints) -> str:
    point = hints.point.rstrip(" .?")
    return f"Does your answer do this: {point[:1].lower()}{point[1:]}? How, exactly?"


def used(count: int) -> str:
    """For the member's own feedback."""
    return f"{count} hint{'' if count == 1 else 's'} used."


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
