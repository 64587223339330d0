"""What comes next: shown with its reasons, pinned, moved and removed by those who run the group."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.cards import Card, Form
from bot.domain.choosing import pick
from bot.domain.group import Group
from bot.domain.parse import parse_day
from bot.domain.picks import Pick, Rule, Why
from bot.domain.post import PostState
from bot.domain.question import READY, Question
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases.posting import plan_posts
from bot.usecases.posting.choose_question import QUEUED, asked, coming
from bot.views.facilitating import queue_card

FARTHEST = timedelta(days=183)


async def show(ports: Ports, group: Group, *said: str) -> Card:
    """The next dates, each with its question and why it was picked; `said` comes first."""
    bank = await ports.bank.of(group.id)
    rows = await _rows(ports, group)
    warned = await _pins_that_fail(ports, group, bank)
    skipped = await plan_posts.skipped_ahead(ports, group)
    return queue_card.queue(rows, bank, ports.library.framework, said=[*said, *warned], skipped=skipped)


async def pin(ports: Ports, group: Group, question_id: str, typed_day: str) -> Card:
    """Put a question on a date. Raises Refusal when there is no such question or date, or it stands elsewhere."""
    bank = await ports.bank.of(group.id)
    question = _ready(bank, question_id)
    day = await _open_day(ports, group, typed_day, queue_card.PIN_FORM)
    decided = await ports.queue.picks(group.id)
    today = group.schedule.local_day(ports.clock.now())
    elsewhere = [on for on, each in decided.items() if each.question_id == question.id and on >= today and on != day]
    if elsewhere:
        raise Refusal(queue_card.twice(question.title, elsewhere[0]))
    await ports.queue.put(group.id, [_pinned(day, question.id)])
    used = [post.day for post in await ports.posts.all(group.id) if post.question_id == question.id]
    again = [queue_card.asked_before(question.title, used[-1])] if used else []
    return await show(ports, group, queue_card.pinned(day, question.title), *again)


async def move(ports: Ports, group: Group, typed_from: str, typed_to: str) -> Card:
    """Move a question to another date; what stands there changes places with it. Raises Refusal."""
    start = await _open_day(ports, group, typed_from, queue_card.MOVE_FORM)
    end = await _open_day(ports, group, typed_to, queue_card.MOVE_FORM)
    if start == end:
        raise Refusal(queue_card.SAME_DATE)
    rows = {**await ports.queue.picks(group.id), **{day: each for day, each in await _rows(ports, group) if each}}
    moved, other = rows.get(start), rows.get(end)
    if moved is None:
        raise Refusal(queue_card.no_post_on(start))
    swapped = [_pinned(start, other.question_id)] if other else []
    await ports.queue.put(group.id, [_pinned(end, moved.question_id), *swapped])
    if other is None:
        await ports.queue.remove(group.id, [start])
    bank = await ports.bank.of(group.id)
    title = queue_card.title_of(bank, moved.question_id)
    back = queue_card.title_of(bank, other.question_id) if other else None
    return await show(ports, group, queue_card.moved(title, end, back, start))


async def remove(ports: Ports, group: Group, typed_day: str) -> Card:
    """Take a question off a date: what a facilitator put there goes, and for a planned one another is put there.

    Raises Refusal when no post comes that day, or nothing else is ready.
    """
    day = await _open_day(ports, group, typed_day, queue_card.REMOVE_FORM)
    bank = await ports.bank.of(group.id)
    rows = await _rows(ports, group)
    standing = next((each for on, each in rows if on == day), None) or (await ports.queue.picks(group.id)).get(day)
    if standing is None:
        raise Refusal(queue_card.no_post_on(day))
    if day in await ports.queue.picks(group.id):
        await ports.queue.remove(group.id, [day])
        rows = await _rows(ports, group)
    planned = next((each for on, each in rows if on == day), None)
    if planned is not None and planned.question_id == standing.question_id:
        planned = await _another(ports, group, bank, rows, planned)
        await ports.queue.put(group.id, [planned])
    title = queue_card.title_of(bank, standing.question_id)
    other = queue_card.title_of(bank, planned.question_id) if planned else "Another question"
    return await show(ports, group, queue_card.removed(day, title, other))


async def open_form(ports: Ports, group: Group) -> Form:
    """The form for one change. Raises Refusal when nothing is planned."""
    return await _form(ports, group, {})


async def submit(ports: Ports, group: Group, values: Mapping[str, str]) -> Card | Form:
    """Do what the form says; it comes back with what was typed and what is wrong."""
    day, to = values.get("day", ""), values.get("to", "")
    try:
        match values.get("do"):
            case "move":
                return await move(ports, group, day, to)
            case "remove":
                return await remove(ports, group, day)
            case _:
                return await pin(ports, group, values.get("question", ""), day)
    except Refusal as refusal:
        form = await _form(ports, group, values)
        field = "question" if values.get("do", "pin") == "pin" else "do"
        return Form(
            action=form.action, title=form.title, fields=form.fields, submit=form.submit, errors={field: str(refusal)}
        )


async def _form(ports: Ports, group: Group, values: Mapping[str, str]) -> Form:
    rows = await _rows(ports, group)
    if not rows:
        raise Refusal(queue_card.NOTHING_AHEAD)
    return queue_card.change_form(rows, await ports.bank.of(group.id), values)


async def _rows(ports: Ports, group: Group) -> list[queue_card.Row]:
    return [(each.day, each.pick) for each in await coming(ports, group, QUEUED)]


async def _pins_that_fail(ports: Ports, group: Group, bank: Mapping[str, Question]) -> list[str]:
    """What was put on a day to come and is not ready any more."""
    today = group.schedule.local_day(ports.clock.now())
    done = {post.day for post in await ports.posts.all(group.id)}
    return [
        queue_card.retired_pin(day, queue_card.title_of(bank, each.question_id))
        for day, each in (await ports.queue.picks(group.id)).items()
        if day >= today and day not in done and not _is_ready(bank.get(each.question_id))
    ]


async def _open_day(ports: Ports, group: Group, typed: str, form: str) -> date:
    """A date that will get a post which is not chosen yet. Raises Refusal."""
    if not typed.strip():
        raise Refusal(form)
    now = ports.clock.now()
    day = parse_day(typed, group.schedule.local_day(now))
    upcoming = await plan_posts.upcoming_post(ports, group, now)
    such_as = upcoming[0] if upcoming else None
    if day - group.schedule.local_day(now) > FARTHEST:
        raise Refusal(queue_card.too_far(day, such_as))
    is_planned = plan_posts.is_planned(group, day, now)
    if is_planned and day in group.skips:
        raise Refusal(queue_card.is_skipped(day))
    if not is_planned or await ports.posts.get(group.id, day) is not None:
        raise Refusal(queue_card.no_post_on(day, such_as))
    return day


def _ready(bank: Mapping[str, Question], typed: str) -> Question:
    wanted = typed.strip().lower()
    if not wanted:
        raise Refusal(queue_card.PIN_FORM)
    question = bank.get(wanted)
    if question is None:
        raise Refusal(queue_card.not_in_bank(wanted, difflib.get_close_matches(wanted, bank, n=2, cutoff=0.5)))
    if question.status != READY:
        raise Refusal(queue_card.not_ready(question.title, question.id))
    return question


async def _another(
    ports: Ports, group: Group, bank: Mapping[str, Question], rows: Sequence[queue_card.Row], unwanted: Pick
) -> Pick:
    """Another question than `unwanted` for its day; those of later days are left there if possible."""
    before = [each.question_id for on, each in rows if each and on < unwanted.day]
    later = {each.question_id for on, each in rows if each and on > unwanted.day}
    left = [question for question in bank.values() if question.id != unwanted.question_id]
    past = asked([post for post in await ports.posts.all(group.id) if post.state is PostState.SENT])
    other = pick(left, [*past, *before], unwanted.day, group.seed, wants=group.wants, reserved=later)
    if other is None:
        raise Refusal(queue_card.NO_OTHER)
    return _pinned(other.day, other.question_id)


def _pinned(day: date, question_id: str) -> Pick:
    return Pick(day, question_id, Why(Rule.PINNED))


def _is_ready(question: Question | None) -> bool:
    return question is not None and question.status == READY
