"""A facilitator ends an entry of the inbox, once; whom it concerns is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards import Card, Form
from bot.domain.duty import AnswerId, awake_from
from bot.domain.group import Group, Member, MemberId
from bot.domain.peer_review import CHANGED, KEPT, LEFT, REMOVED, InboxEntry, InboxKind, Settled, unreviewed
from bot.domain.review import Review
from bot.errors import Refusal
from bot.ports import Job, Ports
from bot.usecases import owed
from bot.usecases.deliver import take_back
from bot.usecases.facilitating import inbox, manage_bank, open_entries
from bot.usecases.feedback.plan_variant import plan_again
from bot.usecases.peers import peer_post
from bot.usecases.send_direct import next_morning, send_direct
from bot.usecases.work import Again
from bot.views.facilitating import entry_card
from bot.views.feedback import dispute_card
from bot.views.feedback.dispute_card import BAND, NOTE
from bot.views.peers.peer_form import band_of

TOLD_AFTER = timedelta(seconds=2)
"""The telling is owed before the entry is closed, so that nothing is lost between the two; then it finds it closed."""
DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class About:
    """The dispute that a button or a form carries: `DAY:AUTHOR:SECTION:VERSION`."""

    answer: AnswerId
    section: str
    version: int

    @property
    def action(self) -> str:
        """Of the form that decides it."""
        return f"{DECIDE}:{self.answer.day}:{self.answer.author_id}:{self.section}:{self.version}"

    @property
    def entry_id(self) -> str:
        """Of its entry in the inbox."""
        return f"{InboxKind.DISPUTE}|{self.answer.day}|{self.answer.author_id}||{self.section}:{self.version}"


async def flag(ports: Ports, group: Group, member: Member, answer: AnswerId, token: str, outcome: str) -> Card:
    """Keep a flagged review in the chat, or take it out. Nobody keeps their own while somebody else can decide."""
    review = await peer_post.by_token(ports, group.id, answer, token)
    if review is None:
        raise Refusal(dispute_card.GONE)
    if outcome == KEPT and _is_own(group, member, review.reviewer_id):
        raise Refusal(entry_card.OWN_REVIEW)
    how = _settled(ports, group, member, outcome)
    return await _close(ports, group, member, peer_post.flag_of(review, how.at).id, how)


async def keep_all(ports: Ports, group: Group, member: Member, flagger: MemberId) -> Card:
    """End all flags that one member alone raised: the reviews stay. Those of the facilitator's own reviews wait on."""
    kept, count = _settled(ports, group, member, KEPT), 0
    for entry in await open_entries.of_storm(ports, group, flagger):
        if entry.reviewer_id is None or not _is_own(group, member, entry.reviewer_id):
            closed = await ports.peers.close(group.id, entry.id, kept)
            count += closed is not None and (closed.closed_at, closed.closed_by) == (kept.at, kept.by)
    return await inbox.show(ports, group, member, said=entry_card.kept_all(count))


async def leave(ports: Ports, group: Group, member: Member, answer: AnswerId) -> Card:
    """An answer stays without a review."""
    how = _settled(ports, group, member, LEFT)
    return await _close(ports, group, member, unreviewed(answer, how.at).id, how)


async def read(ports: Ports, group: Group, member: Member, about: About) -> Card:
    """What a dispute is decided on."""
    entry = await _open(ports, group, member, about)
    if isinstance(entry, Card):
        return entry
    answer = await ports.answers.get(group.id, entry.day, entry.author_id)
    post = await ports.posts.get(group.id, entry.day)
    question = await ports.bank.question(group.id, post.question_id) if post else None
    if answer is None or question is None:
        raise Refusal(dispute_card.GONE)
    made = await ports.answers.review(group.id, entry.day, entry.author_id)
    section = dispute_card.section_of(made if isinstance(made, Review) else None, entry)
    name = await _name(ports, group, entry.author_id)
    return dispute_card.evidence(entry, answer, section, name, question.prompt, ports.library.framework)


async def decide_form(ports: Ports, group: Group, member: Member, about: About) -> Card | Form:
    """The form with what was typed before, or the inbox with how it was decided."""
    entry = await _open(ports, group, member, about)
    if isinstance(entry, Card):
        return entry
    draft = await ports.drafts.get(group.id, member.id, about.action)
    return dispute_card.decide_form(about.action, entry, ports.library.framework, draft)


async def decide(ports: Ports, group: Group, member: Member, about: About, values: Mapping[str, str]) -> Card | Form:
    """Keep what was typed, then decide; a note there must be, and nobody changes a band of their own."""
    await manage_bank.keep(ports, group, member, about.action, values)
    entry = await _open(ports, group, member, about)
    if isinstance(entry, Card):
        return entry
    decided, note = band_of(values.get(BAND, "")), values.get(NOTE, "").strip()
    if errors := _faults(entry, member, decided, note):
        return dispute_card.decide_form(about.action, entry, ports.library.framework, values, errors)
    how = _settled(ports, group, member, KEPT if decided == entry.band else CHANGED)
    reply = await _close(ports, group, member, entry.id, replace(how, decided=decided, reply=note))
    await ports.drafts.save(group.id, member.id, about.action, {})
    return reply


