"""What waits in the inbox about answers and peer reviews: unreviewed answers, flags, disputes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bot.domain.group import Group, Member, MemberId
from bot.domain.peer_review import InboxEntry, InboxKind, PeerReview, Reaction, ReactionKind
from bot.domain.post import Post
from bot.domain.review import Review
from bot.ports import Ports
from bot.usecases.peers import peer_post
from bot.views.facilitating import entry_card
from bot.views.facilitating.entry_card import Flags
from bot.views.facilitating.inbox_card import Entry
from bot.views.feedback import dispute_card

A_STORM = 4
"""So many reviews flagged by one member alone are one entry, which can be ended at once."""
GONE = "a former member"


async def entries(ports: Ports, group: Group, reader: Member) -> Sequence[Entry]:
    """Those that nobody has settled, oldest first. Of a question that is still sealed no word is shown.

    `reader`: who is not offered to review an answer of their own.
    """
    waiting = [entry for entry in await ports.peers.inbox(group.id) if entry.is_open]
    if not waiting:
        return []
    posts = {post.day: post for post in await ports.posts.all(group.id)}
    names = {member.id: member.name for member in await ports.groups.members(group.id)}
    flaggers = await _flaggers(ports, group, waiting)
    storms = _storms(flaggers)
    made = []
    for entry in waiting:
        post = posts.get(entry.day)
        if post is None:
            continue
        if post.is_sealed(ports.clock.now()):
            made.append(entry_card.sealed(entry, post, group))
        elif entry.kind is not InboxKind.FLAG:
            made.append(await _about_answer(ports, group, reader, entry, post, names))
        elif not (storm := storms.get(entry.id)) or storm[0] == entry.id:
            made += await _flag(ports, group, entry, names, flaggers[entry.id], len(storm) - 1 if storm else 0)
    return made


async def of_storm(ports: Ports, group: Group, flagger: MemberId) -> Sequence[InboxEntry]:
    """The open flags that `flagger` alone raised."""
    waiting = [entry for entry in await ports.peers.inbox(group.id) if entry.is_open]
    flaggers = await _flaggers(ports, group, waiting)
    return [entry for entry in waiting if flaggers.get(entry.id) == frozenset({flagger})]


def _storms(flaggers: Mapping[str, frozenset[MemberId]]) -> dict[str, list[str]]:
    """Entry id -> all ids of the storm that it is part of, oldest first."""
    alone: defaultdict[frozenset[MemberId], list[str]] = defaultdict(list)
    for entry_id, by in flaggers.items():
        if len(by) == 1:
            alone[by].append(entry_id)
    return {each: ids for ids in alone.values() if len(ids) >= A_STORM for each in ids}


async def _flaggers(ports: Ports, group: Group, waiting: Sequence[InboxEntry]) -> dict[str, frozenset[MemberId]]:
    """Who flagged since a facilitator last let the review stay, by entry; in the order of the entries."""
    flags = [entry for entry in waiting if entry.kind is InboxKind.FLAG]
    days = sorted({entry.day for entry in flags})
    found: defaultdict[tuple[object, ...], list[Reaction]] = defaultdict(list)
    for each in await ports.peers.reactions(group.id, days):
        if each.kind is ReactionKind.FLAG:
            found[each.day, each.author_id, each.reviewer_id].append(each)
    return {
        entry.id: frozenset(
            each.by
            for each in found[entry.day, entry.author_id, entry.reviewer_id]
            if entry.kept_at is None or each.at > entry.kept_at
        )
        for entry in flags
    }


async def _about_answer(
    ports: Ports, group: Group, reader: Member, entry: InboxEntry, post: Post, names: Mapping[MemberId, str]
) -> Entry:
    name = names.get(entry.author_id, GONE)
    if entry.kind is InboxKind.UNREVIEWED:
        question = await ports.bank.question(group.id, post.question_id)
        title = question.title if question else "a question"
        return entry_card.unreviewed(entry, name, title, is_own=entry.author_id == reader.id)
    made = await ports.answers.review(group.id, entry.day, entry.author_id)
    section = dispute_card.section_of(made if isinstance(made, Review) else None, entry)
    return dispute_card.entry(entry, section, name, ports.library.framework)


async def _flag(
    ports: Ports,
    group: Group,
    entry: InboxEntry,
    names: Mapping[MemberId, str],
    by: frozenset[MemberId],
    more: int,
) -> list[Entry]:
    review = await review_of(ports, group, entry)
    if review is None:
        return []
    reviewer = None if review.anonymous else names.get(review.reviewer_id, GONE)
    who = sorted(names.get(each, GONE) for each in by)
    author = names.get(entry.author_id, GONE)
    flags = Flags(by=who, more=more, flagger=min(by, default=""), kept_by=names.get(entry.kept_by or MemberId("")))
    return [entry_card.flag(entry, review, author, reviewer, flags)]


async def review_of(ports: Ports, group: Group, entry: InboxEntry) -> PeerReview | None:
    """The review that a flag is about."""
    if entry.reviewer_id is None:
        return None
    return await peer_post.find(ports, group.id, entry.answer_id, entry.reviewer_id)
