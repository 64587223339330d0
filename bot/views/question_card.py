"""A question as members see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.cards import Block, Bold, Bullets, Button, Buttons, Card, Heading, Span, Text, plain
from bot.domain.answer import FEWEST_WORDS, Answer
from bot.domain.framework import Framework
from bot.domain.group import Group
from bot.domain.post import Post
from bot.domain.question import Question
from bot.views.cut import cut
from bot.views.when import day_text, moment

HEART = 3
"""The weight of a section that a question is mostly about."""
LEVELS = {1: "warm-up", 2: "core", 3: "stretch"}


def daily(question: Question, post: Post, group: Group, framework: Framework, *, late: bool, answered: int = 0) -> Card:
    """The post in the channel. A late post says so; a sealed one says how many have answered, never who."""
    read = (Button("Read the others", f"others:{post.day}"),) if post.sealed else ()
    hint = Button("Hint", f"hint:{post.day}")
    data = {**_data(question), "day": post.day.isoformat(), "number": post.number, "late": late}
    return Card(
        "question",
        (
            Heading(f"{day_text(post.day)}: {question.title}"),
            *_body(question, framework),
            Text(_how_to_in_seal(post, group) if post.sealed else (_how_to(), *_closes(post, group))),
            *((Text(("Posted late: I was not running at the usual time.",)),) if late else ()),
            *((Text((Bold(f"{answered} answered."),)),) if post.sealed and answered else ()),
            Buttons((Button("Answer", f"answer:{post.day}"), hint, *read, Button("My streak", "streak"))),
        ),
        data={**data, "sealed": True, "answered": answered} if post.sealed else data,
    )


def mine(
    question: Question, post: Post, group: Group, framework: Framework, *, answer: Answer | None, now: datetime
) -> Card:
    """The newest question with what this member has done."""
    buttons = [Button("Change my answer" if answer else "Answer", f"answer:{post.day}")]
    if answer is None:
        buttons.append(Button("Hint", f"hint:{post.day}"))
    else:
        buttons.append(Button("My feedback", f"feedback:{post.day}"))
        if post.sealed:
            buttons.append(Button("Read the others", f"others:{post.day}"))
    return Card(
        "question",
        (
            Heading(f"{day_text(post.day)}: {question.title}"),
            *_body(question, framework),
            Text((Bold("You: "), *_state(post, group, answer, now))),
            Buttons(tuple(buttons)),
        ),
        data={**_data(question), "day": post.day.isoformat(), "answered": answer is not None},
    )


def none_yet(upcoming: tuple[date, datetime] | None, group: Group) -> Card:
    """Before the first post."""
    if upcoming is None:
        return Card("question", (Text(("No question is planned: the group is paused.",)),))
    return Card("question", (Text(("The first question comes ", moment(upcoming[1], group), ".")),))


def practice(question: Question, framework: Framework) -> Card:
    """An extra question for one member."""
    return Card(
        "practice",
        (
            Heading(f"Practice: {question.title}"),
            *_body(question, framework),
            Text(("Answer it aloud or on paper, then look at what a strong answer would cover. Only you see this.",)),
            Buttons(
                (
                    Button("Check myself", f"check:{question.id}"),
                    Button("Another one", f"practice:{question.topic}:{question.id}"),
                )
            ),
        ),
        data=_data(question),
    )


def preview(question: Question, framework: Framework) -> tuple[Block, ...]:
    """The question as it will look, without the buttons of its day."""
    return (Heading(question.title), *_body(question, framework))


def preview_within(question: Question, framework: Framework, most_chars: int) -> tuple[Block, ...]:
    """The question in at most about `most_chars` characters: whole, or cut with a word on how to see the rest."""
    title = Text((Bold(question.title),))
    whole = (title, *_body(question, framework))
    if len(plain(whole)) <= most_chars:
        return whole
    more = "/tpm-admin preview shows all of it."
    room = max(80, most_chars - len(question.title) - len(more) - 2)
    return (title, Text((cut(question.prompt, room),)), Text((more,)))


def points_to_check(question: Question, framework: Framework) -> Card:
    """What to look for in one's own answer to a practice question."""
    blocks: list[Block] = [Heading("Did your answer say this?")]
    for section in framework.sections:
        points = question.look_for.get(section.key, ())
        if points:
            blocks.append(Text((Bold(section.short),)))
            blocks.append(Bullets(tuple((f"{look.point}: {look.specific}.",) for look in points)))
    if not question.look_for:
        blocks.append(Bullets(tuple((Bold(f"{section.short}: "), section.asks) for section in framework.sections)))
    if question.probes:
        blocks.append(Text((Bold("And if you were asked: "), question.probes[0].ask)))
    return Card("check", tuple(blocks), data={"question": question.id})


def _body(question: Question, framework: Framework) -> tuple[Block, ...]:
    about = f"{LEVELS.get(question.level, 'core').capitalize()}, about {question.minutes} minutes."
    focus = _focus(question, framework)
    givens = (Bullets(tuple((given,) for given in question.givens)),) if question.givens else ()
    return (Text((question.prompt,)), *givens, Text((about, *((" ", focus) if focus else ()))))


def _focus(question: Question, framework: Framework) -> str:
    heart = [section.short for section in framework.sections if question.emphasis.get(section.key, 0) >= HEART]
    return f"Spend most of your time on {_and(heart)}." if heart else ""


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _how_to() -> str:
    return f"Reply in this thread ({FEWEST_WORDS} words or more), or press Answer."


def _how_to_in_seal(post: Post, group: Group) -> tuple[Span, ...]:
    """A sealed post says the same before and after its close."""
    closes = (moment(post.closes_at, group),) if post.closes_at else ("the close",)
    how = "Sealed: answer with the button, not in the thread. Until "
    then = ", only those who have answered can read the others. Then all answers stand in this thread."
    return (how, *closes, then)


def _closes(post: Post, group: Group) -> tuple[Any, ...]:
    return (" It closes ", moment(post.closes_at, group), ".") if post.closes_at else ()


def _state(post: Post, group: Group, answer: Answer | None, now: datetime) -> tuple[Any, ...]:
    if answer is not None:
        return ("answered late; it gets feedback but no streak." if answer.late else "answered in time.",)
    if post.is_open(now) and post.closes_at is not None:
        return ("not answered yet. It closes ", moment(post.closes_at, group), ".")
    return ("not answered. The window is closed; a late answer still gets feedback, but no streak.",)


def _data(question: Question) -> dict[str, Any]:
    return {
        "question": question.id,
        "title": question.title,
        "prompt": question.prompt,
        "topic": question.topic,
        "kind": question.kind,
        "level": question.level,
        "emphasis": dict(question.emphasis),
    }