async def tell(ports: Ports, job: Job) -> Again | None:
    """The agenda's work after an entry was closed: what was decided is done, and whom it concerns is told, once.

    A band that counts as weak now has its variant owed, as if the model had given it.
    """
    group = await ports.groups.get(job.group_id)
    found = await ports.peers.entries(job.group_id, [job.ref])
    entry = found[0] if found else None
    if group is None or entry is None or entry.is_open:
        return None
    if entry.kind is InboxKind.DISPUTE and entry.outcome == CHANGED:
        await plan_again(ports, group, entry.answer_id)
    told = await _told(ports, group, entry)
    if told is None:
        return None
    member_id, card = told
    member, now = await ports.groups.member(group.id, member_id), ports.clock.now()
    if member is None:
        return None
    if (at := _awake(group, member, now)) > now:
        return Again(at)
    about = f"{owed.DECIDED}:{entry.closed_at:%Y%m%dT%H%M%S.%f}:{entry.id}"  # an answer given anew has the same id
    if await send_direct(ports, group, member_id, "notice", about, card):
        return None
    return Again(_awake(group, member, next_morning(group, now)))


async def _told(ports: Ports, group: Group, entry: InboxEntry) -> tuple[MemberId, Card] | None:
    """Whom to tell what; a review that is to leave the chat leaves it first."""
    if entry.kind is InboxKind.DISPUTE:
        return entry.author_id, dispute_card.decided(entry, group, ports.library.framework)
    if entry.kind is InboxKind.UNREVIEWED:
        return (entry.author_id, entry_card.left(entry, group)) if entry.outcome == LEFT else None
    review = await open_entries.review_of(ports, group, entry)
    if review is None or entry.outcome != REMOVED:
        return None
    await take_back(ports, group.id, peer_post.review_key(review))
    return review.reviewer_id, entry_card.removed(review, group)


def _is_own(group: Group, member: Member, reviewer_id: MemberId) -> bool:
    """Whether a review is the member's own, and somebody else could decide about it."""
    return reviewer_id == member.id and bool((group.facilitator_ids | group.admin_ids) - {member.id})


def _awake(group: Group, member: Member, now: datetime) -> datetime:
    return awake_from(now, member.quiet, group.schedule.zone)


def _faults(entry: InboxEntry, member: Member, band: int | None, note: str) -> dict[str, str]:
    faults = {}
    if band is None:
        faults[BAND] = dispute_card.NO_BAND
    elif member.id == entry.author_id and band != entry.band:
        faults[BAND] = dispute_card.OWN
    if not any(map(str.isalnum, note)):
        faults[NOTE] = dispute_card.NOTE_MISSING
    elif len(note) > dispute_card.MOST_NOTE_CHARS:
        faults[NOTE] = dispute_card.NOTE_TOO_LONG
    return faults


async def _open(ports: Ports, group: Group, member: Member, about: About) -> InboxEntry | Card:
    """The dispute, or the inbox with how it was decided. Raises Refusal when there is none, or it is sealed."""
    found = await ports.peers.entries(group.id, [about.entry_id])
    if not found:
        raise Refusal(dispute_card.GONE)
    post = await ports.posts.get(group.id, about.answer.day)
    if post is not None and post.is_sealed(ports.clock.now()):
        raise Refusal(dispute_card.SEALED)
    return found[0] if found[0].is_open else await _shown(ports, group, member, found[0])


async def _close(ports: Ports, group: Group, member: Member, entry_id: str, how: Settled) -> Card:
    await ports.jobs.add(owed.decided(group.id, entry_id), how.at + TOLD_AFTER)
    stands = await ports.peers.close(group.id, entry_id, how)
    if stands is None:
        raise Refusal(dispute_card.GONE)
    return await _shown(ports, group, member, stands)


def _settled(ports: Ports, group: Group, member: Member, outcome: str) -> Settled:
    return Settled(at=ports.clock.now(), outcome=outcome, by=member.id, named=group.peers.named)


async def _shown(ports: Ports, group: Group, member: Member, entry: InboxEntry) -> Card:
    """The inbox with how the entry was settled, and by whom if it was not by this member."""
    name = await _name(ports, group, entry.author_id)
    if entry.kind is InboxKind.DISPUTE:
        said = dispute_card.done(entry, name, ports.library.framework)
    else:
        said = entry_card.done(entry, name)
    if entry.closed_by not in (None, member.id):
        said = f"{said} {entry_card.by(await _name(ports, group, entry.closed_by))}"
    return await inbox.show(ports, group, member, said=said)


async def _name(ports: Ports, group: Group, member_id: MemberId | None) -> str:
    member = None if member_id is None else await ports.groups.member(group.id, member_id)
    return member.name if member else open_entries.GONE
