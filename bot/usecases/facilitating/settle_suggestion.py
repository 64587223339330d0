"""A facilitator approves, edits or declines what a member suggested, and the member is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Card, Form
from bot.domain.group import Group, Member, MemberId
from bot.domain.own_question import Typed, own_id
from bot.domain.question import MOST_TITLE_CHARS
from bot.domain.schedule import Schedule
from bot.domain.suggestion import Suggestion, SuggestionState
from bot.errors import Refusal
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.facilitating import inbox, manage_bank
from bot.usecases.facilitating.open_suggestions import find, name_of
from bot.usecases.posting.plan_posts import just_before
from bot.usecases.send_direct import send_direct
from bot.usecases.work import Again
from bot.views import notices
from bot.views.cut import line
from bot.views.facilitating import bank_card, suggest_card

EDIT = "suggestion-edit"
DECLINE = "suggestion-decline"
TOMORROW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _End:
    """How a facilitator wants it to end, in the words of `Suggestion`, and what they typed into a form for that."""

    state: SuggestionState
    note: str = ""
    question_id: str = ""
    typed: Mapping[str, str] | None = None

    def is_of(self, stands: Suggestion) -> bool:
        return (self.state, self.note, self.question_id) == (stands.state, stands.note, stands.question_id)


async def approve(ports: Ports, group: Group, member: Member, suggestion_id: str) -> Card | Form:
    """Put it into the bank as it is; the form with what is wrong when it breaks a rule."""
    suggestion = await _open(ports, group, member, suggestion_id)
    if isinstance(suggestion, Card):
        return suggestion
    return await _take(ports, group, member, suggestion, await _guessed(ports, group, suggestion))


async def edit_form(ports: Ports, group: Group, member: Member, suggestion_id: str) -> Card | Form:
    """The form of a question with what was suggested, or with what the facilitator typed before."""
    suggestion = await _open(ports, group, member, suggestion_id)
    if isinstance(suggestion, Card):
        return suggestion
    action = f"{EDIT}:{suggestion.id}"
    kept = await ports.drafts.get(group.id, member.id, action)
    typed = manage_bank.as_typed(kept) if kept else await _guessed(ports, group, suggestion)
    return bank_card.question_form(
        typed, action, bank_card.ADD_TITLE, ports.library.framework, about=bank_card.suggested(suggestion)
    )


async def edit(
    ports: Ports, group: Group, member: Member, suggestion_id: str, values: Mapping[str, str]
) -> Card | Form:
    """Keep what the facilitator typed, then put it into the bank; it comes back with what is wrong."""
    await manage_bank.keep(ports, group, member, f"{EDIT}:{suggestion_id}", values)
    typed = manage_bank.as_typed(values)
    suggestion = await _found(ports, group, suggestion_id)
    if suggestion.state is SuggestionState.OPEN:
        reply = await _take(ports, group, member, suggestion, typed, values)
    else:
        wanted = _End(SuggestionState.APPROVED, question_id=own_id(typed.title, suggestion_id), typed=values)
        reply = await _ended(ports, group, member, suggestion, wanted)
    if isinstance(reply, Card):
        await ports.drafts.save(group.id, member.id, f"{EDIT}:{suggestion_id}", {})
    return reply


async def decline_form(ports: Ports, group: Group, member: Member, suggestion_id: str) -> Card | Form:
    """The form for a note to the member."""
    suggestion = await _open(ports, group, member, suggestion_id)
    if isinstance(suggestion, Card):
        return suggestion
    action = f"{DECLINE}:{suggestion.id}"
    kept = await ports.drafts.get(group.id, member.id, action)
    return suggest_card.decline_form(action, kept.get("note", ""))


async def decline(
    ports: Ports, group: Group, member: Member, suggestion_id: str, values: Mapping[str, str]
) -> Card | Form:
    """Keep the note, then decline with it; a note there must be."""
    action = f"{DECLINE}:{suggestion_id}"
    await manage_bank.keep(ports, group, member, action, values)
    note = values.get("note", "").strip()
    if not note:
        return suggest_card.decline_form(action, "", error=suggest_card.NOTE_MISSING)
    reply = await _close(ports, group, member, suggestion_id, _End(SuggestionState.DECLINED, note=note, typed=values))
    await ports.drafts.save(group.id, member.id, action, {})
    return reply


async def _found(ports: Ports, group: Group, suggestion_id: str) -> Suggestion:
    """Raises Refusal when there is none."""
    suggestion = await find(ports, group, suggestion_id)
    if suggestion is None:
        raise Refusal(suggest_card.GONE)
    return suggestion


async def _open(ports: Ports, group: Group, member: Member, suggestion_id: str) -> Suggestion | Card:
    """The suggestion, or the inbox with how it was settled. Raises Refusal when there is none."""
    suggestion = await _found(ports, group, suggestion_id)
    return suggestion if suggestion.state is SuggestionState.OPEN else await _ended(ports, group, member, suggestion)


async def _guessed(ports: Ports, group: Group, suggestion: Suggestion) -> Typed:
    """A title from its first words, and the topic of the question that is nearest to it."""
    alike = await ports.bank.alike(group.id, suggestion.text, 1)
    title = line(suggestion.text, MOST_TITLE_CHARS)
    return Typed(title, suggestion.text, about=f"{alike[0].topic}, {alike[0].level}" if alike else "")


async def _take(
    ports: Ports,
    group: Group,
    member: Member,
    suggestion: Suggestion,
    typed: Typed,
    values: Mapping[str, str] | None = None,
) -> Card | Form:
    """Into the bank first, then settled: whoever comes again after a fault finds it there and goes on."""
    question, faults = manage_bank.read(ports, typed, own_id(typed.title, suggestion.id))
    if faults:
        action = f"{EDIT}:{suggestion.id}"
        return bank_card.question_form(
            typed, action, bank_card.ADD_TITLE, ports.library.framework, faults, about=bank_card.suggested(suggestion)
        )  # fmt: skip
    await ports.shelves.add(group.id, question)
    wanted = _End(SuggestionState.APPROVED, question_id=question.id, typed=values)
    return await _close(ports, group, member, suggestion.id, wanted)


async def _close(ports: Ports, group: Group, member: Member, suggestion_id: str, wanted: _End) -> Card:
    now = ports.clock.now()
    stands = await ports.suggestions.close(
        group.id, suggestion_id, wanted.state, now, note=wanted.note, question_id=wanted.question_id
    )
    if stands is None:
        raise Refusal(suggest_card.GONE)
    if wanted.question_id and stands.question_id != wanted.question_id:  # somebody else settled it meanwhile
        await manage_bank.retire(ports, group, wanted.question_id, on=True)
    await ports.jobs.add(owed.settled(group.id, stands.id, stands.member_id), now)
    ports.wake()
    return await _ended(ports, group, member, stands, wanted)


async def _ended(ports: Ports, group: Group, member: Member, stands: Suggestion, wanted: _End | None = None) -> Card:
    """The inbox with how it was settled; whoever typed for another end has their words back."""
    name = await name_of(ports, group, stands.member_id)
    if wanted is not None and wanted.typed and not wanted.is_of(stands):
        return notices.words_back(wanted.typed, suggest_card.decided_before(stands, name))
    return await inbox.show(ports, group, member, said=suggest_card.done(stands, name))


async def tell(ports: Ports, job: Job) -> Again | None:
    """The agenda's work: tell the member, out of their quiet hours; tomorrow, if they have had enough for today."""
    suggestion_id, _, member_id = job.ref.partition("|")
    group = await ports.groups.get(job.group_id)
    if group is None:
        return None
    suggestion = await find(ports, group, suggestion_id)
    member = await ports.groups.member(group.id, MemberId(member_id))
    if suggestion is None or member is None or suggestion.state is SuggestionState.OPEN:
        return None
    now = ports.clock.now()
    at = _undisturbing(group, member, now)
    if at > now:
        return Again(at)
    question = await ports.bank.question(group.id, suggestion.question_id) if suggestion.question_id else None
    card = suggest_card.settled(suggestion, group, question)
    if await send_direct(ports, group, member.id, "notice", f"{owed.SETTLED}:{job.ref}", card):
        return None
    return Again(_undisturbing(group, member, now + TOMORROW))


def _undisturbing(group: Group, member: Member, wanted: datetime) -> datetime:
    """`wanted`, or the end of the quiet hours that cover it."""
    local = wanted.astimezone(ZoneInfo(group.schedule.zone)).time()
    if member.quiet is None or not member.quiet.covers(local):
        return wanted
    daily = Schedule(zone=group.schedule.zone, at=member.quiet.end, days=frozenset(range(1, 8)))
    upcoming = daily.next_due(just_before(wanted))
    return upcoming[1] if upcoming else wanted
