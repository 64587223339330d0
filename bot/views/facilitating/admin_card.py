"""What those who run a group see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.cards import (
    MOST_CARD_CHARS,
    Block,
    Bold,
    Bullets,
    Button,
    Buttons,
    Card,
    Facts,
    Heading,
    Own,
    Span,
    Text,
    plain,
)  # fmt: skip
from bot.domain.framework import Framework
from bot.domain.group import Group, Member
from bot.domain.parse import days_text
from bot.domain.picks import Wants
from bot.domain.post import Post
from bot.domain.question import Question
from bot.ports import Check, Job
from bot.views import notices, question_card
from bot.views.cut import line
from bot.views.facilitating.setup_form import MODES, window_text
from bot.views.when import day_text, moment, span_text

MOST_MEMBERS_SHOWN = 30
MOST_FAILING = 8
CHECK_CHARS = 220
SEPARATORS_CHARS = 8
"""Line ends between the parts of a card that are measured apart."""


def set_up(
    group: Group,
    checks: Sequence[Check],
    upcoming: tuple[date, datetime] | None,
    now: datetime,
    *,
    question: Question | None,
    framework: Framework,
) -> Card:
    """After setup: the checks, when the first question comes, and that question; nothing more has to be pressed."""
    head = (
        Heading("Your study group is set up"),
        *_shortly(checks),
        Text((Bold("First question: "), *_next(upcoming, group, now), ".")),
        _modes(group),
    )
    if question is None:
        return Card("setup", (*head, Text((notices.NO_QUESTION_LEFT,))), data=_schedule_data(group))
    label = Text((Bold("This is how it will look. Only you see it."),))
    buttons = Buttons((Button("Post now", "post-now"),))
    room = MOST_CARD_CHARS - len(plain((*head, label, buttons))) - SEPARATORS_CHARS
    shown = question_card.preview_within(question, framework, room)
    return Card("setup", (*head, label, *shown, buttons), data={**_schedule_data(group), "question": question.id})


def schedule(group: Group, dates: Sequence[tuple[date, str]], *, changed: bool) -> Card:
    """The schedule and the next dates in local time."""
    when = f"{days_text(group.schedule.days)} at {group.schedule.at:%H:%M}, {group.schedule.zone}"
    blocks: list[Block] = [
        Heading("Saved. The schedule" if changed else "The schedule"),
        Facts((("Questions", (when,)), *_wants(group.wants))),
        _modes(group),
    ]
    if group.paused:
        blocks.append(Text(("Paused. /tpm-admin resume starts again.",)))
    elif dates:
        blocks += [Text((Bold("Next:"),)), Bullets(tuple((f"{day_text(day)} {at}",) for day, at in dates))]
    if changed:
        blocks.append(Text(("A question that is posted already stays; no day gets two.",)))
    data = {**_schedule_data(group), "next": [day.isoformat() for day, _ in dates]}
    return Card("schedule", tuple(blocks), data=data)


def paused(group: Group) -> Card:
    """No posts until resumed."""
    text = "Paused. No questions come until /tpm-admin resume. Days without a question are neutral for streaks."
    return Card("schedule", (Text((text,)),), data=_schedule_data(group))


def preview(question: Question, upcoming: tuple[date, datetime] | None, group: Group, framework: Framework) -> Card:
    """The next question; only the one who asked sees it."""
    day, at = upcoming or (None, None)
    when: tuple[Span, ...] = (moment(at, group),) if at else ("when the group is resumed",)
    blocks = (
        Text((Bold("Preview, only you see it. It comes "), *when, ".")),
        *question_card.preview(question, framework),
    )
    data = {**question_card.practice(question, framework).data, "day": day.isoformat() if day else None}
    return Card("preview", blocks, data=data)


def posted(post: Post, question: Question) -> Card:
    """After post-now."""
    text = f"Posted: {question.title}. It is the question of {day_text(post.day)}; no other comes that day."
    return Card("posted", (Text((text,)),), data={"day": post.day.isoformat(), "question": question.id})


def members(group: Group, rows: Sequence[tuple[Member, int, date | None]]) -> Card:
    """Who takes part; no scores by name."""
    shown = sorted(rows, key=lambda row: row[0].name.casefold())[:MOST_MEMBERS_SHOWN]
    items = tuple(
        (Own(member.name), _role(group, member), f": {_activity(count, last)}") for member, count, last in shown
    )
    more = (Text((f"And {len(rows) - len(shown)} more.",)),) if len(rows) > len(shown) else ()
    how = Text(("Name a facilitator with /tpm-admin members NAME; the same again ends it.",))
    data = {"members": [{"name": member.name, "took_part": count} for member, count, _ in rows]}
    return Card("members", (Heading(f"Members: {len(rows)}"), Bullets(items), *more, how), data=data)


def facilitator(member: Member, *, named: bool) -> Card:
    """After a change of role."""
    text = " is a facilitator now." if named else " is no facilitator any more."
    return Card("members", (Text((Own(member.name), text)),), data={"name": member.name, "facilitator": named})


def doctor(
    checks: Sequence[Check], group: Group, upcoming: tuple[date, datetime] | None, dead: Sequence[Job], now: datetime
) -> Card:
    """One line a check, with its fix where it is red."""
    given_up = (Text((f"Given up after three tries: {len(dead)}.",)),) if dead else ()
    return Card(
        "doctor",
        (
            Heading("All is well" if all(check.ok for check in checks) and not dead else "Something needs you"),
            _checks(checks),
            Text(("Next question: ", *_next(upcoming, group, now), ".")),
            *given_up,
        ),
        data={"checks": [{"name": c.name, "ok": c.ok, "detail": c.detail, "fix": c.fix} for c in checks]},
    )


def _shortly(checks: Sequence[Check]) -> tuple[Block, ...]:
    """One line when all is well, else one for each check that is not, with its fix."""
    failing = [check for check in checks if not check.ok]
    if not failing:
        return (Text((Bold("Checks: "), f"all {len(checks)} are fine.")),)
    told = (f"{len(checks) - len(failing)} of {len(checks)} are fine. /tpm-admin doctor shows them all.",)
    items = tuple((Bold(each.name), line(f": {each.detail}. To do: {each.fix}", CHECK_CHARS)) for each in failing)
    return (Text((Bold("Checks: "), *told)), Bullets(items[:MOST_FAILING]))


def _modes(group: Group) -> Facts:
    return Facts((("An answer counts", (window_text(group.window_h),)), ("Shown", (MODES[group.mode],))))


def _wants(wants: Wants) -> tuple[tuple[str, tuple[str, ...]], ...]:
    levels = ", ".join(f"{level} {question_card.LEVELS[level]}" for level in sorted(wants.levels))
    rows = (("Levels", levels), ("Topics", ", ".join(sorted(wants.topics))))
    return tuple((label, (text,)) for label, text in rows if text)


def _checks(checks: Sequence[Check]) -> Bullets:
    return Bullets(tuple(_check(check) for check in checks))


def _check(check: Check) -> tuple[Span, ...]:
    state = "ok" if check.ok else "needs you"
    return (Bold(check.name), f": {state}, {check.detail}", f". To do: {check.fix}" if check.fix else "")


def _next(upcoming: tuple[date, datetime] | None, group: Group, now: datetime) -> tuple[Span, ...]:
    if upcoming is None:
        return ("none, the group is paused",)
    at = upcoming[1]
    return (moment(at, group), f", in {span_text((at - now).total_seconds())}")


def _role(group: Group, member: Member) -> str:
    if group.is_admin(member.id):
        return " (admin)"
    return " (facilitator)" if member.id in group.facilitator_ids else ""


def _activity(count: int, last: date | None) -> str:
    times = "once" if count == 1 else f"{count} times"
    return f"took part {times}, last on {day_text(last)}" if last else "not yet"


def _schedule_data(group: Group) -> dict[str, object]:
    return {
        "zone": group.schedule.zone,
        "at": f"{group.schedule.at:%H:%M}",
        "days": days_text(group.schedule.days),
        "feedback": group.feedback.value,
        "window_h": group.window_h,
        "sealed": group.sealed,
        "paused": group.paused,
        "levels": sorted(group.wants.levels),
        "topics": sorted(group.wants.topics),
    }
