"""The questions that come next, for those who run a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.cards import (
    MOST_BUTTONS,
    Block,
    Bold,
    Bullets,
    Button,
    Buttons,
    Card,
    ChoiceField,
    Code,
    Form,
    Heading,
    Own,
    Span,
    Text,
    TextField,
)
from bot.domain.framework import Framework
from bot.domain.picks import Pick
from bot.domain.question import Question
from bot.views.cut import fits, line
from bot.views.facilitating import skip_card
from bot.views.facilitating.why import why_text
from bot.views.when import day_text

ROOMS = ((60, 110), (60, 60), (40, 30), (30, 0))
"""Characters for a title and for why it comes, from plenty to what 14 lines always have."""
MOST_WAYS_BACK = MOST_BUTTONS - len(("change", "preview"))
ID_CHARS = 60
OPTION_CHARS = 70
HOW: tuple[Span, ...] = (
    "Change it with the button, or with ",
    Code("/tpm-admin queue pin QUESTION DATE"),
    ", ",
    Code("queue move DATE DATE"),
    " or ",
    Code("queue remove DATE"),
    ".",
)
NOTHING_AHEAD = (
    "No question is planned: the group is paused (/tpm-admin resume), or no weekday is set (/tpm-admin setup)."
)
PIN_FORM = "To pin a question, give its id and a date: queue pin rag-park-visitors fri. Nothing was changed."
MOVE_FORM = "To move a question, give two dates, such as: queue move 2026-12-01 2026-12-03. Nothing was changed."
REMOVE_FORM = "To take a question off, give its date, such as: queue remove 2026-12-01. Nothing was changed."
SAME_DATE = "Both dates are the same. Give two, such as: queue move tue thu. Nothing was changed."
NO_OTHER = "The bank has no other question that is ready, so this one stays. Nothing was changed."
DOES = {
    "pin": "Put the question below on this date",
    "move": "Move what stands there to the other date",
    "remove": "Take it off; another question comes",
}

Row = tuple[date, Pick | None]


def queue(
    rows: Sequence[Row], bank: Mapping[str, Question], framework: Framework, *,
    said: Sequence[str] = (), skipped: Sequence[date] = (),
) -> Card:  # fmt: skip
    """The next dates, each with its question and why.

    `said` is what was changed, or must be known; `skipped` are the dates that are left out, the nearest first.
    """
    news = tuple(Text((text,)) for text in said)
    left_out, ways_back = skip_card.ahead(skipped), tuple(map(skip_card.way_back, skipped[:MOST_WAYS_BACK]))
    how: tuple[Block, ...] = (
        *left_out,
        Text(HOW),
        Buttons((Button("Change the queue", "queue-form"), Button("Preview", "preview"), *ways_back)),
    )
    data = {
        "queue": [
            {"day": day.isoformat(), "question": pick.question_id if pick else None,
             "rule": pick.why.rule.value if pick else None}
            for day, pick in rows
        ],
        "skipped": [day.isoformat() for day in skipped],
    }  # fmt: skip
    if not rows:
        return Card("queue", (*news, Text((NOTHING_AHEAD,)), *left_out), data=data)
    for room in ROOMS:
        items = tuple(_row(day, pick, bank, framework, room) for day, pick in rows)
        blocks: tuple[Block, ...] = (*news, Heading("What comes next"), Bullets(items), *how)
        if fits(blocks):
            break
    return Card("queue", blocks, data=data)


def _row(
    day: date, pick: Pick | None, bank: Mapping[str, Question], framework: Framework, room: tuple[int, int]
) -> tuple[Span, ...]:
    if pick is None:
        return (Bold(f"{day_text(day)}: "), "no question is ready")
    title_chars, why_chars = room
    why = line(why_text(pick, framework), why_chars) if why_chars else ""
    told = f"; {why})" if why else ")"
    title = line(title_of(bank, pick.question_id), title_chars)
    return (Bold(f"{day_text(day)}: "), Own(title), " (", Code(line(pick.question_id, ID_CHARS)), told)


def title_of(bank: Mapping[str, Question], question_id: str) -> str:
    """A question's title; its id when it is gone."""
    known = bank.get(question_id)
    return known.title if known else question_id


