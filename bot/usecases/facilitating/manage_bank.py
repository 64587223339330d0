"""The group's bank: listed, added to, changed, retired and exported by those who run the group."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.cards import MOST_FIELD_CHARS, Attachment, Card, Form
from bot.domain.group import Group, Member
from bot.domain.own_question import Typed, own_id, question_of, typed_of
from bot.domain.post import PostState
from bot.domain.question import READY, RETIRED, STATUSES, Fault, Question
from bot.errors import Refusal
from bot.ports import Ports
from bot.usecases.posting.choose_question import warn_when_dry
from bot.views.facilitating import bank_card, queue_card
from bot.views.facilitating.bank_card import Entry
from bot.views.facilitating.question_files import WRITERS

OWN = "own"
ADD = "bank-add"
EDIT = "bank-edit"


async def overview(ports: Ports, group: Group) -> Card:
    """How many questions each topic has, and how many of them were asked."""
    return bank_card.overview(await _entries(ports, group), ports.library.topics)


async def listed(ports: Ports, group: Group, what: str, page: int = 1) -> Card:
    """The questions of a topic, or those that are `own`, `retired` or a `draft`. Raises Refusal when it is neither."""
    entries = await _entries(ports, group)
    topics = {each.question.topic for each in entries}
    word = what.strip().lower()
    if word in topics:
        shown = [each for each in entries if each.question.topic == word]
    elif word == OWN:
        shown = [each for each in entries if each.own]
    elif word in STATUSES:
        shown = [each for each in entries if each.question.status == word]
    else:
        raise Refusal(bank_card.no_such_topic(what, difflib.get_close_matches(word, sorted(topics), n=1, cutoff=0.5)))
    return bank_card.listed(shown, word, word, page)


async def show(ports: Ports, group: Group, question_id: str) -> Card:
    """One question with its notes. Raises Refusal when there is none with this id."""
    return bank_card.shown(await _entry(ports, group, question_id), ports.library.framework)


async def add_form(ports: Ports, group: Group, member: Member) -> Form:
    """The form for a new question, with what was typed into it before."""
    kept = await ports.drafts.get(group.id, member.id, ADD)
    return bank_card.question_form(as_typed(kept), ADD, bank_card.ADD_TITLE, ports.library.framework)


async def add(ports: Ports, group: Group, member: Member, values: Mapping[str, str], event: str) -> Card | Form:
    """Keep what was typed, then put it into the bank; it comes back with what is wrong. The same event adds once."""
    await keep(ports, group, member, ADD, values)
    typed = as_typed(values)
    question, faults = read(ports, typed, own_id(typed.title, f"{group.id}|{event}"))
    if faults:
        return bank_card.question_form(typed, ADD, bank_card.ADD_TITLE, ports.library.framework, faults)
    await ports.shelves.add(group.id, question)
    await ports.drafts.save(group.id, member.id, ADD, {})
    near = await ports.bank.double_of(group.id, question)
    return await _said(ports, group, question.id, bank_card.saved(question.title, near, new=True))


async def edit_form(ports: Ports, group: Group, member: Member, question_id: str) -> Form:
    """The form with a question of the group's own. Raises Refusal for others, and when it is too long for a form."""
    question = await _own(ports, group, question_id)
    typed = typed_of(question)
    if max(len(typed.givens), len(typed.notes), len(typed.prompt)) > MOST_FIELD_CHARS:
        raise Refusal(bank_card.TOO_LONG_FOR_FORM)
    action = f"{EDIT}:{question.id}"
    kept = await ports.drafts.get(group.id, member.id, action)
    return bank_card.question_form(
        as_typed(kept) if kept else typed, action, bank_card.EDIT_TITLE, ports.library.framework
    )


async def edit(ports: Ports, group: Group, member: Member, question_id: str, values: Mapping[str, str]) -> Card | Form:
    """Keep what was typed, then change the question; it comes back with what is wrong. Raises Refusal."""
    question = await _own(ports, group, question_id)
    action, typed = f"{EDIT}:{question.id}", as_typed(values)
    await keep(ports, group, member, action, values)
    changed, faults = read(ports, typed, question.id, question)
    if faults:
        return bank_card.question_form(typed, action, bank_card.EDIT_TITLE, ports.library.framework, faults)
    await ports.shelves.put(group.id, [changed])
    await ports.drafts.save(group.id, member.id, action, {})
    near = await ports.bank.double_of(group.id, changed)
    return await _said(ports, group, question.id, bank_card.saved(changed.title, near, new=False))


