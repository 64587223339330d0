"""What there is without a model: the authors' notes on the nearest questions, and checked facts; it says so plainly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.cards import Attachment, Block, Bold, Bullets, Card, Heading, Link, Own, Span, Text
from bot.domain.question import ASSUMED, Fact, Question
from bot.views.cut import fits, line
from bot.views.feedback.markdown import markdown

WHAT_IT_IS = (
    "This study pack is no walkthrough, and no model wrote it. It holds the authors' notes on the questions of this "
    "bank that come nearest to yours, and checked facts with their sources. What of it fits your question, you decide."
)
NOTHING_NEAR = (
    "Nothing in the bank comes near your question, and no checked fact speaks of it. Ask in English, or in other words."
)
_MARK = re.compile(r"\s*\[([a-z0-9-]+)\]")
_DETAILS = ((2, 7, 220, 6), (2, 5, 160, 5), (1, 5, 140, 4), (1, 3, 110, 3), (1, 2, 90, 2))
"""Questions, bullets of an outline, characters of a bullet, facts: the first that fits is shown."""


def study_pack(asked: str, reason: str, questions: Sequence[Question], facts: Sequence[Fact]) -> Card:
    """The pack, whole as a file; the card shows its beginning."""
    for most_questions, most_bullets, chars, most_facts in _DETAILS:
        blocks: list[Block] = [Heading("Study pack"), Text((Own(line(asked, 240)),)), Text((reason,))]
        blocks.append(Text((WHAT_IT_IS if questions or facts else NOTHING_NEAR,)))
        for question in questions[:most_questions]:
            blocks += _question(question, most_bullets, chars)
        blocks += _facts(facts[:most_facts], chars)
        if questions or facts:
            blocks.append(Text(("All of it is in the file.",)))
        if fits(tuple(blocks)):
            break
    data = {"kind": "study-pack", "questions": [each.id for each in questions], "facts": [each.id for each in facts]}
    file = Attachment("study-pack.md", _file(asked, questions, facts).encode("utf-8", "replace"))
    return Card("study-pack", tuple(blocks), {**data, "reason": reason}, file if questions or facts else None)


def _question(question: Question, most: int, chars: int) -> Iterator[Block]:
    yield Text((Bold(f"{question.title}: "), line(question.prompt, chars + 120)))
    yield Bullets(tuple((line(_MARK.sub(_assumed, bullet), chars),) for bullet in question.outline[:most]))


def _facts(facts: Sequence[Fact], chars: int) -> Iterator[Block]:
    if facts:
        yield Text((Bold("Checked facts:"),))
        yield Bullets(tuple(_fact(fact, chars) for fact in facts))


def _fact(fact: Fact, chars: int) -> tuple[Span, ...]:
    return (line(fact.text, chars), " ", Link(line(fact.source, 60), fact.url))


def _assumed(match: re.Match[str]) -> str:
    return " (assumed)" if match[1] == ASSUMED else ""


def _file(asked: str, questions: Sequence[Question], facts: Sequence[Fact]) -> str:
    by_id = {fact.id: fact for fact in facts}
    parts = ["# Study pack", f"> {markdown(asked)}", WHAT_IT_IS]
    for question in questions:
        parts += [f"## {markdown(question.title)}", markdown(question.prompt)]
        parts.append("\n".join(f"- {markdown(given)}" for given in question.givens))
        parts += ["The authors' outline:", "\n".join(f"- {_linked(bullet, by_id)}" for bullet in question.outline)]
        parts += [f"The runner-up: {markdown(question.runner_up)}"] if question.runner_up else []
    if facts:
        parts += ["## Checked facts", "\n".join(f"- {markdown(fact.text)} {_source(fact)}" for fact in facts)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _linked(bullet: str, facts: Mapping[str, Fact]) -> str:
    named = [facts[name] for name in _MARK.findall(bullet) if name in facts]
    return " ".join([markdown(_MARK.sub(_assumed, bullet)), *map(_source, named)])


def _source(fact: Fact) -> str:
    return f"([{markdown(fact.source)}](<{fact.url}>))"