def change_form(rows: Sequence[Row], bank: Mapping[str, Question], values: Mapping[str, str]) -> Form:
    """One change of the queue; `values` is what was typed before."""
    dates = tuple((day.isoformat(), _option(day, pick, bank)) for day, pick in rows)
    first = dates[0][0]
    return Form(
        action="queue-form",
        title="Change the queue",
        fields=(
            ChoiceField(key="day", label="Date", options=dates, value=values.get("day", first)),
            ChoiceField(key="do", label="What to do", options=tuple(DOES.items()), value=values.get("do", "pin")),
            TextField(
                key="question", label="Question to put there", hint="Its id, as /tpm-admin bank lists it",
                value=values.get("question", ""), most_chars=80, multiline=False,
            ),
            ChoiceField(key="to", label="Other date, to move it to", options=dates, value=values.get("to", first)),
        ),
        submit="Change",
    )  # fmt: skip


def _option(day: date, pick: Pick | None, bank: Mapping[str, Question]) -> str:
    return line(f"{day_text(day)}: {title_of(bank, pick.question_id) if pick else 'nothing'}", OPTION_CHARS)


def pinned(day: date, title: str) -> str:
    """After a pin."""
    return f"{title} comes on {day_text(day)}."


def moved(title: str, day: date, other: str | None, back: date) -> str:
    """After a move; `other` is what stood there and changed places."""
    swapped = f" {other} comes on {day_text(back)} instead." if other else ""
    return f"{title} comes on {day_text(day)}.{swapped}"


def removed(day: date, title: str, other: str) -> str:
    """After something was taken off."""
    return f"{title} does not come on {day_text(day)} any more. {other} comes instead."


def asked_before(title: str, day: date) -> str:
    """A pin that repeats."""
    return f"The group was asked {title} on {day_text(day)} already."


def retired_pin(day: date, title: str) -> str:
    """A pin that counts no more."""
    return f"{title} was put on {day_text(day)}, but it is not ready any more, so another question comes."


def not_in_bank(question_id: str, near: Sequence[str]) -> str:
    """Refuses an id that no question has."""
    hint = f"Did you mean {' or '.join(near)}?" if near else "/tpm-admin bank lists them."
    return f"The bank has no question “{line(question_id, 40)}”. {hint} Nothing was changed."


def not_ready(title: str, question_id: str) -> str:
    """Refuses to pin a question that is retired or a draft."""
    return f"{title} is retired. To use it again, type /tpm-admin bank unretire {question_id}. Nothing was changed."


def twice(title: str, day: date) -> str:
    """Refuses to put one question on two dates."""
    return f"{title} stands on {day_text(day)} already. Use queue move to change its date. Nothing was changed."


def no_post_on(day: date, such_as: date | None = None) -> str:
    """Refuses a date that gets no post; `such_as` gets one."""
    return (
        f"No question will be posted on {day_text(day)}: it is over, has its question or is none of the group's "
        f"weekdays.{_instead(such_as)} Nothing was changed."
    )


def is_skipped(day: date) -> str:
    """Refuses a date that is skipped."""
    return f"{day_text(day)} is skipped. /tpm-admin unskip {day} takes that back. Nothing was changed."


def too_far(day: date, such_as: date | None) -> str:
    """Refuses a date that is far ahead; `such_as` is a good one."""
    return f"{day_text(day)} {day.year} is more than half a year ahead.{_instead(such_as)} Nothing was changed."


def _instead(such_as: date | None) -> str:
    return f" Give a date that gets one, such as {such_as}." if such_as else ""
