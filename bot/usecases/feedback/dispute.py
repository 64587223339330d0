"""A member disagrees with a band that a model gave: kept first, then decided by a facilitator; both bands stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.cards import Button, Card, Form
from bot.domain.dispute import about
from bot.domain.group import Group, Member
from bot.domain.peer_review import InboxEntry, InboxKind
from bot.domain.review import Review, SectionReview
from bot.domain.second_shot import sections_of
from bot.errors import Refusal
from bot.inbound import Submission
from bot.ports import Ports
from bot.usecases import notify
from bot.usecases.feedback.counted_bands import disputes_of
from bot.views import notices
from bot.views.feedback import dispute_card, more
from bot.views.feedback.dispute_card import REASON, SECTION


async def added(ports: Ports, group: Group, made: Review, card: Card, buttons: Sequence[Button]) -> Card:
    """The full feedback with both bands of each dispute, and with `buttons` and the way to disagree."""
    disputes = await disputes_of(ports, group.id, made)
    said = {each.section for each in disputes}
    row = list(buttons)
    if any(section.key not in said for section in sections_of(made)):
        row.append(Button(dispute_card.LABEL, f"dispute:{made.day}"))
    card = more.added(card, dispute_card.lines(disputes, ports.library.framework), row)
    return replace(card, data={**card.data, "disputes": dispute_card.data(disputes)}) if disputes else card


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
    stands = await _file(ports, group, replace(about(made, section), note=reason, at=ports.clock.now()))
    if stands is None or stands.note != reason:
        why = dispute_card.NO_FEEDBACK if stands is None else dispute_card.SAID_BEFORE
        return notices.words_back({key: reason}, why)
    await ports.drafts.save(group.id, member.id, _action(day), {})
    if not stands.is_open:
        return dispute_card.decided(stands, group, ports.library.framework)
    return dispute_card.kept(key, ports.library.framework)


async def everything(ports: Ports, group: Group, member: Member) -> list[dict[str, Any]]:
    """What a member disagreed with and what was decided, of every version of an answer; JSON-ready but for dates.

    Who decided is named where the group showed names then.
    """
    mine = [each for each in await ports.peers.inbox(group.id) if each.author_id == member.id]
    disputes = [each for each in mine if each.kind is InboxKind.DISPUTE]
    names = {each.id: each.name for each in await ports.groups.members(group.id)}
    return [
        {
            "day": each.day,
            "version": each.version,
            "at": each.at,
            "closed_at": each.closed_at,
            "decided_by": names.get(each.closed_by) if each.named and each.closed_by else None,
            **made,
        }
        for each, made in zip(disputes, dispute_card.data(disputes), strict=True)
    ]


async def decisions(ports: Ports, group: Group, member: Member) -> list[dict[str, Any]]:
    """What a member settled in the inbox, without whose answer or review it was about; JSON-ready but for dates."""
    return [
        {"kind": each.kind.value, "day": each.day, "closed_at": each.closed_at, "outcome": each.outcome,
         "section": each.section, "decided": each.decided, "reply": each.reply}
        for each in await ports.peers.inbox(group.id)
        if each.closed_by == member.id
    ]  # fmt: skip


async def _file(ports: Ports, group: Group, entry: InboxEntry) -> InboxEntry | None:
    """The dispute as it stands; None if the answer was taken back meanwhile.

    The telling is owed before it is filed, so that nothing is lost between the two.
    """
    await notify.tell_facilitators(ports, group, notify.INBOX)
    if await ports.peers.file(group.id, entry):
        return entry
    return next(iter(await ports.peers.entries(group.id, [entry.id])), None)


async def _made(ports: Ports, group: Group, member: Member, day: date, *, any_section: bool = False) -> Review:
    made = await ports.answers.review(group.id, day, member.id)
    if not isinstance(made, Review) or await ports.answers.get(group.id, day, member.id) is None:
        raise Refusal(dispute_card.NO_FEEDBACK)
    if not any_section and not await _open_sections(ports, group, made):
        raise Refusal(dispute_card.ALL_SAID)
    return made


async def _open_sections(ports: Ports, group: Group, made: Review) -> list[SectionReview]:
    said = {each.section for each in await disputes_of(ports, group.id, made)}
    return [each for each in sections_of(made) if each.key not in said]


async def _form(
    ports: Ports, group: Group, member: Member, made: Review, errors: Mapping[str, str] | None = None
) -> Form:
    draft = await ports.drafts.get(group.id, member.id, _action(made.day))
    sections = await _open_sections(ports, group, made) or list(sections_of(made))
    return dispute_card.form(_action(made.day), sections, ports.library.framework, draft, errors)


def _fault(reason: str) -> str:
    if not any(map(str.isalnum, reason)):
        return dispute_card.REASON_MISSING
    return dispute_card.REASON_TOO_LONG if len(reason) > dispute_card.MOST_REASON_CHARS else ""


def _action(day: date) -> str:
    return f"dispute:{day}"
