"""A member disagrees with a band that a model gave: kept first, then decided by a facilitator; both bands stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.cards import Button, Card, Form
from bot.domain.group import Group, Member
from bot.domain.peer_review import InboxEntry, InboxKind
from bot.domain.review import Review, SectionReview
from bot.domain.second_shot import sections_of
from bot.errors import Refusal
from bot.inbound import Submission
from bot.ports import Ports
from bot.usecases import notify
from bot.views import dispute_card, notices
from bot.views.dispute_card import REASON, SECTION
from bot.views.feedback import more


async def added(
    ports: Ports, group: Group, member: Member, made: Review, card: Card, buttons: Sequence[Button]
) -> Card:
    """The full feedback with both bands of each dispute, and with `buttons` and the way to disagree."""
    disputes = await of_review(ports, group, member, made)
    said = {each.section for each in disputes}
    row = list(buttons)
    if any(section.key not in said for section in sections_of(made)):
        row.append(Button(dispute_card.LABEL, f"dispute:{made.day}"))
    card = more.added(card, dispute_card.lines(disputes, ports.library.framework), row)
    return replace(card, data={**card.data, "disputes": dispute_card.data(disputes)}) if disputes else card


async def of_review(ports: Ports, group: Group, member: Member, made: Review) -> Sequence[InboxEntry]:
    """The disputes about one feedback, in the order of its sections."""
    return await ports.peers.entries(group.id, [_entry(member, made, each).id for each in sections_of(made)])


async def open_form(ports: Ports, group: Group, member: Member, day: date) -> Form:
    """The form with what was typed before. Raises Refusal when there is nothing to disagree with."""
    return await _form(ports, group, member, await _made(ports, group, member, day))


async def keep(ports: Ports, group: Group, member: Member, day: date, typed: Mapping[str, str]) -> None:
    """Keep what was typed as a draft."""
    values = {key: typed[key] for key in (SECTION, REASON) if typed.get(key, "").strip()}
    await ports.drafts.save(group.id, member.id, _action(day), values)


async def submit(ports: Ports, group: Group, member: Member, day: date, form: Submission) -> Card | Form:
    """Keep the words first, then put them into the inbox once, however often the form arrives."""
    await keep(ports, group, member, day, form.values)
    key, reason = form.values.get(SECTION, ""), form.values.get(REASON, "").strip()
    try:
        made = await _made(ports, group, member, day, any_section=True)
    except Refusal as refusal:
        return notices.words_back({key or REASON: reason}, str(refusal))
    section = next((each for each in sections_of(made) if each.key == key), None)
    if section is None or (error := _fault(reason)):
        errors = {SECTION: dispute_card.NO_SECTION} if section is None else {REASON: error}
        return await _form(ports, group, member, made, errors)
    entry = replace(_entry(member, made, section), note=reason, at=ports.clock.now())
    if not await ports.peers.file(group.id, entry):
        (stands,) = await ports.peers.entries(group.id, [entry.id])
        if stands.note != reason:
            return notices.words_back({key: reason}, dispute_card.SAID_BEFORE)
        entry = stands
    if entry.is_open:
        await notify.tell_facilitators(ports, group, notify.INBOX)
    await ports.drafts.save(group.id, member.id, _action(day), {})
    return dispute_card.kept(key, ports.library.framework)


async def _made(ports: Ports, group: Group, member: Member, day: date, *, any_section: bool = False) -> Review:
    made = await ports.answers.review(group.id, day, member.id)
    if not isinstance(made, Review) or await ports.answers.get(group.id, day, member.id) is None:
        raise Refusal(dispute_card.NO_FEEDBACK)
    if not any_section and not await _open_sections(ports, group, member, made):
        raise Refusal(dispute_card.ALL_SAID)
    return made


async def _open_sections(ports: Ports, group: Group, member: Member, made: Review) -> list[SectionReview]:
    said = {each.section for each in await of_review(ports, group, member, made)}
    return [each for each in sections_of(made) if each.key not in said]


async def _form(
    ports: Ports, group: Group, member: Member, made: Review, errors: Mapping[str, str] | None = None
) -> Form:
    draft = await ports.drafts.get(group.id, member.id, _action(made.day))
    sections = await _open_sections(ports, group, member, made) or list(sections_of(made))
    return dispute_card.form(_action(made.day), sections, ports.library.framework, draft, errors)


def _fault(reason: str) -> str:
    if not any(map(str.isalnum, reason)):
        return dispute_card.REASON_MISSING
    return dispute_card.REASON_TOO_LONG if len(reason) > dispute_card.MOST_REASON_CHARS else ""


def _entry(member: Member, made: Review, section: SectionReview) -> InboxEntry:
    return InboxEntry(
        kind=InboxKind.DISPUTE, day=made.day, author_id=member.id, section=section.key, version=made.version,
        band=section.band, at=made.made_at,
    )  # fmt: skip


def _action(day: date) -> str:
    return f"dispute:{day}"
