"""How it works, and what to do about a command that was typed wrong."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.cards import Bullets, Card, Code, Heading, Span, Text
from bot.domain.group import Group
from bot.domain.parse import days_text
from bot.views.cut import cut

FEEDBACK = "In about a minute you get feedback: what held, the one thing to fix next, and a question to think about."
SELF_CHECK = (
    "In about a minute you get a card to check it yourself: what the question's authors look for, as questions to you. "
    "No model is set up here, so nothing is judged."
)
SENTENCE_WORDS = 12
"""From here on it is something that somebody wrote, and would not write again."""
MOST_TEXT_BACK_CHARS = 3_000
"""Beside the sentence around it a card holds that much."""
UNKNOWN_LEVEL = "A level is 1 (warm-up), 2 (core) or 3 (stretch)."

Row = tuple[str, str]
"""How to type it, and what it does."""


def overview(rows: Sequence[Row], group: Group, *, judged: bool) -> Card:
    """Five lines, then what this person can do. `judged`: a model is set up that reads answers."""
    when = f"{days_text(group.schedule.days)} at {group.schedule.at:%H:%M} ({group.schedule.zone})"
    lines: tuple[tuple[Span, ...], ...] = (
        (f"A question comes {when}.",),
        ("Answer in its thread, in your own words, or with the form.",),
        (FEEDBACK if judged else SELF_CHECK,),
        ("Your streak counts questions you took part in. Two missed ones a month are forgiven.",),
        ("Your data is yours: /tpm-me shows, exports and erases it.",),
    )
    return Card("help", (Heading("How this works"), Bullets(lines), Heading("What you can type"), _table(rows)))


def one(usage: str, summary: str, verbs: Sequence[Row]) -> Card:
    """One command."""
    blocks = (Text((Code(f"/{usage}"), f": {summary}.")),)
    return Card("help", (*blocks, _table(verbs, slash=False)) if verbs else blocks)


def verbs(name: str, rows: Sequence[Row]) -> Card:
    """The subcommands of a command."""
    return Card("help", (Heading(f"/{name} and one of:"), _table(rows, slash=False)))


def unknown_command(name: str, near: str | None) -> str:
    """Refuses a command that does not exist."""
    hint = f"Did you mean /{near}?" if near else "/tpm-help lists what there is."
    return f"There is no command /{name[:40]}. {hint}"


def unknown_verb(command: str, verb: str, near: str | None) -> str:
    """Refuses a verb that does not exist."""
    hint = f"Did you mean {near}?" if near else f"/{command} alone lists them."
    return f"/{command} has no {verb[:40]}. {hint} Nothing was changed."


def unknown_choice(usage: str, word: str, choices: Sequence[str]) -> str:
    """Refuses a value that is none of the choices."""
    near = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.5)
    # no number is a slip for another one
    hint = f"Did you mean {near[0]}?" if near and not word.isdecimal() else f"It can be {', '.join(choices)}."
    return f"I do not know “{word[:40]}” here. {hint} Type it as /{usage}. Nothing was changed."


def unknown_topic(topic: str, near: str | None, known: Sequence[str]) -> str:
    """Refuses a topic that the bank does not have."""
    hint = f"Did you mean {near}? " if near else ""
    return f"The bank has no topic “{topic[:40]}”. {hint}Topics: {', '.join(known)}."


def too_much(usage: str, summary: str, rest: str) -> str:
    """Refuses what is left over after the arguments; sentences stand last and whole, to be copied."""
    if len(rest.split()) < SENTENCE_WORDS:
        return f"I do not know what to do with “{cut(rest, 60)}”. Type it as /{usage}: {summary}. Nothing was changed."
    return (
        f"I do not know what to do with the text behind the command. Type it as /{usage}: {summary}. Nothing was "
        f"changed. Here is your text, to copy: {cut(rest, MOST_TEXT_BACK_CHARS)}"
    )


def _table(rows: Sequence[Row], *, slash: bool = True) -> Bullets:
    return Bullets(tuple((Code(f"/{usage}" if slash else usage), f": {summary}") for usage, summary in rows))