async def keep(ports: Ports, group: Group, member: Member, action: str, typed: Mapping[str, str]) -> None:
    """Keep what stands in a form as the member's draft, without what was left empty."""
    values = {key: value for key, value in typed.items() if value.strip()}
    await ports.drafts.save(group.id, member.id, action, values)


async def retire(ports: Ports, group: Group, question_id: str, *, on: bool) -> Card:
    """Do not ask a question any more, or ask it again. Raises Refusal when there is none with this id."""
    entry = await _entry(ports, group, question_id)
    if entry.own:
        await ports.shelves.put(group.id, [replace(entry.question, status=RETIRED if on else READY)])
    else:
        await ports.shelves.retire(group.id, entry.question.id, on=on)
    await warn_when_dry(ports, group)
    stood = await _stood_on(ports, group, entry.question.id) if on else []
    return await _said(ports, group, entry.question.id, bank_card.retired(entry.question.title, on=on), stood)


async def export(ports: Ports, group: Group, form: str) -> Card:
    """The group's own questions as a file that import reads back. Raises Refusal when it has none."""
    ending = form.strip().lower() or "md"
    if ending not in WRITERS:
        raise Refusal(bank_card.EXPORT_FORM)
    own = list((await ports.shelves.get(group.id)).own.values())
    if not own:
        raise Refusal(bank_card.NONE_OF_ITS_OWN)
    name = f"questions-{group.name}.{ending}".replace("/", "-")
    return bank_card.exported(len(own), Attachment(name, WRITERS[ending](own).encode("utf-8", "replace")))


async def _stood_on(ports: Ports, group: Group, question_id: str) -> list[date]:
    """Days ahead that a facilitator put the question on."""
    today = group.schedule.local_day(ports.clock.now())
    done = {post.day for post in await ports.posts.all(group.id)}
    picks = (await ports.queue.picks(group.id)).items()
    return [day for day, each in picks if each.question_id == question_id and day >= today and day not in done]


def as_typed(values: Mapping[str, str]) -> Typed:
    """What a form of a question holds."""
    return Typed(**{key: values.get(key, "") for key in bank_card.FIELDS})


def read(ports: Ports, typed: Typed, question_id: str, before: Question | None = None) -> tuple[Question, list[Fault]]:
    """The question that was typed, and what is wrong with it."""
    keys = [section.key for section in ports.library.framework.sections]
    return question_of(typed, question_id, keys, ports.library.topics, before, ports.library.facts)


async def _said(ports: Ports, group: Group, question_id: str, said: str, on: Sequence[date] = ()) -> Card:
    entry = await _entry(ports, group, question_id)
    return bank_card.shown(entry, ports.library.framework, said=said, on=on)


async def _entries(ports: Ports, group: Group) -> list[Entry]:
    """The whole bank by topic, level and title."""
    used = await _used(ports, group)
    own = (await ports.shelves.get(group.id)).own
    questions = (await ports.bank.of(group.id)).values()
    made = [Entry(question=each, own=each.id in own, used_on=used.get(each.id, ())) for each in questions]
    return sorted(made, key=lambda each: (each.question.topic, each.question.level, each.question.title.casefold()))


async def _entry(ports: Ports, group: Group, typed: str) -> Entry:
    wanted = typed.strip().lower()
    if not wanted:
        raise Refusal(bank_card.WHICH)
    bank = await ports.bank.of(group.id)
    if wanted not in bank:
        raise Refusal(queue_card.not_in_bank(typed.strip(), difflib.get_close_matches(wanted, bank, n=2, cutoff=0.5)))
    own = (await ports.shelves.get(group.id)).own
    return Entry(question=bank[wanted], own=wanted in own, used_on=(await _used(ports, group)).get(wanted, ()))


async def _own(ports: Ports, group: Group, typed: str) -> Question:
    entry = await _entry(ports, group, typed)
    if not entry.own:
        raise Refusal(bank_card.packaged_stays(entry.question.title))
    return entry.question


async def _used(ports: Ports, group: Group) -> dict[str, list[date]]:
    """Question id -> the days on which it was asked."""
    used: dict[str, list[date]] = {}
    for post in await ports.posts.all(group.id):
        if post.state is PostState.SENT:
            used.setdefault(post.question_id, []).append(post.day)
    return used
