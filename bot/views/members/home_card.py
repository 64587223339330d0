"""What only a member's own page shows."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Card, Facts, Heading, Text
from bot.domain.framework import Framework
from bot.domain.group import Group
from bot.domain.judge import TOP_BAND
from bot.domain.review import Review
from bot.views.when import day_text

WORDS = ("nothing yet", "named", "one point specific", "specific", "specific and weighed")
"""A band in words; its index is the band."""
SHOWN_BANDS = 5


def no_group() -> Card:
    """Before somebody is in a group."""
    return Card(
        "home",
        (
            Heading("No study group yet"),
            Text(("Join a channel that has one, and answer its question of the day. Your streak then shows here.",)),
            Text(("To start a group, add me to a channel and type /tpm-admin setup there.",)),
        ),
    )


def group(group: Group) -> Card:
    """Says which group the rest is about."""
    return Card("home", (Heading(f"Study group {group.name}"),))


def sections(reviews: Sequence[Review], framework: Framework) -> Card:
    """How far the last answers came in each section, oldest first. `reviews` are in that order."""
    rows = []
    for section in framework.sections:
        judged = [each.band for review in reviews for each in review.sections if each.key == section.key]
        bands = [band for band in judged if band is not None][-SHOWN_BANDS:]
        if bands:
            numbers = ", ".join(map(str, bands))
            rows.append((section.short, (f"{numbers} of {TOP_BAND}. Last: {WORDS[bands[-1]]}.",)))
    head = Heading("Your sections")
    if not rows:
        return Card("sections", (head, Text(("They show here after your first feedback.",))))
    since = Text(("From your feedback since ", day_text(reviews[0].day), ", oldest first."))
    return Card("sections", (head, Facts(tuple(rows)), since))
