"""The inbox's entries about answers and peer reviews: what a facilitator sees, and what they and others are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import Bold, Button, Card, Own, Quote, Text
from bot.domain.group import Group
from bot.domain.peer_review import CHANGE, PROBE, REMOVED, STRONGEST, InboxEntry, PeerReview
from bot.domain.post import Post
from bot.views.cut import cut, line
from bot.views.facilitating.inbox_card import Entry
from bot.views.when import day_text, moment

NAME_CHARS = 40
TITLE_CHARS = 80
TEXT_CHARS = 160
MOST_NAMES = 3
OWN_REVIEW = "This review is yours. You can take it down; whether it stays is for another facilitator to say."
HEADS = {"unreviewed": "An answer without a review", "flag": "A flagged review", "dispute": "A disagreement"}


def unreviewed(entry: InboxEntry, name: str, title: str, *, is_own: bool) -> Entry:
    """An answer that nobody reviewed in time. `is_own`: its author looks at it, who cannot review it."""
    about = f"{entry.day}:{entry.author_id}"
    todo = "It is yours: you can ask somebody to review it." if is_own else "You can review it, or ask somebody to."
    words = f", {day_text(entry.day)}, to “{line(title, TITLE_CHARS)}”. {todo}"
    reviewing = (Button("Read it", f"read:{about}"), Button("Review it", f"review:{about}"))
    return Entry(
        at=entry.at,
        kind=entry.kind.value,
        about=entry.id,
        blocks=(Text((Bold(f"{HEADS['unreviewed']}: "), Own(line(name, NAME_CHARS)), words)),),
        buttons=(*(() if is_own else reviewing), Button("Leave it", f"unreviewed-leave:{about}")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What members made of one review.

    Attributes:
        by: names of those who flagged it.
        more, flagger: how many other reviews the same member flagged, which are folded into this; and that one's id.
        kept_by: who let the review stay before; None if nobody did, or who did was forgotten.
    """

    by: Sequence[str]
    more: int
    flagger: str
    kept_by: str | None = None


def flag(entry: InboxEntry, review: PeerReview, author: str, reviewer: str | None, flags: Flags) -> Entry:
    """All flags on one review."""
    by, more = flags.by, flags.more
    who = Own(line(reviewer, NAME_CHARS)) if reviewer is not None else "a member"
    names = ", ".join(line(name, NAME_CHARS) for name in by[:MOST_NAMES])
    others = f" and {len(by) - MOST_NAMES} others" if len(by) > MOST_NAMES else ""
    head = (Bold(f"{HEADS['flag']}: "), "by ", who, ", of the answer by ", Own(line(author, NAME_CHARS)))
    folded = f" {more} more reviews are flagged by the same member alone." if more else ""
    said = " / ".join(line(review.texts.get(key, ""), TEXT_CHARS) for key in (STRONGEST, CHANGE, PROBE))
    about = f"{entry.day}:{entry.author_id}:{review.token}"
    buttons = [Button("Keep it", f"flag-keep:{about}"), Button("Take it down", f"flag-remove:{about}")]
    buttons += [Button(f"Keep all {more + 1}", f"flags-keep:{flags.flagger}")] if more else []
    return Entry(
        at=entry.at,
        kind=entry.kind.value,
        about=entry.id,
        blocks=(
            Text((*head, f", {day_text(entry.day)}. Flagged by ", Own(f"{names}{others}" or "a former member"), ".",
                  *_kept_before(entry, flags.kept_by), folded)),
            Quote(said),
        ),
        buttons=tuple(buttons),
    )  # fmt: skip


def _kept_before(entry: InboxEntry, by: str | None) -> tuple[str | Own, ...]:
    """That a facilitator has let it stay once, before it was flagged again."""
    if entry.kept_at is None:
        return ()
    who = (" by ", Own(line(by, NAME_CHARS))) if by else ()
    return (" It was flagged before, and kept", *who, ".")


def sealed(entry: InboxEntry, post: Post, group: Group) -> Entry:
    """Something about an answer that is still sealed: no word of it before its time."""
    opens = (moment(post.closes_at, group),) if post.closes_at else ("its close",)
    words = (f", {day_text(entry.day)}. The question is sealed; this opens at ", *opens, ".")
    return Entry(
        at=entry.at,
        kind=entry.kind.value,
        about=entry.id,
        blocks=(Text((Bold(HEADS[entry.kind.value]), *words)),),
        buttons=(),
    )


def done(entry: InboxEntry, name: str) -> str:
    """What a facilitator is told after an entry was settled, by them or by somebody before them."""
    name = line(name, NAME_CHARS)
    match entry.kind.value, entry.outcome:
        case "flag", outcome if outcome == REMOVED:
            return "That review leaves the chat. Its writer is told privately, and keeps the text."
        case "flag", _:
            return "That review stays. Nobody else hears of the flag."
        case _, "reviewed":
            return f"The answer by {name} has a review by now."
        case _:
            return f"The answer by {name} stays without a review. I tell {name} privately."


def by(name: str) -> str:
    """Who settled it, for those who run the group."""
    return f"Decided by {line(name, NAME_CHARS)}."


def kept_all(count: int) -> str:
    """What a facilitator is told after a storm was folded away."""
    if not count:
        return "None of these flags waits any more."
    return f"{count} {'review stays' if count == 1 else 'reviews stay'}. Nobody else hears of the flags."


def removed(review: PeerReview, group: Group) -> Card:
    """To the writer of a review that left the chat."""
    words = (
        f"A facilitator of {group.name} took a review of yours out of the chat ({day_text(review.day)}). It counts for "
        "your streak as before, and /tpm-me export has its text. You can ask them why."
    )
    return Card("review-removed", (Text((words,)), Quote(cut(review.texts.get(CHANGE, ""), 400))))


def left(entry: InboxEntry, group: Group) -> Card:
    """To the author of an answer that stays without a review."""
    words = (
        f"Your answer of {day_text(entry.day)} in {group.name} stays without a review by a member; a facilitator has "
        "seen that. It counts as before."
    )
    return Card("unreviewed", (Text((words,)),))
